// What agents do not use is not loaded: the admin's pages come when they are opened, by a click or by their address,
// and a page that cannot come at once ends nothing.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { browserOf, live } from "./stage";

/** What a page asks for from now on: the last words of the addresses. */
function requests(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.split("/").pop() ?? ""));
  return asked;
}

/** The parts of the program among them. */
const parts = (asked: string[]) => asked.filter((name) => /^(split|chunk)_.*\.wasm$/.test(name));

/** The parts that are somebody's own, without the build in their names and without what several share. */
const own = (asked: string[]) => asked.map((name) => name.split(".")[0]).filter((name) => name.startsWith("split_"));

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

test("the desk loads no admin page; a click does, once", async ({ browser }) => {
  const context = await browserOf(browser, "admin");
  const page = await context.newPage();
  const asked = requests(page);

  await page.goto("/conversations");
  await live(page);
  // The thread's code follows by itself, before anybody opens a conversation, and behind the stream that brings calls.
  await expect.poll(() => own(asked)).toEqual(["split_thread"]);
  const first = asked.findIndex((name) => parts([name]).length > 0);
  expect(asked.indexOf("live")).toBeGreaterThan(-1);
  expect(asked.indexOf("live")).toBeLessThan(first);

  const rooms = page.getByRole("navigation", { name: "Admin" });
  await page.getByRole("link", { name: "Admin" }).click();
  await expect(heading(page, "Handoff keywords")).toBeVisible();
  for (const [link, title] of [["Messages", "Messages"], ["Targets", "Targets and time zone"], ["Team", "Team"], ["Audit log", "Audit log"]]) {
    await rooms.getByRole("link", { name: link }).click();
    await expect(heading(page, title)).toBeVisible();
  }
  // All settings are one part; the flows, which are larger than all of them, are another.
  expect(own(asked)).toEqual(["split_thread", "split_settings"]);
  await rooms.getByRole("link", { name: "Flows" }).click();
  await expect(heading(page, "Flows")).toBeVisible();
  expect(own(asked)).toEqual(["split_thread", "split_settings", "split_flows"]);
  const loaded = parts(asked);
  expect(new Set(loaded).size).toBe(loaded.length);

  // Back and there again: everything is here already, and works.
  await rooms.getByRole("link", { name: "Targets" }).click();
  await page.getByLabel("Seconds").fill("7");
  await expect(page.getByText("Not saved yet")).toBeVisible();
  expect(parts(asked)).toEqual(loaded);
});

test("a page whose code is lost on the way comes with the next try", async ({ browser, expects }) => {
  expects(/net::ERR_CONNECTION_FAILED/);
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

  await expect(heading(page, "Handoff keywords")).toBeVisible();
});

test("a page whose code is gone from the server leads to the whole page, made anew", async ({ browser, expects }) => {
  expects(/status of 404/);
  const context = await browserOf(browser, "admin");
  const page = await context.newPage();
  await page.goto("/conversations");
  await live(page);

  // As after an upgrade: the names that this page knows are gone, those of a page made anew are there.
  let gone = true;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) gone = false;
  });
  await page.route(/\/pkg\/(split|chunk)_/, (route) => (gone ? route.fulfill({ status: 404 }) : route.continue()));
  const again = page.waitForEvent("load");
  await page.getByRole("link", { name: "Admin" }).click();
  await again;
  await live(page);
  await page.getByRole("link", { name: "Admin" }).click();
  await expect(heading(page, "Handoff keywords")).toBeVisible();
});
