// What an admin changes takes effect at once, in every open page: the other admin's and every agent's. And what an agent
// writes to the team.
import type { Page } from "@playwright/test";
import { composer, list, message, messages, newCall, noteField, row, thread, why } from "./desk";
import { expect, test } from "./fixtures";
import { asksForAgent, claimed, claims, closes, deskOf, deskWithClock, live, newCustomer, replies, says } from "./people";
import { onPhone, phoneOf, types } from "./phone";

const saves = async (page: Page, within = page.getByRole("main")) => {
  await within.getByRole("button", { name: "Save", exact: true }).click();
  await expect(within.getByText("Saved", { exact: true })).toBeVisible();
};

test("a new keyword appears in the other admin's table and triggers a handoff", async ({ browser, request }) => {
  const phrase = `zebra ${Date.now() % 1_000_000}`;
  const first = await deskOf(browser, "admin", "/admin/keywords");
  const second = await deskOf(browser, "admin", "/admin/keywords");
  const rule = (page: Page) => page.getByRole("row").filter({ hasText: phrase });
  const form = first.getByRole("form", { name: "New keyword" });
  await form.getByLabel("Phrase").fill(phrase);
  await form.getByRole("button", { name: "Add" }).click();
  for (const page of [first, second]) await expect(rule(page)).toHaveCount(1);

  const customer = await newCustomer(request, "Adam Novak");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await types(phone, phrase);
  await expect(newCall(ana, customer)).toContainText(`Keyword “${phrase}”`);

  await second.getByRole("button", { name: `Remove “${phrase}”` }).click();
  await second.getByRole("group", { name: "Remove this keyword?" }).getByRole("button", { name: "Remove" }).click();
  for (const page of [first, second]) await expect(rule(page)).toHaveCount(0);
});

test("a saved message goes to the next customer and overwrites nobody's typing", async ({ browser, request }) => {
  const first = await deskOf(browser, "admin", "/admin/messages");
  const second = await deskOf(browser, "admin", "/admin/messages");
  const third = await deskOf(browser, "admin", "/admin/messages");
  const form = (page: Page) => page.getByRole("form", { name: "Closing message" });
  const field = (page: Page) => form(page).getByRole("textbox", { name: "Closing message" });
  const before = await field(first).inputValue();
  const text = `Goodbye from test ${Date.now() % 1_000_000}`;
  await field(third).fill("My own text");
  await field(first).fill(text);
  await saves(first, form(first));
  await expect(field(second)).toHaveValue(text);
  // The third admin keeps what they typed, and sees that it changed.
  await expect(form(third).getByRole("button", { name: "Reload this text" })).toBeVisible();
  await expect(field(third)).toHaveValue("My own text");
  await form(third).getByRole("button", { name: "Reload this text" }).click();
  await expect(field(third)).toHaveValue(text);

  const customer = await newCustomer(request, "Bela Kis");
  const ana = await deskOf(browser, "ana");
  const phone = await phoneOf(browser, customer);
  await asksForAgent(request, customer);
  await claims(ana, customer);
  await closes(ana);
  await expect(onPhone(phone, text)).toHaveCount(1);

  await field(second).fill(before);
  await saves(second, form(second));
  await expect(field(first)).toHaveValue(before);
});

/** The fields of a target, in minutes and seconds. */
const target = (page: Page, name: "First reply" | "Further replies") => {
  const fields = page.getByRole("group", { name, exact: true });
  return [fields.getByLabel("Minutes"), fields.getByLabel("Seconds")] as const;
};

test("new targets apply to the next handoff and the next message", async ({ browser, request }) => {
  const ana = await deskWithClock(browser, "ana");
  const first = await deskOf(browser, "admin", "/admin/targets");
  const second = await deskOf(browser, "admin", "/admin/targets");
  const before: string[][] = [];
  for (const name of ["First reply", "Further replies"] as const) {
    const [minutes, seconds] = target(first, name);
    before.push([await minutes.inputValue(), await seconds.inputValue()]);
    await minutes.fill("0");
    await seconds.fill("10");
  }
  await saves(first);
  for (const name of ["First reply", "Further replies"] as const) {
    await expect(target(second, name)[1]).toHaveValue("10");
  }

  const customer = await newCustomer(request, "Carl Berg");
  await asksForAgent(request, customer);
  await expect(row(ana, customer, "Unassigned")).toBeAttached();
  await ana.clock.fastForward(11_000);
  await expect(row(ana, customer, "Unassigned")).toContainText(/\d:\d\d overdue/);
  await claims(ana, customer);
  await replies(ana, "Sorry that it took so long");
  await expect(row(ana, customer, "Customer's turn")).not.toContainText("overdue");
  await expect(why(ana)).toContainText(/Answered ?after \d:\d\d/);
  await says(request, customer, "And now?");
  await expect(row(ana, customer, "Reply now")).toContainText("And now?");
  await ana.clock.fastForward(11_000);
  await expect(row(ana, customer, "Reply now")).toContainText(/\d:\d\d overdue/);
  await closes(ana);

  for (const [at, name] of (["First reply", "Further replies"] as const).entries()) {
    const [minutes, seconds] = target(second, name);
    await minutes.fill(before[at][0]);
    await seconds.fill(before[at][1]);
  }
  await saves(second);
  await expect(target(first, "First reply")[0]).toHaveValue(before[0][0]);
});

