// Filters of the list: date, number, status, trigger, failed and unanswered, all in the URL; and the search field.
import type { Page } from "@playwright/test";
import {
  actions,
  appliedFilters,
  composerNotice,
  dossier,
  filterForm,
  filterToggle,
  group,
  list,
  message,
  row,
  rows,
  statusFilter,
  thread,
} from "./desk";
import { expect, test } from "./fixtures";
import { asksForAgent, deskOf, live, newCustomer, opens, replies, says } from "./people";

/** The day of a moment where the viewer is. */
const day = (moment: Date) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short" }).format(moment);

/** The days of the closed rows. */
async function daysOf(page: Page): Promise<string[]> {
  const times = rows(page, "Closed").getByRole("time");
  const moments = await times.evaluateAll((times) => times.map((time) => (time as HTMLTimeElement).dateTime));
  return moments.map((moment) => day(new Date(moment)));
}

/** The latest day before today on which conversations were closed. */
async function aDayOf(page: Page): Promise<string> {
  for (;;) {
    const days = await daysOf(page);
    const before = days.filter((date) => date < day(new Date())).sort().at(-1);
    if (before) return before;
    // The tests before this one may have closed more today than one page of rows shows.
    await list(page).getByRole("button", { name: /in Closed$/ }).click();
    await expect.poll(async () => (await daysOf(page)).length).toBeGreaterThan(days.length);
  }
}

test("dates and a number filter the list, and the URL reproduces the view", async ({ browser }) => {
  const page = await deskOf(browser, "ana", "/conversations?status=closed");
  const form = filterForm(page);
  const wanted = await aDayOf(page);

  await filterToggle(page).click();
  await form.getByLabel("Date").selectOption("closed");
  await form.getByLabel("From", { exact: true }).fill(wanted);
  await form.getByLabel("To", { exact: true }).fill(wanted);
  await form.getByLabel("Number").selectOption({ label: "Acme Store" });
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(new RegExp(`status=closed&by=closed&from=${wanted}&to=${wanted}&number=chn_`));
  await expect(form).toBeHidden();
  await expect(filterToggle(page)).toContainText("2 applied");

  // Rows of that day only, as many as the heading counts. The last message of one may be from just before midnight.
  const eve = day(new Date(Date.parse(`${wanted}T12:00:00Z`) - 86_400_000));
  await expect.poll(async () => {
    const days = await daysOf(page);
    return days.includes(wanted) && days.every((date) => date === wanted || date === eve);
  }).toBeTruthy();
  const closed = rows(page, "Closed");
  // Rows and heading change one after the other.
  await expect(async () => {
    const heading = (await group(page, "Closed").getByRole("heading").textContent()) ?? "";
    expect(heading.replace("Closed", "").trim()).toBe(String(await closed.count()));
  }).toPass();

  // The URL alone brings the same view: for a bookmark, and for a colleague.
  const found = await rows(page).allInnerTexts();
  const again = await page.context().newPage();
  await again.goto(page.url());
  await live(again);
  expect(await rows(again).allInnerTexts()).toEqual(found);
  await again.close();

  await filterToggle(page).click();
  await expect(form.getByLabel("From", { exact: true })).toHaveValue(wanted);
  await form.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/conversations\?status=closed$/);
  await expect.poll(() => closed.count()).toBeGreaterThan(found.length);
});

test("every status says how many conversations it has", async ({ browser }) => {
  const page = await deskOf(browser, "ben");
  for (const name of ["Others", "Bot", "Closed"] as const) {
    const heading = (await group(page, name).getByRole("heading").textContent()) ?? "";
    const counted = heading.replace(name, "").trim();
    const shown = Number(counted) > 99 ? "99+" : counted;
    await expect(statusFilter(page).getByRole("link", { name })).toHaveText(`${name} ${shown}`);
  }
  await expect(statusFilter(page).getByRole("link", { name: "All" })).toHaveText(/^All \d/);
});

test("ranges of days are one click away, and applied filters are removed one by one", async ({ browser }) => {
  const page = await deskOf(browser, "ana", "/conversations?status=closed");
  const form = filterForm(page);
  const applied = appliedFilters(page).getByRole("link");
  await filterToggle(page).click();
  await form.getByRole("link", { name: "30 days" }).click();
  await expect(page).toHaveURL(/\?status=closed&from=\d{4}-\d\d-\d\d$/);
  await form.getByLabel("Number").selectOption({ label: "Acme Store" });
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(applied).toHaveText([/Started since \d{4}-\d\d-\d\d/, /Acme Store/]);
  await applied.first().click();
  await expect(page).toHaveURL(/\?status=closed&number=chn_[^&]+$/);
  await expect(applied).toHaveText([/Acme Store/]);
});

