// A message is read when its owner has the end of the thread on the screen, and not before.
import type { Page } from "@playwright/test";
import { composer, composerNotice, message, messageList, row, rows } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, opens, says } from "./people";

/** What the desk tells the server to be read, from now on. */
function looks(desk: Page): string[] {
  const sent: string[] = [];
  desk.on("request", (request) => {
    if (/\/api\/see$/.test(request.url())) sent.push(request.url());
  });
  return sent;
}

test("a message below what is shown is unread until the reader goes there", async ({ browser, request }) => {
  const [chloe, customer] = await claimed(browser, request, "Rhea Stone", "chloe");
  for (let n = 1; n <= 25; n += 1) await says(request, customer, `Line ${n} of a long story`);
  await expect(message(chloe, "Line 25 of")).toBeInViewport();
  await messageList(chloe).evaluate((list) => list.scrollTo({ top: 0, behavior: "instant" }));
  await expect(message(chloe, "Line 25 of")).not.toBeInViewport();
  const sent = looks(chloe);
  await says(request, customer, "And the end of it");
  const jump = messageList(chloe).getByRole("button", { name: "New message" });
  await expect(jump).toBeVisible();
  expect(sent).toEqual([]);
  await jump.click();
  await expect.poll(() => sent.length).toBeGreaterThan(0);
});

test("a conversation that was left while the next one loads is not read", async ({ browser, request }) => {
  const [chloe, customer] = await claimed(browser, request, "Rita Sommer", "chloe");
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await chloe.route("**/api/thread", async (route) => {
    await held;
    await route.continue();
  });
  await rows(chloe, "Closed").first().click();
  await expect(composer(chloe)).toBeHidden();
  const sent = looks(chloe);
  await says(request, customer, "Are you still there?");
  await expect(row(chloe, customer)).toContainText("Are you still there?");
  expect(sent).toEqual([]);
  release();
  await expect(composerNotice(chloe)).toContainText("Closed");
  expect(sent).toEqual([]);

  await opens(chloe, customer);
  await expect(message(chloe, "Are you still there?")).toBeVisible();
  await expect.poll(() => sent.length).toBeGreaterThan(0);
});
