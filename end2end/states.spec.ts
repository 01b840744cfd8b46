// What a page shows only for a while: dialogs, panels, banners, calls, errors. Checked as looks.ts says.
import type { Browser, Page } from "@playwright/test";
import {
  account,
  actions,
  album,
  appliedFilters,
  colleagues,
  composer,
  composerNotice,
  endingBar,
  filterToggle,
  lightbox,
  message,
  newCall,
  notice,
  offlineBanner,
  palette,
  paletteField,
  paletteOptions,
  photos,
  tallestRow,
  threadName,
  undoList,
} from "./desk";
import { type Simulator, expect, test } from "./fixtures";
import { SCHEMES, SIZES, checkLooks } from "./looks";
import {
  type Customer,
  OFFLINE,
  type Who,
  asksForAgent,
  browserOf,
  deskOf,
  live,
  newCustomer,
  opens,
  pressesClose,
  replies,
  says,
  sends,
  signIn,
} from "./people";

interface State {
  name: string;
  path?: string;
  who: Who;
  /** With a session of its own, because it ends here. */
  alone?: boolean;
  allowed?: RegExp;
  make: (page: Page, customer: Customer, simulator: Simulator) => Promise<void>;
}

const claim = async (page: Page, customer: Customer) => {
  await opens(page, customer);
  await composerNotice(page).getByRole("button", { name: "Claim" }).click();
  await expect(composer(page)).toBeVisible();
};

/** The page shows this text. */
const showing = (text: string) => async (page: Page) => { await expect(page.getByText(text).first()).toBeVisible(); };

/** Somebody asks for an agent, and their call is unfolded. */
async function called(page: Page) {
  const customer = await newCustomer(page.request, "Maximiliane-Henriette von Hohenstein");
  await asksForAgent(page.request, customer);
  await expect(newCall(page, customer)).toBeVisible();
}

