// The blind test (`blind.ts`) at an own conversation: its reply, thread, messages, details, buttons and row, the bar
// that ends it, and the strip of calls. The other screens are in `blind_other.spec.ts`.
import { type Screen, conversations, leaves, noticedActs, ownDesk, returning, typesAllAt } from "./blind";
import {
  actions,
  claimButton,
  composer,
  dossier,
  endingBar,
  messageList,
  row,
  strip,
  thread,
  undoButton,
  undoList,
} from "./desk";
import { expect, test } from "./fixtures";
import { withOutcomes } from "./outcomes";
import { WITH_A_DIGIT_FIRST, typesSentence } from "./sentences";

const SCREENS: Record<string, Screen> = {
  "where an own conversation takes a reply": async function* (stage) {
    const { ana: page } = await ownDesk(stage);
    yield { at: "the body", page, focus: () => leaves(page), writes: true, all: true };
    yield { at: "the thread", page, focus: () => thread(page).focus(), writes: true };
    yield { at: "the messages", page, focus: () => messageList(page).focus(), writes: true };
    yield { at: "the reply", page, focus: () => composer(page).focus(), writes: true, all: true };
    await actions(page).getByRole("button", { name: "Close" }).click();
    yield { at: "the bar that ends the conversation", page, focus: () => endingBar(page).focus(), writes: true };
  },
  "at the links and buttons of an own conversation": async function* (stage) {
    const { ana: page, own } = await ownDesk(stage);
    yield { at: "the strip's Claim", page, focus: () => claimButton(page).focus() };
    yield { at: "the strip's customer", page, focus: () => strip(page).getByRole("article").getByRole("link").focus() };
    for (const name of ["Close", "Release"]) {
      yield { at: name, page, focus: () => actions(page).getByRole("button", { name }).focus() };
    }
    yield { at: "the details", page, focus: () => dossier(page).getByRole("link").first().focus() };
    const returns = returning(page, conversations(page), row(page, own).first());
    yield { at: "the row", page, focus: async () => { await returns(); await row(page, own).first().focus(); } };
  },
};

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`sentences typed ${name} do nothing but write`, async ({ browser, request }) => {
    // Each sentence is typed key by key, and some of them lead to another page and back.
    test.setTimeout(600_000);
    await typesAllAt(screen({ browser, request }));
  });
}

test("a digit at the bar picks an outcome, and one that begins a sentence is text", async ({ browser, request }) => {
  test.setTimeout(360_000);
  await withOutcomes(browser, ["Solved", "No answer", "Refunded"], async () => {
    const { ana, own } = await ownDesk({ browser, request });
    const acts = noticedActs(ana);
    for (const sentence of WITH_A_DIGIT_FIRST) {
      // A bar of its own, because a digit soon after another sentence is text anyway.
      await actions(ana).getByRole("button", { name: "Close" }).click();
      await expect(endingBar(ana)).toBeFocused();
      await typesSentence(ana, sentence);
      await expect(composer(ana)).toHaveValue(sentence);
      await expect(composer(ana)).toBeFocused();
      await composer(ana).fill("");
      await endingBar(ana).getByRole("button", { name: "Cancel" }).click();
      await expect(endingBar(ana)).toHaveCount(0);
      expect(acts, sentence).toEqual([]);
    }
    await actions(ana).getByRole("button", { name: "Close" }).click();
    await expect(endingBar(ana)).toBeFocused();
    await ana.keyboard.press("2");
    await expect(undoList(ana)).toContainText(`Closing ${own.name}`);
    expect(acts).toEqual(["schedule_ending"]);
    await undoButton(ana, own.name).click();
    await expect(undoList(ana)).not.toContainText(own.name);
  });
});
