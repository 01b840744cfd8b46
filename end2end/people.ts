// The people of the tests: agents, who sign in and work at their desks, and customers, who write to them. What a test
// checks is in the test itself; where it is on the screen is in desk.ts and phone.ts.
import type { APIRequestContext, Browser, BrowserContext, Page } from "@playwright/test";
import {
  actions,
  claimButton,
  composer,
  composerNotice,
  endingBar,
  eventLine,
  message,
  offlineBanner,
  presence,
  row,
  rows,
  thread,
  threadName,
} from "./desk";
import { DESK } from "./demo";
import { PHONE, expect, test } from "./fixtures";

export const PASSWORD = "handoff-demo";

export type Who = "ana" | "ben" | "chloe" | "admin";
type Look = Parameters<Browser["newContext"]>[0];

/** By file of tests and person: each file has a server of its own. */
const cookies = new Map<string, Awaited<ReturnType<BrowserContext["cookies"]>>>();

/** Signs in through the form, as a person does. */
export async function signIn(page: Page, who: Who) {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(`${who}@acme.test`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/conversations");
}

/**
 * A browser of `who`, signed in without a page. One sign-in serves all tests of a file, because the server limits the
 * attempts.
 */
export async function browserOf(browser: Browser, who: Who, look: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext(look);
  const session = `${test.info().file} ${who}`;
  const known = cookies.get(session);
  if (known) {
    await context.addCookies(known);
    return context;
  }
  await calls(context, "sign_in", { email: `${who}@acme.test`, password: PASSWORD });
  // The shortest time to undo can be over before a busy machine shows the button.
  await setsTimeToUndo(context, 60);
  cookies.set(session, (await context.cookies()).filter((cookie) => cookie.name.endsWith("handoff")));
  return context;
}

/** Gives the signed-in agent this time to undo, for the pages that are opened from now on. */
export const setsTimeToUndo = (context: BrowserContext, seconds: 8 | 20 | 60) =>
  calls(context, "set_undo_time", { seconds });

/** Calls the server as a form of the page does. */
async function calls(context: BrowserContext, name: string, form: Record<string, string | number>) {
  const answer = await context.request.post(`${DESK}/api/${name}`, { headers: { origin: DESK }, form });
  expect(answer.ok(), name).toBeTruthy();
}

/** A page of `who` that is hydrated and connected. */
export async function deskOf(browser: Browser, who: Who, path = "/conversations", look: Look = {}): Promise<Page> {
  const page = await (await browserOf(browser, who, look)).newPage();
  await page.goto(path);
  await live(page);
  return page;
}

/** A page of `who` whose clock the test can turn. */
export async function deskWithClock(
  browser: Browser,
  who: Who,
  path = "/conversations",
  viewport = { width: 1280, height: 720 },
): Promise<Page> {
  const desk = await (await browserOf(browser, who, { viewport })).newPage();
  await desk.clock.install();
  await desk.goto(path);
  await live(desk);
  return desk;
}

/** Searches until so many conversations are found. A search shows who is in the index when it is opened. */
export async function finds(desk: Page, text: string, count: number) {
  await expect(async () => {
    await desk.goto(`/conversations?q=${encodeURIComponent(text)}`);
    await live(desk);
    await expect(rows(desk)).toHaveCount(count, { timeout: 2_000 });
  }).toPass();
}

/** Waits until the page is hydrated and its event stream is open. */
export async function live(page: Page) {
  await expect(presence(page, "online")).toBeAttached();
}

/** Takes these desks offline, runs `meanwhile`, and connects them again, after `atLeast` milliseconds at the earliest. */
export async function cutOff(desks: Page[], meanwhile: () => Promise<void>, atLeast = 0) {
  const back = Date.now() + atLeast;
  for (const desk of desks) {
    await desk.context().setOffline(true);
    await expect(offlineBanner(desk)).toBeVisible();
  }
  await meanwhile();
  // The length of the outage is under test. It is no wait for something to be ready.
  await expect.poll(() => Date.now() >= back, { timeout: atLeast + 3_000 }).toBeTruthy();
  for (const desk of desks) await desk.context().setOffline(false);
  for (const desk of desks) await expect(offlineBanner(desk)).toHaveCount(0);
}

/** What a page without a network writes to its console. */
export const OFFLINE = /net::ERR_INTERNET_DISCONNECTED/;

export interface Customer {
  id: string;
  name: string;
  phone: string;
}

let count = 0;

/** A new customer, with a phone. Its number is one of the United States, or begins with other digits. */
export async function newCustomer(request: APIRequestContext, name: string, country?: string): Promise<Customer> {
  count += 1;
  // The number keeps the name apart from those of an earlier run on the same database.
  const own = `${Date.now() % 1_000_000}${count}`;
  const data = { name: `${name} ${own}`, phone: country && `${country}${own.padStart(8, "0")}` };
  const created = await request.post(`${PHONE}/sim/customers`, { data });
  expect(created.ok()).toBeTruthy();
  return (await created.json()) as Customer;
}

/** The customer writes, without a page of the phone. */
export async function says(request: APIRequestContext, customer: Customer, text: string) {
  const said = await request.post(`${PHONE}/sim/customers/${customer.id}/say`, { data: { kind: "text", text } });
  expect(said.ok()).toBeTruthy();
}

/** The customer sends a message of any kind, as the simulator takes it. Returns its id at Meta. */
export async function sends(
  request: APIRequestContext,
  customer: Customer,
  message: { kind: string } & Record<string, unknown>,
): Promise<string> {
  const said = await request.post(`${PHONE}/sim/customers/${customer.id}/say`, { data: message });
  expect(said.ok()).toBeTruthy();
  return ((await said.json()) as { wamid: string }).wamid;
}

/** A file on the customer's phone, to be sent. Returns its id. */
export async function uploads(request: APIRequestContext, mime: string, bytes: number[]): Promise<string> {
  const kept = await request.post(`${PHONE}/sim/upload`, {
    headers: { "content-type": mime },
    data: Buffer.from(bytes),
  });
  expect(kept.ok()).toBeTruthy();
  return ((await kept.json()) as { media: string }).media;
}

/** The customer asks for an agent. */
export async function asksForAgent(request: APIRequestContext, customer: Customer) {
  await says(request, customer, "Hello, I would like to speak to agent");
}

/** Claims a customer who has just asked: by the strip while it offers them, else from their conversation. */
export async function claims(desk: Page, customer: Customer) {
  const offer = claimButton(desk, customer);
  await expect(offer.or(row(desk, customer)).first()).toBeVisible();
  // The call may be folded before the click. Then the strip offers somebody else.
  const clicks = () => offer.click({ timeout: 5_000 }).then(() => true, () => false);
  if (!((await offer.isVisible()) && (await clicks()))) {
    await opens(desk, customer);
    await composerNotice(desk).getByRole("button", { name: "Claim" }).click();
  }
  await expect(threadName(desk)).toHaveText(customer.name);
  await expect(composer(desk)).toBeFocused();
}

/** A new customer's conversation that `who` has claimed, with the focus in the reply. */
export async function claimed(
  browser: Browser,
  request: APIRequestContext,
  name: string,
  who: Who = "ana",
): Promise<[Page, Customer]> {
  const customer = await newCustomer(request, name);
  const desk = await deskOf(browser, who);
  await asksForAgent(request, customer);
  await claims(desk, customer);
  return [desk, customer];
}

/** Opens the customer's conversation from the list. */
export async function opens(desk: Page, customer: Customer) {
  await row(desk, customer).first().click();
  await expect(threadName(desk)).toHaveText(customer.name);
}

/** Writes to the customer from the open thread. */
export async function replies(desk: Page, text: string) {
  await composer(desk).fill(text);
  await thread(desk).getByRole("button", { name: "Send", exact: true }).click();
  await expect(message(desk, text)).toBeVisible();
}

/** Presses Close for the open conversation, and confirms the goodbye. It takes effect after the time to undo. */
export async function pressesClose(desk: Page) {
  await actions(desk).getByRole("button", { name: "Close", exact: true }).click();
  await endingBar(desk).getByRole("button", { name: "Close", exact: true }).click();
}

/** Closes the open conversation, with the shortest time to undo. */
export async function closes(desk: Page) {
  await withShortUndo(desk, async () => {
    await pressesClose(desk);
    await expect(composerNotice(desk)).toContainText("Closed");
  });
}

/** Returns the open conversation to the bot, with the shortest time to undo. */
export async function returnsToBot(desk: Page) {
  await withShortUndo(desk, async () => {
    await actions(desk).getByRole("button", { name: "Return to bot" }).click();
    await expect(eventLine(desk, "You returned this to the bot")).toHaveCount(1);
  });
}

/** Closes and returns to the bot take effect after a second instead of a minute. */
export async function withShortUndo(desk: Page, meanwhile: () => Promise<void>) {
  const press = "**/api/schedule_ending*";
  await desk.route(press, async (route) => {
    const body = route.request().postDataJSON();
    await route.continue({ postData: JSON.stringify({ ...body, press: { ...body.press, undo_time: 1_000 } }) });
  });
  await meanwhile();
  await desk.unroute(press);
}
