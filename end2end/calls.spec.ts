// How an agent notices a handoff: the page title, a sound, a desktop notification; and their settings. The strip itself
// is in call_strip.spec.ts.
import type { Browser, Page } from "@playwright/test";
import {
  availability,
  claimButton,
  composer,
  eventLine,
  list,
  message,
  newCall,
  notice,
  presence,
  row,
  strip,
  threadName,
} from "./desk";
import { expect, test } from "./fixtures";
import { type Who, asksForAgent, browserOf, claims, deskOf, live, newCustomer } from "./people";

/** How many handoffs wait, by the page title. */
const inTitle = async (page: Page) => Number(/^\((\d+)\) /.exec(await page.title())?.[1] ?? 0);

/** What a page does outside of its document: the notes it plays, the notifications it shows. */
interface Outside {
  notes: number;
  shown: { title: string; body: string; onclick: (() => void) | null }[];
  asked: number;
  /** Whether the person looks at another window. */
  elsewhere: boolean;
}
declare global {
  interface Window {
    outside: Outside;
  }
}

/** A desk whose sounds and notifications are recorded. It was clicked once: browsers play no sound before. */
async function recordedDeskOf(
  browser: Browser,
  who: Who,
  permission: NotificationPermission = "denied",
): Promise<Page> {
  const context = await browserOf(browser, who);
  await context.addInitScript((permission) => {
    const outside: Outside = { notes: 0, shown: [], asked: 0, elsewhere: false };
    window.outside = outside;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      outside.notes += 1;
      start.call(this, when);
    };
    class RecordedNotification {
      static permission = permission;
      static async requestPermission() {
        outside.asked += 1;
        RecordedNotification.permission = "granted";
        return RecordedNotification.permission;
      }
      onclick: (() => void) | null = null;
      body: string;
      constructor(readonly title: string, options: { body: string }) {
        this.body = options.body;
        outside.shown.push(this);
      }
      close() {}
    }
    Object.assign(window, { Notification: RecordedNotification });
    Object.defineProperty(document, "visibilityState", { get: () => (outside.elsewhere ? "hidden" : "visible") });
    document.hasFocus = () => !outside.elsewhere;
  }, permission);
  const desk = await context.newPage();
  await desk.goto("/conversations");
  await live(desk);
  await desk.getByRole("heading", { name: "Conversations" }).click();
  return desk;
}

const notes = (desk: Page) => desk.evaluate(() => window.outside.notes);

test("the page title counts the waiting handoffs, on every page", async ({ browser, request }) => {
  const ana = await deskOf(browser, "ana");
  const admin = await deskOf(browser, "admin", "/admin/team");
  // Each title also counts the unread conversations of its own viewer.
  const [anas, admins] = [await inTitle(ana), await inTitle(admin)];
  const customer = await newCustomer(request, "Paula Reis");
  await asksForAgent(request, customer);
  await expect(ana).toHaveTitle(`(${anas + 1}) Conversations · Handoff`);
  await expect(admin).toHaveTitle(`(${admins + 1}) Team · Handoff`);
  await claims(ana, customer);
  await expect.poll(() => inTitle(ana)).toBe(anas);
  await expect.poll(() => inTitle(admin)).toBe(admins);
});

test("a handoff plays a sound, unless the sound is off", async ({ browser, request }) => {
  const chloe = await recordedDeskOf(browser, "chloe");
  const first = await newCustomer(request, "Rosa Lind");
  await asksForAgent(request, first);
  await expect(newCall(chloe, first)).toBeVisible();
  await expect.poll(() => notes(chloe)).toBe(2);

  await chloe.getByRole("button", { name: "Sound is on" }).click();
  await expect(chloe.getByRole("button", { name: "Sound is off" })).toBeVisible();
  const second = await newCustomer(request, "Stig Dahl");
  await asksForAgent(request, second);
  await expect(row(chloe, second, "Unassigned")).toBeAttached();
  expect(await notes(chloe)).toBe(2);

  // The setting is the person's, not the page's: it is still off after a reload, until they turn it on.
  await chloe.reload();
  await live(chloe);
  await chloe.getByRole("button", { name: "Sound is off" }).click();
  await expect(chloe.getByRole("button", { name: "Sound is on" })).toBeVisible();
  // Turning it on plays the sound once, as a sample.
  await expect.poll(() => notes(chloe)).toBe(2);
});

