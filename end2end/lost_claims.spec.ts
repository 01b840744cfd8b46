// A colleague is faster, or the connection is lost: who did not get a customer reads why, where they pressed the claim.
import type { Locator, Page, Route } from "@playwright/test";
import { actions, claimButton, composer, composerNotice, list, notice, row, strip } from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, OFFLINE, asksForAgent, claims, cutOff, deskOf, newCustomer, opens } from "./people";

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

test("a claim without a connection steps back, says why, and tells of its press", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const ben = await deskOf(browser, "ben");
  const customer = await newCustomer(request, "Runa Lang");
  await asksForAgent(request, customer);
  await opens(ben, customer);
  const inThread = actions(ben).getByRole("button", { name: "Claim" });
  // The strip offers who has waited for longest.
  const buttons = [inThread, claimButton(ben)];
  const color = async (button: Locator) => {
    await expect.poll(() => button.evaluate((element) => element.getAnimations().length)).toBe(0);
    return button.evaluate((element) => getComputedStyle(element).backgroundColor);
  };
  const usual = await color(inThread);
  await cutOff([ben], async () => {
    for (const button of buttons) {
      await expect(button).toHaveAccessibleDescription(/^You're offline\. This works again/);
      await expect.poll(() => color(button)).not.toBe(usual);
      await button.click();
      await expect(notice(ben, "You're offline. Check your connection and try again").first()).toBeVisible();
    }
    await expect(row(ben, customer, "Unassigned")).toBeVisible();
  });
  for (const button of buttons) {
    await expect(button).not.toHaveAccessibleDescription(/offline/);
    await expect.poll(() => color(button)).toBe(usual);
  }
  await inThread.click();
  await expect(composer(ben)).toBeVisible();
});
