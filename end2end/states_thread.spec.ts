// What an open conversation shows only for a while: hits, an ending, a colleague who types, what was not delivered,
// photos over the page. The other states are in `states.spec.ts`. Checked as `states.ts` says.
import type { Browser, Page } from "@playwright/test";
import {
  actions,
  addMenu,
  album,
  colleagues,
  composer,
  composerNotice,
  endingBar,
  lightbox,
  message,
  paletteOptions,
  photos,
  templateEntry,
  templateOptions,
  templatePanel,
  threadName,
  undoList,
} from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, deskOf, live, opens, pressesClose, replies, says, sends } from "./people";
import { type State, called, checkState, claim } from "./states";

/** Ben at the same conversation, in a browser of his own. */
const ben = async (page: Page, customer: Customer): Promise<Page> => {
  const desk = await deskOf(page.context().browser() as Browser, "ben");
  await opens(desk, customer);
  return desk;
};

const STATES: State[] = [
  {
    name: "search-in-thread",
    who: "ana",
    make: async (page, customer) => {
      await page.goto("/conversations?q=agent");
      await live(page);
      await opens(page, customer);
    },
    shows: async (page) => {
      await expect(page.getByRole("group", { name: "Search in this conversation" })).toBeVisible();
    },
  },
  {
    name: "call-while-writing",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await composer(page).fill("I am on it");
      await called(page);
      return () => called(page);
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
      return () => composer(colleague).pressSequentially(", please");
    },
    shows: async (page) => {
      await expect(colleagues(page)).toContainText("Ben Weber is typing");
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
    },
    shows: async (page) => {
      await expect(composerNotice(page)).toContainText("took over while you were writing");
    },
  },
  {
    // The list first, then in the narrow window the form.
    name: "template",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await addMenu(page).click();
      await templateEntry(page).click();
      await expect(templateOptions(page)).not.toHaveCount(0);
      return async () => {
        await templateOptions(page).filter({ hasText: "order_update" }).click();
        await expect(templatePanel(page).getByRole("group", { name: "Preview" })).toBeVisible();
      };
    },
    shows: async (page) => {
      await expect(templatePanel(page)).toBeVisible();
    },
  },
  {
    name: "closing-bar",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await actions(page).getByRole("button", { name: "Close" }).click();
    },
    shows: async (page) => {
      await expect(endingBar(page)).toBeFocused();
    },
  },
  {
    name: "closing-pending",
    who: "ana",
    make: async (page, customer) => {
      await claim(page, customer);
      await pressesClose(page);
    },
    shows: async (page) => {
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
    },
    shows: async (page) => {
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
    shows: async (page) => {
      await expect(paletteOptions(page, "Claim")).not.toHaveCount(0);
    },
  },
  {
    name: "not-delivered",
    who: "ana",
    make: async (page, customer, simulator) => {
      await claim(page, customer);
      await simulator.fail(customer.phone, { kind: "http", code: 131026, times: 1 });
      await replies(page, "This one does not arrive");
    },
    shows: async (page) => {
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
    },
    shows: async (page) => {
      await expect(message(page, "that is cut").getByRole("link")).toBeVisible();
    },
  },
  {
    name: "album",
    who: "ana",
    make: async (page, customer) => {
      await opens(page, customer);
      for (const _ of [1, 2, 3]) await sends(page.request, customer, { kind: "image" });
    },
    shows: async (page) => {
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
    },
    shows: async (page) => {
      await expect(lightbox(page)).toBeVisible();
    },
  },
];

for (const state of STATES) {
  test(`${state.name}, wide and light, narrow and dark`, async ({ browser, simulator, allowConsole }) => {
    if (state.allowed) allowConsole(state.allowed);
    await checkState(state, browser, simulator);
  });
}
