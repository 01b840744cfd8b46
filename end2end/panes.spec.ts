// The widths of the list and the details: by keyboard and pointer, kept in the browser, and applied before the first
// paint. And how close the rows stand.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, Page } from "@playwright/test";
import { DESK } from "./demo";
import { account, dossier, list, splitter, tallestRow, thread } from "./desk";
import { expect, test } from "./fixtures";
import { browserOf, claimed, deskOf, live } from "./people";

const widthOf = async (part: Locator) => Math.round((await part.boundingBox())?.width ?? 0);

/** The layout shifts of the page since it was opened. */
const shifted = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const entries: PerformanceEntry[] = [];
        const observer = new PerformanceObserver((seen) => { entries.push(...seen.getEntries()); });
        observer.observe({ type: "layout-shift", buffered: true });
        // The buffered entries are delivered before the second frame.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            entries.push(...observer.takeRecords());
            resolve(entries.reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0));
          }),
        );
      }),
  );

test("the separators follow their keys, and the widths outlive a reload", async ({ browser, request }) => {
  const [page, customer] = await claimed(browser, request, "Pane Keys");
  const usual = { list: await widthOf(list(page)), details: await widthOf(dossier(page)) };

  await splitter(page, "list").focus();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(() => widthOf(list(page))).toBe(usual.list + 48);
  await expect(splitter(page, "list")).toHaveAttribute("aria-valuenow", String(usual.list + 48));
  // The details are on the other side: their separator moves to the left to widen them.
  await splitter(page, "details").focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => widthOf(dossier(page))).toBe(usual.details + 16);
  await expect(thread(page)).toContainText(customer.name);

  await page.reload();
  await live(page);
  expect(await widthOf(list(page))).toBe(usual.list + 48);
  expect(await widthOf(dossier(page))).toBe(usual.details + 16);
  expect(await shifted(page)).toBeLessThanOrEqual(0.02);

  // Home and End go to the bounds, and the thread keeps its room.
  await splitter(page, "list").press("End");
  await splitter(page, "details").press("End");
  expect(await widthOf(thread(page))).toBeGreaterThan(380);
  await splitter(page, "list").press("Home");
  await expect.poll(() => widthOf(list(page))).toBe(280);
  await splitter(page, "details").press("Home");
  await expect.poll(() => widthOf(dossier(page))).toBe(260);
});

/** The desk by way of a server that sends the last part of this document, the details, when it is released. */
function inPieces(document: string, released: Promise<void>): Server {
  const passOn = async (asked: IncomingMessage, answer: ServerResponse) => {
    const gone = new AbortController();
    answer.on("close", () => gone.abort());
    const { cookie = "", "content-type": type } = asked.headers;
    const sent = Buffer.concat(await asked.toArray());
    const got = await fetch(`${DESK}${asked.url}`, {
      method: asked.method,
      headers: { cookie, origin: DESK, ...(type && { "content-type": type }) },
      body: sent.length > 0 ? sent : null,
      signal: gone.signal,
    });
    const body = Buffer.from(await got.arrayBuffer());
    const kept = ["content-type", "content-security-policy"].map((name) => [name, got.headers.get(name) ?? ""]);
    answer.writeHead(got.status, Object.fromEntries(kept));
    if (asked.url !== document) return answer.end(body);
    const details = body.indexOf('<aside id="dossier"');
    if (details < 0) throw new Error("the details are the last part of the document");
    answer.write(body.subarray(0, details));
    await released;
    answer.end(body.subarray(details));
  };
  // Streams end with the page.
  return createServer((asked, answer) => void passOn(asked, answer).catch(() => answer.destroy()));
}

test("a page that arrives in pieces is painted when it is whole, and moves nothing", async ({ browser, request }) => {
  const [page] = await claimed(browser, request, "Pane Pieces");
  const { pathname } = new URL(page.url());
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const pieces = inPieces(pathname, released);
  await new Promise<void>((resolve) => pieces.listen(0, "127.0.0.1", resolve));
  // Cookies are of a host, whatever its port.
  const other = await page.context().newPage();
  const styles = other.waitForResponse("**/pkg/handoff.css");
  const loaded = other.goto(`http://127.0.0.1:${(pieces.address() as AddressInfo).port}${pathname}`);
  await (await styles).finished();
  // Nothing else keeps it from painting. That it does not do so is under test, for longer than it would take.
  const seen = Date.now();
  await expect.poll(() => Date.now() - seen).toBeGreaterThan(500);
  release();
  await loaded;
  const painted = () =>
    other.evaluate(() => {
      const first = performance.getEntriesByName("first-contentful-paint").at(0)?.startTime ?? 0;
      const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      return first === 0 ? "not painted" : first >= (document?.responseEnd ?? 0) ? "whole" : "in pieces";
    });
  await expect.poll(painted).toBe("whole");
  expect(await shifted(other)).toBeLessThanOrEqual(0.02);
  await other.close();
  pieces.closeAllConnections();
  pieces.close();
});

