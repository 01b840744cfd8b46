// The ways to a person, from the phone to the desk: a keyword, a flow's step, the language model, a bot that fails, an
// agent who steps in. And what the person gets: every fact of the dossier leads to its place in the thread.
import type { Page } from "@playwright/test";
import { everyFactLands, talksOn } from "./dossier";
import { expect, test } from "./fixtures";
import { type Customer, bubble, card, closes, deskOf, line, newCustomer, opens, phoneOf, quietDeskOf, quietLine, row, says, types } from "./stage";

/** The card says why; one click claims. */
async function claims(desk: Page, customer: Customer, why: string) {
  await expect(card(desk, customer)).toContainText(why);
  await card(desk, customer).getByRole("button", { name: "Claim" }).click();
  await expect(desk.locator("#reply-text")).toBeVisible();
}

/** Brings the customer to the language model: three answers that are no order number. */
async function toTheModel(phone: Page, first: string) {
  await types(phone, "Good evening");
  await expect(line(phone, "What is your order number?")).toBeVisible();
  await types(phone, "I have none");
  await expect(line(phone, "doesn't look like an order number")).toHaveCount(1);
  await types(phone, "really none");
  await expect(line(phone, "doesn't look like an order number")).toHaveCount(2);
  await types(phone, first);
}

test("a keyword calls, and its words are found again", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Samira Nasser");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, "Hi, I want to speak to agent please");
  await expect(line(phone, "I'm connecting you to a colleague")).toBeVisible();
  await claims(ana, customer, "Keyword “speak to agent”");
  await talksOn(ana, request, customer);

  const dossier = ana.locator("#dossier");
  await expect(dossier.locator(".why")).toContainText("The customer wrote the keyword “speak to agent”.");
  await expect(dossier.locator(".why blockquote")).toHaveText("Hi, I want to speak to agent please");
  expect(await everyFactLands(ana)).toBe(1);
  await closes(ana);
});

test("a flow's failed look-up brings a person, with everything it knows", async ({ browser, request }) => {
  test.setTimeout(180_000);
  const customer = await newCustomer(request, "Nora Lindqvist");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);

  await test.step("the flow asks until the answer fits, and looks it up", async () => {
    await types(phone, "Hi, where is my parcel?");
    await expect(line(phone, "What is your order number?")).toBeVisible();
    await types(phone, "the blue one");
    await expect(line(phone, "doesn't look like an order number")).toBeVisible();
    await types(phone, "10050");
    await expect(line(phone, "I couldn't find that order")).toBeVisible();
  });

  await test.step("the card says that a flow called, and one click claims", async () => {
    await claims(ana, customer, "Flow Order status");
  });

  await test.step("the dossier has the reason, the variable and the request, each with its place", async () => {
    const dossier = ana.locator("#dossier");
    await expect(dossier.locator(".why")).toContainText("Couldn't look up order 10050");
    await expect(dossier.locator("dl.facts dd")).toContainText(["10050"]);
    await expect(dossier.locator("ul.asked > li")).toContainText(["Look up the order"]);
    await talksOn(ana, request, customer);
    expect(await everyFactLands(ana), "why, the summary, the number, the request").toBe(4);
  });

  await test.step("in a thread longer than a page, what is not loaded is fetched", async () => {
    await talksOn(ana, request, customer, 65);
    await ana.reload();
    await expect(bubble(ana, "by the way, 65")).toBeVisible();
    // The first message is not on the page, and yet it is found.
    await expect(bubble(ana, "where is my parcel?")).toHaveCount(0);
    expect(await everyFactLands(ana)).toBe(4);
    await expect(bubble(ana, "10050")).toBeVisible();
  });

  await test.step("returned to the bot, the flow goes on where it says", async () => {
    await ana.locator("header.head").getByRole("button", { name: "Return to bot" }).click();
    await ana.getByRole("dialog").getByRole("button", { name: "Return it" }).click();
    await expect(quietLine(ana, "You returned this to the bot")).toHaveCount(1);
    await expect(ana.locator(".composer.locked")).toContainText("The bot is replying");
    await expect(line(phone, "Anything else I can help with?")).toBeVisible();
    await phone.getByRole("button", { name: "No, thanks" }).click();
    await expect(line(phone, "You're welcome. Have a great day!")).toBeVisible();
    await expect(ana.locator(".composer.locked")).toContainText("Closed");
    await expect(ana.locator("#dossier .why")).toContainText("Returned to bot");
  });
});

test("a look-up that works needs nobody", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Pedro Alves");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, "order status");
  await expect(line(phone, "What is your order number?")).toBeVisible();
  await types(phone, "#10042");
  await expect(line(phone, "is on its way to you")).toBeVisible();
  await expect(line(phone, "Anything else I can help with?")).toBeVisible();
  await expect(card(ana, customer)).toHaveCount(0);
});