test("times for silent customers are checked as they are typed, and shown to the other admin", async ({ browser }) => {
  const first = await deskOf(browser, "admin", "/admin/messages");
  const second = await deskOf(browser, "admin", "/admin/messages");
  const form = (page: Page) => page.getByRole("form", { name: "Silent customers" });
  const reminder = (page: Page) => form(page).getByLabel("Send the reminder after");
  const close = (page: Page) => form(page).getByLabel("Close the conversation after");
  await expect(reminder(first)).toHaveValue("0");
  await reminder(first).fill("1200");
  await close(first).fill("600");
  await expect(form(first).getByText("Close later than you remind.")).toBeVisible();
  await expect(form(first).getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await close(first).fill("1260");
  await saves(first, form(first));
  await expect(close(second)).toHaveValue("1260");

  // Off again, for the other tests.
  await reminder(second).fill("0");
  await close(second).fill("0");
  await saves(second, form(second));
  await expect(close(first)).toHaveValue("0");
});

test("a note that mentions a colleague reaches them alone, and a switch of the tab loses nothing", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Nora Lind");
  const ben = await deskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);
  await composer(ana).fill("A reply that waits");
  await ana.keyboard.press("Alt+i");
  await expect(noteField(ana)).toBeFocused();
  await ana.keyboard.type("Ask @be");
  const offered = thread(ana).getByRole("listbox", { name: "Colleagues" }).getByRole("option");
  await expect(offered).toHaveText([/^Ben/]);
  const name = (await offered.first().innerText()).trim();
  await ana.keyboard.press("Enter");
  await ana.keyboard.type("before we refund");
  await expect(noteField(ana)).toHaveValue(`Ask @${name} before we refund`);

  // Each tab keeps its text, also over a reload.
  await thread(ana).getByRole("tab", { name: /^Note/ }).press("ArrowLeft");
  await expect(thread(ana).getByRole("tab", { name: "Reply" })).toBeFocused();
  await expect(thread(ana).getByRole("tabpanel", { name: "Reply" })).toBeVisible();
  await expect(composer(ana)).toHaveValue("A reply that waits");
  await ana.reload();
  await live(ana);
  await thread(ana).getByRole("tab", { name: /^Note/ }).click();
  await expect(noteField(ana)).toHaveValue(`Ask @${name} before we refund`);
  await ana.keyboard.press("Enter");
  await expect(noteField(ana)).toHaveValue("");
  const note = (page: Page) => message(page, "before we refund");
  await expect(note(ana)).toContainText("only your team sees this");

  // The colleague is told, finds it, and has seen it then.
  const mentions = list(ben).getByRole("link", { name: /mentions? you/ });
  await expect(mentions).toContainText("1");
  await ben.bringToFront();
  await mentions.click();
  await expect(note(ben)).toContainText(`@${name}`);
  await expect(mentions).toHaveCount(0);
  await expect(note(ben).getByRole("button", { name: "Edit note" })).toHaveCount(0);

  // What its author changes is live for all who look at it.
  await note(ana).getByRole("button", { name: "Edit note" }).click();
  await thread(ana).getByRole("textbox", { name: "Edit note" }).press("End");
  await ana.keyboard.type(" anything");
  await ana.keyboard.press("Enter");
  await expect(note(ben)).toContainText("before we refund anything");
  await expect(note(ben)).toContainText("edited");
  await note(ana).getByRole("button", { name: "Delete note" }).click();
  await messages(ana).getByRole("button", { name: "Delete", exact: true }).click();
  await expect(message(ben, "This note was deleted.")).toHaveCount(1);
  await expect(onPhone(phone, "refund")).toHaveCount(0);
});
