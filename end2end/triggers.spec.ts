// What triggers a handoff, from the phone to the desk: a keyword, a flow's step, the language model, a failure of the
// bot, an agent who takes over. And what the agent gets: every fact of the dossier leads to its place in the thread.
import type { Page } from "@playwright/test";
import {
  actions,
  apiCalls,
  claimButton,
  collectedData,
  composer,
  composerNotice,
  delivery,
  eventLine,
  message,
  newCall,
  row,
  summary,
  why,
} from "./desk";
import { everyFactLands, fillsThread } from "./dossier";
import { expectState, imports, publishes, takesOffline } from "./editor";
import { expect, test } from "./fixtures";
import { type Customer, closes, deskOf, newCustomer, opens, replies, returnsToBot, says } from "./people";
import { onPhone, phoneOf, types } from "./phone";

/** Claims by the strip, which says what triggered the handoff. */
async function claims(desk: Page, customer: Customer, trigger: string) {
  await expect(newCall(desk, customer)).toContainText(trigger);
  await claimButton(desk, customer).click();
  await expect(composer(desk)).toBeVisible();
}

/** Leads the flow to the language model, by three answers that are no order number. */
async function toTheModel(phone: Page, first: string) {
  await types(phone, "Good evening");
  await expect(onPhone(phone, "What is your order number?")).toBeVisible();
  await types(phone, "I have none");
  await expect(onPhone(phone, "doesn't look like an order number")).toHaveCount(1);
  await reads(phone);
  await types(phone, "really none");
  await expect(onPhone(phone, "doesn't look like an order number")).toHaveCount(2);
  await reads(phone);
  await types(phone, first);
}

/**
 * What is written within a second of a question that is asked again belongs to the answer before it. WhatsApp tells the
 * time of a message in whole seconds, so that it takes up to two.
 */
const reads = (phone: Page) => phone.waitForTimeout(2_000);

test("a keyword triggers a handoff, and the dossier leads to its message", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Samira Nasser");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, "Hi, I want to speak to agent please");
  await expect(onPhone(phone, "I'm connecting you to a colleague")).toBeVisible();
  await claims(ana, customer, "Keyword “speak to agent”");
  await fillsThread(ana, request, customer);

  await expect(why(ana)).toContainText("The customer wrote the keyword “speak to agent”.");
  await expect(why(ana).getByRole("blockquote")).toHaveText("Hi, I want to speak to agent please");
  expect(await everyFactLands(ana)).toBe(1);
  await closes(ana);
});

test("a flow's failed lookup triggers a handoff, with the data it collected", async ({ browser, request }) => {
  test.setTimeout(360_000);
  const customer = await newCustomer(request, "Nora Lindqvist");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);

  await test.step("the flow asks until the answer is valid, and looks it up", async () => {
    await types(phone, "Hi, where is my parcel?");
    await expect(onPhone(phone, "What is your order number?")).toBeVisible();
    await types(phone, "the blue one");
    await expect(onPhone(phone, "doesn't look like an order number")).toBeVisible();
    await types(phone, "10050");
    await expect(onPhone(phone, "I couldn't find that order")).toBeVisible();
  });

  await test.step("the call names the flow, and one click claims", async () => {
    await claims(ana, customer, "Flow Order status");
  });

  await test.step("the dossier has the reason, the variable and the request, each with its place", async () => {
    // The reason leads, before the flow and the customer's last word.
    await expect(why(ana).getByRole("paragraph").first()).toContainText("Couldn't look up order 10050");
    await expect(collectedData(ana).getByRole("definition")).toContainText(["10050"]);
    await expect(apiCalls(ana)).toContainText(["Look up the order"]);
    await fillsThread(ana, request, customer);
    expect(await everyFactLands(ana), "why, the summary, the number, the request").toBe(4);
  });

  await test.step("in a thread longer than one page, a fact loads the older messages it leads to", async () => {
    await fillsThread(ana, request, customer, 65, 1);
    await ana.reload();
    await expect(message(ana, "by the way, 65")).toBeVisible();
    // The first message is not on the page yet.
    await expect(message(ana, "where is my parcel?")).toHaveCount(0);
    expect(await everyFactLands(ana)).toBe(4);
    await expect(message(ana, "10050")).toBeVisible();
  });

  await test.step("answered and returned to the bot, the flow continues at its step for that", async () => {
    // What the customer wrote last would be the bot's turn, had nobody answered it.
    await replies(ana, "Found it: the parcel leaves today");
    // A reply that is not sent yet would be named before.
    await expect(delivery(message(ana, "Found it: the parcel leaves today"), "Read")).toBeVisible();
    await returnsToBot(ana);
    await expect(composerNotice(ana)).toContainText("The bot is replying");
    await expect(onPhone(phone, "Anything else I can help with?")).toBeVisible();
    await phone.getByRole("button", { name: "No, thanks" }).click();
    await expect(onPhone(phone, "You're welcome. Have a great day!")).toBeVisible();
    await expect(composerNotice(ana)).toContainText("Closed");
    await expect(why(ana)).toContainText("Returned to bot");
  });
});

