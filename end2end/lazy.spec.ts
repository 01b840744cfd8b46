// Code that agents do not use is not loaded: the code of an admin page comes when it is opened, by a click or by its
// URL, and a page survives when it cannot be loaded at once. What the desk needs besides the list comes after the list,
// and nothing that is pressed before is lost.
import type { Page } from "@playwright/test";
import { filterForm, filterToggle, presence, rows, strip, threadName } from "./desk";
import { expect, test } from "./fixtures";
import { browserOf, live } from "./people";

/** What a page requests from now on: the last parts of the URLs. */
function requests(page: Page): string[] {
  const names: string[] = [];
  page.on("request", (request) => names.push(new URL(request.url()).pathname.split("/").pop() ?? ""));
  return names;
}

/** The parts of the split wasm among them. */
const parts = (names: string[]) => names.filter((name) => /^(split|chunk)_.*\.wasm$/.test(name));

/** The parts that belong to one route, without their hash. What several routes share is left out. */
const ofRoutes = (names: string[]) =>
  names.map((name) => name.split(".")[0]).filter((name) => name.startsWith("split_"));

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

test("the desk loads no admin code; the first click loads it, once", async ({ browser }) => {
  const context = await browserOf(browser, "admin");
  const page = await context.newPage();
  const requested = requests(page);

  await page.goto("/conversations");
  await live(page);
  // The extras follow by themselves, after the event stream, and the thread's code after them, before anybody opens a
  // conversation.
  await expect.poll(() => ofRoutes(requested)).toEqual(["split_extras", "split_thread"]);
  const first = requested.findIndex((name) => parts([name]).length > 0);
  expect(requested.indexOf("live")).toBeGreaterThan(-1);
  expect(requested.indexOf("live")).toBeLessThan(first);
  // So do the styles of the other pages.
  expect(requested.indexOf("pages.css")).toBeGreaterThan(first);

  const navigation = page.getByRole("navigation", { name: "Admin" });
  await page.getByRole("link", { name: "Admin" }).click();
  // The first page that is listed.
  await expect(heading(page, "Flows")).toBeVisible();
  // The admin's frame is a part, and so are the flows, which are larger than all other pages; all settings are another.
  expect(ofRoutes(requested)).toEqual(["split_extras", "split_thread", "split_admin", "split_flows"]);
  for (const name of ["Handoff keywords", "Messages", "Targets", "Numbers", "Prices", "Team", "Security", "Audit log"]) {
    await navigation.getByRole("link", { name }).click();
    await expect(heading(page, name)).toBeVisible();
  }
  expect(ofRoutes(requested)).toEqual(["split_extras", "split_thread", "split_admin", "split_flows", "split_settings"]);
  await navigation.getByRole("link", { name: "Flows" }).click();
  await expect(heading(page, "Flows")).toBeVisible();
  const loaded = parts(requested);
  expect(new Set(loaded).size).toBe(loaded.length);

  // Opened a second time, a page works without loading anything.
  await navigation.getByRole("link", { name: "Targets" }).click();
  await page.getByRole("group", { name: "First reply" }).getByLabel("Seconds").fill("7");
  await expect(page.getByText("Not saved yet")).toBeVisible();
  expect(parts(requested)).toEqual(loaded);

  // The reports and their charts are a part of their own.
  await page.getByRole("link", { name: "Reports", exact: true }).click();
  await expect(heading(page, "Reports")).toBeVisible();
  expect(ofRoutes(requested).at(-1)).toBe("split_reports");
});

test("what is pressed before the extras are there is done once they are", async ({ browser, allowConsole }) => {
  allowConsole(/net::ERR_CONNECTION_FAILED/);
  const context = await browserOf(browser, "ana");
  const page = await context.newPage();
  // The first attempt fails, the second one is slow.
  let attempts = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/pkg/split_extras.*", async (route) => {
    attempts += 1;
    if (attempts === 1) return route.abort("connectionfailed");
    await released;
    await route.continue();
  });
  await page.goto("/conversations");
  await expect.poll(() => attempts).toBe(2);

  // The list and what stands in for the extras are there, in their places; the page is not called live.
  await expect(rows(page).first()).toBeVisible();
  const places = async () => [await strip(page).boundingBox(), await filterToggle(page).boundingBox()];
  const before = await places();
  expect(before).not.toContain(null);
  await expect(presence(page, "online")).toHaveCount(0);
  await page.keyboard.press("j");
  await filterToggle(page).click();
  await expect(filterForm(page)).toBeHidden();
  expect(new URL(page.url()).pathname).toBe("/conversations");

  release();
  await live(page);
  await expect(filterForm(page)).toBeVisible();
  await expect(page).toHaveURL(/\/conversations\/cnv_/);
  expect(await places()).toEqual(before);
  expect(attempts).toBe(2);
});

