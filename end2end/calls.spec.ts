// Being called: in the title, by a sound, outside of the page; and what a person can set about it.
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Who, browserOf, bubble, calls, card, deskOf, live, newCustomer, quietDeskOf, row, says } from "./stage";

/** How many handoffs wait, as the title says. */
const inTitle = async (page: Page) => Number(/^\((\d+)\) /.exec(await page.title())?.[1] ?? 0);

/** What a browser does that cannot be seen: the notes it plays, the notifications it shows. */
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

/** A desk whose sounds and notifications are written down. Somebody has touched it: before, browsers are silent. */
async function heardDeskOf(browser: Browser, who: Who, permission: NotificationPermission = "denied"): Promise<Page> {
  const context = await browserOf(browser, who);
  await context.addInitScript((permission) => {
    const outside: Outside = { notes: 0, shown: [], asked: 0, elsewhere: false };
    window.outside = outside;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      outside.notes += 1;
      start.call(this, when);
    };
    class Noted {
      static permission = permission;
      static async requestPermission() {
        outside.asked += 1;
        Noted.permission = "granted";
        return Noted.permission;
      }
      onclick: (() => void) | null = null;
      body: string;
      constructor(readonly title: string, options: { body: string }) {
        this.body = options.body;
        outside.shown.push(this);
      }
      close() {}
    }
    Object.assign(window, { Notification: Noted });
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

test("the title counts who waits, on every page", async ({ browser, request }) => {
  const ana = await quietDeskOf(browser, "ana");
  const admin = await deskOf(browser, "admin", "/admin/team");
  const before = await inTitle(ana);
  const customer = await newCustomer(request, "Paula Reis");
  await calls(request, customer);
  await expect(ana).toHaveTitle(`(${before + 1}) Conversations · Handoff`);
  await expect(admin).toHaveTitle(`(${before + 1}) Team · Handoff`);
  await card(ana, customer).getByRole("button", { name: "Claim" }).click();
  for (const page of [ana, admin]) await expect.poll(() => inTitle(page)).toBe(before);
});

test("a card is put aside where it stands in the way, and its conversation still waits", async ({ browser, request }) => {
  const ana = await quietDeskOf(browser, "ana");
  const [first, second] = [await newCustomer(request, "Olga Berg"), await newCustomer(request, "Piet Mol")];
  await calls(request, first);
  await calls(request, second);
  await expect(card(ana, second)).toBeVisible();
  await card(ana, first).getByRole("button", { name: "Dismiss" }).click();
  await expect(card(ana, first)).toHaveCount(0);
  await card(ana, second).getByRole("button", { name: "Claim" }).focus();
  await ana.keyboard.press("Escape");
  await expect(card(ana, second)).toHaveCount(0);
  await expect(ana).toHaveURL(/\/conversations$/);
  for (const customer of [first, second]) await expect(row(ana, customer, "waiting")).toBeAttached();
});

test("a double click claims one call, whichever card moves under the pointer", async ({ browser, request }) => {
  const desk = await quietDeskOf(browser, "chloe");
  const [first, second] = [await newCustomer(request, "Noor Haddad"), await newCustomer(request, "Maria Lind")];
  for (const customer of [first, second]) {
    await calls(request, customer);
    await expect(card(desk, customer)).toBeVisible();
  }

  await card(desk, first).getByRole("button", { name: "Claim" }).click();
  await expect(desk.locator("header.head h2")).toHaveText(first.name);
  await expect(card(desk, first)).toHaveCount(0);
  // Where the cards stand depends on the window; here the pointer goes to where the card would have come to it.
  await card(desk, second).getByRole("button", { name: "Claim" }).hover();
  await desk.mouse.down({ clickCount: 2 });
  await desk.mouse.up({ clickCount: 2 });

  // A claim of the second would have gone out before these words came in.
  await says(request, first, "Is somebody there?");
  await expect(bubble(desk, "Is somebody there?")).toBeVisible();
  await expect(row(desk, first, "mine")).toBeVisible();
  await expect(row(desk, second, "waiting")).toBeVisible();
});

test("a call is heard, unless the sound is off", async ({ browser, request }) => {
  const chloe = await heardDeskOf(browser, "chloe");
  const first = await newCustomer(request, "Rosa Lind");
  await calls(request, first);
  await expect(card(chloe, first).or(chloe.locator(".calls .more")).first()).toBeVisible();
  await expect.poll(() => notes(chloe)).toBe(2);

  await chloe.getByRole("button", { name: "Sound is on" }).click();
  await expect(chloe.getByRole("button", { name: "Sound is off" })).toBeVisible();
  const second = await newCustomer(request, "Stig Dahl");
  await calls(request, second);
  await expect(row(chloe, second, "waiting")).toBeAttached();
  expect(await notes(chloe)).toBe(2);

  // It is the person's, not the page's: it is still off after a reload, and on again when they say so.
  await chloe.reload();
  await live(chloe);
  await chloe.getByRole("button", { name: "Sound is off" }).click();
  await expect(chloe.getByRole("button", { name: "Sound is on" })).toBeVisible();
  // So that one knows what to listen for.
  await expect.poll(() => notes(chloe)).toBe(2);
});

test("whoever is away is not called, and finds what waits when they are back", async ({ browser, request }) => {
  const ana = await quietDeskOf(browser, "ana");
  const chloe = await quietDeskOf(browser, "chloe");
  const online = chloe.getByRole("button", { name: "Online" });
  await online.click();
  await expect(online).toHaveAttribute("aria-pressed", "false");
  await expect(chloe.locator(".rail summary.away")).toBeAttached();

  const customer = await newCustomer(request, "Timo Salo");
  await calls(request, customer);
  await expect(card(ana, customer)).toBeVisible();
  await expect(row(chloe, customer, "waiting")).toBeAttached();
  await expect(card(chloe, customer)).toHaveCount(0);

  await chloe.reload();
  await expect(chloe.locator(".rail summary.away")).toBeAttached();
  await expect(card(chloe, customer)).toHaveCount(0);

  await online.click();
  await expect(online).toHaveAttribute("aria-pressed", "true");
  await live(chloe);
  await expect(chloe.locator(".calls article").first()).toBeVisible();
});

test("notifications are asked for once, politely, and lead to the conversation", async ({ browser, request }) => {
  const chloe = await heardDeskOf(browser, "chloe", "default");
  await calls(request, await newCustomer(request, "Ute Kern"));
  const invitation = chloe.getByRole("group", { name: "Notifications" });
  await expect(invitation).toContainText("Get notified of handoffs when this tab is in the background?");
  expect(await chloe.evaluate(() => window.outside.asked)).toBe(0);
  await invitation.getByRole("button", { name: "Turn on" }).click();
  await expect(invitation).toHaveCount(0);
  await expect.poll(() => chloe.evaluate(() => window.outside.asked)).toBe(1);

  await chloe.evaluate(() => { window.outside.elsewhere = true; });
  const customer = await newCustomer(request, "Viktor Lund");
  await calls(request, customer);
  const said = () => chloe.evaluate(() => window.outside.shown.map(({ title, body }) => `${title}: ${body}`));
  await expect.poll(said).toEqual([`${customer.name} · Keyword “speak to agent”: Hello, I would like to speak to agent`]);
  await chloe.evaluate(() => {
    window.outside.elsewhere = false;
    window.outside.shown[0]?.onclick?.();
  });
  await expect(chloe.locator("header.head h2")).toHaveText(customer.name);
  await expect(bubble(chloe, "I would like to speak to agent")).toBeVisible();
});

test("who does not want notifications is not asked again", async ({ browser, request }) => {
  const chloe = await heardDeskOf(browser, "chloe", "default");
  await calls(request, await newCustomer(request, "Wim Bos"));
  const invitation = chloe.getByRole("group", { name: "Notifications" });
  await invitation.getByRole("button", { name: "Not now" }).click();
  await expect(invitation).toHaveCount(0);
  await chloe.reload();
  await live(chloe);
  await expect(invitation).toHaveCount(0);
  expect(await chloe.evaluate(() => window.outside.asked)).toBe(0);
});