test("an agent who is away is offered nobody until they are back", async ({ browser, request }) => {
  const ana = await deskOf(browser, "ana");
  const chloe = await deskOf(browser, "chloe");
  const online = availability(chloe);
  await online.click();
  await expect(online).toHaveText("Away");
  await expect(presence(chloe, "away")).toBeAttached();

  const customer = await newCustomer(request, "Timo Salo");
  await asksForAgent(request, customer);
  await expect(newCall(ana, customer)).toBeVisible();
  await expect(row(chloe, customer, "Unassigned")).toBeAttached();
  const away = strip(chloe).getByText("You're away. Handoffs don't alert you.");
  await expect(away).toBeVisible();
  await expect(claimButton(chloe)).toHaveCount(0);
  // The chord claims whom the strip offers.
  await chloe.keyboard.press("Alt+c");
  await expect(notice(chloe, "You're away. Go online to claim.")).toBeVisible();
  await expect(row(chloe, customer, "Unassigned")).toBeAttached();

  await chloe.reload();
  await expect(presence(chloe, "away")).toBeAttached();
  await expect(away).toBeVisible();
  await expect(claimButton(chloe)).toHaveCount(0);
  await expect(strip(chloe).getByRole("button", { name: "Go online" })).toBeEnabled();
  await chloe.keyboard.press("Alt+c");
  await expect(notice(chloe, "You're away. Go online to claim.")).toBeVisible();

  // The words say what to do, where the handoffs are missing. Once it is done, they go.
  await strip(chloe).getByRole("button", { name: "Go online" }).click();
  await expect(online).toHaveText("Online");
  await expect(away).toBeHidden();
  await expect(notice(chloe, "You're away. Go online to claim.")).toHaveCount(0);
  await live(chloe);
  await expect(claimButton(chloe)).toBeVisible();
});

test("the page offers notifications after a claim, and a click on one claims its customer", async ({
  browser,
  request,
}) => {
  const chloe = await recordedDeskOf(browser, "chloe", "default");
  const ute = await newCustomer(request, "Ute Kern");
  await asksForAgent(request, ute);
  const invitation = list(chloe).getByRole("group", { name: "Notifications" });
  await expect(newCall(chloe, ute)).toBeVisible();
  await expect(invitation).toHaveCount(0);
  await claims(chloe, ute);
  await expect(invitation).toContainText("Get notified of handoffs when this tab is in the background?");
  expect(await chloe.evaluate(() => window.outside.asked)).toBe(0);
  await invitation.getByRole("button", { name: "Turn on" }).click();
  await expect(invitation).toHaveCount(0);
  await expect.poll(() => chloe.evaluate(() => window.outside.asked)).toBe(1);
  await chloe.getByRole("link", { name: "Handoff", exact: true }).click();
  await expect(composer(chloe)).toHaveCount(0);

  await chloe.evaluate(() => { window.outside.elsewhere = true; });
  const customer = await newCustomer(request, "Viktor Lund");
  await asksForAgent(request, customer);
  const shown = () => chloe.evaluate(() => window.outside.shown.map(({ title, body }) => `${title}: ${body}`));
  const title = `${customer.name} · Keyword “speak to agent”`;
  await expect.poll(shown).toEqual([`${title}: Hello, I would like to speak to agent\nClick to claim.`]);
  await chloe.evaluate(() => {
    window.outside.elsewhere = false;
    window.outside.shown[0]?.onclick?.();
  });
  await chloe.keyboard.type("Good morning");
  await expect(threadName(chloe)).toHaveText(customer.name);
  await expect(message(chloe, "I would like to speak to agent")).toBeVisible();
  await expect(eventLine(chloe, "You claimed this")).toHaveCount(1);
  await expect(composer(chloe)).toBeFocused();
  await expect(composer(chloe)).toHaveValue("Good morning");
});

test("an agent who declines notifications is not asked again", async ({ browser, request }) => {
  const chloe = await recordedDeskOf(browser, "chloe", "default");
  const wim = await newCustomer(request, "Wim Bos");
  await asksForAgent(request, wim);
  await claims(chloe, wim);
  const invitation = list(chloe).getByRole("group", { name: "Notifications" });
  await invitation.getByRole("button", { name: "Not now" }).click();
  await expect(invitation).toHaveCount(0);
  await chloe.reload();
  await live(chloe);
  await expect(invitation).toHaveCount(0);
  expect(await chloe.evaluate(() => window.outside.asked)).toBe(0);
});
