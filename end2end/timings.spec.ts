// The measurements of `cargo xtask bench-page` measure something: each runs shortly, on a page that is not slowed down.
// How fast the page is does not matter here.
import { rows } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, deskOf } from "./people";
import { percentile } from "./timings/figures";
import { interactions, writers } from "./timings/interactions";
import { bytes, firstLoad } from "./timings/load";
import { conversations, fillTo } from "./timings/many";
import { openedByClick, openedByKey, threeConversations } from "./timings/opening";
import { shiftOfThreeCalls } from "./timings/shift";
import { fillReplies, listedBySlash } from "./timings/slash";

const TIMES = 2;
const LINES = 3;
const WAITING = 2;
const UNSLOWED = 1;

test("percentiles are measured values, by the nearest rank", () => {
  const values = [40, 10, 30, 20];
  expect([0, 50, 75, 98, 100].map((percent) => percentile(values, percent))).toEqual([10, 20, 30, 40, 40]);
  expect(percentile([], 50)).toBeNaN();
});

test("conversations that were read ahead open in a time that is measured", async ({ browser, request }) => {
  const listed = await threeConversations(browser, request, "chloe", LINES);
  for (const measure of [openedByKey, openedByClick]) {
    const took = await measure(browser, "chloe", listed, TIMES, UNSLOWED);
    expect(took).toHaveLength(TIMES);
    for (const time of took) expect(time).toBeGreaterThan(0);
  }
});

test("interactions are reported while customers write", async ({ browser, request }) => {
  const customers = await writers(browser, request, "ana", WAITING);
  const { durations, reported, events } = await interactions(browser, request, "ana", customers, 1, UNSLOWED);
  expect(events).toBeGreaterThan(0);
  expect(reported).toBeGreaterThan(0);
  expect(durations.length).toBeGreaterThanOrEqual(reported);
  expect(percentile(durations, 98)).toBeGreaterThan(0);
});

test("the desk is filled with conversations", async ({ browser, request }) => {
  const desk = await deskOf(browser, "ben");
  const size = (await conversations(desk)) + 20;
  expect(await fillTo(desk, request, size)).toBeGreaterThanOrEqual(size);
  await expect(rows(desk, "Others").filter({ hasText: "your parcel has left our warehouse" }).first()).toBeVisible();
});

test("the layout shift of calls is summed up", async ({ browser, request }) => {
  const [desk] = await claimed(browser, request, "Cora Blum", "ben");
  const path = new URL(desk.url()).pathname;
  const shift = await shiftOfThreeCalls(browser, request, "ben", path, { width: 720, height: 450, zoom: 2 });
  expect(shift).toBeGreaterThanOrEqual(0);
});

test("the list of saved replies opens in a time that is measured", async ({ browser, request }) => {
  await fillReplies(browser, 3);
  const took = await listedBySlash(browser, request, "ben", TIMES, UNSLOWED);
  expect(took).toHaveLength(TIMES);
  for (const time of took) expect(time).toBeGreaterThan(0);
});

test("the first load of the desk is counted by file", async ({ browser }) => {
  const { first } = await firstLoad(browser, "admin");
  expect([...first.keys()]).toEqual(expect.arrayContaining(["/conversations", "/pkg/handoff_bg.wasm"]));
  expect(bytes(first)).toBeGreaterThan(10_000);
});
