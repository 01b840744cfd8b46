// A person who does not look: what the specs of the blind test share. Everyday sentences are typed wherever the focus
// may be, and Enter after them. Nothing is claimed, taken over, released, closed, returned or sent by that, and no text
// enters the draft of a customer but the one who had the focus at the first key.
//
// A screen is an entry of `SCREENS` in one of the two specs: `blind_own.spec.ts` where the focus is at an own
// conversation, `blind_other.spec.ts` everywhere else. It names the spots on it where the focus is, one after the other.
// All sentences are typed at one spot of each kind: in the reply, where nothing has the focus, and at a row of the list.
import type { APIRequestContext, Browser, Locator, Page } from "@playwright/test";
import { composer, composerNotice, newCall, thread } from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, asksForAgent, claims, deskOf, newCustomer, opens } from "./people";
import { FEW_SENTENCES, SENTENCES, typesSentence } from "./sentences";

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
  "schedule_reply",
  "(?:send|cancel)_scheduled",
  "send_(?:composed|template)",
  "react",
  "(?:un)?snooze",
  "undo_(?:ending|release|take_over)",
  "release_all",
  "set_away",
  "sign_out",
  "keyword_(?:add|change|remove)",
  "(?:write|edit|delete)_note",
];
const ACTS = new RegExp(`/api/(${NAMES.join("|")})\\b`);

/** The acts that others notice, as the page calls them from now on. */
export function noticedActs(page: Page): string[] {
  const acts: string[] = [];
  page.on("request", (sent) => acts.push(...(ACTS.exec(sent.url())?.slice(1) ?? [])));
  return acts;
}

/** Where the sentences are typed. */
export interface Spot {
  at: string;
  page: Page;
  /** Brings the focus back there. */
  focus: () => Promise<void>;
  /** The sentences are a reply to the open conversation. */
  writes?: boolean;
  /** Every sentence is typed, not a few of them. */
  all?: boolean;
}

export interface Stage {
  browser: Browser;
  request: APIRequestContext;
}

/** Sets the screen up, and yields its spots. What has to be done between two of them comes between the two. */
export type Screen = (stage: Stage) => AsyncGenerator<Spot>;

/** Nothing has the focus. */
export const leaves = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

/**
 * Brings the page back to where it is now, by `links`, if a command has led elsewhere (`J`, `/`) or opened the list of
 * keys (`?`). A new load would take seconds each time. The thread takes the focus once it is there.
 */
export function returning(page: Page, ...links: Locator[]): () => Promise<void> {
  const address = page.url();
  return async () => {
    const closesDialogs = () =>
      page.evaluate(() => document.querySelectorAll("dialog").forEach((dialog) => dialog.close()));
    await closesDialogs();
    if (page.url() === address) return;
    // A list of keys that was asked for may open only now.
    await expect(async () => {
      await closesDialogs();
      for (const link of links) await link.click({ timeout: 2_000 });
    }).toPass();
    await page.waitForURL(address);
    if (conversation(page)) await expect(thread(page)).toBeFocused();
  };
}

/** The link of the rail that closes the open conversation. */
export const conversations = (page: Page) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Conversations/ });

/** A customer who waits. */
export async function waits({ request }: Stage, name: string): Promise<Customer> {
  const customer = await newCustomer(request, name);
  await asksForAgent(request, customer);
  return customer;
}

/** Ana's desk with a conversation of hers open, and another customer's call in the strip. */
export async function ownDesk(stage: Stage): Promise<{ ana: Page; own: Customer }> {
  const own = await newCustomer(stage.request, "Blanca Ríos");
  const ana = await deskOf(stage.browser, "ana");
  await asksForAgent(stage.request, own);
  await claims(ana, own);
  await expect(newCall(ana, await waits(stage, "Other Customer"))).toBeVisible();
  return { ana, own };
}

/** The desk of an agent with a customer's conversation open that is not theirs. */
export async function deskWith(stage: Stage, customer: Customer): Promise<Page> {
  const desk = await deskOf(stage.browser, "ana");
  await opens(desk, customer);
  await expect(composerNotice(desk)).toBeVisible();
  return desk;
}

/** A customer whose conversation Ben has claimed. */
export async function colleaguesCustomer(stage: Stage): Promise<Customer> {
  const customer = await newCustomer(stage.request, "Bruno Weiss");
  const ben = await deskOf(stage.browser, "ben");
  await asksForAgent(stage.request, customer);
  await claims(ben, customer);
  await ben.close();
  return customer;
}

/** The conversations that have a draft in this browser. */
export const drafts = (page: Page) =>
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

/** Types the sentences at each spot of the screen. Each of them is a reply to the open conversation, or nothing. */
export async function typesAllAt(spots: AsyncGenerator<Spot>) {
  for await (const spot of spots) await test.step(spot.at, () => typesAt(spot));
}

async function typesAt({ page, focus, writes, all }: Spot) {
  const acts = noticedActs(page);
  const own = writes ? conversation(page) : undefined;
  for (const sentence of all ? SENTENCES : FEW_SENTENCES) {
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
}
