// What every screenshot is checked for: no serious accessibility violation (axe), and nothing wider or, of the pages
// with their own scrolling parts, taller than the window.
// Saves the screenshot in target/screenshots.
import type { Page } from "@playwright/test";
import axe from "axe-core";
import { expect } from "./fixtures";

export const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
export const SCHEMES = ["light", "dark"] as const;

/** Rules that axe calls moderate, and that count all the same: people who do not see a page go by its landmarks. */
const COUNTED = ["landmark-unique"];

/** The rules that a document in other colours can break, if it has passed all of them in its own. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** Checks the page with all rules, or with those of colours: where only the scheme has changed since the last look. */
export async function checkLooks(page: Page, name: string, rules: "all" | "of colours" = "all") {
  // Half-way between two states, colours have no contrast that counts. Ended, not waited for: in content that a closed
  // <details> skips, a transition never ends by itself.
  await page.evaluate(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  });
  await page.screenshot({ path: `../target/screenshots/${name}.png` });
  expect(await violations(page, rules === "all" ? undefined : OF_COLOURS)).toEqual([]);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    // Without a navigation the window itself scrolls: sign-in, and pages that are not found.
    const scrolls = document.querySelector("nav") === null;
    return { sideways: scrollWidth - clientWidth, down: scrolls ? 0 : scrollHeight - clientHeight };
  });
  expect(overflow.sideways, "the page scrolls sideways").toBeLessThanOrEqual(0);
  expect(overflow.down, "the page is taller than its window").toBeLessThanOrEqual(0);
}

/** What is seriously wrong. The check is most of the time of a look: a document gets axe once, however often it is seen. */
async function violations(page: Page, runOnly?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async ([runOnly, counted]) => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run(document, { resultTypes: ["violations"], ...(runOnly && { runOnly }) });
    return found.violations
      .filter(({ id, impact }) => impact === "serious" || impact === "critical" || counted.includes(id))
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
  }, [runOnly, COUNTED] as const);
}
