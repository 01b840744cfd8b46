// Imported flows: every kind of issue is shown at its step, and a conversation finishes on the version it started with.
import type { Browser, Locator, Page } from "@playwright/test";
import {
  bar,
  expectSaved,
  expectState,
  imports,
  issues,
  outlineRow,
  panel,
  publishes,
  stepNamed,
  takesOffline,
} from "./editor";
import { expect, test } from "./fixtures";
import { deskOf, newCustomer } from "./people";
import { onPhone, phoneOf, types } from "./phone";

/** The editor of a draft that is made by importing `flow`. */
async function imported(browser: Browser, flow: { name: string; [key: string]: unknown }): Promise<Page> {
  const page = await deskOf(browser, "admin", "/admin/flows");
  await imports(page, flow);
  return page;
}

const step = (id: string, name: string, act: object) => ({ id, name, act });
const numbered = (count: number, word: string) =>
  Array.from({ length: count }, (_, at) => ({ payload: `${word}${at}`, title: `${word} ${at + 1}` }));

/** A flow without issues, with a step for every kind of issue. */
const valid = (name: string, buttons = 3, rows = 10) => ({
  name,
  starts: [{ by: "words", phrase: `begin ${name}`, matching: "contains" }],
  steps: [
    step("hello", "Greeting", { kind: "message", say: "text", text: "Hello" }),
    step("buttons", "Pick one", { kind: "message", say: "buttons", text: "Tap", buttons: numbered(buttons, "Tap") }),
    step("list", "Choose from", {
      kind: "message",
      say: "list",
      text: "See",
      open: "Open",
      rows: numbered(rows, "Row"),
    }),
    step("ask", "Once more", {
      kind: "question",
      text: "Again?",
      variable: "again",
      expect: {
        expect: "choice",
        options: [
          { id: "yes", title: "Yes", steps: [step("back", "Way back", { kind: "jump", to: "hello" })] },
          { id: "no", title: "No" },
        ],
      },
    }),
    step("hours", "Office", { kind: "hours", closed: [step("round", "Way round", { kind: "jump", to: "ask" })] }),
    step("thanks", "Gratitude", { kind: "message", say: "text", text: "Thank you" }),
    step("bye", "Farewell", { kind: "close" }),
  ],
});

const undo = (page: Page) => bar(page).getByRole("button", { name: "Undo", exact: true }).click();

/** Causes one issue by `change`, expects its text at its step, and undoes it. */
async function cause(page: Page, step: Locator, text: string, change: () => Promise<void>) {
  await change();
  await expect(issues(page)).toHaveText(/^1 (issue|warning)$/);
  await expect(step).toContainText(/1 (issue|warning)/);
  await step.click();
  await expect(panel(page).getByText(text, { exact: true })).toBeVisible();
  await undo(page);
  await expect(issues(page)).toHaveText("No issues");
}

test("every kind of issue is shown at its step, and gone after undo", async ({ browser }) => {
  test.setTimeout(360_000);
  const page = await imported(browser, valid(`Valid ${Date.now() % 1_000_000}`));
  await expect(issues(page)).toHaveText("No issues");
  const press = (name: string) => panel(page).getByRole("button", { name, exact: true }).click();

  // A step that no path leads to.
  const copy = outlineRow(page, "Farewell").last();
  await cause(page, copy, "No path leads here. Remove this step, or jump to it.", async () => {
    await stepNamed(page, "Farewell").click();
    await press("Duplicate");
    await expect(outlineRow(page, "Farewell")).toHaveCount(2);
  });
  // A jump to a step that is gone.
  await cause(page, stepNamed(page, "Way back"), "The target step doesn't exist. Choose another one.", async () => {
    await stepNamed(page, "Greeting").click();
    await press("Delete");
  });
  // A path that just ends.
  const ending = "The path ends here. Add a handoff, a close or a jump.";
  await cause(page, stepNamed(page, "Gratitude"), ending, async () => {
    await stepNamed(page, "Farewell").click();
    await press("Delete");
  });
  // A loop without a question.
  const loop = "This loop runs without waiting for the customer. Add a question to it, with no wait limit.";
  await cause(page, stepNamed(page, "Way round"), loop, async () => {
    await stepNamed(page, "Way round").click();
    await page.getByLabel("Continue at").selectOption("hours");
  });
  // Limits of WhatsApp, in characters: an emoji is one, however many bytes it has.
  const count = new Intl.NumberFormat("en");
  const long = (limit: number) => `Enter up to ${count.format(limit)} characters; this has ${count.format(limit + 1)}.`;
  for (const [name, field, limit] of [
    ["Pick one", "Button 1", 20],
    ["Choose from", "Row 1", 24],
    ["Pick one", "Text", 1024],
    ["Greeting", "Text", 4096],
  ] as const) {
    const write = async (text: string) => {
      await stepNamed(page, name).click();
      await panel(page).getByRole("textbox", { name: field, exact: true }).fill(text);
    };
    await cause(page, stepNamed(page, name), long(limit), () => write(`${"a".repeat(limit)}🌷`));
    await write(`${"a".repeat(limit - 1)}🌷`);
    await expectSaved(page);
    await expect(issues(page)).toHaveText("No issues");
  }
});