test("the two dates of a period stand in one row at every width", async ({ browser }) => {
  const page = await deskOf(browser, "ana");
  await filterToggle(page).click();
  const date = (label: string) => filterForm(page).getByLabel(label, { exact: true });
  for (const width of [320, 390, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    const [from, to] = [await date("From").boundingBox(), await date("To").boundingBox()];
    expect(from, `${width} px wide`).not.toBeNull();
    expect(to?.y, `${width} px wide`).toBe(from?.y);
    expect(to?.x, `${width} px wide`).toBeGreaterThanOrEqual((from?.x ?? 0) + (from?.width ?? 0));
  }
});

test("a trigger, what failed and who waits filter the list, alone and together", async ({
  browser,
  request,
  simulator,
}) => {
  const page = await deskOf(browser, "ana");
  const waiting = await newCustomer(request, "Filter Waiting");
  const failing = await newCustomer(request, "Filter Failing");
  const stepped = await newCustomer(request, "Filter Stepped");
  await asksForAgent(request, waiting);
  await asksForAgent(request, failing);
  await says(request, stepped, "Hello");

  // An agent steps in and replies; another reply is not delivered.
  await opens(page, stepped);
  await actions(page).getByRole("button", { name: "Take over" }).click();
  await replies(page, "Ana here");
  await opens(page, failing);
  await composerNotice(page).getByRole("button", { name: "Claim" }).click();
  await simulator.fail(failing.phone, { kind: "http", code: 131026, times: 1 });
  await replies(page, "This one does not arrive");
  await expect(message(page, "This one does not arrive").getByRole("button", { name: "Try again" })).toBeVisible();
  await page.goto("/conversations");
  await live(page);

  const form = filterForm(page);
  const applied = appliedFilters(page).getByRole("link");
  await filterToggle(page).click();
  await form.getByLabel("Not delivered").check();
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/\/conversations\?failed=1$/);
  await expect(row(page, failing)).toBeVisible();
  await expect(row(page, waiting)).toHaveCount(0);
  await expect(row(page, stepped)).toHaveCount(0);

  // Together they narrow: the reply that failed has answered nothing.
  await filterToggle(page).click();
  await form.getByLabel("Unanswered").check();
  await form.getByLabel("Trigger").selectOption("keyword");
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/\?trigger=keyword&failed=1&unanswered=1$/);
  await expect(applied).toHaveText([/Keyword/, /Not delivered/, /Unanswered/]);
  await expect(filterToggle(page)).toContainText("3 applied");
  await expect(row(page, failing)).toBeVisible();

  // Without the failure those who wait are there as well, and nobody who was answered is.
  await applied.filter({ hasText: "Not delivered" }).click();
  await expect(page).toHaveURL(/\?trigger=keyword&unanswered=1$/);
  await expect(row(page, waiting)).toBeVisible();
  await expect(row(page, failing)).toBeVisible();
  await expect(row(page, stepped)).toHaveCount(0);

  await filterToggle(page).click();
  await expect(form.getByLabel("Unanswered")).toBeChecked();
  await form.getByLabel("Unanswered").uncheck();
  await form.getByLabel("Trigger").selectOption("agent");
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/\?trigger=agent$/);
  await expect(row(page, stepped)).toBeVisible();
});

test("a day without conversations says so, with a link that clears the filters", async ({ browser }) => {
  const page = await deskOf(browser, "ana");
  await filterToggle(page).click();
  await filterForm(page).getByLabel("From", { exact: true }).fill("2031-01-01");
  await filterForm(page).getByRole("button", { name: "Apply" }).click();
  await expect(list(page).getByText("No conversation matches these filters.")).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await list(page).getByRole("link", { name: "Clear filters" }).click();
  await expect(rows(page).first()).toBeVisible();
});

test("Escape goes back one step, from the search, the filters and the buttons of a conversation", async ({ browser }) => {
  const desk = await deskOf(browser, "ana");
  const search = desk.getByRole("searchbox", { name: "Search names, numbers, messages and notes" });
  await desk.keyboard.press("/");
  await expect(search).toBeFocused();
  await desk.keyboard.type("priya");
  await desk.keyboard.press("Escape");
  await expect(search).toHaveValue("");
  await expect(search).toBeFocused();
  await desk.keyboard.press("Escape");
  await expect(search).not.toBeFocused();
  await expect(list(desk).locator(":focus")).toHaveCount(1);

  await filterToggle(desk).click();
  await filterForm(desk).getByLabel("From", { exact: true }).focus();
  await desk.keyboard.press("Escape");
  await expect(filterForm(desk)).toBeHidden();
  await expect(list(desk).locator("summary:focus")).toHaveCount(1);

  await rows(desk).first().click();
  for (const control of [actions(desk).getByRole("button").first(), dossier(desk).getByRole("link").first()]) {
    await control.focus();
    await desk.keyboard.press("Escape");
    await expect(thread(desk)).toBeFocused();
  }
});
