// Flows as files: every class of fault told at its step, and a conversation that finishes on the version it began with.
import type { Browser, Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { deskOf, line, newCustomer, phoneOf, types } from "./stage";

/** The row of the outline that says `words`. */
const row = (page: Page, words: string | RegExp) => page.getByRole("treeitem").filter({ hasText: words });

/** The row of the step with this id; other rows may name it. */
const at = (page: Page, id: string) => page.locator(`#step-${id}`);

const saved = (page: Page) => expect(page.locator(".saved")).toHaveText("Draft saved");

/** Makes a draft of `flow` by importing it, and opens it. */
async function imported(browser: Browser, flow: { name: string }): Promise<Page> {
  const page = await deskOf(browser, "admin", "/admin/flows");
  await page.getByText("Import a flow").click();
  await page.getByLabel("Or paste its JSON").fill(JSON.stringify(flow));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: flow.name })).toBeVisible();
  return page;
}

const step = (id: string, name: string, act: object) => ({ id, name, act });
const numbered = (count: number, word: string) =>
  Array.from({ length: count }, (_, at) => ({ payload: `${word}${at}`, title: `${word} ${at + 1}` }));

/** A flow with a step for every class of fault, and none of them. */
const sound = (name: string, buttons = 3, rows = 10) => ({
  name,
  starts: [{ by: "words", phrase: `begin ${name}`, matching: "contains" }],
  steps: [
    step("hello", "Greeting", { kind: "message", say: "text", text: "Hello" }),
    step("buttons", "Pick one", { kind: "message", say: "buttons", text: "Tap", buttons: numbered(buttons, "Tap") }),
    step("list", "Choose from", { kind: "message", say: "list", text: "See", open: "Open", rows: numbered(rows, "Row") }),
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

const summary = (page: Page) => page.locator(".faults-menu summary");
const undo = (page: Page) => page.locator(".flow-head").getByRole("button", { name: "Undo", exact: true }).click();

/** Plants one fault, reads its words at its step, and takes it back. */
async function plant(page: Page, place: Locator, words: string, deed: () => Promise<void>) {
  await deed();
  await expect(summary(page)).toHaveText(/^1 (issue|warning)$/);
  await expect(place).toContainText(/1 (issue|warning)/);
  await place.click();
  await expect(page.locator("#flow-form .err, #flow-form .warn")).toHaveText(words);
  await undo(page);
  await expect(summary(page)).toHaveText("No issues");
}

test("every class of fault is told at its step, and gone when it is undone", async ({ browser }) => {
  test.setTimeout(150_000);
  const page = await imported(browser, sound(`Sound ${Date.now() % 1_000_000}`));
  await expect(summary(page)).toHaveText("No issues");
  const press = (name: string) => page.locator("#flow-form").getByRole("button", { name, exact: true }).click();
  const write = async (id: string, field: string, text: string) => {
    await at(page, id).click();
    await page.locator(`#field-${field}`).fill(text);
  };

  // A step that nobody comes to.
  await plant(page, row(page, "Farewell").last(), "No path leads here. Remove this step, or jump to it.", async () => {
    await at(page, "bye").click();
    await press("Duplicate");
    await expect(row(page, "Farewell")).toHaveCount(2);
  });
  // A jump to a step that is gone.
  await plant(page, at(page, "back"), "The target step doesn't exist. Choose another one.", async () => {
    await at(page, "hello").click();
    await press("Delete");
  });
  // A path that just ends.
  const ending = "The path ends here. Add a handoff, a close or a jump.";
  await plant(page, at(page, "thanks"), ending, async () => {
    await at(page, "bye").click();
    await press("Delete");
  });
  // A circle without a question.
  const circle =
    "This loop runs without waiting for the customer. Add a question to it, with no wait limit.";
  await plant(page, at(page, "round"), circle, async () => {
    await at(page, "round").click();
    await page.getByLabel("Continue at").selectOption("hours");
  });
  // Limits of WhatsApp, in characters: an emoji is one, however many bytes it has.
  const long = (limit: number) => `Enter up to ${limit} characters; this has ${limit + 1}.`;
  for (const [id, field, limit] of [
    ["buttons", "buttons-0-title", 20],
    ["list", "rows-0-title", 24],
    ["buttons", "text", 1024],
    ["hello", "text", 4096],
  ] as const) {
    await plant(page, at(page, id), long(limit), () => write(id, field, `${"a".repeat(limit)}🌷`));
    await write(id, field, `${"a".repeat(limit - 1)}🌷`);
    await saved(page);
    await expect(summary(page)).toHaveText("No issues");
  }
});

test("more buttons and rows than WhatsApp shows are told at their steps", async ({ browser }) => {
  const page = await imported(browser, sound(`Crowded ${Date.now() % 1_000_000}`, 4, 11));
  await expect(summary(page)).toHaveText("2 issues");
  for (const [id, words, remove] of [
    ["buttons", "WhatsApp shows up to 3 buttons; you have 4. Remove some.", "Remove Button 4"],
    ["list", "WhatsApp shows up to 10 rows; you have 11. Remove some.", "Remove Row 11"],
  ] as const) {
    await expect(at(page, id)).toContainText("1 issue");
    await at(page, id).click();
    await expect(page.locator("#flow-form .err")).toHaveText(words);
    await page.getByRole("button", { name: remove }).click();
    await expect(at(page, id)).not.toContainText("issue");
    await undo(page);
    await expect(at(page, id)).toContainText("1 issue");
  }
  await expect(summary(page)).toHaveText("2 issues");
});

test("a conversation finishes on the version it began with, through a new one and the way back", async ({
  browser,
  request,
}) => {
  test.setTimeout(150_000);
  const stamp = Date.now() % 1_000_000;
  const phrase = `tulips ${stamp}`;
  const page = await imported(browser, {
    name: `Tulips ${stamp}`,
    starts: [{ by: "words", phrase, matching: "contains" }],
    steps: [
      step("ask", "Which colour", { kind: "question", text: "One: which colour?", variable: "colour", expect: { expect: "text" } }),
      step("say", "Answer", { kind: "message", say: "text", text: "One: {{ colour }} it is." }),
      step("end", "End", { kind: "close" }),
    ],
  } as { name: string });
  const tag = page.locator(".flow-head .tag");
  const dialog = page.getByRole("dialog");
  const publish = async () => {
    await page.locator(".flow-head").getByRole("button", { name: "Publish" }).click();
    await dialog.getByRole("button", { name: "Publish" }).click();
  };
  const begins = async (name: string) => {
    const phone = await phoneOf(browser, await newCustomer(request, name));
    await types(phone, `I would like ${phrase}`);
    return phone;
  };
  await publish();
  await expect(tag).toHaveText("Live · version 1");
  const first = await begins("Rosa");
  await expect(line(first, "One: which colour?")).toBeVisible();

  // Other words; what differs is read before they go live.
  await at(page, "ask").click();
  await page.locator("#field-text").fill("Two: which colour?");
  await at(page, "say").click();
  await page.locator("#field-text").fill("Two: {{ colour }} it is.");
  await saved(page);
  await expect(tag).toHaveText("Changed since version 1");
  await page.locator(".flow-head").getByRole("button", { name: "Publish" }).click();
  await expect(dialog.locator("del")).toHaveText(["One: which colour?", "One: {{ colour }} it is."]);
  await expect(dialog.locator("ins")).toHaveText(["Two: which colour?", "Two: {{ colour }} it is."]);
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(tag).toHaveText("Live · version 2");

  // Who was in the middle hears the old words, who begins now the new ones.
  await types(first, "Yellow");
  await expect(line(first, "One: Yellow it is.")).toBeVisible();
  const second = await begins("Lily");
  await expect(line(second, "Two: which colour?")).toBeVisible();

  // Back, in one click; and who is in the middle of the second finishes on that.
  await page.getByRole("button", { name: "Back to version 1" }).click();
  await expect(tag).toHaveText("Changed since version 3");
  const third = await begins("Iris");
  await expect(line(third, "One: which colour?")).toBeVisible();
  await types(second, "Red");
  await expect(line(second, "Two: Red it is.")).toBeVisible();

  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Take offline" }).click();
  await expect(tag).toHaveText("Draft");
});
