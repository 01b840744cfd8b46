// A colleague is faster: who lost a claim reads who won it, where they pressed it.
import type { Page, Route } from "@playwright/test";
import { actions, claimButton, composerNotice, list, row, strip } from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, asksForAgent, claims, deskOf, newCustomer, opens } from "./people";

/** Holds Ben's claims until the returned function is called. */
async function holds(ben: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  const hold = async (route: Route) => {
    await held;
    await route.continue();
  };
  await ben.route("**/api/claim*", hold, { times: 1 });
  return release;
}

const lost = (customer: Customer) => `Ana Costa already claimed ${customer.name}.`;

test("who lost a claim reads it in the list, in the thread and at the strip", async ({
  browser,
  request,
  allowConsole,
}) => {
  // Ben's claims are answered with conflicts.
  allowConsole(/status of 409/);
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  /** Somebody asks; Ben claims them by `press`, and Ana is faster. */
  const loses = async (name: string, press: (customer: Customer) => Promise<void>): Promise<Customer> => {
    const customer = await newCustomer(request, name);
    const release = await holds(ben);
    await asksForAgent(request, customer);
    await press(customer);
    await claims(ana, customer);
    release();
    return customer;
  };

  await test.step("in the list", async () => {
    const customer = await loses("Rolf Lang", async (customer) => {
      await row(ben, customer, "Unassigned").focus();
      await ben.keyboard.press("Shift+Enter");
    });
    await expect(list(ben).getByRole("status").filter({ hasText: lost(customer) })).toBeVisible();
    await expect(strip(ben)).not.toContainText("already claimed");
  });

  await test.step("in the thread", async () => {
    const customer = await loses("Rosa Lang", async (customer) => {
      await opens(ben, customer);
      await actions(ben).getByRole("button", { name: "Claim" }).click();
    });
    await expect(composerNotice(ben)).toContainText(`${lost(customer)} Take over to reply.`);
    await expect(strip(ben)).not.toContainText("already claimed");
  });

  await test.step("at the strip", async () => {
    const customer = await loses("Rita Lang", (customer) => claimButton(ben, customer).click());
    await expect(strip(ben).getByRole("status").filter({ hasText: lost(customer) })).toBeVisible();
  });
});
