// Writing to a customer when something comes between: a reload, a refusal, the customer's next words.
import type { Browser, Page } from "@playwright/test";
import type { APIRequestContext } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Customer, bubble, calls, card, deskOf, line, newCustomer, opens, phoneOf, quietDeskOf, replies, row, says } from "./stage";

/** Ana has claimed the customer's conversation. */
async function claimed(browser: Browser, request: APIRequestContext, name: string): Promise<[Page, Customer]> {
  const customer = await newCustomer(request, name);
  const ana = await quietDeskOf(browser, "ana");
  await calls(request, customer);
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  await expect(ana.locator("#reply-text")).toBeVisible();
  return [ana, customer];
}

test("a draft outlives a reload, stays with its conversation, and is nobody else's", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Xenia Roth");
  const field = ana.locator("#reply-text");
  await field.pressSequentially("Half a sen");
  await ana.reload();
  await expect(field).toHaveValue("Half a sen");

  await ana.locator(".group.closed a.row").first().click();
  await expect(ana.locator(".composer.locked")).toContainText("Closed");
  await opens(ana, customer);
  await expect(field).toHaveValue("Half a sen");

  const ben = await deskOf(browser, "ben");
  await opens(ben, customer);
  await ben.locator("header.head").getByRole("button", { name: "Take over" }).click();
  await ben.getByRole("dialog").getByRole("button", { name: "Take over" }).click();
  await expect(ben.locator("#reply-text")).toHaveValue("");
  await expect(ana.locator(".composer.locked")).toContainText("Your draft is kept.");
});

test("a message that WhatsApp refuses says why, and goes out once when it is sent again", async ({
  browser,
  request,
  simulator,
}) => {
  const [ana, customer] = await claimed(browser, request, "Yusuf Aydin");
  const phone = await phoneOf(browser, customer);
  for (const kind of ["http", "status"] as const) {
    await simulator.breaks(customer.phone, { kind, code: 131026, times: 1 });
    const text = `Refused by ${kind}`;
    await replies(ana, text);
    await expect(bubble(ana, text)).toHaveClass(/\bfailed\b/);
    await expect(bubble(ana, text).locator(".fault")).toContainText(/WhatsApp/);
    await bubble(ana, text).getByRole("button", { name: "Try again" }).click();
    await expect(bubble(ana, text).locator(".ticks")).toHaveClass(/read/);
    await expect(bubble(ana, text)).toHaveCount(1);
    await expect(bubble(ana, text)).not.toHaveClass(/\bfailed\b/);
    await expect(line(phone, text)).toHaveCount(1);
  }
});

test("a message behind one without an answer says what it waits for", async ({ browser, request, simulator }) => {
  const [ana, customer] = await claimed(browser, request, "Yara Costa");
  await simulator.breaks(customer.phone, { kind: "drop", times: 1 });
  await replies(ana, "Cut on the way");
  await expect(bubble(ana, "Cut on the way")).toContainText("It may or may not have arrived");
  await replies(ana, "Right behind it");
  await expect(bubble(ana, "Right behind it")).toContainText("On hold until the previous message goes through");
});

test("closing over words that were not read is refused, and says so", async ({ browser, request, expects }) => {
  expects(/status of 409/);
  const [ana, customer] = await claimed(browser, request, "Zoe Marin");
  const dialog = ana.getByRole("dialog");
  await ana.locator("header.head").getByRole("button", { name: "Close" }).click();
  await expect(dialog).toContainText("Close this conversation?");
  await says(request, customer, "Wait, one more question");
  await expect(bubble(ana, "Wait, one more question")).toBeVisible();
  await dialog.getByRole("button", { name: "Close it" }).click();

  const alert = ana.getByRole("alert").filter({ hasText: "Not closed." });
  await expect(alert).toBeVisible();
  await expect(row(ana, customer, "mine")).toBeVisible();
  await expect(bubble(ana, "Wait, one more question")).toBeInViewport();
  await alert.getByRole("button", { name: "Close anyway" }).click();
  await dialog.getByRole("button", { name: "Close it" }).click();
  await expect(ana.locator(".composer.locked")).toContainText("Closed by you");
});
