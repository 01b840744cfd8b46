// The keys that an agent presses, counted by what they are pressed for.
import type { Page } from "@playwright/test";
import { expect } from "./fixtures";

/** What keys are pressed for, and the fewest keys that do it: see *Keyboard shortcuts* on every page. */
export const FEWEST = {
  // `N` in the list, Alt+N in a conversation.
  "open who needs me next": 1,
  // Alt+C, or Shift+Enter on a row of the list.
  claim: 1,
  // Enter. The first letter of a reply moves the focus there.
  send: 1,
  // Escape leaves the reply, and once more leads to its row.
  "go back to the list": 2,
  // `/`, Tab to leave the field, `J` to open the first result.
  "find a message": 3,
  // Ctrl+K, and Enter on the first result.
  "open a customer by name": 2,
  // Alt+Z, and Enter on the first choice.
  snooze: 2,
  // Alt+X, and the outcome's digit.
  "close with an outcome": 2,
  // Alt+U.
  undo: 1,
  // Alt+R.
  "return to the bot": 1,
};

export type Act = keyof typeof FEWEST;

const ACTS = Object.keys(FEWEST) as Act[];
const MODIFIERS = ["Alt", "Control", "Meta", "Shift"];

/** The keyboard of a page. Text is counted apart from the keys that control the page. */
export class Keys {
  private readonly acts = new Map<Act, string[][]>();
  /** The texts of replies, piece by piece. */
  readonly written: string[] = [];
  /** What was typed to find something. */
  readonly sought: string[] = [];

  private constructor(private readonly page: Page) {}

  /** From now on the page itself counts as well: key presses without modifiers, and every use of a pointer. */
  static async of(page: Page): Promise<Keys> {
    await page.evaluate((modifiers) => {
      const counts = document.documentElement.dataset;
      const counting = (name: string) => { counts[name] = String(Number(counts[name] ?? 0) + 1); };
      window.addEventListener("keydown", ({ key }) => { if (!modifiers.includes(key)) counting("keys"); }, true);
      window.addEventListener("pointerdown", () => counting("pointers"), true);
    }, MODIFIERS);
    return new Keys(page);
  }

  /** Does something once. Between its keys stands what the agent waits to see. */
  async does(act: Act, ...steps: (string | (() => Promise<void>))[]) {
    const pressed: string[] = [];
    for (const step of steps) {
      if (typeof step === "string") {
        await this.page.keyboard.press(step);
        pressed.push(step);
      } else await step();
    }
    this.acts.set(act, [...(this.acts.get(act) ?? []), pressed]);
  }

  /** Types a piece of a reply. */
  async writes(text: string) {
    await this.page.keyboard.type(text);
    this.written.push(text);
  }

  /** Types what is to be found. */
  async seeks(text: string) {
    await this.page.keyboard.type(text);
    this.sought.push(text);
  }

  /** How many times each act was done. */
  times(): Partial<Record<Act, number>> {
    return Object.fromEntries([...this.acts].map(([act, times]) => [act, times.length]));
  }

  /** No act took more keys than it must, and the page saw the counted keys alone. */
  async expectFewest() {
    for (const act of ACTS) {
      for (const pressed of this.acts.get(act) ?? []) expect(pressed, act).toHaveLength(FEWEST[act]);
    }
    const characters = [...this.written, ...this.sought].join("").length;
    const { keys, pointers } = await this.page.evaluate(() => ({ ...document.documentElement.dataset }));
    expect(pointers).toBeUndefined();
    expect(Number(keys)).toBe(this.control() + characters);
  }

  /** A line for each act, and the sums. */
  table(): string[] {
    const lines = [...this.acts].map(([act, times]) => {
      const chords = [...new Set(times.map((pressed) => pressed.join(" ")))].join(" | ");
      return `${act.padEnd(26)}${String(times.length).padStart(3)} × ${FEWEST[act]}   ${chords}`;
    });
    const sum = (texts: string[]) => texts.join("").length;
    const written = `${sum(this.written)} characters of replies, ${sum(this.sought)} of searches`;
    return [...lines, `${this.control()} keys in all, besides ${written}`];
  }

  private control(): number {
    return [...this.acts.values()].flat(2).length;
  }
}