/** Ben at the same conversation, in a browser of his own. */
const ben = async (page: Page, customer: Customer): Promise<Page> => {
  const desk = await deskOf(page.context().browser() as Browser, "ben");
  await opens(desk, customer);
  return desk;
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
    make: async (page) => {
      await expect(page.getByRole("region", { name: "Messages", exact: true }).first()).toBeVisible();
    },
  },
  { name: "search-no-results", who: "ana", path: "/conversations?q=xyzzyxyzzy", make: showing("No results for") },
  { name: "search-refused", who: "ana", path: "/conversations?q=status%3Anonsense", make: showing("is not a status") },
  {
    name: "search-in-thread",
    who: "ana",
    make: async (page, customer) => {
      await page.goto("/conversations?q=agent");
      await live(page);
      await opens(page, customer);
      await expect(page.getByRole("group", { name: "Search in this conversation" })).toBeVisible();
    },
  },
  { name: "call", who: "ana", make: async (page) => called(page) },
  { name: "call-on-an-admin-page", who: "admin", path: "/admin/keywords", make: async (page) => called(page) },
  {
    name: "call-while-writing",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await composer(page).fill("I am on it");
      await called(page);
    },
  },
  {
    name: "colleague-typing",
    who: "ana",
    make: async (page, customer) => {
      const colleague = await ben(page, customer);
      await composerNotice(colleague).getByRole("button", { name: "Claim" }).click();
      await opens(page, customer);
      await composer(colleague).pressSequentially("One moment");
      await expect(colleagues(page)).toContainText("Ben Weber is typing");
      await colleague.context().close();
    },
  },
  {
    name: "interrupted-reply",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await composer(page).pressSequentially("Half a sen");
      const colleague = await ben(page, customer);
      await actions(colleague).getByRole("button", { name: "Take over" }).click();
      await expect(composerNotice(page)).toContainText("took over while you were writing");
      await colleague.context().close();
    },
  },
  {
    name: "closing-bar",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await actions(page).getByRole("button", { name: "Close" }).click();
      await expect(endingBar(page)).toBeFocused();
    },
  },
  {
    name: "closing-pending",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await pressesClose(page);
      await expect(undoList(page)).toContainText("Closing");
    },
  },
  {
    name: "shortcuts",
    who: "ana",
    make: async (page, customer) => {
      await opens(page, customer);
      await threadName(page).click();
      await page.keyboard.press("Control+/");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "shortcuts-of-the-list",
    who: "ana",
    make: async (page) => {
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  {
    name: "palette",
    who: "admin",
    make: async (page, customer) => {
      await opens(page, customer);
      await page.keyboard.press("Control+k");
      await expect(paletteOptions(page, "Claim")).not.toHaveCount(0);
      await page.keyboard.press("ArrowDown");
    },
  },
  {
    name: "palette-results",
    who: "ana",
    make: async (page, customer) => {
      await page.keyboard.press("Control+k");
      await paletteField(page).fill(customer.name);
      await expect(paletteOptions(page, customer.name)).toHaveCount(1);
    },
  },
  {
    name: "palette-without-results",
    who: "ana",
    make: async (page) => {
      await page.keyboard.press("Control+k");
      await paletteField(page).fill("xyzzyxyzzy");
      await expect(palette(page).getByText("Nothing found for “xyzzyxyzzy”.")).toBeVisible();
    },
  },
  {
    name: "filter-panel",
    who: "ana",
    make: async (page) => {
      await filterToggle(page).click();
      await expect(page.getByRole("combobox", { name: "Agent", exact: true })).toBeVisible();
    },
  },
  {
    name: "filters-applied",
    who: "ana",
    path: "/conversations?from=2026-01-01&trigger=keyword&unanswered=1",
    make: async (page) => {
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
      const choice = page.getByRole("switch", { name: "Compact list" });
      const save = () => Promise.all([page.waitForResponse("**/api/set_compact_list*"), choice.check()]);
      // The agent keeps it for all sizes.
      if (!(await choice.isChecked())) await save();
      await page.reload();
      await live(page);
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
      await expect(page.getByText("Get notified of handoffs")).toBeAttached();
      // On a phone the question is below the list, not in the conversation.
      const back = page.getByRole("link", { name: "Back to list" });
      if (await back.isVisible()) await back.click();
      await expect(page.getByText("Get notified of handoffs")).toBeVisible();
    },
  },
  {
    name: "account-menu",
    who: "ana",
    make: async (page) => {
      await account(page).click();
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    },
  },
  {
    name: "not-delivered",
    who: "ana",
    make: async (page, customer, simulator) => {
      await claim(page, customer);
      await simulator.fail(customer.phone, { kind: "http", code: 131026, times: 1 });
      await replies(page, "This one does not arrive");
      await expect(message(page, "This one does not arrive").getByRole("button", { name: "Try again" })).toBeVisible();
    },
  },
  {
    name: "formatted-thread",
    who: "ana",
    make: async (page, customer) => {
      await opens(page, customer);
      const list = "- one\n- two\n1. first\n> quoted\n";
      await says(page.request, customer, `${list}*bold* _italic_ ~gone~ \`code\` ana@acme.test \u202eturned`);
      await says(page.request, customer, Array.from({ length: 60 }, (_, line) => `Line ${line}`).join("\n"));
      const gone = await sends(page.request, customer, { kind: "text", text: "Forget this" });
      await sends(page.request, customer, { kind: "revoke", message_id: gone });
      await sends(page.request, customer, { kind: "voice" });
      await sends(page.request, customer, { kind: "audio" });
      await sends(page.request, customer, { kind: "document", filename: "a very long name of a file that is cut.pdf" });
      await expect(message(page, "that is cut").getByRole("link")).toBeVisible();
    },
  },
  {
    name: "album",
    who: "ana",
    make: async (page, customer) => {
      await opens(page, customer);
      for (const _ of [1, 2, 3]) await sends(page.request, customer, { kind: "image" });
      await expect(photos(album(page))).toHaveCount(3);
    },
  },
  {
    name: "lightbox",
    who: "ana",
    make: async (page, customer) => {
      await opens(page, customer);
      for (const _ of [1, 2]) await sends(page.request, customer, { kind: "image" });
      await photos(album(page)).nth(1).press("Enter");
      await expect(lightbox(page)).toBeVisible();
    },
  },
  {
    name: "no-connection",
    who: "ana",
    allowed: OFFLINE,
    make: async (page) => {
      await page.context().setOffline(true);
      await expect(offlineBanner(page)).toBeVisible();
    },
  },
  {
    name: "crashed",
    who: "ana",
    allowed: /RuntimeError: unreachable/,
    make: async (page) => {
      await crash(page);
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
      await expect(notice(page, "You're signed out. Your drafts are kept.")).toBeVisible();
    },
  },
  {
    name: "admins-only",
    who: "ana",
    path: "/admin/keywords",
    make: async (page) => {
      await expect(page.getByText("Only admins can open this")).toBeVisible();
    },
  },
];

for (const state of STATES) {
  for (const [size, colorScheme] of [["wide", SCHEMES[0]], ["narrow", SCHEMES[1]]] as const) {
    test(`${state.name}, ${size}, ${colorScheme}`, async ({ browser, request, simulator, allowConsole }) => {
      if (state.allowed) allowConsole(state.allowed);
      const look = { viewport: SIZES[size], colorScheme };
      const customer = await newCustomer(request, "Dana Weiss");
      // Only where the state needs the customer: the list shows thirty waiting ones, and all tests share it.
      if (state.make.length > 1) await asksForAgent(request, customer);
      const context = state.alone ? await browser.newContext(look) : await browserOf(browser, state.who, look);
      const page = await context.newPage();
      if (state.alone) await signIn(page, state.who);
      else await page.goto(state.path ?? "/conversations");
      await live(page);
      await state.make(page, customer, simulator);
      await checkLooks(page, `${state.name}-${size}-${colorScheme}`);
    });
  }
}

test("after a crash of the page a reload restores the draft", async ({ browser, request, allowConsole }) => {
  allowConsole(/RuntimeError: unreachable/);
  const customer = await newCustomer(request, "Dana Weiss");
  await asksForAgent(request, customer);
  const page = await (await browserOf(browser, "ana")).newPage();
  await page.goto(`/conversations?q=${encodeURIComponent(customer.name)}`);
  await live(page);
  await claim(page, customer);
  await composer(page).fill("I was about to say");

  await crash(page);
  await page.getByRole("alert").getByRole("button", { name: "Reload" }).click();

  await live(page);
  await expect(page.getByText("This page has stopped working")).toBeHidden();
  await expect(composer(page)).toHaveValue("I was about to say");
});
