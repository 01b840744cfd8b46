// What the specs of the states share: `states.spec.ts` (the list, calls, and what may lie over any page) and
// `states_thread.spec.ts` (an open conversation). Each state is made once, shown wide and light, then narrow and dark,
// because making it takes longer than both looks, and checked as looks.ts says.
import type { Browser, Page } from "@playwright/test";
import { composer, composerNotice, newCall } from "./desk";
import { type Simulator, expect } from "./fixtures";
import { SIZES, checkLooks } from "./looks";
import { type Customer, type Who, asksForAgent, browserOf, live, newCustomer, opens, signIn } from "./people";

/** Brings the page back into a state that was over meanwhile, or that has another place in a narrow window. */
type Again = () => Promise<void>;

export interface State {
  name: string;
  path?: string;
  who: Who;
  /** With a session of its own, because it ends here. */
  alone?: boolean;
  allowed?: RegExp;
  /** Brings the page into the state. */
  make?: (page: Page, customer: Customer, simulator: Simulator) => Promise<Again | void>;
  /** The page is in the state, in both windows. */
  shows?: (page: Page, customer: Customer) => Promise<void>;
}

/** Brings a page of its own into the state, and checks it in both windows. */
export async function checkState({ name, path, who, alone, make, shows }: State, browser: Browser, simulator: Simulator) {
  const look = { viewport: SIZES.wide, colorScheme: "light" } as const;
  const context = alone ? await browser.newContext(look) : await browserOf(browser, who, look);
  const page = await context.newPage();
  const customer = await newCustomer(page.request, "Dana Weiss");
  // Only where the state needs the customer: the list shows thirty waiting ones, and all tests share it.
  if ([make, shows].some((step) => step && step.length > 1)) await asksForAgent(page.request, customer);
  if (alone) await signIn(page, who);
  else await page.goto(path ?? "/conversations");
  await live(page);
  const again = await make?.(page, customer, simulator);
  await shows?.(page, customer);
  await checkLooks(page, `${name}-wide-light`);

  await page.setViewportSize(SIZES.narrow);
  await page.emulateMedia({ colorScheme: "dark" });
  await again?.();
  await shows?.(page, customer);
  await checkLooks(page, `${name}-narrow-dark`);
}

/** Claims from the conversation itself. */
export const claim = async (page: Page, customer: Customer) => {
  await opens(page, customer);
  await composerNotice(page).getByRole("button", { name: "Claim" }).click();
  await expect(composer(page)).toBeVisible();
};

/** Somebody asks for an agent, and their call is unfolded. It is folded after ten seconds. */
export async function called(page: Page) {
  const customer = await newCustomer(page.request, "Maximiliane-Henriette von Hohenstein");
  await asksForAgent(page.request, customer);
  await expect(newCall(page, customer)).toBeVisible();
}
