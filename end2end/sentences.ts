// Everyday sentences as they are typed: key by key, with dead keys and an input method. Playwright's own typing sends
// no key events for characters that its US keyboard lacks.
import type { CDPSession, Page } from "@playwright/test";

export const SENTENCES = [
  "Hi, just checking",
  "Okay, I'll look",
  "Can you send it?",
  "No problem!",
  "Guten Tag, gleich",
  "Könnten Sie das?",
  "Tut mir leid",
  "Schöne Grüße!",
  "¿Qué tal? Ya voy",
  "Llega mañana",
  "Un momento",
  "Atención, 24/7",
  "Olá, já vejo",
  "Não há nada",
  "À tarde chega",
  "Você envia?",
  "Dzień dobry",
  "Proszę chwilę",
  "Źle się stało",
  "Żaden problem",
  // By an input method.
  "你好, OK",
  "ありがとう, x",
];

/**
 * Six of them, for places that differ in where the focus is alone: every way of typing, every letter and sign that is a
 * command of the list, and a command at the beginning.
 */
export const FEW_SENTENCES = [
  "Hi, just checking",
  "Can you send it?",
  "No problem!",
  "Atención, 24/7",
  "Źle się stało",
  "ありがとう, x",
];

/** Sentences whose first character could be a command. */
export const WITH_A_DIGIT_FIRST = ["24 hours at most", "2 Stück", "2x, obrigada", "1º andar", "1ère fois", "3点, OK"];

/** What Spanish and Portuguese keyboards type with two keys, the first of them dead. */
const WITH_DEAD_KEY = /[áéíóúàèâêôãõ]/i;
const BY_INPUT_METHOD = /[\p{Script=Han}\p{Script=Hiragana}]/u;
/** What Chromium reports for a key that an input method handles. */
const HANDLED = { key: "Process", windowsVirtualKeyCode: 229 };

/** One for each page: opening one takes as long as typing a word. */
const sessions = new WeakMap<Page, Promise<CDPSession>>();

function sessionOf(page: Page): Promise<CDPSession> {
  const known = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, known);
  return known;
}

/** Types a sentence as a keyboard does. */
export async function typesSentence(page: Page, sentence: string) {
  const cdp = await sessionOf(page);
  // What a US keyboard has is typed in runs, a key event for each character.
  for (const run of sentence.match(/[ -~]+|[^ -~]/gu) ?? []) {
    if (/^[ -~]/.test(run)) await page.keyboard.type(run);
    else if (BY_INPUT_METHOD.test(run)) await composes(page, cdp, HANDLED, run, run);
    else if (WITH_DEAD_KEY.test(run)) {
      await composes(page, cdp, { key: "Dead", code: "BracketLeft" }, run.normalize("NFD").slice(1), run);
    } else await presses(cdp, { key: run, text: run });
  }
}

interface Key {
  key: string;
  code?: string;
  text?: string;
  windowsVirtualKeyCode?: number;
}

async function presses(cdp: CDPSession, key: Key) {
  await cdp.send("Input.dispatchKeyEvent", { type: key.text ? "keyDown" : "rawKeyDown", ...key });
  await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
}

/**
 * A first key that types nothing yet, what it shows meanwhile, and the character that it becomes. Where nothing can be
 * edited, browsers compose nothing, and the next key is the letter.
 */
async function composes(page: Page, cdp: CDPSession, first: Key, shown: string, character: string) {
  await presses(cdp, first);
  const composing = await page.evaluate(() => document.activeElement?.matches("textarea, input") ?? false);
  if (!composing) return presses(cdp, { key: character });
  await cdp.send("Input.imeSetComposition", { text: shown, selectionStart: shown.length, selectionEnd: shown.length });
  await presses(cdp, HANDLED);
  await cdp.send("Input.insertText", { text: character });
}
