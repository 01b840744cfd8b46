// A colleague is faster: who lost a claim reads who won it, where they pressed it.
import type { Browser, Page } from "@playwright/test";
import { actions, claimButton, composerNotice, list, row, strip } from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, asksForAgent, claims, deskOf, newCustomer, opens } from "./people";

/** The desks of Ana and Ben, and Ben's claims, which wait until the returned function is called. */
async function race(browser: Browser): Promise<[Page, Page, () => void]> {
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  await ben.route("**/api/claim*", async (route) => {
    await held;
    await route.continue();
  });
  return [ana, ben, release];
}

const lost = (customer: Customer) => `Ana Costa already claimed ${customer.name}.`;

test.beforeEach(({ allowConsole }) => {
  // Ben's claim is answered with a conflict.
  allowConsole(/status of 409/);
});

test("at the strip", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Rita Lang");
  const [ana, ben, release] = await race(browser);
  await asksForAgent(request, customer);
  await claimButton(ben, customer).click();
  await claims(ana, customer);
  release();
  await expect(strip(ben).getByRole("status").filter({ hasText: lost(customer) })).toBeVisible();
});

test("in the list", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Rolf Lang");
  const [ana, ben, release] = await race(browser);
  await asksForAgent(request, customer);
  await row(ben, customer, "Unassigned").focus();
  await ben.keyboard.press("Shift+Enter");
  await claims(ana, customer);
  release();
  await expect(list(ben).getByRole("status").filter({ hasText: lost(customer) })).toBeVisible();
  await expect(strip(ben)).not.toContainText("already claimed");
});

test("in the thread", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Rosa Lang");
  const [ana, ben, release] = await race(browser);
  await asksForAgent(request, customer);
  await opens(ben, customer);
  await actions(ben).getByRole("button", { name: "Claim" }).click();
  await claims(ana, customer);
  release();
  await expect(composerNotice(ben)).toContainText(`${lost(customer)} Take over to reply.`);
  await expect(strip(ben)).not.toContainText("already claimed");
});
