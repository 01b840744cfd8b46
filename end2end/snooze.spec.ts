// An agent puts a conversation of their own aside: until a time, until the customer writes, or shortly before the reply
// window closes.
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { actions, composer, row, snoozeToggle, threadFacts, undoButton, undoList } from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, claimed, deskOf, replies, says } from "./people";

/** Chloe has claimed the customer's conversation and replied. She has few others, so that its row is in the list. */
async function answered(browser: Browser, request: APIRequestContext, name: string): Promise<[Page, Customer]> {
  const [chloe, customer] = await claimed(browser, request, name, "chloe");
  await replies(chloe, "One moment, I will ask");
  await expect(row(chloe, customer, "Customer's turn")).toBeVisible();
  return [chloe, customer];
}

const choice = (desk: Page, name: string | RegExp) => actions(desk).getByRole("button", { name });

/** The desk shows the snooze, and the server has answered. */
async function isSnoozed(desk: Page, customer: Customer) {
  await expect(row(desk, customer, "Snoozed")).toBeVisible();
  await expect(undoList(desk)).toContainText(`Snoozed ${customer.name}`);
}

/** What a field for date and time holds at this moment, where the viewer is. */
const fieldOf = (moment: number) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short" })
    .format(new Date(moment))
    .replace(" ", "T");

test("a conversation that is snoozed until they write comes back with their next message", async ({
  browser,
  request,
}) => {
  const [chloe, customer] = await answered(browser, request, "Sanna Lind");
  await snoozeToggle(chloe).click();
  await choice(chloe, "Until they write").click();
  await expect(threadFacts(chloe)).toContainText("Snoozed until they write");
  await expect(row(chloe, customer, "Snoozed")).toBeVisible();
  // A further reply does not end it.
  await replies(chloe, "Still waiting for an answer");
  await expect(row(chloe, customer, "Snoozed")).toBeVisible();

  await says(request, customer, "Any news?");
  await expect(row(chloe, customer, "Reply now")).toBeVisible();
  await expect(threadFacts(chloe)).not.toContainText("Snoozed");
  await expect(snoozeToggle(chloe)).toBeVisible();
});

test("a snooze is undone from the list and by its button, and the keys do both", async ({ browser, request }) => {
  const [chloe, customer] = await answered(browser, request, "Selma Krog");
  await snoozeToggle(chloe).click();
  await choice(chloe, "In 1 hour").click();
  await isSnoozed(chloe, customer);
  await undoButton(chloe, customer.name).click();
  await expect(row(chloe, customer, "Customer's turn")).toBeVisible();
  await expect(undoList(chloe)).not.toContainText(customer.name);

  await composer(chloe).focus();
  await chloe.keyboard.press("Alt+z");
  await expect(choice(chloe, "In 1 hour")).toBeFocused();
  await chloe.keyboard.press("Escape");
  await expect(choice(chloe, "In 1 hour")).toBeHidden();
  await chloe.keyboard.press("Alt+z");
  await expect(choice(chloe, "In 1 hour")).toBeFocused();
  await chloe.keyboard.press("Enter");
  await expect(threadFacts(chloe)).toContainText("Snoozed until");
  await isSnoozed(chloe, customer);
  await chloe.keyboard.press("Alt+z");
  await expect(threadFacts(chloe)).not.toContainText("Snoozed");
  // The menu that is shown again is closed.
  await expect(snoozeToggle(chloe)).toBeVisible();
  await expect(choice(chloe, "In 1 hour")).toBeHidden();

  await snoozeToggle(chloe).click();
  await choice(chloe, /^1 hour before the reply window closes/).click();
  await isSnoozed(chloe, customer);
  await choice(chloe, "Unsnooze").click();
  await expect(row(chloe, customer, "Customer's turn")).toBeVisible();
});

test("a time of one's own is taken, and one that is past is refused with a sentence", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(/status of 4\d\d/);
  const [chloe, customer] = await answered(browser, request, "Signe Holt");
  const field = actions(chloe).getByLabel("Date and time");
  await snoozeToggle(chloe).click();
  await choice(chloe, "Snooze until then").click();
  await expect(chloe.getByRole("alert").filter({ hasText: "Choose a date and a time." })).toBeVisible();
  await field.fill(fieldOf(Date.now() - 86_400_000));
  await choice(chloe, "Snooze until then").click();
  await expect(chloe.getByRole("alert").filter({ hasText: "Choose a time in the future." })).toBeVisible();

  const wanted = fieldOf(Date.now() + 2 * 86_400_000);
  await field.fill(wanted);
  await field.press("Enter");
  await expect(threadFacts(chloe)).toContainText(wanted.split("T")[1] ?? "");
  await expect(row(chloe, customer, "Snoozed")).toBeVisible();
});

test("only one's own conversation can be snoozed", async ({ browser, request }) => {
  const [chloe, customer] = await answered(browser, request, "Stine Moe");
  const ben = await deskOf(browser, "ben");
  await row(ben, customer).first().click();
  await expect(choice(ben, "Take over")).toBeVisible();
  await expect(snoozeToggle(ben)).toHaveCount(0);
  await ben.keyboard.press("Alt+z");
  await expect(row(chloe, customer, "Customer's turn")).toBeVisible();
});
