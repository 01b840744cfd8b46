// How an agent notices what happens to their own conversations while they look elsewhere: a soft sound, the title and
// the tab's icon, a desktop notification; what they choose to hear; and the question when they leave.
import type { Browser, Page } from "@playwright/test";
import { account, actions, availability, composer, eventLine, message, notice, row, threadName } from "./desk";
import { expect, test } from "./fixtures";
import {
  type Who,
  asksForAgent,
  browserOf,
  claimed,
  deskOf,
  live,
  newCustomer,
  opens,
  replies,
  says,
} from "./people";

/** What a page does outside of its document: the notes it plays, how loud, and the notifications it shows. */
interface Heard {
  notes: number;
  loudest: number;
  shown: { title: string; body: string; tag: string; onclick: (() => void) | null; closed: boolean }[];
  /** Whether the person looks at another window. */
  elsewhere: boolean;
}
declare global {
  interface Window {
    heard: Heard;
  }
}

/** A page whose sounds and notifications are recorded. It was clicked once: browsers play no sound before. */
async function recordedPage(page: Page, path: string): Promise<Page> {
  await page.addInitScript(() => {
    const heard: Heard = { notes: 0, loudest: 0, shown: [], elsewhere: false };
    window.heard = heard;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      heard.notes += 1;
      start.call(this, when);
    };
    const ramp = AudioParam.prototype.exponentialRampToValueAtTime;
    AudioParam.prototype.exponentialRampToValueAtTime = function (value, at) {
      heard.loudest = Math.max(heard.loudest, value);
      return ramp.call(this, value, at);
    };
    class RecordedNotification {
      static permission = "granted";
      onclick: (() => void) | null = null;
      closed = false;
      body: string;
      tag: string;
      constructor(readonly title: string, options: { body: string; tag: string }) {
        this.body = options.body;
        this.tag = options.tag;
        heard.shown.push(this);
      }
      close() {
        this.closed = true;
      }
    }
    Object.assign(window, { Notification: RecordedNotification });
    Object.defineProperty(document, "visibilityState", { get: () => (heard.elsewhere ? "hidden" : "visible") });
    document.hasFocus = () => !heard.elsewhere;
  });
  await page.goto(path);
  await live(page);
  await page.getByRole("heading", { name: "Conversations" }).click();
  return page;
}

async function recordedDeskOf(browser: Browser, who: Who, path = "/conversations"): Promise<Page> {
  return recordedPage(await (await browserOf(browser, who)).newPage(), path);
}

/** The person turns to another window, or back. */
async function turns(page: Page, where: "elsewhere" | "here") {
  await page.evaluate((elsewhere) => {
    window.heard.elsewhere = elsewhere;
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    window.dispatchEvent(new Event(elsewhere ? "blur" : "focus"));
  }, where === "elsewhere");
}

const notes = (page: Page) => page.evaluate(() => window.heard.notes);
const shown = (page: Page) => page.evaluate(() => window.heard.shown.map(({ title, body }) => `${title}: ${body}`));

/** The entries of the browser's storage with the newest alert that was heard, and the newest that was looked at. */
const RUNG = "handoff.rang-mine";
const LOOKED = "handoff.looked-mine";
const stored = (page: Page, key: string) => page.evaluate((key) => localStorage.getItem(key), key);
/** More milliseconds than an alert waits in any tab. */
const LONGEST_DELAY = 2_000;

/** The count in the page's title. */
const inTitle = async (page: Page) => Number(/^\((\d+)\) /.exec(await page.title())?.[1] ?? 0);

/** The address of the tab's icon, which has no role. */
const icon = (page: Page) => page.locator("link[rel=icon]").getAttribute("href");

