// The customer's phone: the simulator's page, open at one chat.
import type { Browser, Locator, Page } from "@playwright/test";
import { PHONE, expect } from "./fixtures";
import type { Customer } from "./people";

/** The message field. */
export const field = (phone: Page): Locator => phone.getByRole("textbox", { name: "Message" });

const messages = (phone: Page): Locator => phone.getByRole("log", { name: "Messages" }).getByRole("article");

/** A message of either side on the phone. */
export const onPhone = (phone: Page, text: string | RegExp): Locator => messages(phone).filter({ hasText: text });

/** A message that the customer sent. A reply may repeat its text. */
const ownMessage = (phone: Page, text: string): Locator =>
  phone.getByRole("log", { name: "Messages" }).getByRole("article", { name: "You" }).filter({ hasText: text });

/** Opens the customer's phone at the chat, on the simulator at `address`. */
export async function phoneOf(browser: Browser, customer: Customer, address = PHONE): Promise<Page> {
  const phone = await (await browser.newContext()).newPage();
  await phone.goto(`${address}/#${customer.id}`);
  await expect(phone.getByText(`as ${customer.name} ·`)).toBeVisible();
  return phone;
}

/** Types on the phone and sends. */
export async function types(phone: Page, text: string) {
  await field(phone).fill(text);
  await phone.getByRole("button", { name: "Send", exact: true }).click();
  await expect(ownMessage(phone, text).last()).toBeVisible();
}
