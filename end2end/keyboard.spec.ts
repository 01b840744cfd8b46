// An agent's work by keyboard alone.
import type { Page } from "@playwright/test";
import { actions, card, cards, composer, composerNotice, message, row, rows, threadName } from "./desk";
import { expect, test } from "./fixtures";
import { PASSWORD, asksForAgent, deskOf, live, newCustomer, opens, quietDeskOf } from "./people";
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

/** Holds the desk's calls of `path` until the returned function is called. */
async function holds(desk: Page, path: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await desk.route(path, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test("after a claim, keys go into that customer's reply while the conversation loads", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Petra Lind");
  const ana = await quietDeskOf(browser, "ana");
  await asksForAgent(request, customer);
  const release = await holds(ana, "**/api/thread*");
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  await ana.keyboard.type("Good mor");
  await expect(ana).toHaveURL(/\/conversations\/cnv_/);
  await ana.keyboard.type("ning");
  release();
  await expect(composer(ana)).toBeFocused();
  await ana.keyboard.type(", Petra");
  await expect(composer(ana)).toHaveValue("Good morning, Petra");
  await ana.keyboard.press("Enter");
  await expect(message(ana, "Good morning, Petra")).toHaveCount(1);
});

test("what was typed for a claim that a colleague won is kept as a draft", async ({
  browser,
  request,
  allowConsole,
}) => {
  // Ben's claim is answered with a conflict.
  allowConsole(/status of 409/);
  const customer = await newCustomer(request, "Paula Reis");
  const [ana, ben] = [await quietDeskOf(browser, "ana"), await quietDeskOf(browser, "ben")];
  await asksForAgent(request, customer);
  const release = await holds(ben, "**/api/claim*");
  await card(ben, customer).getByRole("button", { name: "Claim" }).click();
  await ben.keyboard.type("I can help");
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  await expect(composer(ana)).toBeFocused();
  release();
  await expect(ben.getByText(`Ana Costa already claimed ${customer.name}.`)).toBeVisible();

  // The rest of the sentence: letters that would be shortcuts, were the focus elsewhere.
  await ben.keyboard.type(", back to you");

  await opens(ben, customer);
  await actions(ben).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ben)).toHaveValue("I can help, back to you");
});
