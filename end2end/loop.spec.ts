// The loop that the product is for: a customer asks for a person on a phone, somebody at the desk claims, answers and
// closes, and the next message starts anew. Once on a good network and once on one that fails.
import { expect, test } from "@playwright/test";
import { bubble, card, closes, line, newCustomer, phoneOf, quietDeskOf, replies, row, types } from "./stage";

test("a customer asks for a person, gets one, and starts anew afterwards", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Elif Kaya");
  const ana = await quietDeskOf(browser, "ana");
  const ben = await quietDeskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);

  await test.step("the bot asks what it can do, then a keyword calls", async () => {
    await types(phone, "Good morning");
    await expect(line(phone, "What is your order number?")).toBeVisible();
    await types(phone, "I want to speak to agent about order 77");
    await expect(line(phone, "I am getting a colleague for you")).toBeVisible();
    for (const desk of [ana, ben]) {
      await expect(card(desk, customer)).toContainText("I want to speak to agent about order 77");
      await expect(card(desk, customer)).toContainText("speak to agent");
      await expect(row(desk, customer, "waiting")).toBeVisible();
    }
  });

  await test.step("Ana claims with one click", async () => {
    await card(ana, customer).getByRole("button", { name: "Claim" }).click();
    await expect(ana.locator("#reply-text")).toBeVisible();
    await expect(row(ana, customer, "mine")).toBeVisible();
    await expect(card(ben, customer)).toHaveCount(0);
    await expect(row(ben, customer, "team")).toContainText("Ana Costa");
  });

  await test.step("Ana answers and sees that it is read", async () => {
    await replies(ana, "Hello, Ana here. Order 77 leaves today.");
    await expect(line(phone, "Order 77 leaves today")).toBeVisible();
    await expect(bubble(ana, "Order 77 leaves today").locator(".ticks.read")).toBeVisible();
    await types(phone, "Perfect, thank you!");
    await expect(bubble(ana, "Perfect, thank you!")).toBeVisible();
  });

  await test.step("Ana closes, and the customer is told", async () => {
    await closes(ana);
    await expect(line(phone, "If anything else comes up, just write again")).toContainText(customer.name);
    await expect(row(ana, customer, "closed")).toBeVisible();
    await expect(row(ana, customer, "mine")).toHaveCount(0);
  });

  await test.step("what is closed is found and read by a colleague", async () => {
    await ben.locator(".chips").getByRole("link", { name: "Closed" }).click();
    await expect(ben).toHaveURL(/status=closed/);
    await row(ben, customer, "closed").click();
    await expect(bubble(ben, "Order 77 leaves today")).toBeVisible();
    await expect(ben.locator(".composer.locked")).toContainText("Closed by Ana Costa");
  });

  await test.step("the next message starts a new conversation with the bot", async () => {
    await types(phone, "One more thing");
    await expect(row(ana, customer, "bot")).toBeVisible();
    await row(ana, customer, "bot").click();
    await expect(bubble(ana, "One more thing")).toBeVisible();
    await expect(bubble(ana, "Order 77 leaves today")).toHaveCount(0);
    const earlier = ana.locator("aside.dossier a[href*='/conversations/cnv_']");
    await expect(earlier).toHaveCount(1);
    // By keyboard: cards of customers who still wait may stand over it.
    await earlier.press("Enter");
    await expect(bubble(ana, "Order 77 leaves today")).toBeVisible();
  });
});

test("five seconds without a network lose nothing and double nothing", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Tomás Vega");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, "Please let me speak to agent");
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  await replies(ana, "Hi, what can I do?");
  await expect(line(phone, "Hi, what can I do?")).toBeVisible();

  await ana.context().setOffline(true);
  await expect(ana.locator(".banner")).toContainText("No connection");
  const back = Date.now() + 5_000;
  for (const number of [1, 2, 3, 4]) await types(phone, `while you were away ${number}`);
  // Five seconds are the fault that is played, not a wait for something to be ready.
  await expect.poll(() => Date.now() >= back, { timeout: 8_000 }).toBeTruthy();
  await expect(bubble(ana, "while you were away")).toHaveCount(0);
  await ana.context().setOffline(false);

  await expect(bubble(ana, "while you were away")).toHaveCount(4);
  await expect(ana.locator(".banner")).toBeEmpty();
  const words = await bubble(ana, "while you were away").locator(".body").allInnerTexts();
  expect(words.map((text) => text.trim())).toEqual([1, 2, 3, 4].map((number) => `while you were away ${number}`));
  await expect(bubble(ana, "Hi, what can I do?")).toHaveCount(1);

  await replies(ana, "I am back, and I have read all four.");
  await expect(line(phone, "I am back")).toHaveCount(1);
  await closes(ana);
});

test("when two claim at once, one gets it and the other is told who", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Yara Haddad");
  const ana = await quietDeskOf(browser, "ana");
  const ben = await quietDeskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);
  // Both clicks are on their way before either page can hear of the other's: the claims are held at the door.
  const arrived = new Map<string, () => Promise<void>>();
  let open: () => void = () => {};
  const both = new Promise<void>((resolve) => { open = resolve; });
  for (const [name, desk] of [["ana", ana], ["ben", ben]] as const) {
    await desk.route("**/api/claim*", async (route) => {
      arrived.set(name, () => route.continue());
      if (arrived.size === 2) open();
      await both;
      await route.continue();
    });
  }
  await types(phone, "Can I speak to agent?");
  await Promise.all([ana, ben].map((desk) => card(desk, customer).getByRole("button", { name: "Claim" }).click()));

  const winner = row(ana, customer, "mine").or(row(ana, customer, "team"));
  await expect(winner).toBeVisible();
  const anaWon = (await row(ana, customer, "mine").count()) === 1;
  const [won, lost, name] = anaWon ? [ana, ben, "Ana Costa"] : [ben, ana, "Ben Weber"];
  await expect(lost.locator(".toasts")).toContainText(`${name} claimed it first`);
  await expect(row(lost, customer, "team")).toContainText(name);
  await expect(row(won, customer, "mine")).toBeVisible();
  await expect(card(lost, customer)).toHaveCount(0);
  await expect(won.locator("#reply-text")).toBeVisible();
  await closes(won);
});