test("the language model looks up, keeps and asks for a person, and says why", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Ivan Petrov");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);

  await test.step("where no answer fits, the model takes over the talk", async () => {
    await toTheModel(phone, "just tell me in plain words");
    await expect(line(phone, "It arrives tomorrow.")).toBeVisible();
  });

  await test.step("it asks the shop, and keeps what it learnt", async () => {
    await types(phone, "please find the red bicycle");
    await expect(line(phone, "Your red bicycle is being packed.")).toBeVisible();
  });

  await test.step("it calls the handoff tool, and the customer is told", async () => {
    await types(phone, "then I need a person");
    await expect(line(phone, "I'm connecting you to a colleague")).toBeVisible();
    await claims(ana, customer, "Bot escalated");
  });

  await test.step("the dossier has its reason, its summary, the tool and the variable", async () => {
    const dossier = ana.locator("#dossier");
    await expect(dossier.locator(".why")).toContainText("wants a person");
    await expect(dossier.locator(".summary")).toContainText("lost parcel");
    await expect(dossier.locator("dl.facts dt")).toContainText(["article"]);
    await expect(dossier.locator("dl.facts dd")).toContainText(["red bicycle"]);
    await expect(dossier.locator("ul.asked > li")).toContainText(["order_status"]);
    await expect(quietLine(ana, "Bot saved article")).toBeVisible();
    await talksOn(ana, request, customer);
    expect(await everyFactLands(ana), "why, the summary, the variable, the tool").toBe(4);
  });
  await closes(ana);
});

test("a model that fails brings a person, and the card says what failed", async ({ browser, request }) => {
  const name = `Alone ${Date.now() % 1_000_000}`;
  const admin = await deskOf(browser, "admin", "/admin/flows");
  await test.step("a flow hands the talk to the model, with no way out of its own", async () => {
    const act = { kind: "model", instructions: "Help.", tools: [], on_failure: [] };
    const flow = {
      name,
      starts: [{ by: "words", phrase: name, matching: "contains" }],
      steps: [{ id: "talk", act }, { id: "end", act: { kind: "close", text: "Goodbye" } }],
    };
    await admin.locator("details.import > summary").click();
    await admin.getByLabel("Or paste its JSON").fill(JSON.stringify(flow));
    await admin.getByRole("button", { name: "Import", exact: true }).click();
    await admin.getByRole("button", { name: "Publish" }).click();
    await admin.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
    await expect(admin.locator(".flow-head .tag")).toHaveText("Live · version 1");
  });

  const customer = await newCustomer(request, "Greta Holm");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, `${name}: meet the broken server`);
  await expect(line(phone, "I'm connecting you to a colleague")).toBeVisible();
  await claims(ana, customer, "Model error");
  await expect(ana.locator("#dossier .why")).toContainText("The language model's server returned an error.");
  await talksOn(ana, request, customer);
  expect(await everyFactLands(ana)).toBe(1);
  await closes(ana);

  await admin.locator("summary[aria-label='More']").or(admin.getByLabel("More")).first().click();
  await admin.getByRole("button", { name: "Versions" }).click();
  await admin.getByRole("button", { name: "Take offline" }).click();
  await expect(admin.locator(".flow-head .tag")).not.toContainText("Live");
});

test("a bot whose words do not arrive brings a person", async ({ browser, request, simulator }) => {
  const customer = await newCustomer(request, "Hugo Sand");
  const ana = await quietDeskOf(browser, "ana");
  await simulator.breaks(customer.phone, { kind: "status", code: 131026, times: 1 });
  await says(request, customer, "Good afternoon");
  await claims(ana, customer, "Bot reply not delivered");
  await talksOn(ana, request, customer);
  await expect(ana.locator("#dossier .why")).toContainText("WhatsApp didn't deliver the bot's reply.");
  expect(await everyFactLands(ana), "why, and what the customer wrote before").toBe(2);
  await closes(ana);
});

test("an agent steps in at any moment, and the bot is silent from then on", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Otto Brandt");
  const ana = await quietDeskOf(browser, "ana");
  const ben = await quietDeskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);
  await types(phone, "Hello there");
  await expect(line(phone, "What is your order number?")).toBeVisible();
  await opens(ana, customer);
  await ana.locator("header.head").getByRole("button", { name: "Take over" }).click();
  await expect(ana.locator("#reply-text")).toBeVisible();
  await expect(quietLine(ana, "You took over from the bot")).toHaveCount(1);
  await expect(row(ben, customer, "team")).toContainText("Ana Costa");

  // An answer that the flow would take at once.
  await says(request, customer, "10043");
  await expect(bubble(ana, "10043")).toHaveCount(1);
  await talksOn(ana, request, customer);
  await expect(line(phone, "by the way, 25")).toBeVisible();
  await expect(line(phone, "has been delivered")).toHaveCount(0);
  expect(await everyFactLands(ana)).toBe(1);

  await test.step("a colleague takes over in turn, after being asked", async () => {
    await opens(ben, customer);
    await ben.locator("header.head").getByRole("button", { name: "Take over" }).click();
    const dialog = ben.getByRole("dialog");
    await expect(dialog).toContainText("Take over from Ana Costa?");
    await dialog.getByRole("button", { name: "Take over" }).click();
    await expect(ben.locator("#reply-text")).toBeVisible();
    await expect(ana.locator(".composer.locked")).toContainText("Ben Weber is handling this conversation.");
    await closes(ben);
  });
});
