// The server's time, on a computer whose clock is wrong or is set while the page is open; and what the desk says of
// colleagues and of the connection while an agent works in a conversation.
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import {
  actions,
  availability,
  colleagues,
  composer,
  composerNotice,
  message,
  messageList,
  offlineBanner,
  row,
  thread,
  threadName,
} from "./desk";
import { expect, test } from "./fixtures";
import {
  type Customer,
  OFFLINE,
  asksForAgent,
  browserOf,
  closes,
  deskOf,
  live,
  newCustomer,
  opens,
  replies,
  says,
} from "./people";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Shifted {
  clockShift: number;
}

/** Makes `Date` say a time that is wrong by `clockShift` milliseconds. The monotonic clock stays as it is. */
function shiftDates(shift: number) {
  const real = Date;
  const page = window as unknown as Shifted;
  page.clockShift = shift;
  const now = () => real.now() + page.clockShift;
  globalThis.Date = new Proxy(real, {
    construct: (date, given) => (given.length === 0 ? new date(now()) : Reflect.construct(date, given)),
    get: (date, name) => (name === "now" ? now : Reflect.get(date, name)),
  });
}

/** A desk of Ana on a computer whose clock is wrong by `shift` milliseconds. */
async function deskWithWrongClock(browser: Browser, shift: number): Promise<Page> {
  const desk = await (await browserOf(browser, "ana")).newPage();
  await desk.addInitScript(shiftDates, shift);
  await desk.goto("/conversations");
  await live(desk);
  return desk;
}

async function waitingCustomer(request: APIRequestContext, name: string): Promise<Customer> {
  const customer = await newCustomer(request, name);
  await asksForAgent(request, customer);
  return customer;
}

async function claims(desk: Page, customer: Customer) {
  await opens(desk, customer);
  await composerNotice(desk).getByRole("button", { name: "Claim" }).click();
  await expect(composer(desk)).toBeEditable();
}

/** Ends the conversation of a customer who still waits: the list shows thirty of them, and all tests share it. */
async function serves(desk: Page, customer: Customer) {
  await claims(desk, customer);
  await closes(desk);
}

