// An agent's work by keyboard alone.
import { actions, cards, composer, composerNotice, message, row, rows, threadName } from "./desk";
import { expect, test } from "./fixtures";
import { PASSWORD, asksForAgent, deskOf, live, newCustomer } from "./people";
import { onPhone, phoneOf } from "./phone";

test("sign in, claim, reply and close by keyboard alone", async ({ browser, page, request }) => {
  const customer = await newCustomer(request, "Mika Virtanen");
  await asksForAgent(request, customer);
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
  await expect(rows(page)).toHaveCount(1);
  // Out of the field, so that letters are shortcuts again. Escape would clear it.
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await expect(row(page, customer)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(composerNotice(page)).toContainText("Claim it to reply");

  await page.keyboard.press("c");
  await expect(composer(page)).toBeVisible();
  await page.keyboard.press("r");
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("Hello from the keyboard");
  await page.keyboard.press("Enter");
  await expect(message(page, "Hello from the keyboard")).toHaveCount(1);
  await expect(onPhone(phone, "Hello from the keyboard")).toHaveCount(1);
  await expect(composer(page)).toHaveValue("");

  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await expect(page.getByRole("dialog")).toContainText("Close this conversation?");
  await expect(page.getByRole("button", { name: "Close it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(composerNotice(page)).toContainText("Closed by you");
});

test("without an open conversation, C claims the one that has waited longest", async ({ browser, request }) => {
  await asksForAgent(request, await newCustomer(request, "Pia Holm"));
  const ben = await deskOf(browser, "ben");
  const label = await cards(ben).first().getAttribute("aria-label");
  await ben.keyboard.press("c");
  await expect(threadName(ben)).toHaveText(label?.replace("Handoff: ", "") ?? "");
  await expect(composer(ben)).toBeVisible();
  // Released again, for the tests that follow.
  await actions(ben).getByRole("button", { name: "Release" }).click();
  await expect(composerNotice(ben)).toContainText("Claim it to reply");
});
