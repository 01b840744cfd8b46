// What an admin changes acts at once, in every open page: the other admin's, and every agent's.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { calls, card, closes, deskOf, line, newCustomer, phoneOf, quietDeskOf, replies, row, types } from "./stage";

const saves = async (page: Page, within = page.locator("main.page")) => {
  await within.getByRole("button", { name: "Save", exact: true }).click();
  await expect(within.getByText("Saved")).toBeVisible();
};

test("a keyword is in the other admin's table, and calls", async ({ browser, request }) => {
  const phrase = `zebra ${Date.now() % 1_000_000}`;
  const first = await deskOf(browser, "admin", "/admin/keywords");
  const second = await deskOf(browser, "admin", "/admin/keywords");
  const rule = (page: Page) => page.getByRole("row").filter({ hasText: phrase });
  await first.locator("#new-phrase").fill(phrase);
  await first.getByRole("form", { name: "New keyword" }).getByRole("button", { name: "Add" }).click();
  for (const page of [first, second]) await expect(rule(page)).toHaveCount(1);

  const customer = await newCustomer(request, "Adam Novak");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, phrase);
  await expect(card(ana, customer)).toContainText(`Keyword “${phrase}”`);

  await second.getByRole("button", { name: `Remove “${phrase}”` }).click();
  await second.getByRole("group", { name: "Remove this keyword?" }).getByRole("button", { name: "Remove" }).click();
  for (const page of [first, second]) await expect(rule(page)).toHaveCount(0);
});

test("a text is what the next customer reads, and nobody's typing is written over", async ({ browser, request }) => {
  const first = await deskOf(browser, "admin", "/admin/messages");
  const second = await deskOf(browser, "admin", "/admin/messages");
  const third = await deskOf(browser, "admin", "/admin/messages");
  const card_ = (page: Page) => page.locator("form.card").filter({ has: page.locator("#text-closing") });
  const before = await first.locator("#text-closing").inputValue();
  const words = `Goodbye from test ${Date.now() % 1_000_000}`;
  await third.locator("#text-closing").fill("My own words");
  await first.locator("#text-closing").fill(words);
  await saves(first, card_(first));
  await expect(second.locator("#text-closing")).toHaveValue(words);
  // Whoever is typing keeps what they typed, and is told.
  await expect(card_(third).getByRole("button", { name: "Reload this text" })).toBeVisible();
  await expect(third.locator("#text-closing")).toHaveValue("My own words");
  await card_(third).getByRole("button", { name: "Reload this text" }).click();
  await expect(third.locator("#text-closing")).toHaveValue(words);

  const customer = await newCustomer(request, "Bela Kis");
  const ana = await quietDeskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await calls(request, customer);
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  await closes(ana);
  await expect(line(phone, words)).toHaveCount(1);

  await second.locator("#text-closing").fill(before);
  await saves(second, card_(second));
  await expect(first.locator("#text-closing")).toHaveValue(before);
});

test("a waiting target is on the clock of the next call, and its mark stays", async ({ browser, request }) => {
  const ana = await quietDeskOf(browser, "ana");
  const first = await deskOf(browser, "admin", "/admin/targets");
  const second = await deskOf(browser, "admin", "/admin/targets");
  const [minutes, seconds] = [first.getByLabel("Minutes"), first.getByLabel("Seconds")];
  const before = [await minutes.inputValue(), await seconds.inputValue()] as const;
  await minutes.fill("0");
  await seconds.fill("10");
  await saves(first);
  await expect(second.getByLabel("Seconds")).toHaveValue("10");

  const customer = await newCustomer(request, "Carl Berg");
  await calls(request, customer);
  await expect(row(ana, customer, "waiting")).toContainText(/\d:\d\d overdue/);
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  await replies(ana, "Sorry that it took so long");
  await expect(row(ana, customer, "mine")).toContainText(/Answered in \d:\d\d, \d:\d\d late/);
  await closes(ana);

  await second.getByLabel("Minutes").fill(before[0]);
  await second.getByLabel("Seconds").fill(before[1]);
  await saves(second);
  await expect(minutes).toHaveValue(before[0]);
});