/** How many seconds a customer has waited, as their row says. */
async function waited(desk: Page, customer: Customer): Promise<number> {
  const text = await row(desk, customer, "Unassigned").innerText();
  const [, minutes, seconds] = text.match(/\b(\d):(\d\d)\b/) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

const CLOCKS = [
  { name: "25 hours fast", shift: 25 * HOUR },
  { name: "6 minutes fast", shift: 6 * MINUTE },
  { name: "2 hours slow", shift: -2 * HOUR },
];

for (const { name, shift } of CLOCKS) {
  test(`a clock that is ${name} changes no wait, no day and no window`, async ({ browser, request }) => {
    const customer = await waitingCustomer(request, "Zita Horn");
    const ana = await deskWithWrongClock(browser, shift);
    // The wait counts from the request, and is within its target.
    await expect(row(ana, customer, "Unassigned")).not.toContainText("overdue");
    const before = await waited(ana, customer);
    await expect.poll(() => waited(ana, customer)).toBeGreaterThan(before);
    await claims(ana, customer);
    await expect(thread(ana).getByText(/\b23 h left to reply/)).toBeVisible();
    await expect(messageList(ana).getByText("Today", { exact: true })).toBeVisible();
    await replies(ana, "Good morning");
    await expect(messageList(ana).getByText("Today", { exact: true })).toHaveCount(1);
    await closes(ana);
  });
}

test("a clock that is set while the page is open changes nothing", async ({ browser, request }) => {
  const [customer, waiting] = [await waitingCustomer(request, "Zoe Lang"), await waitingCustomer(request, "Zeno Kurz")];
  const ana = await deskWithWrongClock(browser, 0);
  await claims(ana, customer);
  await composer(ana).fill("Half a sen");
  for (const shift of [25 * HOUR, -2 * HOUR]) {
    const before = await waited(ana, waiting);
    await ana.evaluate((to) => {
      (window as unknown as Shifted).clockShift = to;
    }, shift);
    // Several ticks later the wait has grown by seconds, and the reply can be written on.
    await expect.poll(() => waited(ana, waiting)).toBeGreaterThan(before + 2);
    await expect(row(ana, waiting, "Unassigned")).not.toContainText("overdue");
    await expect(composer(ana)).toBeEditable();
    await expect(composer(ana)).toHaveValue("Half a sen");
    await expect(messageList(ana).getByText("Today", { exact: true })).toHaveCount(1);
    // And messages still arrive.
    await says(request, customer, `Still here ${shift}`);
    await expect(message(ana, `Still here ${shift}`)).toBeVisible();
  }
  await composer(ana).fill("");
  await closes(ana);
  await serves(ana, waiting);
});

test("colleagues see who looks at a conversation and who types", async ({ browser, request }) => {
  const customer = await waitingCustomer(request, "Yara Blum");
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  await claims(ana, customer);
  // Her own second tab is nobody else.
  const tab = await deskOf(browser, "ana");
  await opens(tab, customer);
  await expect(composer(tab)).toBeEditable();
  await opens(ben, customer);
  await expect(colleagues(ana)).toContainText("Ben Weber is viewing");
  await expect(colleagues(ben)).toContainText("Ana Costa is viewing");

  await composer(ana).pressSequentially("One moment");
  await expect(colleagues(ben)).toContainText("Ana Costa is typing");
  await composer(ana).press("Enter");
  await expect(colleagues(ben)).toContainText("Ana Costa is viewing");

  // When he opens another conversation, nobody is named any more, neither to her nor to him.
  const other = await waitingCustomer(request, "Yuri Berg");
  await opens(ben, other);
  await expect(colleagues(ben)).toHaveCount(0);
  await expect(colleagues(ana)).toHaveCount(0);
  await tab.close();
  await closes(ana);
  await serves(ben, other);
});

test("a takeover in the middle of a reply keeps the sentence and the focus", async ({ browser, request }) => {
  const customer = await waitingCustomer(request, "Ylva Dahl");
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  await claims(ana, customer);
  await composer(ana).pressSequentially("Half a sen");
  await opens(ben, customer);
  await actions(ben).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ben)).toBeEditable();

  await expect(composerNotice(ana)).toContainText(
    "Ben Weber took over while you were writing. Your draft is kept.",
  );
  await expect(composer(ana)).toBeFocused();
  await expect(composer(ana)).not.toBeEditable();
  // What is typed on goes nowhere, and nothing is sent.
  await ana.keyboard.type("tence");
  await ana.keyboard.press("Enter");
  await ana.keyboard.press("Control+Enter");
  await expect(composer(ana)).toHaveValue("Half a sen");
  await expect(composer(ana)).toBeFocused();
  await says(request, customer, "Hello?");
  for (const desk of [ana, ben]) {
    await expect(message(desk, "Hello?")).toBeVisible();
    await expect(message(desk, "Half a sen")).toHaveCount(0);
  }

  // She takes it back and writes on where she was.
  await composerNotice(ana).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ana)).toBeEditable();
  await expect(composer(ana)).toBeFocused();
  await ana.keyboard.type("tence");
  await expect(composer(ana)).toHaveValue("Half a sentence");

  // A close takes nothing that she has typed either.
  await actions(ben).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ben)).toBeEditable();
  await closes(ben);
  await expect(composerNotice(ana)).toContainText("Closed by Ben Weber");
  await expect(composerNotice(ana)).toContainText("Your draft is kept.");
  await expect(composer(ana)).toBeFocused();
  await composerNotice(ana).getByRole("button", { name: "Reopen" }).click();
  await expect(composer(ana)).toBeEditable();
  await expect(composer(ana)).toHaveValue("Half a sentence");
  await composer(ana).fill("");
  await closes(ana);
});

test("a conversation that was opened offline loads once the connection is back", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const [first, second] = [await waitingCustomer(request, "Xaver Ost"), await waitingCustomer(request, "Xenia West")];
  const ana = await deskOf(browser, "ana");
  await opens(ana, first);
  await ana.context().setOffline(true);
  await expect(offlineBanner(ana)).toBeVisible();
  // Nobody is online without a connection.
  await expect(availability(ana)).toHaveText("Offline");
  await row(ana, second).first().click();
  await expect(ana.getByRole("heading", { name: "Couldn't load this conversation" })).toBeVisible();
  await ana.context().setOffline(false);
  await expect(threadName(ana)).toHaveText(second.name);
  await expect(availability(ana)).toHaveText("Online");
  for (const customer of [first, second]) await serves(ana, customer);
});
