// A flow from nothing, by keyboard alone: built, its faults seen where they are, put live, changed, and put back.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { browserOf, deskOf, live } from "./stage";

/** Presses Tab until `wanted` has the focus. */
async function tabTo(page: Page, wanted: Locator, key = "Tab") {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await wanted.evaluateAll((found) => found.some((element) => element === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never came to ${wanted}`);
}

/** The row of the outline that says `words`. */
const row = (page: Page, words: string | RegExp) => page.getByRole("treeitem").filter({ hasText: words });

/** Walks down the outline to the row that says `words`. Waits for each step: a press too early would go past it. */
async function walkTo(page: Page, words: string | RegExp) {
  const rows = page.getByRole("treeitem");
  const place = () => rows.evaluateAll((all) => all.findIndex((one) => one === document.activeElement));
  await page.keyboard.press("Home");
  await expect(rows.first()).toBeFocused();
  const wanted = row(page, words).first();
  while (!(await wanted.evaluate((element) => element === document.activeElement))) {
    const before = await place();
    await page.keyboard.press("ArrowDown");
    await expect.poll(place, `the arrows never came to ${words}`).not.toBe(before);
  }
}

/** Adds the kind that the letters lead to; `inside` adds into the first branch. */
async function add(page: Page, letters: string, kind: string, where: "behind" | "inside" = "behind") {
  await page.keyboard.press(where === "inside" ? "Shift+A" : "a");
  await expect(page.getByRole("menuitem", { name: "Message" })).toBeFocused();
  for (const letter of letters) await page.keyboard.press(letter);
  await expect(page.getByRole("menuitem", { name: new RegExp(`^${kind}`) })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(focusedRow(page)).toContainText(kind);
}

/** The row that has the focus. Every key of the outline needs one: the focus follows a frame behind what is done. */
const focusedRow = (page: Page) => page.locator('[role="treeitem"]:focus');

/** Opens the form of the row that has the focus. */
async function enter(page: Page) {
  await page.keyboard.press("Enter");
  await expect(page.locator("#flow-form :focus")).toBeVisible();
}

/** Goes back from the form to its row. */
async function leave(page: Page) {
  await page.keyboard.press("Escape");
  await expect(focusedRow(page)).toHaveCount(1);
}

/** Opens the form of the row that has the focus, types into its fields in their order, and comes back. */
async function fill(page: Page, ...texts: string[]) {
  await enter(page);
  for (const [at, text] of texts.entries()) {
    if (at > 0) await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text);
  }
  await leave(page);
}

const saved = (page: Page) => expect(page.locator(".saved")).toHaveText("Draft saved");

test("a flow is built from empty by keyboard alone, mended, put live, changed and put back", async ({ browser }) => {
  test.setTimeout(150_000);
  const name = `Order status ${Date.now() % 1_000_000}`;
  const page = await deskOf(browser, "admin", "/admin/flows");
  await tabTo(page, page.locator("#new-flow"));
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  // What begins it.
  await tabTo(page, page.locator("#flow-start"));
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Flow name")).toBeFocused();
  await tabTo(page, page.getByRole("button", { name: "Add trigger" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("#start-0")).toBeFocused();
  await expect(row(page, name)).toContainText("Starts on a new conversation");
  // A flow of the demo begins with that already, and is told so; words of its own are better.
  await expect(page.locator("#flow-form .warn")).toContainText("has the same trigger");
  await page.keyboard.press("w");
  await expect(page.locator("#start-0")).toHaveValue("words");
  await expect(page.locator("#start-0")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type(`status of ${name}`);
  await page.keyboard.press("Escape");
  await expect(row(page, name)).toBeFocused();
  await expect(row(page, name)).toContainText(`Starts on “status of ${name}” (contains)`);

  // The question, with a misprint further down: order_nummer is set nowhere.
  await add(page, "q", "Question");
  await fill(page, "What is your order number?", "order_number");
  await add(page, "h", "HTTP request");
  await fill(page, "https://shop.example.com/api/orders/{{ order_nummer }}");
  await enter(page);
  await tabTo(page, page.getByRole("button", { name: "Add field" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("#list-field-0 :focus")).toBeVisible();
  await page.keyboard.type("/status");
  await page.keyboard.press("Tab");
  await page.keyboard.type("order_status");
  await leave(page);
  await add(page, "c", "Condition");
  await fill(page, 'order_status == "shipped"');
  // A message without words.
  await add(page, "", "Message", "inside");
  // When the shop does not know the order, a person does.
  await walkTo(page, /^If it fails/);
  await add(page, "hh", "Human Handoff");
  await fill(page, "Order could not be looked up");

  // Three kinds of faults, each at its step: the misprint, the empty message, paths that just end.
  await saved(page);
  await expect(row(page, "HTTP request")).toContainText("1 issue");
  await expect(row(page, /^Message/)).toContainText("2 issues");
  await expect(row(page, /^Condition/)).toContainText("1 issue");
  await expect(page.locator(".faults-menu summary")).toHaveText("4 issues");
  await walkTo(page, "HTTP request");
  await enter(page);
  await expect(page.locator("#flow-form .err").first()).toContainText("order_nummer");
  await leave(page);

  // The summary leads to the step.
  await tabTo(page, page.locator(".faults-menu summary"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(row(page, "HTTP request")).toBeFocused();

  // Mended.
  await fill(page, "https://shop.example.com/api/orders/{{ order_number }}");
  await walkTo(page, /^Message/);
  await fill(page, "It is on its way.");
  await walkTo(page, /^Condition/);
  await add(page, "cc", "Close");
  await fill(page, "Have a good day!");
  await saved(page);
  await expect(page.locator(".faults-menu summary")).toHaveText("No issues");

  // Moves, a copy, a deletion, and the way back.
  await page.keyboard.press("Alt+ArrowRight");
  await expect(focusedRow(page)).toHaveAttribute("aria-level", "3");
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(focusedRow(page)).toHaveAttribute("aria-level", "1");
  await page.keyboard.press("d");
  await expect(row(page, /^Close/)).toHaveCount(2);
  await expect(focusedRow(page)).toHaveCount(1);
  await page.keyboard.press("Delete");
  await expect(row(page, /^Close/)).toHaveCount(1);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(row(page, /^Close/)).toHaveCount(2);
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(row(page, /^Close/)).toHaveCount(1);

  // Live, after reading what that means.
  await saved(page);
  await tabTo(page, page.getByRole("button", { name: "Publish" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Publish this flow?");
  await expect(dialog.locator(".plus-line")).toHaveCount(6);
  await tabTo(page, dialog.getByRole("button", { name: "Publish" }));
  await page.keyboard.press("Enter");
  await expect(page.locator(".flow-head .tag")).toHaveText("Live · version 1");

  // Other words, and the difference in words.
  await tabTo(page, page.locator('[role="treeitem"][tabindex="0"]'));
  await walkTo(page, /^Question/);
  await fill(page, "Which order is it?");
  await saved(page);
  await expect(page.locator(".flow-head .tag")).toHaveText("Changed since version 1");
  await tabTo(page, page.getByRole("button", { name: "Publish" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(dialog.locator("del")).toHaveText("What is your order number?");
  await expect(dialog.locator("ins")).toHaveText("Which order is it?");
  await tabTo(page, dialog.getByRole("button", { name: "Publish" }));
  await page.keyboard.press("Enter");
  await expect(page.locator(".flow-head .tag")).toHaveText("Live · version 2");

  // Back to the first, the long way: by the list of versions.
  await expect(page.getByText("Version 2 is live. New conversations use it.")).toBeVisible();
  await tabTo(page, page.getByLabel("More"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Versions" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Return to version 1" }));
  await page.keyboard.press("Enter");
  await expect(page.locator(".version").first()).toContainText("Version 3");
  await expect(page.locator(".version").first()).toContainText("Live");
  await expect(page.locator(".flow-head .tag")).toHaveText("Changed since version 3");
});

test("a draft is tried in a chat, and where it stands is seen in the outline", async ({ browser }) => {
  const page = await deskOf(browser, "admin", "/admin/flows");
  await page.getByRole("button", { name: "Start from “Order status”" }).click();
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByLabel("The customer writes").press("Enter");
  const chat = page.getByRole("log", { name: "Trial" });
  await expect(chat.locator(".bubble:not(.in)")).toContainText("order number");
  await expect(page.locator(".node.standing")).toContainText("Order number");
  await page.getByLabel("The customer writes").fill("10042");
  await page.getByLabel("The customer writes").press("Enter");
  await expect(page.locator(".turn pre")).toContainText("/10042");
  await expect(page.locator(".node.standing")).toContainText("Look up the order");
  await page.getByRole("button", { name: "Respond", exact: true }).click();
  await expect(page.locator(".variables")).toContainText("order_status");
  await chat.getByRole("button", { name: "Something else" }).click();
  await expect(chat).toContainText("Everyone is alerted");
  await expect(page.locator(".node.standing")).toContainText("Human Handoff");
});

test("two admins: the second is told, and keeps what was typed", async ({ browser, expects }) => {
  // That is how the second is told; and its stream is cut.
  expects(/status of 409|net::ERR_FAILED/);
  const first = await deskOf(browser, "admin", "/admin/flows");
  await first.getByRole("button", { name: "Start from “Complaint”" }).click();
  await expect(first.locator("#flow-start")).toBeVisible();
  const second = await (await browserOf(browser, "admin")).newPage();
  await second.goto(first.url());
  await live(second);
  // The second has not heard of it: its stream is cut.
  await second.route("**/live**", (route) => route.abort());
  await second.route("**/api/flow_save", async (route) => {
    // By the time this one is on its way, the first one has been kept.
    await first.getByLabel("Flow name").fill("Complaint of the first");
    await expect(first.locator(".saved")).toHaveText("Draft saved");
    await second.unroute("**/api/flow_save");
    await route.continue();
  });
  await first.locator("#flow-start").click();
  await second.locator("#flow-start").click();
  await second.getByLabel("Flow name").fill("Complaint of the second");
  await expect(second.getByRole("alert").filter({ hasText: "saved this flow while you were editing" })).toBeVisible();
  await expect(second.getByLabel("Flow name")).toHaveValue("Complaint of the second");
  await second.getByRole("button", { name: "Take theirs" }).click();
  await expect(second.getByLabel("Flow name")).toHaveValue("Complaint of the first");
  await second.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(second.getByLabel("Flow name")).toHaveValue("Complaint of the second");
});
