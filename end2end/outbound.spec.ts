// The first word: an agent writes to a number with a template, and has the conversation until they return it to the bot.
import type { Locator, Page } from "@playwright/test";
import { composer, dossier, eventLine, list, message, paletteField, paletteOptions, row, strip, threadName } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, deskOf, newCustomer } from "./people";
import { onPhone, phoneOf, types } from "./phone";

const page = (desk: Page): Locator => desk.getByRole("main").filter({ has: title(desk) });
const title = (desk: Page) => desk.getByRole("heading", { level: 1, name: "New conversation" });
const number = (desk: Page) => page(desk).getByRole("textbox", { name: "Phone number" });
const agreed = (desk: Page) => page(desk).getByRole("checkbox", { name: "This person agreed to get messages from us" });
const search = (desk: Page) => page(desk).getByRole("combobox", { name: "Search templates" });
const send = (desk: Page) => page(desk).getByRole("button", { name: "Send", exact: true });
const failed = (desk: Page) => page(desk).getByRole("table", { name: /not delivered/ });

/** Finds a template and opens its form. */
async function chooses(desk: Page, name: string) {
  await search(desk).fill(name.replaceAll("_", " "));
  await expect(page(desk).getByRole("option").first()).toContainText(name);
  await search(desk).press("Enter");
  await expect(page(desk).getByRole("heading", { name })).toBeVisible();
}

test("an agent writes first, and the bot stays out when the customer answers", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Iris Bloom");
  const ana = await deskOf(browser, "ana");
  const ben = await deskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);

  await list(ana).getByRole("link", { name: "New conversation" }).click();
  await expect(title(ana)).toBeVisible();
  // What is missing is said where it is, and the country while the number is typed.
  await chooses(ana, "we_are_back");
  await send(ana).click();
  await expect(number(ana)).toBeFocused();
  await expect(page(ana).getByRole("alert").filter({ hasText: "Enter a phone number." })).toBeVisible();
  await number(ana).fill("0151 23456789");
  await expect(page(ana).getByRole("alert").filter({ hasText: "Start with the country code" })).toBeVisible();
  await number(ana).fill("+49");
  await expect(page(ana).getByText("Germany")).toBeVisible();
  await number(ana).fill(`+${customer.phone.replace(/\D/g, "")}`);
  await send(ana).click();
  await expect(agreed(ana)).toBeFocused();
  await agreed(ana).check();
  await page(ana).getByRole("textbox", { name: "How they agreed (optional)" }).fill("Signed up in the shop");
  // Pressed twice, it is sent once.
  await send(ana).evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });

  await expect(message(ana, "We have an answer to your question.")).toBeVisible();
  await expect(eventLine(ana, "started this conversation")).toHaveCount(1);
  await expect(dossier(ana).getByText("Signed up in the shop")).toBeVisible();
  await expect(onPhone(phone, "We have an answer to your question.")).toHaveCount(1);
  await types(phone, "Hello, I want to speak to agent please");
  await expect(message(ana, "Hello, I want to speak to agent please")).toBeVisible();
  await expect(row(ana, customer, "Reply now")).toBeVisible();
  await expect(composer(ana)).toBeEditable();
  // Nobody else is called, and the customer hears nobody but Ana.
  await expect(row(ben, customer, "Others")).toBeVisible();
  await expect(strip(ben).getByText(customer.name)).toHaveCount(0);
  await composer(ana).fill("Here I am");
  await composer(ana).press("Enter");
  await expect(onPhone(phone, "Here I am")).toHaveCount(1);
  await expect(phone.getByRole("log", { name: "Messages" }).getByRole("article")).toHaveCount(3);
});

test("a number that WhatsApp refuses is listed with the reason", async ({ browser, request, simulator }) => {
  const customer = await newCustomer(request, "Otto Vale");
  const ana = await deskOf(browser, "ana", "/new-conversation");
  await simulator.fail(customer.phone, { kind: "status", code: 131026, times: 1 });
  await number(ana).fill(`+${customer.phone.replace(/\D/g, "")}`);
  await agreed(ana).check();
  await chooses(ana, "we_are_back");
  await send(ana).click();
  await expect(message(ana, "We have an answer to your question.")).toContainText("isn't on WhatsApp");

  await ana.keyboard.press("ControlOrMeta+k");
  await paletteField(ana).fill("new conversation");
  await paletteOptions(ana, "New conversation").first().click();
  const line = failed(ana).getByRole("row").nth(1);
  await expect(line).toContainText("isn't on WhatsApp");
  await expect(line).toContainText("Ana");
  await line.getByRole("link", { name: "Open" }).click();
  await expect(message(ana, "We have an answer to your question.")).toBeVisible();
});

test("whoever has an open conversation is written to there", async ({ browser, request, allowConsole }) => {
  allowConsole(/status of 409/);
  const [ana, customer] = await claimed(browser, request, "Nell Hart");
  const ben = await deskOf(browser, "ben", "/new-conversation");
  await number(ben).fill(`+${customer.phone.replace(/\D/g, "")}`);
  await agreed(ben).check();
  await chooses(ben, "we_are_back");
  await send(ben).click();
  await expect(page(ben).getByRole("alert").filter({ hasText: "already has an open conversation" })).toBeVisible();
  // What was typed is still there.
  await expect(number(ben)).toHaveValue(new RegExp(customer.phone.replace(/\D/g, "")));
  await expect(agreed(ben)).toBeChecked();
  await page(ben).getByRole("link", { name: "Go to the open conversation" }).click();
  await expect(threadName(ben)).toContainText(customer.name);
  await expect(threadName(ana)).toContainText(customer.name);
});
