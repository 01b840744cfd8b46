// What moves on the page when calls arrive.
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { composer, newCall } from "../desk";
import { expect } from "../fixtures";
import { type Who, asksForAgent, browserOf, live, newCustomer } from "../people";

export interface Window {
  width: number;
  height: number;
  /** The zoom that makes a screen this small, as a factor. */
  zoom: number;
}

export const WINDOWS: Window[] = [
  { width: 1440, height: 900, zoom: 1 },
  { width: 390, height: 844, zoom: 1 },
  { width: 720, height: 450, zoom: 2 },
];

interface Shifted {
  shift: number;
}

/** Sums up the layout shifts that follow no input, from now on. */
const countShifts = (page: Page) =>
  page.evaluate(() => {
    const counted = window as unknown as Shifted;
    counted.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
        if (!entry.hadRecentInput) counted.shift += entry.value;
      }
    }).observe({ type: "layout-shift" });
  });

/** The layout shift of an open conversation beside the whole list, while three calls arrive and are folded again. */
export async function shiftOfThreeCalls(
  browser: Browser,
  request: APIRequestContext,
  who: Who,
  path: string,
  { width, height, zoom }: Window,
): Promise<number> {
  const context = await browserOf(browser, who, { viewport: { width, height }, deviceScaleFactor: zoom });
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(path);
  await live(page);
  await expect(composer(page)).toBeVisible();
  await countShifts(page);
  for (const name of ["Cleo Ost", "Cem Arslan", "Charlotte Amalie von Hohenstein zu Langenfeld"]) {
    const customer = await newCustomer(request, name);
    await asksForAgent(request, customer);
    await expect(newCall(page, customer)).toBeVisible();
  }
  await page.clock.fastForward(11_000);
  await expect(newCall(page)).toHaveCount(0);
  const shift = await page.evaluate(() => (window as unknown as Shifted).shift);
  await context.close();
  return shift;
}
