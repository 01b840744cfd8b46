// A person who does not look: everyday sentences are typed wherever the focus may be, and Enter after them. Nothing is
// claimed, taken over, released, closed, returned or sent by that, and no text enters the draft of a customer but the
// one who had the focus at the first key.
import type { APIRequestContext, Browser, Locator, Page } from "@playwright/test";
import {
  actions,
  claimButton,
  composer,
  composerNotice,
  dossier,
  endingBar,
  messageList,
  newCall,
  palette,
  paletteField,
  row,
  strip,
  thread,
  undoList,
} from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, asksForAgent, claims, closes, deskOf, newCustomer, opens, says } from "./people";
import { SENTENCES, WITH_A_DIGIT_FIRST, typesSentence } from "./sentences";

/** What a customer, a colleague or another admin would notice. */
const NAMES = [
  "claim",
  "take_over",
  "release",
  "close",
  "reopen",
  "return_to_bot",
  "schedule_ending",
  "reply",
  "(?:un)?snooze",
  "undo_(?:ending|release|take_over)",
  "release_all",
  "set_away",
  "sign_out",
  "keyword_(?:add|change|remove)",
];
const ACTS = new RegExp(`/api/(${NAMES.join("|")})\\b`);

/** Where the sentences are typed. */
interface Spot {
  page: Page;
  /** Brings the focus back there. */
  focus: () => Promise<void>;
  /** The sentences are a reply to the open conversation. */
  writes?: boolean;
}

interface Stage {
  browser: Browser;
  request: APIRequestContext;
}

type Screen = (stage: Stage) => Promise<Spot>;

/** Nothing has the focus. */
const leaves = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

/**
 * Brings the page back to where it is now, by `links`, if a command has led elsewhere (`J`, `/`) or opened the list of
 * keys (`?`). A new load would take seconds each time.
 */
function returning(page: Page, ...links: Locator[]): () => Promise<void> {
  const address = page.url();
  return async () => {
    await page.evaluate(() => document.querySelectorAll("dialog").forEach((dialog) => dialog.close()));
    if (page.url() === address) return;
    for (const link of links) await link.click();
    await page.waitForURL(address);
  };
}

/** The link of the rail that closes the open conversation. */
const conversations = (page: Page) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Conversations/ });

/** A customer who waits. */
async function waits({ request }: Stage, name: string): Promise<Customer> {
  const customer = await newCustomer(request, name);
  await asksForAgent(request, customer);
  return customer;
}

/** Ana's desk with a conversation of hers open, and another customer's call in the strip. */
async function ownDesk(stage: Stage): Promise<{ ana: Page; own: Customer }> {
  const own = await newCustomer(stage.request, "Blanca Ríos");
  const ana = await deskOf(stage.browser, "ana");
  await asksForAgent(stage.request, own);
  await claims(ana, own);
  await expect(newCall(ana, await waits(stage, "Other Customer"))).toBeVisible();
  return { ana, own };
}

/** The desk of an agent with a customer's conversation open that is not theirs. */
async function deskWith(stage: Stage, customer: Customer): Promise<Page> {
  const desk = await deskOf(stage.browser, "ana");
  await opens(desk, customer);
  await expect(composerNotice(desk)).toBeVisible();
  return desk;
}

async function colleaguesDesk(stage: Stage): Promise<Page> {
  const customer = await newCustomer(stage.request, "Bruno Weiss");
  const ben = await deskOf(stage.browser, "ben");
  await asksForAgent(stage.request, customer);
  await claims(ben, customer);
  await ben.close();
  return deskWith(stage, customer);
}