/** A conversation of Chloe's with a new customer, opened in a recorded page, with no sound or notification so far. */
async function chloesConversation(browser: Browser, request: Parameters<typeof newCustomer>[0], name: string) {
  const [desk, customer] = await claimed(browser, request, name, "chloe");
  await replies(desk, "How can I help?");
  const path = new URL(desk.url()).pathname;
  await desk.close();
  const page = await recordedDeskOf(browser, "chloe", path);
  await expect(threadName(page)).toHaveText(customer.name);
  return [page, customer] as const;
}

test("a customer of mine is heard while I look elsewhere, softer than a handoff, and not while I look", async ({
  browser,
  request,
}) => {
  const [page, customer] = await chloesConversation(browser, request, "Gita Rao");
  // given the conversation before her, then a message is silent
  await says(request, customer, "I am here");
  await expect(message(page, "I am here")).toBeVisible();
  expect(await notes(page)).toBe(0);
  const before = await inTitle(page);

  // when she looks at another window, then one soft note is played, and a notification says who wrote what
  await turns(page, "elsewhere");
  await says(request, customer, "Where are you?");
  await expect.poll(() => notes(page)).toBe(1);
  expect(await page.evaluate(() => window.heard.loudest)).toBeLessThan(0.05);
  await expect.poll(() => shown(page)).toEqual([`${customer.name}: Where are you?`]);
  await expect.poll(() => inTitle(page)).toBe(before + 1);
  await expect.poll(() => icon(page)).toMatch(/^data:image\/svg\+xml,/);

  // when she is back, then the notification goes, and so does the count
  await turns(page, "here");
  await expect.poll(() => inTitle(page)).toBe(before);
  await expect.poll(() => page.evaluate(() => window.heard.shown.every((one) => one.closed))).toBe(true);
});

test("a customer of mine is heard while another conversation is open, and the notification leads there", async ({
  browser,
  request,
}) => {
  const [page, customer] = await chloesConversation(browser, request, "Hugo Lind");
  const other = await newCustomer(request, "Inga Sol");
  await asksForAgent(request, other);
  await opens(page, other);
  const before = await notes(page);
  await says(request, customer, "And mine?");
  await expect.poll(() => notes(page)).toBe(before + 1);
  // The window is before her, so that there is no notification.
  expect((await shown(page)).filter((one) => one.startsWith(customer.name))).toEqual([]);

  await turns(page, "elsewhere");
  await says(request, customer, "Hello?");
  await expect.poll(async () => (await shown(page)).includes(`${customer.name}: Hello?`)).toBe(true);
  await page.evaluate((name) => {
    window.heard.elsewhere = false;
    window.heard.shown.find((one) => one.title === name)?.onclick?.();
  }, customer.name);
  await expect(threadName(page)).toHaveText(customer.name);
});

test("of two tabs one is heard, and none while the other one shows the conversation", async ({ browser, request }) => {
  const [page, customer] = await chloesConversation(browser, request, "Jana Brok");
  const second = await recordedPage(await page.context().newPage(), "/conversations");
  // One clock for both tabs.
  await page.clock.install();
  await turns(page, "elsewhere");
  await turns(second, "elsewhere");
  await says(request, customer, "Anyone?");
  for (const tab of [page, second]) await expect(row(tab, customer, "Mine")).toContainText("Anyone?");
  // The tab that had the focus last is heard first, and the other one knows it.
  await expect.poll(() => notes(second)).toBe(1);
  await expect.poll(async () => (await stored(page, RUNG)) === (await stored(second, RUNG))).toBe(true);
  await page.clock.fastForward(LONGEST_DELAY);
  expect([await notes(page), await notes(second)]).toEqual([0, 1]);

  // when the first tab shows it, then the second one stays silent
  await turns(page, "here");
  const before = await stored(second, LOOKED);
  await says(request, customer, "Thank you");
  await expect(message(page, "Thank you")).toBeVisible();
  await expect(row(second, customer, "Mine")).toContainText("Thank you");
  await expect.poll(() => stored(second, LOOKED)).not.toBe(before);
  await page.clock.fastForward(LONGEST_DELAY);
  expect((await shown(second)).filter((one) => one === `${customer.name}: Thank you`)).toEqual([]);
  expect([await notes(page), await notes(second)]).toEqual([0, 1]);
});

