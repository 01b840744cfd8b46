// The dossier as a proof: whatever stands in it leads to its place in the thread.
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { expect } from "./fixtures";
import { type Customer, bubble, says } from "./stage";

/** What counts as a fact: why a person was called, now and before, what happened so far, every value, every request. */
const FACTS = ["#dossier .why", "#dossier .summary", "#dossier .before li", "#dossier dl.facts dd", "#dossier ul.asked > li"];

/** Its way into the thread. */
const LINK = "a[href^='#msg_'], a[href^='#line_']";

/** The words by which a fact is known again at its place. */
async function words(fact: Locator): Promise<string> {
  for (const part of ["blockquote", ":scope > span[dir=auto]", "summary code"]) {
    const said = fact.locator(part).first();
    if ((await said.count()) === 1) return (await said.innerText()).trim();
  }
  return "";
}

/** The thread becomes longer than the window is high: where a fact leads to must be looked for. */
export async function talksOn(desk: Page, request: APIRequestContext, customer: Customer, messages = 25) {
  for (let number = 1; number <= messages; number += 1) await says(request, customer, `by the way, ${number}`);
  await expect(bubble(desk, `by the way, ${messages}`)).toBeVisible();
}

/**
 * Clicks every fact of the dossier. Each has one link; it brings into view, under the focus and lit, an item that was out
 * of sight and says what the fact says. Gives the number of facts.
 */
export async function everyFactLands(desk: Page): Promise<number> {
  const before = desk.locator("#dossier details.before > summary");
  if ((await before.count()) === 1) await before.click();
  let count = 0;
  for (const kind of FACTS) {
    for (const fact of await desk.locator(kind).all()) {
      const about = `${kind}: ${(await fact.innerText()).replaceAll("\n", " ")}`;
      await expect(fact.locator(LINK), `one link for ${about}`).toHaveCount(1);
      const anchor = ((await fact.locator(LINK).getAttribute("href")) ?? "").slice(1);
      const place = desk.locator(`[id='${anchor}']`);

      await desk.locator("#thread-scroll").evaluate((thread) => thread.scrollTo({ top: thread.scrollHeight, behavior: "instant" }));
      await expect(place, `out of sight before ${about}`).not.toBeInViewport();
      await fact.locator(LINK).click();
      await expect(place, about).toBeFocused();
      await expect(place, about).toHaveClass(/\blit\b/);
      await expect(place, about).toBeInViewport();
      await expect(place, about).toContainText(await words(fact));
      count += 1;
    }
  }
  return count;
}
