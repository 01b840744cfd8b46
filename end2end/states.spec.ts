// What a page shows only for a while: the search and the filters, calls, menus, banners, errors. What belongs to an
// open conversation is in `states_thread.spec.ts`. Checked as `states.ts` says.
import type { Page } from "@playwright/test";
import {
  account,
  appliedFilters,
  composer,
  filterToggle,
  notice,
  offlineBanner,
  palette,
  paletteField,
  paletteOptions,
  tallestRow,
} from "./desk";
import { expect, test } from "./fixtures";
import { OFFLINE, asksForAgent, browserOf, finds, live, newCustomer, opens } from "./people";
import { type State, called, checkState, claim } from "./states";

/** The page shows this text. */
const showing = (text: string) => async (page: Page) => { await expect(page.getByText(text).first()).toBeVisible(); };

/** A call is unfolded, also while the second look is taken. */
const isCalled = async (page: Page) => {
  await called(page);
  return () => called(page);
};

/** Crashes the page's program as a panic does: with a trap that nobody catches. */
const crash = (page: Page) =>
  page.evaluate(() => {
    // (module (func (export "f") unreachable))
    const head = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0];
    const code = [...head, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const program = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(code)));
    setTimeout(program.exports.f as () => void);
  });

const STATES: State[] = [
  {
    name: "search-results",
    who: "ana",
    path: "/conversations?q=a",
    shows: async (page) => {
      await expect(page.getByRole("region", { name: "Messages found", exact: true })).toBeVisible();
    },
  },
  { name: "search-no-results", who: "ana", path: "/conversations?q=xyzzyxyzzy", shows: showing("No results for") },
  { name: "search-refused", who: "ana", path: "/conversations?q=status%3Anonsense", shows: showing("is not a status") },
  { name: "call", who: "ana", make: isCalled },
  { name: "call-on-an-admin-page", who: "admin", path: "/admin/keywords", make: isCalled },
  {
    name: "shortcuts-of-the-list",
    who: "ana",
    make: async (page) => page.keyboard.press("?"),
    shows: async (page) => {
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "palette-results",
    who: "ana",
    make: async (page, customer) => {
      await page.keyboard.press("Control+k");
      await paletteField(page).fill(customer.name);
    },
    shows: async (page, customer) => {
      await expect(paletteOptions(page, customer.name)).toHaveCount(1);
    },
  },
  {
    name: "palette-without-results",
    who: "ana",
    make: async (page) => {
      await page.keyboard.press("Control+k");
      await paletteField(page).fill("xyzzyxyzzy");
    },
    shows: async (page) => {
      await expect(palette(page).getByText("Nothing found for “xyzzyxyzzy”.")).toBeVisible();
    },
  },
  {
    name: "filter-panel",
    who: "ana",
    make: async (page) => filterToggle(page).click(),
    shows: async (page) => {
      await expect(page.getByRole("combobox", { name: "Agent", exact: true })).toBeVisible();
    },
  },
  {
    name: "filters-applied",
    who: "ana",
    path: "/conversations?from=2026-01-01&trigger=keyword&unanswered=1",
    shows: async (page) => {
      await expect(appliedFilters(page).getByRole("link")).toHaveCount(3);
    },
  },
  {
    name: "panes-at-their-widest",
    who: "ana",
    make: async (page, customer) => {
      await page.evaluate(() => {
        for (const pane of ["list", "details"]) localStorage.setItem(`handoff.${pane}-width`, "999");
      });
      await page.reload();
      await live(page);
      await opens(page, customer);
    },
  },
  {
    name: "compact-list",
    who: "chloe",
    make: async (page) => {
      await account(page).click();
      const saved = page.waitForResponse("**/api/set_compact_list*");
      await page.getByRole("switch", { name: "Compact list" }).check();
      await saved;
      await page.reload();
      await live(page);
    },
    shows: async (page) => {
      await expect.poll(() => tallestRow(page)).toBeLessThan(48);
    },
  },
  {
    name: "notifications-offered",
    who: "ana",
    make: async (page, customer) => {
      await page.addInitScript(() => {
        Object.defineProperty(Notification, "permission", { get: () => "default" });
      });
      await page.reload();
      await live(page);
      await claim(page, customer);
      // On a phone the question is below the list, not in the conversation.
      return () => page.getByRole("link", { name: "Back to list" }).click();
    },
    shows: async (page) => {
      await expect(page.getByText("Get notified of handoffs")).toBeVisible();
    },
  },
  {
    name: "account-menu",
    who: "ana",
    make: async (page) => account(page).click(),
    shows: async (page) => {
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    },
  },
  {
    name: "no-connection",
    who: "ana",
    allowed: OFFLINE,
    make: async (page) => page.context().setOffline(true),
    shows: async (page) => {
      await expect(offlineBanner(page)).toBeVisible();
    },
  },
  {
    name: "crashed",
    who: "ana",
    allowed: /RuntimeError: unreachable/,
    make: crash,
    shows: async (page) => {
      await expect(page.getByRole("alert")).toContainText("This page has stopped working");
    },
  },
  {
    name: "signed-out",
    who: "chloe",
    alone: true,
    allowed: /status of 401/,
    make: async (page) => {
      const other = await page.context().newPage();
      await other.goto("/conversations");
      await live(other);
      await account(other).click();
      await other.getByRole("button", { name: "Sign out" }).click();
      await other.waitForURL(/sign-in/);
      await other.close();
    },
    shows: async (page) => {
      await expect(notice(page, "You're signed out. Your drafts are kept.")).toBeVisible();
    },
  },
  {
    name: "admins-only",
    who: "ana",
    path: "/admin/keywords",
    shows: async (page) => {
      await expect(page.getByText("Only admins can open this")).toBeVisible();
    },
  },
];

for (const state of STATES) {
  test(`${state.name}, wide and light, narrow and dark`, async ({ browser, simulator, allowConsole }) => {
    if (state.allowed) allowConsole(state.allowed);
    await checkState(state, browser, simulator);
  });
}

test("after a crash of the page a reload restores the draft", async ({ browser, request, allowConsole }) => {
  allowConsole(/RuntimeError: unreachable/);
  const customer = await newCustomer(request, "Dana Weiss");
  await asksForAgent(request, customer);
  const page = await (await browserOf(browser, "ana")).newPage();
  await finds(page, customer.name, 1);
  await claim(page, customer);
  await composer(page).fill("I was about to say");

  await crash(page);
  await page.getByRole("alert").getByRole("button", { name: "Reload" }).click();

  await live(page);
  await expect(page.getByText("This page has stopped working")).toBeHidden();
  await expect(composer(page)).toHaveValue("I was about to say");
});
