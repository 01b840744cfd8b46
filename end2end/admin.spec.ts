// The admin's pages: what they preview, where their settings are, and the way to them on a phone.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { SIZES } from "./looks";
import { deskOf, live } from "./people";

/** Saves the form and waits until it is saved. */
async function saves(form: Locator) {
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await expect(form.getByText("Saved", { exact: true })).toBeVisible();
}

/** Where the middle of a part is, from left to right. */
async function middle(part: Locator): Promise<number> {
  const box = await part.boundingBox();
  if (!box) throw new Error(`${part} is not shown`);
  return box.x + box.width / 2;
}

test("a preview shows the customer's phone: the business writes from the left", async ({ browser }) => {
  const page = await deskOf(browser, "admin", "/admin/keywords");
  await page.getByLabel("A customer's message").fill("I want to speak to agent");
  const written = page.getByRole("group", { name: "Customer", exact: true });
  const sent = page.getByRole("group", { name: "Business", exact: true });
  await expect(written).toHaveText("I want to speak to agent");
  expect(await middle(sent)).toBeLessThan(await middle(written));
  const colour = (part: Locator) => part.evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await colour(sent)).not.toBe(await colour(written));
});

test("the time zone is set below the opening hours, and read receipts below the messages", async ({ browser, allowConsole }) => {
  // The browser reports the time zone that is refused.
  allowConsole(/status of 422/);
  const hours = await deskOf(browser, "admin", "/admin/hours");
  const messages = await deskOf(browser, "admin", "/admin/messages");
  const zone = (page: Page) => page.getByRole("form", { name: "Time zone" });
  const receipts = (page: Page) => page.getByRole("form", { name: "Read receipts" });
  const policy = (page: Page, name: string) => receipts(page).getByRole("radio", { name });
  const before = await zone(hours).getByLabel("Time zone").inputValue();
  await expect(policy(messages, "When an agent opens the conversation")).toBeChecked();

  await zone(hours).getByLabel("Time zone").fill("Nowhere/Else");
  await zone(hours).getByRole("button", { name: "Save", exact: true }).click();
  await expect(zone(hours).getByText("isn't a known time zone")).toBeVisible();
  await zone(hours).getByLabel("Time zone").fill("asia/tokyo");
  await saves(zone(hours));
  await expect(zone(hours).getByLabel("Time zone")).toHaveValue("Asia/Tokyo");
  await expect(hours.getByRole("form", { name: "Opening hours" })).toContainText("Asia/Tokyo");
  await policy(messages, "When an agent replies").check();
  await saves(receipts(messages));

  // Each left the other's value, and the targets, as they were.
  await hours.reload();
  await live(hours);
  await expect(zone(hours).getByLabel("Time zone")).toHaveValue("Asia/Tokyo");
  await messages.reload();
  await live(messages);
  await expect(policy(messages, "When an agent replies")).toBeChecked();

  // As before, for the other tests.
  await zone(hours).getByLabel("Time zone").fill(before);
  await saves(zone(hours));
  await policy(messages, "When an agent opens the conversation").check();
  await saves(receipts(messages));
});

test("on a phone the link of the open page is in view", async ({ browser }) => {
  const page = await deskOf(browser, "admin", "/admin/audit", { viewport: SIZES.narrow });
  const links = page.getByRole("navigation", { name: "Admin" });
  await expect(links.getByRole("link", { name: "Audit log" })).toBeInViewport({ ratio: 1 });
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/admin\/flows$/);
  await expect(links.getByRole("link", { name: "Flows" })).toBeInViewport({ ratio: 1 });
});
