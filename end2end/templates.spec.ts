// Templates: what is sent when the 24-hour window is closed, and may be sent while it is open. And what keeps it open.
import type { Page } from "@playwright/test";
import {
  addMenu,
  composer,
  composerNotice,
  message,
  paletteField,
  paletteOptions,
  templateEntry,
  templateOptions,
  templatePanel,
  templateSearch,
} from "./desk";
import { expect, test } from "./fixtures";
import { asksForAgent, claimed, claims, deskOf, live, newCustomer, opens, replies, sends } from "./people";
import { onPhone, phoneOf } from "./phone";

/** A field of the form. */
const value = (page: Page, name: string) => templatePanel(page).getByRole("textbox", { name, exact: true });

const send = (page: Page) => templatePanel(page).getByRole("button", { name: "Send", exact: true });

/** Finds a template and opens its form. */
async function chooses(page: Page, name: string) {
  await templateSearch(page).fill(name.replaceAll("_", " "));
  await expect(templateOptions(page).first()).toContainText(name);
  await templateSearch(page).press("Enter");
  await expect(templatePanel(page).getByRole("heading", { name })).toBeVisible();
}

test("a closed window offers templates, and a tapped quick reply opens it again", async ({
  browser,
  request,
  simulator,
}) => {
  const [ana, customer] = await claimed(browser, request, "Rosa Lind");
  const phone = await phoneOf(browser, customer);
  await simulator.fail(customer.phone, { kind: "http", code: 131047, times: 1 });
  await replies(ana, "Are you there?");
  await expect(composerNotice(ana)).toContainText("The 24-hour reply window is closed.");

  await composerNotice(ana).getByRole("button", { name: "Send template" }).click();
  await expect(templateSearch(ana)).toBeFocused();
  await expect(templateOptions(ana).filter({ hasText: "spring_sale" })).toContainText("still reviewing");
  await chooses(ana, "order_update");
  // The greeting's name is known, the number is not.
  await expect(value(ana, "Text 1")).toHaveValue("Rosa");
  await send(ana).click();
  await expect(value(ana, "Text 2")).toBeFocused();
  await expect(templatePanel(ana).getByRole("alert").filter({ hasText: "Enter a value." })).toBeVisible();
  await value(ana, "Text 2").fill("4711");
  const preview = templatePanel(ana).getByRole("group", { name: "Preview" });
  for (const part of ["Your order", "Hi Rosa, order 4711 is on its way.", "Acme"]) {
    await expect(preview).toContainText(part);
  }
  // The second click comes before the answer to the first.
  let sends = 0;
  await ana.route("**/api/send_template*", async (route) => {
    sends += 1;
    await route.continue();
  });
  await send(ana).evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  const order = message(ana, "Hi Rosa, order 4711 is on its way.");
  await expect(order).toContainText("Your order");
  await expect(order).toContainText("Acme");
  await expect(onPhone(phone, "order 4711")).toHaveCount(1);
  expect(sends).toBe(1);
  await expect(templatePanel(ana)).toHaveCount(0);
  await expect(composerNotice(ana)).toContainText("You can only send a template");

  await composerNotice(ana).getByRole("button", { name: "Send template" }).click();
  await chooses(ana, "we_are_back");
  await send(ana).click();
  const question = message(ana, "We have an answer to your question.");
  await expect(question.getByRole("list", { name: "Buttons shown to the customer" })).toContainText("Go on");
  await phone.getByRole("button", { name: "Go on", exact: true }).click();
  // The template names it as well.
  await expect(message(ana, "Go on")).toHaveCount(2);
  await expect(composer(ana)).toBeEditable();
});

