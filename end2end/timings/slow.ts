// A slower computer: the page's processor time is multiplied.
import type { Page } from "@playwright/test";

/** Slows the page down by this factor, until it is closed. */
export async function slowDown(page: Page, rate: number) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
}