test("a link that is clicked while the page is being made live opens its page", async ({ browser }) => {
  const context = await browserOf(browser, "ana");
  const page = await context.newPage();
  await page.goto("/conversations");
  await live(page);
  const addresses = await rows(page).evaluateAll((all) => all.map((row) => row.getAttribute("href") ?? ""));
  const [first = "", second = ""] = addresses;

  // The program runs, and waits for the code of the thread that the server has drawn.
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/pkg/split_thread.*", async (route) => {
    await released;
    await route.continue();
  });
  await context.clearCookies({ name: "zone" });
  await page.goto(first, { waitUntil: "domcontentloaded" });
  // It writes this cookie after the router has begun to listen.
  const cookies = async () => (await context.cookies()).map(({ name }) => name);
  await expect.poll(cookies).toContain("zone");

  const other = rows(page).and(page.locator(`[href="${second}"]`)).first();
  await other.click();
  await expect(page).toHaveURL(new RegExp(`${second}$`));
  release();
  await live(page);
  await expect(other).toHaveAttribute("aria-current", "page");
  await expect(other).toContainText(await threadName(page).innerText());
});

test("a page whose code could not be loaded is shown after a retry", async ({ browser, allowConsole }) => {
  allowConsole(/net::ERR_CONNECTION_FAILED/);
  const context = await browserOf(browser, "admin");
  const page = await context.newPage();
  await page.goto("/conversations");
  await live(page);

  let refused = 0;
  await page.route(/\/pkg\/(split|chunk)_/, (route) => {
    refused += 1;
    return route.abort("connectionfailed");
  });
  await page.getByRole("link", { name: "Admin" }).click();
  await expect.poll(() => refused).toBeGreaterThan(0);
  await page.unroute(/\/pkg\/(split|chunk)_/);

  await expect(heading(page, "Flows")).toBeVisible();
});

test("a page whose code broke off half way is shown after a retry", async ({ browser }) => {
  const context = await browserOf(browser, "admin");
  const page = await context.newPage();
  await page.addInitScript(() => {
    const fetchWhole = window.fetch;
    const broken = new Set<string>();
    Object.assign(window, { broken });
    window.fetch = async (request, options) => {
      const answer = await fetchWhole(request, options);
      if (!/\/pkg\/(split|chunk)_/.test(answer.url) || broken.has(answer.url)) return answer;
      broken.add(answer.url);
      const half = (await answer.arrayBuffer()).slice(0, 1000);
      const body = new ReadableStream({
        start: (stream) => stream.enqueue(new Uint8Array(half)),
        pull: (stream) => stream.error(new TypeError("network error")),
      });
      return new Response(body, { headers: answer.headers });
    };
  });
  await page.goto("/conversations");
  await live(page);

  await page.getByRole("link", { name: "Admin" }).click();

  await expect(heading(page, "Flows")).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { broken: Set<string> }).broken.size)).toBeGreaterThan(0);
});

test("a page whose code is gone from the server reloads the document", async ({ browser, allowConsole }) => {
  allowConsole(/status of 404/);
  const context = await browserOf(browser, "admin");
  const page = await context.newPage();
  await page.goto("/conversations");
  await live(page);

  // As after an upgrade: the files that this document names are gone, those that a new one names exist.
  let gone = true;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) gone = false;
  });
  await page.route(/\/pkg\/(split|chunk)_/, (route) => (gone ? route.fulfill({ status: 404 }) : route.continue()));
  const reloaded = page.waitForEvent("load");
  await page.getByRole("link", { name: "Admin" }).click();
  await reloaded;
  await live(page);
  await page.getByRole("link", { name: "Admin" }).click();
  await expect(heading(page, "Flows")).toBeVisible();
});
