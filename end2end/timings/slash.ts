// How long the list of many saved replies takes: from the slash to the frame after the one that shows its first reply.
import type { APIRequestContext, Browser } from "@playwright/test";
import { composer } from "../desk";
import { expect } from "../fixtures";
import { type Who, claimed, deskOf } from "../people";
import { slowDown } from "./slow";

interface Listing {
  listed: Promise<number>;
}

/** Imports saved replies for everyone until there are this many. */
export async function fillReplies(browser: Browser, size: number) {
  const page = await deskOf(browser, "admin", "/saved-replies");
  const text = (n: number) => `"Your parcel ${n} has left our warehouse, {{ customer.first_name }}."`;
  const lines = Array.from({ length: size }, (_, n) => `Reply ${n},${text(n)},parcels,,everyone`);
  const file = ["name,text,tags,language,scope", ...lines].join("\n");
  await page.getByText("Import saved replies").click();
  const form = page.getByRole("form", { name: "Import saved replies" });
  await form.getByRole("textbox", { name: "Or paste its text" }).fill(file);
  await form.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText(/\d+ added, /)).toBeVisible({ timeout: 60_000 });
  await page.context().close();
}

/** The times of a slash typed into an empty composer again and again. The first one also fetches the list. */
export async function listedBySlash(
  browser: Browser,
  request: APIRequestContext,
  who: Who,
  times: number,
  slowdown: number,
): Promise<number[]> {
  const [desk] = await claimed(browser, request, "Sven Dahl", who);
  const field = composer(desk);
  const options = desk.getByRole("listbox", { name: "Saved replies" }).getByRole("option");
  await slowDown(desk, slowdown);
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    await desk.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())));
    await desk.evaluate(() => {
      (window as unknown as Listing).listed = new Promise((resolve) => {
        const begin = ({ timeStamp }: Event) => {
          const look = () => {
            // The frame of this callback is painted before the callbacks of the next one run.
            const isShown = document.querySelector('[role="listbox"][aria-label="Saved replies"] [role="option"]');
            if (isShown) requestAnimationFrame(() => resolve(performance.now() - timeStamp));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        window.addEventListener("keydown", begin, { once: true, capture: true });
      });
    });
    await field.press("/");
    took.push(await desk.evaluate(() => (window as unknown as Listing).listed));
    await field.press("Backspace");
    await expect(options).toHaveCount(0);
  }
  await desk.context().close();
  return took;
}
