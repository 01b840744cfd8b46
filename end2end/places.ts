// What the specs of the pages share: `pages.spec.ts` (the desk, the phone, and what strangers see) and
// `pages_admin.spec.ts`. Each page is shown light and dark, wide and narrow, and checked as looks.ts says.
import type { Browser, Locator, Page } from "@playwright/test";
import { SCHEMES, SIZES, checkLooks } from "./looks";
import { type Who, browserOf, live } from "./people";

export interface Place {
  name: string;
  path: string;
  who?: Who;
  /** What is there once the page is ready. */
  ready: (page: Page) => Locator;
  /** Goes on from `path`, for pages whose URL is not known before. */
  go?: (page: Page) => Promise<void>;
  /** Lines that the browser itself writes to the console, such as the 404 of a page that is not found. */
  allowed?: RegExp;
}

/** Opens the page once, because loading takes longer than all checks, and checks it in every size and scheme. */
export async function checkPlace(place: Place, browser: Browser) {
  const look = { viewport: SIZES.wide, colorScheme: SCHEMES[0], reducedMotion: "reduce" } as const;
  const context = place.who ? await browserOf(browser, place.who, look) : await browser.newContext(look);
  const page = await context.newPage();
  await page.goto(place.path);
  await place.ready(page).first().waitFor();
  if (place.who) await live(page);
  await place.go?.(page);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      // In the other scheme it is the same document.
      const rules = colorScheme === SCHEMES[0] ? "all" : "of colours";
      await checkLooks(page, `${place.name}-${size}-${colorScheme}`, rules);
    }
  }
}

export const title = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