const SCREENS: Record<string, Screen> = {
  "the body, no conversation open": async ({ browser }) => {
    const page = await deskOf(browser, "ana");
    const returns = returning(page, conversations(page));
    return { page, focus: async () => { await returns(); await leaves(page); } };
  },
  "the body, an own conversation open": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => leaves(page), writes: true };
  },
  "the thread of an own conversation": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => thread(page).focus(), writes: true };
  },
  "the messages of an own conversation": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => messageList(page).focus(), writes: true };
  },
  "the reply": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => composer(page).focus(), writes: true };
  },
  "the bar that ends a conversation": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    await actions(page).getByRole("button", { name: "Close" }).click();
    return { page, focus: () => endingBar(page).focus(), writes: true };
  },
  "the row of an own conversation": async (stage) => {
    const { ana: page, own } = await ownDesk(stage);
    const returns = returning(page, conversations(page), row(page, own).first());
    return { page, focus: async () => { await returns(); await row(page, own).first().focus(); } };
  },
  "the row of a waiting conversation": async (stage) => {
    const customer = await waits(stage, "Bea Lund");
    const page = await deskOf(stage.browser, "ana");
    const returns = returning(page, conversations(page));
    return { page, focus: async () => { await returns(); await row(page, customer).first().focus(); } };
  },
  "the search": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => page.getByRole("searchbox").fill("") };
  },
  "the strip's Claim": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => claimButton(page).focus() };
  },
  "the customer in the strip": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => strip(page).getByRole("article").getByRole("link").focus() };
  },
  "Close over an own conversation": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => actions(page).getByRole("button", { name: "Close" }).focus() };
  },
  "Release over an own conversation": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => actions(page).getByRole("button", { name: "Release" }).focus() };
  },
  "the details of an own conversation": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => dossier(page).getByRole("link").first().focus() };
  },
  "Claim in a waiting conversation": async (stage) => {
    const page = await deskWith(stage, await waits(stage, "Birgit Holm"));
    return { page, focus: () => composerNotice(page).getByRole("button", { name: "Claim" }).focus() };
  },
  "the body, a colleague's conversation open": async (stage) => {
    const page = await colleaguesDesk(stage);
    return { page, focus: () => leaves(page) };
  },
  "Take over in a colleague's conversation": async (stage) => {
    const page = await colleaguesDesk(stage);
    return { page, focus: () => composerNotice(page).getByRole("button", { name: "Take over" }).focus() };
  },
  "Close over a conversation of the bot": async (stage) => {
    const customer = await newCustomer(stage.request, "Bodil Dahl");
    await says(stage.request, customer, "Good morning");
    const page = await deskWith(stage, customer);
    return { page, focus: () => actions(page).getByRole("button", { name: "Close" }).focus() };
  },
  "the body, a closed conversation open": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    await closes(page);
    return { page, focus: () => leaves(page) };
  },
  "the list of keys": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    await page.keyboard.press("Control+/");
    const done = page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByRole("button", { name: "Done" });
    return { page, focus: () => done.focus() };
  },
  // Enter is pressed here as well: by typing alone it chooses nothing that others notice.
  "the palette": async (stage) => {
    const { ana: page, own } = await ownDesk(stage);
    const returns = returning(page, conversations(page), row(page, own).first());
    const focus = async () => {
      await returns();
      if (!(await palette(page).isVisible())) await page.keyboard.press("Control+k");
      await paletteField(page).fill("");
    };
    return { page, focus };
  },
  "the body of an admin page": async ({ browser }) => {
    const page = await deskOf(browser, "admin", "/admin/keywords");
    return { page, focus: () => leaves(page) };
  },
  "a switch of an admin page": async ({ browser }) => {
    const page = await deskOf(browser, "admin", "/admin/keywords");
    return { page, focus: () => page.getByRole("main").getByRole("switch").first().focus() };
  },
};

/** The conversations that have a draft in this browser. */
const drafts = (page: Page) =>
  page.evaluate(() => {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith("handoff.draft."));
    return keys.map((key) => key.split(".").at(-1));
  });

