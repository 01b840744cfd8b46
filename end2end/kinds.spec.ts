// What agents send besides text and files: forms, and reactions to a customer's message.
import type { Locator, Page } from "@playwright/test";
import { addMenu, composer, message, messages, thread } from "./desk";
import { expect, test } from "./fixtures";
import { OFFLINE, claimed, cutOff, live } from "./people";
import { onPhone, phoneOf } from "./phone";

/** The open form. */
const form = (page: Page, name: string): Locator => page.getByRole("dialog", { name });

/** Opens a form from the composer's menu. */
async function adds(page: Page, name: string) {
  await addMenu(page).click();
  await thread(page).getByRole("button", { name, exact: true }).click();
  await expect(form(page, name)).toBeVisible();
}

test("a form says what is wrong at its field, keeps what was entered, and is sent once", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const [ana, customer] = await claimed(browser, request, "Zoran Ilic");
  const phone = await phoneOf(browser, customer);

  await adds(ana, "Location");
  const location = form(ana, "Location");
  await location.getByRole("button", { name: "Send" }).click();
  const place = location.getByLabel("Coordinates or map link");
  await expect(place).toBeFocused();
  await expect(location).toContainText("Enter coordinates, or paste a map link.");
  await place.fill("https://maps.app.goo.gl/abc");
  await expect(location).toContainText("Short map links don't contain the position.");
  await place.fill("https://maps.google.com/?q=52.525,13.369");
  await location.getByLabel("Name (optional)").fill("Central Station");
  await expect(location.getByRole("group", { name: "Preview" })).toContainText("Central Station");
  // What was entered is there again, also after a reload and a failure.
  await ana.keyboard.press("Escape");
  await expect(composer(ana)).toBeFocused();
  await ana.reload();
  await live(ana);
  await adds(ana, "Location");
  await expect(place).toHaveValue("https://maps.google.com/?q=52.525,13.369");
  await ana.keyboard.press("Escape");
  await cutOff([ana], async () => {
    await adds(ana, "Location");
    const refused = ana.waitForEvent("requestfailed", (sent) => sent.url().includes("/api/send_composed"));
    await location.getByRole("button", { name: "Send" }).click();
    await refused;
    await expect(place).toHaveValue("https://maps.google.com/?q=52.525,13.369");
  });
  await location.getByRole("button", { name: "Send" }).click();
  await expect(location).toBeHidden();
  await expect(composer(ana)).toBeFocused();
  await expect(message(ana, "Central Station")).toHaveCount(1);
  await expect(onPhone(phone, "Central Station")).toHaveCount(1);

  // Nothing leaves before it is sent, also where the form begins with a text.
  await adds(ana, "Ask for location");
  const question = form(ana, "Ask for location");
  await expect(question.getByLabel("Text", { exact: true })).toHaveValue("Please share your location.");
  await expect(question.getByRole("group", { name: "Preview" })).toContainText("Please share your location.");
  await ana.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(message(ana, "Please share your location.")).toHaveCount(0);
  await adds(ana, "Ask for location");
  await question.getByLabel("Text", { exact: true }).fill("Where are you now?");
  await question.getByRole("button", { name: "Send", exact: true }).click();
  await expect(question).toBeHidden();
  await expect(onPhone(phone, "Where are you now?")).toHaveCount(1);
  await expect(onPhone(phone, "Please share your location.")).toHaveCount(0);

  await adds(ana, "Reply buttons");
  const buttons = form(ana, "Reply buttons");
  await buttons.getByLabel("Text", { exact: true }).fill("Shall we deliver today?");
  await buttons.getByLabel("Button 1").fill("Yes");
  await buttons.getByLabel("Button 2 (optional)").fill("Yes");
  await expect(buttons).toContainText("Another button has the same text.");
  await buttons.getByLabel("Button 2 (optional)").fill("Tomorrow");
  await buttons.getByRole("button", { name: "Send" }).click();
  await onPhone(phone, "Shall we deliver today?").getByRole("button", { name: "Tomorrow" }).click();
  await expect(messages(ana).filter({ hasText: "Tomorrow" }).last()).toContainText("Chose: Tomorrow");
});

test("a reaction is given and taken back by keyboard, and the customer still waits", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Zita Nagy");
  const phone = await phoneOf(browser, customer);
  const asked = messages(ana).filter({ has: ana.getByRole("button", { name: "React to this message" }) }).first();
  const button = asked.getByRole("button", { name: "React to this message" });
  await button.press("Enter");
  const picker = asked.getByRole("group", { name: "Reaction" });
  await expect(picker.getByRole("button", { name: "React with 👍" })).toBeFocused();
  await ana.keyboard.press("Escape");
  await expect(picker).toHaveCount(0);
  await expect(button).toBeFocused();

  await button.press("Enter");
  await picker.getByLabel("Another emoji").fill("ok");
  await picker.getByLabel("Another emoji").press("Enter");
  await expect(picker).toContainText("Enter one emoji.");
  await picker.getByLabel("Another emoji").fill("🎉");
  await picker.getByLabel("Another emoji").press("Enter");
  await expect(asked.getByTitle("You reacted", { exact: true })).toContainText("🎉");
  await expect(phone.getByText("🎉")).toBeVisible();

  await button.press("Enter");
  await picker.getByRole("button", { name: "Take your team's reaction back" }).press("Enter");
  await expect(asked.getByText("🎉")).toHaveCount(0);
  await expect(phone.getByText("🎉")).toHaveCount(0);
});