test("what was filled in survives failures, a changed template and a reload, and the reply stays", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(/net::ERR_CONNECTION_FAILED|status of 409/);
  const [ana, customer] = await claimed(browser, request, "Ruben Holt");
  await composer(ana).fill("Half a sentence");
  await addMenu(ana).click();
  await templateEntry(ana).click();
  await chooses(ana, "order_update");
  await value(ana, "Text 2").fill("4711");

  let attempts = 0;
  await ana.route("**/api/send_template*", async (route) => {
    attempts += 1;
    if (attempts === 1) return route.abort("connectionfailed");
    const changed = { type: "conflict", detail: "This template has changed." };
    await route.fulfill({ status: 409, json: changed });
  });
  await send(ana).click();
  await expect(ana.getByRole("status").filter({ hasText: "You're offline." })).toBeVisible();
  await expect(value(ana, "Text 2")).toHaveValue("4711");

  await ana.route("**/api/templates*", async (route) => {
    const answer = await route.fetch();
    const picker = await answer.json();
    for (const listed of picker.templates) {
      if (listed.template.name !== "order_update") continue;
      listed.revision += 1;
      listed.template.definition.body = "Hi {{1}}, order {{2}} arrives {{3}}.";
    }
    await route.fulfill({ response: answer, json: picker });
  });
  await send(ana).click();
  await expect(templatePanel(ana).getByRole("alert").filter({ hasText: "New: “Text 3”." })).toBeVisible();
  await expect(value(ana, "Text 2")).toHaveValue("4711");
  await expect(value(ana, "Text 3")).toHaveValue("");

  // Escape goes back to the list, then to the reply.
  await value(ana, "Text 3").press("Escape");
  await expect(templateSearch(ana)).toBeFocused();
  await templateSearch(ana).press("Escape");
  await expect(composer(ana)).toHaveValue("Half a sentence");
  await ana.unrouteAll();
  await ana.reload();
  await live(ana);
  await opens(ana, customer);
  await expect(composer(ana)).toHaveValue("Half a sentence");
  await ana.keyboard.press("Control+k");
  await paletteField(ana).fill("send template");
  await paletteOptions(ana, "Send template").first().click();
  await expect(templateOptions(ana).filter({ hasText: "order_update" })).toContainText("Draft");
  await chooses(ana, "order_update");
  await expect(value(ana, "Text 2")).toHaveValue("4711");
  await send(ana).click();
  await expect(message(ana, "Hi Ruben, order 4711 is on its way.")).toHaveCount(1);
  await expect(composer(ana)).toHaveValue("Half a sentence");
});