test("a takeover and a message that is not delivered are told, my own release is not", async ({
  browser,
  request,
  simulator,
}) => {
  const [page, customer] = await chloesConversation(browser, request, "Lena Graf");
  const [ana, mine] = [await deskOf(browser, "ana"), await newCustomer(request, "Mila Fox")];
  await asksForAgent(request, mine);
  await opens(page, mine);
  // when a colleague takes over
  await opens(ana, customer);
  // The handoff has rung.
  const rung = await notes(page);
  await actions(ana).getByRole("button", { name: "Take over" }).click();
  await expect(notice(page, "Ana Costa took over this conversation.")).toBeVisible();
  await expect.poll(() => notes(page)).toBe(rung + 1);

  // when a message of hers fails while she looks elsewhere
  await actions(page).getByRole("button", { name: "Claim" }).click();
  await expect(composer(page)).toBeFocused();
  await simulator.fail(mine.phone, { kind: "http", code: 131026, times: 1 });
  await turns(page, "elsewhere");
  await replies(page, "This one does not arrive");
  await expect.poll(() => shown(page)).toContain(`${mine.name}: Your message wasn't delivered.`);
  await turns(page, "here");

  // when she releases it herself, then no handoff rings at her
  const before = await notes(page);
  await actions(page).getByRole("button", { name: "Release" }).click();
  await expect(row(ana, mine, "Unassigned")).toBeAttached();
  await expect(row(page, mine, "Unassigned")).toBeAttached();
  expect(await notes(page)).toBe(before);
});

test("an agent chooses what is heard, for all their pages", async ({ browser, request }) => {
  const [page, customer] = await chloesConversation(browser, request, "Nora Beck");
  await account(page).click();
  const choice = page.getByRole("switch", { name: "Messages from my customers" });
  await choice.click();
  await expect(choice).not.toBeChecked();
  await page.keyboard.press("Escape");
  await turns(page, "elsewhere");
  const before = await inTitle(page);
  await says(request, customer, "Quietly");
  // The title counts it all the same.
  await expect.poll(() => inTitle(page)).toBe(before + 1);
  expect(await shown(page)).toEqual([]);
  expect(await notes(page)).toBe(0);
  const another = await deskOf(browser, "chloe");
  await account(another).click();
  const there = another.getByRole("switch", { name: "Messages from my customers" });
  await expect(there).not.toBeChecked();
  await there.click();
  await expect(there).toBeChecked();
});

test("an agent who leaves with conversations is asked", async ({ browser, request }) => {
  const [ben, customer] = await claimed(browser, request, "Olaf Stern", "ben");
  const online = availability(ben);
  const question = ben.getByRole("dialog", { name: /^Return your/ });
  // Enter by habit cancels.
  await online.click();
  await expect(question).toBeVisible();
  await ben.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(online).toHaveText("Online");

  await online.click();
  await question.getByRole("button", { name: "Keep them" }).click();
  await expect(online).toHaveText("Away");
  await expect(row(ben, customer, "Mine")).toBeVisible();
  await online.click();
  await expect(online).toHaveText("Online");

  await online.click();
  await question.getByRole("button", { name: "Return to Unassigned" }).click();
  await expect(online).toHaveText("Away");
  await expect(row(ben, customer, "Unassigned")).toBeAttached();
  await expect(eventLine(ben, "You released this; back to Unassigned")).toHaveCount(1);

  // Without conversations nobody is asked.
  await online.click();
  await online.click();
  await expect(online).toHaveText("Away");
  await online.click();
  await account(ben).click();
  await ben.getByRole("button", { name: "Sign out" }).click();
  await ben.waitForURL(/sign-in/);
});
