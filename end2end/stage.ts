// Who plays in every test, and how they come on stage: agents at their desks, customers with phones.
// What a test looks at stands in the test itself.
import type { APIRequestContext, Browser, BrowserContext, Locator, Page } from "@playwright/test";
import { PHONE, expect } from "./fixtures";

export const PASSWORD = "handoff-demo";

export type Who = "ana" | "ben" | "chloe" | "admin";
type Look = Parameters<Browser["newContext"]>[0];

const cookies = new Map<Who, Awaited<ReturnType<BrowserContext["cookies"]>>>();

/** Signs in through the form, as a person does. */
export async function signIn(page: Page, who: Who) {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(`${who}@acme.test`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/conversations");
}

/** A browser of `who`, signed in. One sign-in serves all tests: the server counts tries. */
export async function browserOf(browser: Browser, who: Who, look: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext(look);
  const known = cookies.get(who);
  if (known) {
    await context.addCookies(known);
    return context;
  }
  const page = await context.newPage();
  await signIn(page, who);
  cookies.set(who, (await context.cookies()).filter((cookie) => cookie.name.endsWith("handoff")));
  await page.close();
  return context;
}

/** A desk of `who` that is awake and connected. */
export async function deskOf(browser: Browser, who: Who, path = "/conversations", look: Look = {}): Promise<Page> {
  const page = await (await browserOf(browser, who, look)).newPage();
  await page.goto(path);
  await live(page);
  return page;
}

/** A desk of `who` at which nobody else's call is in the way: whoever waits already has been put aside. */
export async function quietDeskOf(browser: Browser, who: Who): Promise<Page> {
  const desk = await deskOf(browser, who);
  const cards = desk.locator(".calls article");
  for (let left = await cards.count(); left > 0; left = await cards.count()) {
    const name = (await cards.first().getAttribute("aria-label")) ?? "";
    await cards.first().getByRole("button", { name: "Dismiss" }).click();
    await expect(desk.getByRole("article", { name, exact: true })).toHaveCount(0);
  }
  return desk;
}

/** Waits until the page is awake and its stream is open. */
export async function live(page: Page) {
  await expect(page.locator(".rail summary.on-line")).toBeAttached();
}

/** Cuts these desks off, lets `meanwhile` happen, and connects them again after five seconds at the earliest. */
export async function cutOff(desks: Page[], meanwhile: () => Promise<void>) {
  const back = Date.now() + 5_000;
  for (const desk of desks) {
    await desk.context().setOffline(true);
    await expect(desk.locator(".banner")).toContainText("You're offline");
  }
  await meanwhile();
  // Five seconds are the fault that is played, not a wait for something to be ready.
  await expect.poll(() => Date.now() >= back, { timeout: 8_000 }).toBeTruthy();
  for (const desk of desks) await desk.context().setOffline(false);
  for (const desk of desks) await expect(desk.locator(".banner")).not.toContainText("You're offline");
}

/** What a page without a network says in its console. */
export const OFFLINE = /net::ERR_INTERNET_DISCONNECTED/;

export interface Customer {
  id: string;
  name: string;
  phone: string;
}

let count = 0;

/** A customer nobody has met, with a phone. */
export async function newCustomer(request: APIRequestContext, name: string): Promise<Customer> {
  count += 1;
  // Told apart from what an earlier run left in the same database.
  const made = await request.post(`${PHONE}/sim/customers`, { data: { name: `${name} ${Date.now() % 1_000_000}${count}` } });
  expect(made.ok()).toBeTruthy();
  return (await made.json()) as Customer;
}

/** The customer writes, without anybody holding the phone. */
export async function says(request: APIRequestContext, customer: Customer, text: string) {
  const said = await request.post(`${PHONE}/sim/customers/${customer.id}/say`, { data: { kind: "text", text } });
  expect(said.ok()).toBeTruthy();
}

/** The customer's phone, open at the chat. */
export async function phoneOf(browser: Browser, customer: Customer): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${PHONE}/#${customer.id}`);
  await expect(page.locator("#under")).toContainText(customer.name);
  return page;
}

/** Types on the phone and sends. */
export async function types(phone: Page, text: string) {
  await phone.getByRole("textbox", { name: "Message" }).fill(text);
  await phone.getByRole("button", { name: "Send", exact: true }).click();
  // The customer's own: an answer may repeat the words.
  await expect(phone.locator("#lines .line.own").filter({ hasText: text }).last()).toBeVisible();
}

/** A bubble on the phone. */
export function line(phone: Page, text: string): Locator {
  return phone.locator("#lines .line").filter({ hasText: text });
}

/** The card that calls for `customer`. */
export function card(desk: Page, customer: Customer): Locator {
  return desk.getByRole("article", { name: `Handoff: ${customer.name}` });
}

/** The row of `customer` in a group of the list. */
export function row(desk: Page, customer: Customer, group?: "waiting" | "mine" | "team" | "bot" | "closed"): Locator {
  const list = group ? desk.locator(`.group.${group}`) : desk.locator(".rows");
  return list.locator("a.row").filter({ hasText: customer.name });
}

/** A bubble in the open thread. */
export function bubble(desk: Page, text: string): Locator {
  return desk.locator("main.thread .msg").filter({ hasText: text });
}

/** Writes to the customer from the open thread. */
export async function replies(desk: Page, text: string) {
  await desk.locator("#reply-text").fill(text);
  await desk.locator("form.composer").getByRole("button", { name: "Send" }).click();
  await expect(bubble(desk, text)).toBeVisible();
}

/** Closes the open conversation and answers the question. */
export async function closes(desk: Page) {
  await desk.locator("header.head").getByRole("button", { name: "Close" }).click();
  await desk.getByRole("button", { name: "Close it" }).click();
  await expect(desk.locator(".composer.locked")).toContainText("Closed");
}

/** Opens the customer's conversation from the list. */
export async function opens(desk: Page, customer: Customer) {
  await row(desk, customer).first().click();
  await expect(desk.locator("header.head h2")).toHaveText(customer.name);
}

/** A line between the bubbles of the open thread. */
export function quietLine(desk: Page, text: string | RegExp): Locator {
  return desk.locator("main.thread .sys").filter({ hasText: text });
}

/** The customer asks for a person; nobody has come yet. */
export async function calls(request: APIRequestContext, customer: Customer) {
  await says(request, customer, "Hello, I would like to speak to agent");
}
