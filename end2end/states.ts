// What the specs of the states share: `states.spec.ts` (the list, calls, and what may lie over any page) and
// `states_thread.spec.ts` (an open conversation). Each state is shown wide and light, then narrow and dark, and checked
// as looks.ts says.
import type { Browser, Page } from "@playwright/test";
import { composer, composerNotice, newCall } from "./desk";
import { type Simulator, expect } from "./fixtures";
import { SCHEMES, SIZES, checkLooks } from "./looks";
import { type Customer, type Who, asksForAgent, browserOf, live, newCustomer, opens, signIn } from "./people";

export interface State {
  name: string;
  path?: string;
  who: Who;
  /** With a session of its own, because it ends here. */
  alone?: boolean;
  allowed?: RegExp;
  make: (page: Page, customer: Customer, simulator: Simulator) => Promise<void>;
}

/** The sizes and schemes in which a state is shown. */
export const LOOKS = [["wide", SCHEMES[0]], ["narrow", SCHEMES[1]]] as const;

/** Brings a page of its own into the state, and checks it. */
export async function checkState(
  state: State,
  [size, colorScheme]: (typeof LOOKS)[number],
  browser: Browser,
  simulator: Simulator,
) {
  const look = { viewport: SIZES[size], colorScheme };
  const context = state.alone ? await browser.newContext(look) : await browserOf(browser, state.who, look);
  const page = await context.newPage();
  const customer = await newCustomer(page.request, "Dana Weiss");
  // Only where the state needs the customer: the list shows thirty waiting ones, and all tests share it.
  if (state.make.length > 1) await asksForAgent(page.request, customer);
  if (state.alone) await signIn(page, state.who);
  else await page.goto(state.path ?? "/conversations");
  await live(page);
  await state.make(page, customer, simulator);
  await checkLooks(page, `${state.name}-${size}-${colorScheme}`);
}

/** Claims from the conversation itself. */
export const claim = async (page: Page, customer: Customer) => {
  await opens(page, customer);
  await composerNotice(page).getByRole("button", { name: "Claim" }).click();
  await expect(composer(page)).toBeVisible();
};

/** Somebody asks for an agent, and their call is unfolded. */
export async function called(page: Page) {
  const customer = await newCustomer(page.request, "Maximiliane-Henriette von Hohenstein");
  await asksForAgent(page.request, customer);
  await expect(newCall(page, customer)).toBeVisible();
}