const conversation = (page: Page) => /\/conversations\/([^?#]+)/.exec(page.url())?.[1];

/** Enter, where a person would expect a line break or nothing. In a reply it sends, and on a link it opens. */
async function enters(page: Page) {
  const means = await page.evaluate(() => document.activeElement?.matches("textarea, a") ?? false);
  if (!means) await page.keyboard.press("Enter");
}

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`sentences typed at ${name} do nothing but write`, async ({ browser, request }) => {
    // Each sentence is typed key by key, and some of them lead to another page and back.
    test.setTimeout(300_000);
    const { page, focus, writes } = await screen({ browser, request });
    const acts: string[] = [];
    page.on("request", (sent) => acts.push(...(ACTS.exec(sent.url())?.slice(1) ?? [])));
    const own = writes ? conversation(page) : undefined;

    for (const sentence of SENTENCES) {
      await focus();
      await typesSentence(page, sentence);
      await enters(page);
      if (writes) {
        await expect(composer(page)).toHaveValue(sentence);
        expect(await drafts(page)).toEqual([own]);
        await composer(page).fill("");
      }
      expect(await drafts(page), sentence).toEqual([]);
      expect(acts, sentence).toEqual([]);
    }
  });
}

test("a line break typed at a waiting row claims nothing", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Benno Kurz");
  await asksForAgent(request, customer);
  const ana = await deskOf(browser, "ana");
  const acts: string[] = [];
  ana.on("request", (sent) => acts.push(...(ACTS.exec(sent.url())?.slice(1) ?? [])));
  await row(ana, customer).first().focus();
  await typesSentence(ana, "Hello");
  await ana.keyboard.press("Shift+Enter");
  await typesSentence(ana, "It is here");
  await ana.keyboard.press("Shift+Enter");
  // A request that the key had sent would be answered before this one.
  await ana.reload();
  await expect(row(ana, customer).first()).toBeVisible();
  expect(acts).toEqual([]);
});

/** Runs `meanwhile` while agents can pick these outcomes. */
async function withOutcomes(browser: Browser, names: string[], meanwhile: () => Promise<void>) {
  const admin = await deskOf(browser, "admin", "/admin/outcomes");
  const form = admin.getByRole("form", { name: "New outcome" });
  for (const name of names) {
    await form.getByLabel("Name").fill(name);
    await form.getByRole("button", { name: "Add" }).click();
    await expect(admin.getByRole("button", { name: `Remove “${name}”` })).toBeVisible();
  }
  try {
    await meanwhile();
  } finally {
    for (const name of names) {
      await admin.getByRole("button", { name: `Remove “${name}”` }).click();
      await admin.getByRole("group", { name: "Remove this outcome?" }).getByRole("button", { name: "Remove" }).click();
      await expect(admin.getByRole("button", { name: `Remove “${name}”` })).toHaveCount(0);
    }
  }
}

test("a digit at the bar picks an outcome, and one that begins a sentence is text", async ({ browser, request }) => {
  test.setTimeout(180_000);
  await withOutcomes(browser, ["Solved", "No answer", "Refunded"], async () => {
    const { ana, own } = await ownDesk({ browser, request });
    const acts: string[] = [];
    ana.on("request", (sent) => acts.push(...(ACTS.exec(sent.url())?.slice(1) ?? [])));
    for (const sentence of WITH_A_DIGIT_FIRST) {
      // A bar of its own, because a digit soon after another sentence is text anyway.
      await actions(ana).getByRole("button", { name: "Close" }).click();
      await expect(endingBar(ana)).toBeFocused();
      await typesSentence(ana, sentence);
      await expect(composer(ana)).toHaveValue(sentence);
      await expect(composer(ana)).toBeFocused();
      await composer(ana).fill("");
      await endingBar(ana).getByRole("button", { name: "Cancel" }).click();
      await expect(endingBar(ana)).toHaveCount(0);
      expect(acts, sentence).toEqual([]);
    }
    await actions(ana).getByRole("button", { name: "Close" }).click();
    await expect(endingBar(ana)).toBeFocused();
    await ana.keyboard.press("2");
    await expect(undoList(ana)).toContainText(`Closing ${own.name}`);
    expect(acts).toEqual(["schedule_ending"]);
    await undoList(ana).locator(".undo", { hasText: own.name }).getByRole("button", { name: "Undo" }).click();
    await expect(undoList(ana)).not.toContainText(own.name);
  });
});