test("more buttons and rows than WhatsApp shows are issues at their steps", async ({ browser }) => {
  const page = await imported(browser, valid(`Crowded ${Date.now() % 1_000_000}`, 4, 11));
  await expect(issues(page)).toHaveText("2 issues");
  for (const [name, text, remove] of [
    ["Pick one", "WhatsApp shows up to 3 buttons; you have 4. Remove some.", "Remove Button 4"],
    ["Choose from", "WhatsApp shows up to 10 rows; you have 11. Remove some.", "Remove Row 11"],
  ] as const) {
    const step = stepNamed(page, name);
    await expect(step).toContainText("1 issue");
    await step.click();
    await expect(panel(page).getByText(text, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: remove }).click();
    await expect(step).not.toContainText("issue");
    await undo(page);
    await expect(step).toContainText("1 issue");
  }
  await expect(issues(page)).toHaveText("2 issues");
});

test("a conversation finishes on the version it started with, after publishing and after a return", async ({
  browser,
  request,
}) => {
  test.setTimeout(360_000);
  const stamp = Date.now() % 1_000_000;
  const phrase = `tulips ${stamp}`;
  const page = await imported(browser, {
    name: `Tulips ${stamp}`,
    starts: [{ by: "words", phrase, matching: "contains" }],
    steps: [
      step("ask", "Which colour", {
        kind: "question",
        text: "One: which colour?",
        variable: "colour",
        expect: { expect: "text" },
      }),
      step("say", "Answer", { kind: "message", say: "text", text: "One: {{ colour }} it is." }),
      step("end", "End", { kind: "close" }),
    ],
  });
  const starts = async (name: string) => {
    const phone = await phoneOf(browser, await newCustomer(request, name));
    await types(phone, `I would like ${phrase}`);
    return phone;
  };
  await publishes(page);
  await expectState(page, "Live · version 1");
  const first = await starts("Rosa");
  await expect(onPhone(first, "One: which colour?")).toBeVisible();

  // Other texts. The difference is shown before they are published.
  await stepNamed(page, "Which colour").click();
  await panel(page).getByRole("textbox", { name: "Question text" }).fill("Two: which colour?");
  await stepNamed(page, "Answer").click();
  await panel(page).getByRole("textbox", { name: "Text", exact: true }).fill("Two: {{ colour }} it is.");
  await expectSaved(page);
  await expectState(page, "Changed since version 1");
  await bar(page).getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("deletion")).toHaveText(["One: which colour?", "One: {{ colour }} it is."]);
  await expect(dialog.getByRole("insertion")).toHaveText(["Two: which colour?", "Two: {{ colour }} it is."]);
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expectState(page, "Live · version 2");

  // A conversation under way gets the old texts, a new one the new texts.
  await types(first, "Yellow");
  await expect(onPhone(first, "One: Yellow it is.")).toBeVisible();
  const second = await starts("Lily");
  await expect(onPhone(second, "Two: which colour?")).toBeVisible();

  // Back to the first version, in one click. A conversation under way finishes on the second.
  await page.getByRole("button", { name: "Back to version 1" }).click();
  await expectState(page, "Changed since version 3");
  const third = await starts("Iris");
  await expect(onPhone(third, "One: which colour?")).toBeVisible();
  await types(second, "Red");
  await expect(onPhone(second, "Two: Red it is.")).toBeVisible();

  await takesOffline(page);
});
