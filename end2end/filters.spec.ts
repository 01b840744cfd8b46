// The list, narrowed: by date, number and agent, with the address as the view's name.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { deskOf, live } from "./stage";

const names = (page: Page) => page.locator("a.row .name").allInnerTexts();

/** The day of a moment where the viewer is. */
const day = (moment: Date) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short" }).format(moment);

/** The days of the closed rows. */
async function daysOf(page: Page): Promise<string[]> {
  const times = page.locator(".group.closed a.row time");
  const moments = await times.evaluateAll((times) => times.map((time) => (time as HTMLTimeElement).dateTime));
  return moments.map((moment) => day(new Date(moment)));
}

/** The newest day, before today, on which conversations were closed. */
async function aDayOf(page: Page): Promise<string> {
  const before = (await daysOf(page)).filter((date) => date < day(new Date()));
  return before.sort().at(-1) ?? "none";
}

test("dates and a number narrow the list, and the address holds the view", async ({ browser }) => {
  const page = await deskOf(browser, "ana", "/conversations?status=closed");
  const panel = page.locator("details.filters");
  const wanted = await aDayOf(page);

  await panel.locator("summary").click();
  await panel.getByLabel("Date").selectOption("closed");
  await panel.getByLabel("From").fill(wanted);
  await panel.getByLabel("To", { exact: true }).fill(wanted);
  await panel.getByLabel("Number").selectOption({ label: "Acme Store" });
  await panel.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(new RegExp(`status=closed&by=closed&from=${wanted}&to=${wanted}&number=chn_`));
  await expect(panel).not.toHaveAttribute("open");
  await expect(panel.locator("summary")).toContainText("2 applied");

  // Rows of that day and of no other, as many as the heading counts. The last words may be from just before midnight.
  const rows = page.locator(".group.closed a.row");
  const eve = day(new Date(Date.parse(`${wanted}T12:00:00Z`) - 86_400_000));
  await expect.poll(async () => {
    const days = await daysOf(page);
    return days.includes(wanted) && days.every((date) => date === wanted || date === eve);
  }).toBeTruthy();
  await expect(page.locator(".group.closed h2")).toContainText(String(await rows.count()));

  // The address alone brings the same view: for a bookmark, and for a colleague.
  const here = await names(page);
  const again = await page.context().newPage();
  await again.goto(page.url());
  await live(again);
  expect(await names(again)).toEqual(here);
  await again.close();

  await panel.locator("summary").click();
  await expect(panel.getByLabel("From")).toHaveValue(wanted);
  await panel.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/conversations\?status=closed$/);
  await expect.poll(() => rows.count()).toBeGreaterThan(here.length);
});

test("a day without conversations says so, and leads back", async ({ browser }) => {
  const page = await deskOf(browser, "ana");
  const panel = page.locator("details.filters");
  await panel.locator("summary").click();
  await panel.getByLabel("From").fill("2031-01-01");
  await panel.getByRole("button", { name: "Apply" }).click();
  await expect(page.locator(".rows .empty")).toBeVisible();
  await expect(page.locator("a.row")).toHaveCount(0);
  await page.locator(".rows .empty").getByRole("link", { name: "Clear filters" }).click();
  await expect(page.locator("a.row").first()).toBeVisible();
});

test("Escape empties the search, and once more leaves it to the keys of the desk", async ({ browser }) => {
  const desk = await deskOf(browser, "ana");
  const search = desk.getByRole("searchbox", { name: "Search name or number" });
  await desk.keyboard.press("/");
  await expect(search).toBeFocused();
  await desk.keyboard.type("priya");
  await desk.keyboard.press("Escape");
  await expect(search).toHaveValue("");
  await expect(search).toBeFocused();
  await desk.keyboard.press("Escape");
  await expect(search).not.toBeFocused();
});
