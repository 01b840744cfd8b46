// A flow by keyboard alone: built, its issues shown where they are, published, changed, and returned to an earlier
// version.
import type { Locator, Page } from "@playwright/test";
import {
  bar,
  currentRow,
  expectSaved,
  expectState,
  focusedField,
  focusedRow,
  issues,
  outline,
  outlineRow,
  panel,
} from "./editor";
import { expect, test } from "./fixtures";
import { browserOf, deskOf, live } from "./people";

/** Presses Tab until `wanted` has the focus. */
async function tabTo(page: Page, wanted: Locator, key = "Tab") {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await wanted.evaluateAll((found) => found.some((element) => element === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never reached ${wanted}`);
}

/** Walks down the outline to the row with this text. Waits after each press, because one too early would skip a row. */
async function walkTo(page: Page, text: string | RegExp) {
  const rows = outline(page);
  const place = () => rows.evaluateAll((all) => all.findIndex((one) => one === document.activeElement));
  await page.keyboard.press("Home");
  await expect(rows.first()).toBeFocused();
  const wanted = outlineRow(page, text).first();
  while (!(await wanted.evaluate((element) => element === document.activeElement))) {
    const before = await place();
    await page.keyboard.press("ArrowDown");
    await expect.poll(place, `the arrows never reached ${text}`).not.toBe(before);
  }
}

/** Adds a step after the focused row, or into its first branch. `letters` select its kind in the menu. */
async function add(page: Page, letters: string, kind: string, where: "after" | "inside" = "after") {
  await page.keyboard.press(where === "inside" ? "Shift+A" : "a");
  await expect(page.getByRole("menuitem", { name: "Message" })).toBeFocused();
  for (const letter of letters) await page.keyboard.press(letter);
  await expect(page.getByRole("menuitem", { name: new RegExp(`^${kind}`) })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(focusedRow(page)).toContainText(kind);
}

/** Opens the form of the focused row. */
async function enter(page: Page) {
  await page.keyboard.press("Enter");
  await expect(focusedField(page)).toBeVisible();
}

/** Goes back from the form to its row. */
async function leave(page: Page) {
  await page.keyboard.press("Escape");
  await expect(focusedRow(page)).toHaveCount(1);
}

/** Opens the form of the focused row, types into its fields in their order, and comes back. */
async function fill(page: Page, ...texts: string[]) {
  await enter(page);
  for (const [at, text] of texts.entries()) {
    if (at > 0) await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text);
  }
  await leave(page);
}

test("a flow is built, fixed, published, changed and returned to version 1 by keyboard alone", async ({ browser }) => {
  test.setTimeout(360_000);
  const name = `Order status ${Date.now() % 1_000_000}`;
  const page = await deskOf(browser, "admin", "/admin/flows");
  await tabTo(page, page.getByRole("textbox", { name: "New flow" }));
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  // What starts it.
  await tabTo(page, outline(page).first());
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Flow name")).toBeFocused();
  await tabTo(page, page.getByRole("button", { name: "Add trigger" }));
  await page.keyboard.press("Enter");
  const trigger = page.getByRole("combobox", { name: "Trigger 1" });
  await expect(trigger).toBeFocused();
  await expect(outlineRow(page, name)).toContainText("Starts on a new conversation");
  // A flow of the demo starts on that already, which is a warning. Words of its own are better.
  await expect(panel(page).getByText("has the same trigger")).toBeVisible();
  await page.keyboard.press("w");
  await expect(trigger).toHaveValue("words");
  await expect(trigger).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type(`status of ${name}`);
  await page.keyboard.press("Escape");
  await expect(outlineRow(page, name)).toBeFocused();
  await expect(outlineRow(page, name)).toContainText(`Starts on “status of ${name}” (contains)`);

  // The question, with a typo further down: order_nummer is set nowhere.
  await add(page, "q", "Question");
  await fill(page, "What is your order number?", "order_number");
  await add(page, "h", "HTTP request");
  await fill(page, "https://shop.example.com/api/orders/{{ order_nummer }}");
  await enter(page);
  await tabTo(page, page.getByRole("button", { name: "Add field" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Field", exact: true })).toBeFocused();
  await page.keyboard.type("/status");
  await page.keyboard.press("Tab");
  await page.keyboard.type("order_status");
  await leave(page);
  await add(page, "c", "Condition");
  await fill(page, 'order_status == "shipped"');
  // A message without text.
  await add(page, "", "Message", "inside");
  // When the lookup fails, an agent is needed.
  await walkTo(page, /^If it fails/);
  await add(page, "hh", "Human Handoff");
  await fill(page, "Order could not be looked up");

  // Three kinds of issues, each at its step: the typo, the empty message, paths that just end.
  await expectSaved(page);
  await expect(outlineRow(page, "HTTP request")).toContainText("1 issue");
  await expect(outlineRow(page, /^\d+\. Message/)).toContainText("2 issues");
  await expect(outlineRow(page, /^\d+\. Condition/)).toContainText("1 issue");
  await expect(issues(page)).toHaveText("4 issues");
  await walkTo(page, "HTTP request");
  await enter(page);
  await expect(panel(page).getByText("order_nummer").first()).toBeVisible();
  await leave(page);

  // The list of issues leads to the step.
  await tabTo(page, issues(page), "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(outlineRow(page, "HTTP request")).toBeFocused();

  // Fixed.
  await fill(page, "https://shop.example.com/api/orders/{{ order_number }}");
  await walkTo(page, /^\d+\. Message/);
  await fill(page, "It is on its way.");
  await walkTo(page, /^\d+\. Condition/);
  await add(page, "cc", "Close");
  await fill(page, "Have a good day!");
  await expectSaved(page);
  await expect(issues(page)).toHaveText("No issues");

  // Move, duplicate, delete, undo and redo.
  await page.keyboard.press("Alt+ArrowRight");
  await expect(focusedRow(page)).toHaveAttribute("aria-level", "3");
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(focusedRow(page)).toHaveAttribute("aria-level", "1");
  await page.keyboard.press("d");
  await expect(outlineRow(page, /^\d+\. Close/)).toHaveCount(2);
  await expect(focusedRow(page)).toHaveCount(1);
  await page.keyboard.press("Delete");
  await expect(outlineRow(page, /^\d+\. Close/)).toHaveCount(1);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(outlineRow(page, /^\d+\. Close/)).toHaveCount(2);
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(outlineRow(page, /^\d+\. Close/)).toHaveCount(1);

  // Published, after a look at the changes.
  await expectSaved(page);
  await tabTo(page, page.getByRole("button", { name: "Publish" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Publish this flow?");
  await expect(dialog.getByRole("listitem").filter({ hasText: " added" })).toHaveCount(6);
  await tabTo(page, dialog.getByRole("button", { name: "Publish" }));
  await page.keyboard.press("Enter");
  await expectState(page, "Live · version 1");

  // Another text, and the difference.
  await tabTo(page, page.getByRole("treeitem", { selected: true }));
  await walkTo(page, /^\d+\. Question/);
  await fill(page, "Which order is it?");
  await expectSaved(page);
  await expectState(page, "Changed since version 1");
  await tabTo(page, page.getByRole("button", { name: "Publish" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("deletion")).toHaveText("What is your order number?");
  await expect(dialog.getByRole("insertion")).toHaveText("Which order is it?");
  await tabTo(page, dialog.getByRole("button", { name: "Publish" }));
  await page.keyboard.press("Enter");
  await expectState(page, "Live · version 2");

  // Back to the first version, by the list of versions.
  await expect(page.getByText("Version 2 is live. New conversations use it.")).toBeVisible();
  await tabTo(page, page.getByLabel("More"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Versions" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Return to version 1" }));
  await page.keyboard.press("Enter");
  const newest = panel(page).getByRole("listitem").first();
  await expect(newest).toContainText("Version 3");
  await expect(newest).toContainText("Live");
  await expectState(page, "Changed since version 3");
});

test("a draft is tried in a chat, and the outline marks the current step", async ({ browser }) => {
  const page = await deskOf(browser, "admin", "/admin/flows");
  await page.getByRole("button", { name: "Start from “Order status”" }).click();
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByLabel("The customer writes").press("Enter");
  const chat = page.getByRole("log", { name: "Trial" });
  await expect(chat.getByRole("group", { name: "Bot" })).toContainText("order number");
  await expect(currentRow(page)).toContainText("Order number");
  await page.getByLabel("The customer writes").fill("10042");
  await page.getByLabel("The customer writes").press("Enter");
  await expect(panel(page).getByText("/10042")).toBeVisible();
  await expect(currentRow(page)).toContainText("Look up the order");
  await page.getByRole("button", { name: "Respond", exact: true }).click();
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("order_status");
  await chat.getByRole("button", { name: "Something else" }).click();
  await expect(chat).toContainText("Everyone is alerted");
  await expect(currentRow(page)).toContainText("Human Handoff");
});

test("cards have numbers, conditions have words, and a press elsewhere closes the issues", async ({ browser }) => {
  const page = await deskOf(browser, "admin", "/admin/flows");
  await page.getByRole("button", { name: "Start from “Order status”" }).click();
  await expect(outline(page).nth(1)).toContainText("1. ");
  await expect(outlineRow(page, 'order_status == "shipped"order status is “shipped”')).toHaveCount(1);
  await expect(outlineRow(page, "Ends here").first()).toBeVisible();

  // The hint names the variable that is typed. The old name is missing in later steps now.
  await outline(page).nth(1).click();
  await panel(page).getByLabel("Save answer as").fill("parcel");
  await expect(panel(page).getByText("Later steps read it as {{ parcel }}.")).toBeVisible();
  await expect(issues(page)).toHaveText(/^\d+ issues?$/);
  const missing = bar(page).getByRole("button", { name: "order_number" }).first();
  await issues(page).click();
  await expect(missing).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(missing).toBeHidden();
  await issues(page).click();
  await expect(missing).toBeVisible();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(missing).toBeHidden();

  // Steps of one kind are told apart.
  await bar(page).getByRole("button", { name: "Publish" }).click();
  const lines = page.getByRole("dialog").getByRole("listitem").filter({ hasText: " added" });
  await expect(lines.first()).toContainText("1. ");
  const texts = await lines.allTextContents();
  expect(new Set(texts).size).toBe(texts.length);
});

test("when two admins edit one flow, the second sees a conflict and keeps what they typed", async ({
  browser,
  allowConsole,
}) => {
  // The second save is answered with a conflict, and the second page's event stream is cut.
  allowConsole(/status of 409|net::ERR_FAILED/);
  const first = await deskOf(browser, "admin", "/admin/flows");
  await first.getByRole("button", { name: "Start from “Complaint”" }).click();
  await expect(outline(first).first()).toBeVisible();
  const second = await (await browserOf(browser, "admin")).newPage();
  await second.goto(first.url());
  await live(second);
  // Without its event stream, the second page does not learn of the first one's change.
  await second.route("**/live**", (route) => route.abort());
  await second.route("**/api/flow_save", async (route) => {
    // The first page saves before this request is let through.
    await first.getByLabel("Flow name").fill("Complaint of the first");
    await expectSaved(first);
    await second.unroute("**/api/flow_save");
    await route.continue();
  });
  await outline(first).first().click();
  await outline(second).first().click();
  await second.getByLabel("Flow name").fill("Complaint of the second");
  await expect(second.getByRole("alert").filter({ hasText: "saved this flow while you were editing" })).toBeVisible();
  await expect(second.getByLabel("Flow name")).toHaveValue("Complaint of the second");
  await second.getByRole("button", { name: "Take theirs" }).click();
  await expect(second.getByLabel("Flow name")).toHaveValue("Complaint of the first");
  await second.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(second.getByLabel("Flow name")).toHaveValue("Complaint of the second");
});
