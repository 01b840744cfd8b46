// What every picture must stand up to: nothing that keeps anybody out (axe), nothing that sticks out sideways. Leaves the
// picture in target/screenshots.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures";

export const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
export const SCHEMES = ["light", "dark"] as const;

export async function isSound(page: Page, name: string) {
  await page.screenshot({ path: `../target/screenshots/${name}.png` });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
  expect(grave).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, "sticks out sideways").toBeLessThanOrEqual(0);
}