test("a separator is dragged within its bounds, and a double click resets it", async ({ browser }) => {
  const page = await deskOf(browser, "ana");
  const usual = await widthOf(list(page));
  const grip = async () => {
    const box = await splitter(page, "list").boundingBox();
    return { x: (box?.x ?? 0) + 4, y: (box?.y ?? 0) + 300 };
  };
  const { x, y } = await grip();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y);
  await page.mouse.move(x + 60, y);
  await expect.poll(() => widthOf(list(page))).toBe(usual + 60);
  // Far beyond the bound it stays at the bound.
  await page.mouse.move(x + 900, y);
  await page.mouse.up();
  const widest = await widthOf(list(page));
  expect(widest).toBeLessThanOrEqual(560);
  expect(widest).toBeGreaterThan(usual + 60);
  await page.reload();
  await live(page);
  expect(await widthOf(list(page))).toBe(widest);

  const now = await grip();
  await page.mouse.dblclick(now.x, now.y);
  await expect.poll(() => widthOf(list(page))).toBe(usual);
  await page.reload();
  await live(page);
  expect(await widthOf(list(page))).toBe(usual);
});

test("a compact list is the agent's in every browser, and comes with the page", async ({ browser }) => {
  const page = await deskOf(browser, "ben");
  const comfortable = await tallestRow(page);
  expect(comfortable).toBeLessThanOrEqual(68);
  const compact = page.getByRole("switch", { name: "Compact list" });
  const sets = async (act: () => Promise<void>) => {
    await Promise.all([page.waitForResponse("**/api/set_compact_list*"), act()]);
  };
  await account(page).click();
  await sets(() => compact.check());
  await expect.poll(() => tallestRow(page)).toBeLessThan(48);

  const other = await deskOf(browser, "ben");
  expect(await tallestRow(other)).toBeLessThan(48);
  expect(await shifted(other)).toBeLessThanOrEqual(0.02);
  await other.context().close();

  await sets(() => compact.uncheck());
  await expect.poll(() => tallestRow(page)).toBeGreaterThan(48);
});

test("a setting that is refused goes back alone", async ({ browser, allowConsole }) => {
  allowConsole(/ERR_FAILED/);
  const page = await deskOf(browser, "ben");
  await account(page).click();
  const compact = page.getByRole("switch", { name: "Compact list" });
  const letters = page.getByRole("switch", { name: "Single-letter shortcuts, type to reply" });
  const sets = async (act: () => Promise<void>) => {
    await Promise.all([page.waitForResponse("**/api/set_typing_keys*"), act()]);
  };
  // given a change that is under way while another one is made
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => (refuse = resolve));
  await page.route("**/api/set_compact_list*", async (route) => {
    await refused;
    await route.abort();
  });
  await compact.check();
  await sets(() => letters.uncheck());
  // when the first one fails
  refuse();
  await expect(compact).not.toBeChecked();
  await expect(letters).not.toBeChecked();
  await sets(() => letters.check());
});

test("a small window has the usual widths and no separator", async ({ browser }) => {
  const context = await browserOf(browser, "ana", { viewport: { width: 1099, height: 800 } });
  const page = await context.newPage();
  await page.goto("/conversations");
  await live(page);
  await expect(splitter(page, "list")).toBeHidden();
  const usual = await widthOf(list(page));
  await page.evaluate(() => localStorage.setItem("handoff.list-width", "500"));
  await page.reload();
  await live(page);
  expect(await widthOf(list(page))).toBe(usual);
  // The same browser shows the chosen width once there is room.
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(splitter(page, "list")).toBeVisible();
  await expect.poll(() => widthOf(list(page))).toBeGreaterThan(usual);
});
