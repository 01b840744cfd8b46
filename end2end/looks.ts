// What every screenshot is checked for: no serious accessibility violation (axe), and nothing wider or, of the pages
// with their own scrolling parts, taller than the window.
// Saves the screenshot in target/screenshots.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures";

export const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
export const SCHEMES = ["light", "dark"] as const;

export async function checkLooks(page: Page, name: string) {
  // Half-way between two states, colours have no contrast that counts.
  await page.evaluate(() => {
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
    return Promise.all(changing.map((one) => one.finished.catch(() => undefined))).then(() => undefined);
  });
  await page.screenshot({ path: `../target/screenshots/${name}.png` });
  // Only what is wrong, and without the page of its own that merges frames: the check is most of the time of a look.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  const { violations } = await axe.analyze();
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
  expect(serious).toEqual([]);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    // Without a navigation the window itself scrolls: sign-in, and pages that are not found.
    const scrolls = document.querySelector("nav") === null;
    return { sideways: scrollWidth - clientWidth, down: scrolls ? 0 : scrollHeight - clientHeight };
  });
  expect(overflow.sideways, "the page scrolls sideways").toBeLessThanOrEqual(0);
  expect(overflow.down, "the page is taller than its window").toBeLessThanOrEqual(0);
}
