// The whole shift without a mouse.
import { expect, test } from "./fixtures";
import { PASSWORD, bubble, calls, deskOf, line, live, newCustomer, phoneOf, row } from "./stage";

test("sign in, claim, answer and close by keyboard alone", async ({ browser, page, request }) => {
  const customer = await newCustomer(request, "Mika Virtanen");
  await calls(request, customer);
  const phone = await phoneOf(browser, customer);

  await page.goto("/sign-in");
  await expect(page.getByLabel("Email")).toBeFocused();
  await page.keyboard.type("chloe@acme.test");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/conversations");
  await live(page);

  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(customer.name);
  await page.keyboard.press("Enter");
  await expect(page.locator("a.row")).toHaveCount(1);
  // Out of the field: letters are keys again. (Escape would empty it.)
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await expect(row(page, customer)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".composer.locked")).toContainText("Claim it to reply");

  await page.keyboard.press("c");
  await expect(page.locator("#reply-text")).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.locator("#reply-text")).toBeFocused();
  await page.keyboard.type("Hello from the keyboard");
  await page.keyboard.press("Enter");
  await expect(bubble(page, "Hello from the keyboard")).toHaveCount(1);
  await expect(line(phone, "Hello from the keyboard")).toHaveCount(1);
  await expect(page.locator("#reply-text")).toHaveValue("");

  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await expect(page.getByRole("dialog")).toContainText("Close this conversation?");
  await expect(page.getByRole("button", { name: "Close it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".composer.locked")).toContainText("Closed by you");
});

test("outside a thread, C claims the one that waits longest", async ({ browser, request }) => {
  await calls(request, await newCustomer(request, "Pia Holm"));
  const ben = await deskOf(browser, "ben");
  const first = ben.locator(".calls article").first();
  const name = await first.locator("b").innerText();
  await ben.keyboard.press("c");
  await expect(ben.locator("header.head h2")).toHaveText(name);
  await expect(ben.locator("#reply-text")).toBeVisible();
  // Back to where it was, for whoever comes next.
  await ben.locator("header.head").getByRole("button", { name: "Release" }).click();
  await expect(ben.locator(".composer.locked")).toContainText("Claim it to reply");
});