test("a successful lookup needs no agent", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Pedro Alves");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, "order status");
  await expect(onPhone(phone, "What is your order number?")).toBeVisible();
  await types(phone, "#10042");
  await expect(onPhone(phone, "is on its way to you")).toBeVisible();
  await expect(onPhone(phone, "Anything else I can help with?")).toBeVisible();
  await expect(row(ana, customer, "Unassigned")).toHaveCount(0);
});

test("the language model calls a tool, saves a variable and escalates with a reason", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Ivan Petrov");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);

  await test.step("when no answer is valid, the model takes over the conversation", async () => {
    await toTheModel(phone, "just tell me in plain words");
    await expect(onPhone(phone, "It arrives tomorrow.")).toBeVisible();
  });

  await test.step("it calls the shop's API, and saves a variable", async () => {
    await types(phone, "please find the red bicycle");
    await expect(onPhone(phone, "Your red bicycle is being packed.")).toBeVisible();
  });

  await test.step("it calls the handoff tool, and the customer gets the handoff message", async () => {
    await types(phone, "then I need a person");
    await expect(onPhone(phone, "I'm connecting you to a colleague")).toBeVisible();
    await claims(ana, customer, "Bot escalated");
  });

  await test.step("the dossier has its reason, its summary, the tool and the variable", async () => {
    await expect(why(ana)).toContainText("wants a person");
    await expect(summary(ana)).toContainText("lost parcel");
    await expect(collectedData(ana).getByRole("term")).toContainText(["article"]);
    await expect(collectedData(ana).getByRole("definition")).toContainText(["red bicycle"]);
    await expect(apiCalls(ana)).toContainText(["order_status"]);
    await expect(eventLine(ana, "Bot saved article")).toBeVisible();
    await fillsThread(ana, request, customer);
    expect(await everyFactLands(ana), "why, the summary, the variable, the tool").toBe(4);
  });
  await closes(ana);
});

test("a model error triggers a handoff, and the call says so", async ({ browser, request }) => {
  const name = `Alone ${Date.now() % 1_000_000}`;
  const admin = await deskOf(browser, "admin", "/admin/flows");
  await test.step("a flow leaves the conversation to the model, without a branch for failures", async () => {
    const act = { kind: "model", instructions: "Help.", tools: [], on_failure: [] };
    const flow = {
      name,
      starts: [{ by: "words", phrase: name, matching: "contains" }],
      steps: [{ id: "talk", act }, { id: "end", act: { kind: "close", text: "Goodbye" } }],
    };
    await imports(admin, flow);
    await publishes(admin);
    await expectState(admin, "Live · version 1");
  });

  const customer = await newCustomer(request, "Greta Holm");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, `${name}: meet the broken server`);
  await expect(onPhone(phone, "I'm connecting you to a colleague")).toBeVisible();
  await claims(ana, customer, "Model error");
  await expect(why(ana)).toContainText("The language model's server returned an error.");
  await fillsThread(ana, request, customer);
  expect(await everyFactLands(ana)).toBe(1);
  await closes(ana);

  await takesOffline(admin);
});

test("a bot reply that is not delivered triggers a handoff", async ({ browser, request, simulator }) => {
  const customer = await newCustomer(request, "Hugo Sand");
  const ana = await deskOf(browser, "ana");
  await simulator.fail(customer.phone, { kind: "status", code: 131026, times: 1 });
  await says(request, customer, "Good afternoon");
  await claims(ana, customer, "Bot reply not delivered");
  await fillsThread(ana, request, customer);
  await expect(why(ana)).toContainText("WhatsApp didn't deliver the bot's reply.");
  expect(await everyFactLands(ana), "why, and what the customer wrote before").toBe(2);
  await closes(ana);
});

test("after an agent takes over, the bot sends nothing", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Otto Brandt");
  const ana = await deskOf(browser, "ana");
  const ben = await deskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);
  await types(phone, "Hello there");
  await expect(onPhone(phone, "What is your order number?")).toBeVisible();
  await opens(ana, customer);
  await actions(ana).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ana)).toBeVisible();
  await expect(eventLine(ana, "You took over from the bot")).toHaveCount(1);
  await expect(row(ben, customer, "Others")).toContainText("Ana Costa");

  // The flow would answer this at once.
  await says(request, customer, "10043");
  await expect(message(ana, "10043")).toHaveCount(1);
  await fillsThread(ana, request, customer);
  await expect(onPhone(phone, "by the way, 4")).toBeVisible();
  await expect(onPhone(phone, "has been delivered")).toHaveCount(0);
  expect(await everyFactLands(ana)).toBe(1);

  await test.step("a colleague takes over in turn", async () => {
    await opens(ben, customer);
    await actions(ben).getByRole("button", { name: "Take over" }).click();
    await expect(composer(ben)).toBeFocused();
    await expect(composerNotice(ana)).toContainText("Ben Weber is handling this conversation.");
    await closes(ben);
  });
});
