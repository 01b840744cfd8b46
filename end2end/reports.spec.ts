// Reports: every number of the demo's week is clicked, and equals the list that it opens.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { browserOf, deskOf } from "./people";

const WEEK = "/reports?period=last_30_days";

/** The tiles with a number, by the name of what they count. */
const tiles = (page: Page) => page.locator("section.tile:has(a.figure)");

/** A value of a list's head. */
const figure = (page: Page, name: string) => page.locator(".list-number dl > div", { hasText: name }).locator("dd");

/** The worker adds the facts of the demo's week while the server runs. */
async function counted(page: Page) {
  await expect(async () => {
    await page.reload();
    await expect(page.locator("[data-measure=handoffs] a.figure")).not.toHaveText("0", { timeout: 1_000 });
    await expect(page.getByText("Still counting")).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 120_000 });
}

/** Opens the list behind a number, compares both, and goes back. */
async function equalsItsList(page: Page, name: string | null) {
  const tile = page.locator(`section.tile[data-measure=${name}]`);
  if (!(await tile.isVisible())) await page.goto(WEEK);
  const number = await tile.locator("a.figure").innerText();
  const of = await tile.locator(".of").innerText();
  await tile.locator("a.figure").click();
  await expect(page.locator(`.list-number[data-measure=${name}]`)).toBeVisible();
  const rows = await figure(page, "Rows").innerText();
  if (of.startsWith("Median of")) {
    expect(of, `${name}`).toBe(`Median of ${rows} value${rows === "1" ? "" : "s"}`);
    if (rows !== "0") expect(await figure(page, "Median").innerText(), `${name}`).toBe(number);
  } else if (of) {
    // A share: "12 of 35 ..".
    expect(of.split(" of ")[0], `${name}`).toBe(rows);
  } else {
    expect(number, `${name}`).toBe(rows);
  }
  await page.getByRole("link", { name: "Back to the report" }).click();
  await expect(tile).toBeVisible();
}

test("every number equals the list behind it", async ({ browser }) => {
  const admin = await deskOf(browser, "admin", WEEK);
  await counted(admin);
  const names = await tiles(admin).evaluateAll((found) => found.map((tile) => tile.getAttribute("data-measure")));
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) {
    // The demo goes on: a number that changed between the two readings is compared again.
    await expect(() => equalsItsList(admin, name)).toPass({ timeout: 60_000 });
  }

  // A cell of the heat map, by keyboard.
  const cell = admin.locator("svg.heat a").first();
  const words = (await cell.getAttribute("aria-label")) ?? "";
  await cell.focus();
  await admin.keyboard.press("Enter");
  await expect(figure(admin, "Rows")).toHaveText(/: ([\d,]+) handoffs?,/.exec(words)?.[1] ?? "");
});

test("without scripts the period and the filters are links and plain forms", async ({ browser }) => {
  const admin = await (await browserOf(browser, "admin", { javaScriptEnabled: false })).newPage();
  await admin.goto("/reports");
  await admin.getByRole("link", { name: "Last 30 days" }).click();
  await expect(admin).toHaveURL(/period=last_30_days/);
  const filter = admin.getByRole("form", { name: "Filter" });
  await filter.getByLabel("Trigger").selectOption("keyword");
  await filter.getByRole("button", { name: "Apply" }).click();
  await expect(admin).toHaveURL(/period=last_30_days.*trigger=keyword/);
  await expect(admin.getByRole("form", { name: "Filter" }).getByLabel("Trigger")).toHaveValue("keyword");
  const days = admin.getByRole("form", { name: "Days" });
  await days.getByRole("button", { name: "Show days" }).click();
  await expect(admin).toHaveURL(/trigger=keyword.*from=20/);
});
