// Checks that every fact of the dossier leads to its place in the thread.
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import {
  apiCalls,
  collectedData,
  earlierHandoffs,
  earlierHandoffsToggle,
  message,
  messageList,
  ratings,
  summary,
  why,
} from "./desk";
import { expect } from "./fixtures";
import { type Customer, says } from "./people";

interface Fact {
  kind: string;
  find: (desk: Page) => Locator;
  /** The text that its place says, too. */
  text?: (fact: Locator) => Promise<string | null>;
}

const linkOf = (fact: Locator): Locator => fact.getByRole("link");

const quote = async (fact: Locator) => {
  const quotes = fact.getByRole("blockquote");
  return (await quotes.count()) === 1 ? (await quotes.innerText()).trim() : null;
};

/** A definition holds the value, then the link to its place. */
const value = async (fact: Locator) => {
  const link = (await linkOf(fact).textContent()) ?? "";
  return ((await fact.textContent()) ?? "").replace(link, "").trim();
};

const label = async (fact: Locator) => (await fact.getByRole("code").first().innerText()).trim();

/** Why an agent was requested, now and before, what happened so far, every rating, every value, every request. */
const FACTS: Fact[] = [
  { kind: "why", find: why, text: quote },
  { kind: "summary", find: summary },
  { kind: "earlier handoff", find: earlierHandoffs, text: quote },
  { kind: "rating", find: (desk) => ratings(desk).getByRole("definition"), text: value },
  { kind: "collected data", find: (desk) => collectedData(desk).getByRole("definition"), text: value },
  { kind: "API call", find: apiCalls, text: label },
];

/**
 * Makes the thread longer than the window is high, so that the place of a fact is out of sight: by a few long messages,
 * none so long that it is folded, or by as many as are wanted.
 */
export async function fillsThread(desk: Page, request: APIRequestContext, customer: Customer, count = 4, lines = 15) {
  const more = "\nand so on".repeat(lines - 1);
  for (let number = 1; number <= count; number += 1) await says(request, customer, `by the way, ${number}${more}`);
  await expect(message(desk, `by the way, ${count}`)).toBeVisible();
}

/**
 * Clicks every fact of the dossier. Each has one link, to an item that was out of sight. The item comes into view,
 * focused and highlighted, and says what the fact says. Returns the number of facts.
 */
export async function everyFactLands(desk: Page): Promise<number> {
  const toggle = earlierHandoffsToggle(desk);
  if ((await toggle.count()) === 1) await toggle.click();
  let count = 0;
  for (const { kind, find, text } of FACTS) {
    for (const fact of await find(desk).all()) {
      const about = `${kind}: ${(await fact.innerText()).replaceAll("\n", " ")}`;
      const link = linkOf(fact);
      await expect(link, `one link for ${about}`).toHaveCount(1);
      await expect(link, about).toHaveAttribute("href", /^#(msg|line)_/);
      const anchor = ((await link.getAttribute("href")) ?? "").slice(1);
      // By its id: that is what the link names.
      const place = desk.locator(`[id='${anchor}']`);

      await messageList(desk).evaluate((list) => list.scrollTo({ top: list.scrollHeight, behavior: "instant" }));
      await expect(place, `out of sight before ${about}`).not.toBeInViewport();
      await link.click();
      await expect(place, about).toBeFocused();
      // The highlight is for the eye only: the focus says the same to a screen reader.
      await expect(place, about).toHaveClass(/\blit\b/);
      await expect(place, about).toBeInViewport();
      const said = (await text?.(fact)) ?? null;
      if (said !== null) {
        expect(said, about).not.toBe("");
        await expect(place, about).toContainText(said);
      }
      count += 1;
    }
  }
  return count;
}
