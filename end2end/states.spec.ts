// What stands on a page only for a while: dialogs, panels, banners, cards, faults. Looked at as looks.ts says.
import type { Page } from "@playwright/test";
import { type Simulator, expect, test } from "./fixtures";
import { SCHEMES, SIZES, isSound } from "./looks";
import { type Customer, OFFLINE, type Who, browserOf, bubble, calls, live, newCustomer, replies, signIn } from "./stage";

interface State {
  name: string;
  path?: string;
  who: Who;
  /** With a session of its own, because it ends here. */
  alone?: boolean;
  expected?: RegExp;
  make: (page: Page, customer: Customer, simulator: Simulator) => Promise<void>;
}

const goTo = async (page: Page, customer: Customer) => {
  const found = page.locator("a.row").filter({ hasText: customer.name });
  await found.first().click();
  await expect(page.locator("header.head h2")).toHaveText(customer.name);
};

const claim = async (page: Page, customer: Customer) => {
  await goTo(page, customer);
  await page.locator(".composer.locked").getByRole("button", { name: "Claim" }).click();
  await expect(page.locator("#reply-text")).toBeVisible();
};

/** What a program that breaks off is to its page: a trap that nobody catches. */
const breakOff = (page: Page) =>
  page.evaluate(() => {
    // (module (func (export "f") unreachable))
    const code = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const program = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(code)));
    setTimeout(program.exports.f as () => void);
  });

const STATES: State[] = [
  { name: "called", who: "ana", make: async (page) => { await expect(page.locator(".calls article").first()).toBeVisible(); } },
  {
    name: "called-while-writing",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await page.locator("#reply-text").fill("I am on it");
      await expect(page.locator(".calls article").first()).toBeVisible();
    },
  },
  {
    name: "ask-close",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await page.locator("header.head").getByRole("button", { name: "Close" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  {
    name: "keys",
    who: "ana",
    make: async (page, customer) => {
      await goTo(page, customer);
      await page.locator("header.head h2").click();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "keys-of-the-desk",
    who: "ana",
    make: async (page) => {
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "filter-panel",
    who: "ana",
    make: async (page) => {
      await page.locator("details.filters > summary").click();
      await expect(page.getByRole("combobox", { name: "Agent", exact: true })).toBeVisible();
    },
  },
  {
    name: "own-menu",
    who: "ana",
    make: async (page) => {
      await page.locator(".rail details.me > summary").click();
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    },
  },
  {
    name: "refused",
    who: "ana",
    make: async (page, customer, simulator) => {
      await claim(page, customer);
      await simulator.breaks(customer.phone, { kind: "http", code: 131026, times: 1 });
      await replies(page, "This one does not arrive");
      await expect(bubble(page, "This one does not arrive").getByRole("button", { name: "Try again" })).toBeVisible();
    },
  },
  {
    name: "no-connection",
    who: "ana",
    expected: OFFLINE,
    make: async (page) => {
      await page.context().setOffline(true);
      await expect(page.locator(".banner")).toContainText("You're offline");
    },
  },
  {
    name: "stopped",
    who: "ana",
    expected: /RuntimeError: unreachable/,
    make: async (page) => {
      await breakOff(page);
      await expect(page.getByRole("alert")).toContainText("This page has stopped working");
    },
  },
  {
    name: "signed-out",
    who: "chloe",
    alone: true,
    expected: /status of 401/,
    make: async (page) => {
      const other = await page.context().newPage();
      await other.goto("/conversations");
      await live(other);
      await other.locator(".rail details.me > summary").click();
      await other.getByRole("button", { name: "Sign out" }).click();
      await other.waitForURL(/sign-in/);
      await other.close();
      await expect(page.locator(".banner")).toContainText("You're signed out");
    },
  },
  { name: "admins-only", who: "ana", path: "/admin/keywords", make: async (page) => { await expect(page.getByText("Only admins can open this")).toBeVisible(); } },
];

for (const state of STATES) {
  for (const [size, colorScheme] of [["wide", SCHEMES[0]], ["narrow", SCHEMES[1]]] as const) {
    test(`${state.name}, ${size}, ${colorScheme}`, async ({ browser, request, simulator, expects }) => {
      if (state.expected) expects(state.expected);
      const look = { viewport: SIZES[size], colorScheme };
      const customer = await newCustomer(request, "Dana Weiss");
      // Only for those that meet the customer: a list shows thirty who wait, and all tests share it.
      if (state.make.length > 1) await calls(request, customer);
      const context = state.alone ? await browser.newContext(look) : await browserOf(browser, state.who, look);
      const page = await context.newPage();
      if (state.alone) await signIn(page, state.who);
      else await page.goto(state.path ?? "/conversations");
      await live(page);
      await state.make(page, customer, simulator);
      await isSound(page, `${state.name}-${size}-${colorScheme}`);
    });
  }
}

test("a page whose program broke off comes back with what was typed", async ({ browser, request, expects }) => {
  expects(/RuntimeError: unreachable/);
  const customer = await newCustomer(request, "Dana Weiss");
  await calls(request, customer);
  const page = await (await browserOf(browser, "ana")).newPage();
  await page.goto(`/conversations?q=${encodeURIComponent(customer.name)}`);
  await live(page);
  await claim(page, customer);
  await page.locator("#reply-text").fill("I was about to say");

  await breakOff(page);
  await page.getByRole("alert").getByRole("button", { name: "Reload" }).click();

  await live(page);
  await expect(page.getByText("This page has stopped working")).toBeHidden();
  await expect(page.locator("#reply-text")).toHaveValue("I was about to say");
});
