// The three ways to a person, from the phone to the desk: a keyword (loop.spec.ts tells that whole story), a flow's step,
// the language model. And what the person gets: every fact of the dossier leads to its place in the thread.
import { type Page, expect, test } from "@playwright/test";
import { card, line, newCustomer, phoneOf, quietDeskOf, types } from "./stage";

/** Clicks every link of the dossier that leads into the thread; each must land on an item that is there and marked. */
async function everyFactLands(desk: Page) {
  const facts = desk.locator("#dossier a[href^='#msg_'], #dossier a[href^='#line_']");
  const count = await facts.count();
  for (let nth = 0; nth < count; nth += 1) {
    const anchor = (await facts.nth(nth).getAttribute("href"))!.slice(1);
    await facts.nth(nth).click();
    const place = desk.locator(`[id='${anchor}']`);
    await expect(place, `fact ${nth} leads to ${anchor}`).toBeInViewport();
  }
  return count;
}

test("a flow's failed look-up brings a person, with everything it knows", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Nora Lindqvist");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);

  await test.step("the flow asks until the answer fits, and looks it up", async () => {
    await types(phone, "Hi, where is my parcel?");
    await expect(line(phone, "What is your order number?")).toBeVisible();
    await types(phone, "the blue one");
    await expect(line(phone, "does not look like an order number")).toBeVisible();
    await types(phone, "10050");
    await expect(line(phone, "I could not find your order by myself")).toBeVisible();
  });

  await test.step("the card says that a flow called, and one click claims", async () => {
    await expect(card(ana, customer)).toContainText("Flow Order status");
    await card(ana, customer).getByRole("button", { name: "Claim" }).click();
    await expect(ana.locator("#reply-text")).toBeVisible();
  });

  await test.step("the dossier has the reason, the variable and the request, each with its place", async () => {
    const dossier = ana.locator("#dossier");
    await expect(dossier).toContainText("Order 10050 could not be looked up");
    await expect(dossier).toContainText("10050");
    await expect(dossier).toContainText("Look up the order");
    const facts = await dossier.locator("dl.variables dt, ul.asked > li").count();
    expect(await everyFactLands(ana), "a link for every fact, and for why").toBeGreaterThanOrEqual(facts + 1);
  });

  await test.step("returned to the bot, the flow goes on where it says", async () => {
    await ana.locator("header.head").getByRole("button", { name: "Return to bot" }).click();
    await expect(line(phone, "Can I do anything else for you?")).toBeVisible();
    await phone.getByRole("button", { name: "No, thank you" }).click();
    await expect(line(phone, "You are welcome. Have a good day!")).toBeVisible();
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
  await expect(line(phone, "Can I do anything else for you?")).toBeVisible();
  await expect(card(ana, customer)).toHaveCount(0);
});

test("the language model asks for a person, and says why", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Ivan Petrov");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);

  await test.step("where no answer fits, the model takes over the talk", async () => {
    await types(phone, "Good evening");
    await expect(line(phone, "What is your order number?")).toBeVisible();
    await types(phone, "I have none");
    await expect(line(phone, "does not look like an order number")).toHaveCount(1);
    await types(phone, "really none");
    await expect(line(phone, "does not look like an order number")).toHaveCount(2);
    await types(phone, "just tell me in plain words");
    await expect(line(phone, "It arrives tomorrow.")).toBeVisible();
  });

  await test.step("it calls the handoff tool, and the customer is told", async () => {
    await types(phone, "then I need a person");
    await expect(line(phone, "I am getting a colleague for you")).toBeVisible();
    await expect(card(ana, customer)).toContainText("Bot asked");
  });

  await test.step("the dossier has its reason and its summary", async () => {
    await card(ana, customer).getByRole("button", { name: "Claim" }).click();
    await expect(ana.locator("#reply-text")).toBeVisible();
    const dossier = ana.locator("#dossier");
    await expect(dossier).toContainText("wants a person");
    await expect(dossier).toContainText("lost parcel");
    expect(await everyFactLands(ana)).toBeGreaterThanOrEqual(1);
  });
});