test("near the end of the window, an owner who still owes an answer can ask for a tap that opens it again", async ({
  browser,
  request,
}) => {
  // given a question that is 23 and a half hours old
  const ana = await deskOf(browser, "ana");
  const customer = await newCustomer(request, "Runa Falk");
  const phone = await phoneOf(browser, customer);
  const asked = Date.now() - 23.5 * 60 * 60 * 1000;
  await sends(request, customer, { kind: "text", text: "Where is my order, please? I am still waiting.", at: asked });
  await claims(ana, customer);
  const offer = ana.getByRole("status").filter({ hasText: "The reply window closes at" });
  await expect(offer).toBeVisible();

  // when she takes the offer, then the form holds a message that she can change, and nothing was sent
  await offer.getByRole("button", { name: "Ask for a tap…" }).click();
  const form = ana.getByRole("dialog", { name: "Reply buttons" });
  await expect(form.getByLabel("Text", { exact: true })).toHaveValue(/^We're still working on your request/);
  await expect(onPhone(phone, "still working on your request")).toHaveCount(0);
  await form.getByLabel("Text", { exact: true }).fill("We are looking for your parcel. May we write tomorrow?");
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(form).toBeHidden();
  // Nothing is due any more.
  await expect(offer).toHaveCount(0);

  // when the customer taps, then the window is a whole one again
  await onPhone(phone, "May we write tomorrow?").getByRole("button", { name: "Yes, please" }).click();
  await expect(message(ana, "Yes, please").last()).toContainText("Chose: Yes, please");
  await expect(offer).toHaveCount(0);
  await expect(composer(ana)).toBeEditable();
});

test("an offer that was dismissed stays away, and one does not replace what is being written", async ({
  browser,
  request,
}) => {
  const ana = await deskOf(browser, "ana");
  const customer = await newCustomer(request, "Rolf Munk");
  const asked = Date.now() - 23.5 * 60 * 60 * 1000;
  await sends(request, customer, { kind: "text", text: "Is somebody there? I asked yesterday.", at: asked });
  await claims(ana, customer);
  const offer = ana.getByRole("status").filter({ hasText: "The reply window closes at" });

  await addMenu(ana).click();
  await ana.getByRole("button", { name: "Reply buttons", exact: true }).click();
  const text = ana.getByRole("dialog", { name: "Reply buttons" }).getByLabel("Text", { exact: true });
  await text.fill("My own question");
  await ana.keyboard.press("Escape");
  await offer.getByRole("button", { name: "Ask for a tap…" }).click();
  await expect(text).toHaveValue("My own question");
  await ana.keyboard.press("Escape");

  await offer.getByRole("button", { name: "Dismiss" }).click();
  await expect(offer).toHaveCount(0);
  await ana.reload();
  await live(ana);
  await opens(ana, customer);
  await expect(composer(ana)).toBeEditable();
  await expect(offer).toHaveCount(0);
});

test("a closed window offers the template that fits, and the other ways by a key", async ({
  browser,
  request,
  simulator,
}) => {
  const [ana, customer] = await claimed(browser, request, "Ines Vidal");
  const phone = await phoneOf(browser, customer);
  // In an open window the menu has text, template and later.
  const menu = ana.getByRole("group").filter({ has: ana.getByRole("button", { name: "As template…" }) });
  await composer(ana).fill("Good evening");
  await ana.keyboard.press("Alt+s");
  await expect(ana.getByRole("button", { name: "Now, as text" })).toBeFocused();
  await expect(menu.getByRole("button", { name: "Tomorrow at 9:00" })).toBeVisible();
  await ana.keyboard.press("Enter");
  await expect(onPhone(phone, "Good evening")).toHaveCount(1);

  // Whatever other tests have sent.
  await ana.route("**/api/templates*", async (route) => {
    const answer = await route.fetch();
    const picker = await answer.json();
    for (const listed of picker.templates) listed.last_use = "never";
    await route.fulfill({ response: answer, json: picker });
  });
  await simulator.fail(customer.phone, { kind: "http", code: 131047, times: 1 });
  await replies(ana, "Are you there?");
  const offer = composerNotice(ana).getByRole("group", { name: "Suggested template" });
  await expect(offer).toContainText("Utility");
  // Nothing has to be filled in: one press sends it, and the next offer knows who used it.
  await expect(offer).toContainText("we_are_back");
  await expect(offer).toContainText("charged by WhatsApp");
  await offer.getByRole("button", { name: "Send", exact: true }).click();
  await expect(onPhone(phone, "We have an answer to your question.")).toHaveCount(1);
  await ana.unrouteAll({ behavior: "ignoreErrors" });
  await ana.reload();
  await live(ana);
  await expect(offer).toContainText("we_are_back");
  await expect(offer).toContainText("you used it before", { ignoreCase: true });
  await ana.keyboard.press("Alt+s");
  await expect(offer.getByText("Send as template")).toBeVisible();
  await offer.getByRole("button", { name: "Another template…" }).click();
  await expect(templateSearch(ana)).toBeFocused();
});

test("what WhatsApp held back is offered for ten o'clock, a day later at the earliest", async ({
  browser,
  request,
  simulator,
}) => {
  // WhatsApp delivers no marketing to numbers of the United States.
  const customer = await newCustomer(request, "Ida Brandt", "49151");
  const lead = await deskOf(browser, "admin");
  await asksForAgent(request, customer);
  await claims(lead, customer);
  await simulator.fail(customer.phone, { kind: "http", code: 131047, times: 1 });
  await replies(lead, "Are you there?");
  await composerNotice(lead).getByRole("button", { name: "Send template" }).click();
  await chooses(lead, "welcome_code");
  await value(lead, "Code to copy").fill("WELCOME20");
  await simulator.fail(customer.phone, { kind: "http", code: 131049, times: 1 });
  await send(lead).click();
  await expect(message(lead, "here is your code.")).toContainText("limits marketing messages");
  const offer = composerNotice(lead).getByRole("group", { name: "Held back by WhatsApp" });
  await expect(offer).toContainText("welcome_code");
  // Ten in the company's time zone, as the browser's zone has it.
  await offer.getByRole("button", { name: /^Send .*\d:00$/ }).click();
  const waiting = lead.getByRole("article").filter({ hasText: "Scheduled for" });
  await expect(waiting).toContainText("Dear Ida, here is your code.");
  await expect(offer).toHaveCount(0);
  await waiting.getByRole("button", { name: "Cancel" }).click();
  await expect(waiting).toHaveCount(0);
});
