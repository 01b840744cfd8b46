// What needs an agent: the groups of one's own conversations, marks and badges of a row, and when rows move.
import type { Page } from "@playwright/test";
import { composer, group, list, message, newRows, row, rows, thread, threadName, undoList } from "./desk";
import { PHONE, expect, test } from "./fixtures";
import {
  asksForAgent,
  claimed,
  claims,
  closes,
  deskOf,
  live,
  newCustomer,
  opens,
  pressesClose,
  replies,
  says,
} from "./people";

test("a conversation of mine is under Reply now until the reply was sent", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Rafael Pinto");
  const ben = await deskOf(browser, "ben");
  await expect(row(ana, customer, "Reply now")).toBeVisible();
  await expect(row(ana, customer).getByTitle(/^Waiting for your reply since .*\d\d:\d\d$/)).toContainText(/\d:\d\d/);
  await expect(row(ben, customer, "Others")).toContainText("Ana Costa");

  await replies(ana, "Good morning, Rafael");
  await expect(row(ana, customer, "Customer's turn")).toBeVisible();
  await expect(row(ana, customer).getByTitle(/^Waiting/)).toHaveCount(0);

  await says(request, customer, "And when does it arrive?");
  await expect(row(ana, customer, "Reply now")).toBeVisible();
  await expect(row(ben, customer, "Others")).toContainText("And when does it arrive?");
});

test("a colleague's look clears no badge, and a colleague's row has none", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Rebecca Stone");
  await expect(row(ana, customer, "Reply now")).not.toContainText("unread");
  await ana.goto("/conversations");
  await live(ana);
  await says(request, customer, "Hello again");
  await expect(row(ana, customer, "Reply now")).toContainText("1 unread message");

  const ben = await deskOf(browser, "ben");
  await expect(row(ben, customer, "Others")).toContainText("Hello again");
  await opens(ben, customer);
  await expect(message(ben, "Hello again")).toBeInViewport();
  await says(request, customer, "Anybody there?");
  await expect(message(ben, "Anybody there?")).toBeInViewport();
  await expect(row(ben, customer, "Others")).not.toContainText("unread");
  await expect(row(ana, customer, "Reply now")).toContainText("2 unread messages");

  await opens(ana, customer);
  await expect(row(ana, customer, "Reply now")).not.toContainText("unread");
});

test("a reply that WhatsApp refuses answers nothing, and the row says so", async ({ browser, request, simulator }) => {
  const [ana, customer] = await claimed(browser, request, "Renate Vogel");
  await simulator.fail(customer.phone, { kind: "http", code: 131026, times: 1 });
  await replies(ana, "It is on its way");
  await expect(row(ana, customer, "Reply now")).toContainText("Not delivered · You: It is on its way");
  await expect(row(ana, customer).getByTitle(/^Waiting for your reply since/)).toBeVisible();

  await message(ana, "It is on its way").getByRole("button", { name: "Try again" }).click();
  await expect(row(ana, customer, "Customer's turn")).toBeVisible();
  await expect(row(ana, customer)).not.toContainText("Not delivered");
});

test("a message that is edited after it was read is unread again", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Ricarda Thoma");
  const say = (data: object) => request.post(`${PHONE}/sim/customers/${customer.id}/say`, { data });
  const said = await say({ kind: "text", text: "Please send it to Rome" });
  const { wamid } = (await said.json()) as { wamid: string };
  await expect(message(ana, "Please send it to Rome")).toBeInViewport();
  await expect(row(ana, customer, "Reply now")).not.toContainText("unread");
  await ana.goto("/conversations");
  await live(ana);
  await expect(row(ana, customer, "Reply now")).not.toContainText("unread");

  const edited = await say({ kind: "edit", message_id: wamid, text: "Please send it to Porto" });
  expect(edited.ok()).toBeTruthy();
  await expect(row(ana, customer, "Reply now")).toContainText("1 unread message");
  await expect(row(ana, customer)).toContainText("Please send it to Porto");
});

test("rows hold still under a moving pointer, and move once it rests", async ({ browser, request }) => {
  // Ben has few other conversations, so that nothing else moves.
  const [ben, customer] = await claimed(browser, request, "Rosalind Park", "ben");
  await replies(ben, "Let me know");
  await expect(row(ben, customer, "Customer's turn")).toBeVisible();
  // The clock of the page is turned by hand, so that the pointer rests for as long as the test says.
  await ben.clock.install();
  await ben.goto("/conversations?status=mine");
  await live(ben);
  await ben.clock.pauseAt(Date.now() + 5_000);

  const place = await row(ben, customer, "Customer's turn").boundingBox();
  expect(place).not.toBeNull();
  const movesTo = (x: number) => ben.mouse.move(place!.x + x, place!.y + 20);
  await movesTo(60);
  await says(request, customer, "Here I am");
  await expect(newRows(ben)).toHaveText("1 new");
  await expect(row(ben, customer, "Customer's turn")).toContainText("Here I am");
  // A clock that comes makes no row higher.
  expect((await row(ben, customer, "Customer's turn").boundingBox())?.height).toBe(place!.height);
  // Another movement starts the time again.
  await ben.clock.runFor(1_000);
  await movesTo(70);
  await ben.clock.runFor(1_000);
  await expect(row(ben, customer, "Customer's turn")).toBeVisible();

  await ben.clock.runFor(500);
  await expect(row(ben, customer, "Reply now")).toBeVisible();
  await expect(newRows(ben)).toHaveCount(0);
});

test("what comes above the reader moves nothing, and a heading counts its rows", async ({ browser, request }) => {
  const ben = await deskOf(browser, "ben");
  const reading = rows(ben, "Closed").nth(25);
  await reading.scrollIntoViewIfNeeded();
  const place = await reading.boundingBox();
  expect(place).not.toBeNull();
  const customer = await newCustomer(request, "Roksana Lis");
  await asksForAgent(request, customer);
  await expect(row(ben, customer, "Unassigned")).toBeAttached();
  // Places are fractions of pixels, and a list is scrolled by whole ones.
  await expect.poll(async () => Math.abs((await reading.boundingBox())!.y - place!.y)).toBeLessThan(1);

  // Under a moving pointer the heading waits with its rows, and a row that a colleague takes away is not new.
  await ben.clock.install();
  await ben.goto("/conversations?status=waiting");
  await live(ben);
  await ben.clock.pauseAt(Date.now() + 5_000);
  const heading = group(ben, "Unassigned").getByRole("heading");
  const counted = (await heading.textContent()) ?? "";
  const at = await row(ben, customer).boundingBox();
  await ben.mouse.move(at!.x + 60, at!.y + 20);
  const ana = await deskOf(browser, "ana");
  await claims(ana, customer);
  await expect(newRows(ben)).toHaveText("Show changes");
  await expect(heading).toHaveText(counted);
  await ben.clock.runFor(1_500);
  await expect(row(ben, customer)).toHaveCount(0);
});

test("after a close N opens who needs me, not the next closed row, and the close can be undone", async ({
  browser,
  request,
}) => {
  // Chloe has no other conversations here: one of hers is closed, one waits for her reply, one is about to be closed.
  const [chloe, closed] = await claimed(browser, request, "Rolf Adler", "chloe");
  await closes(chloe);
  const waiting = await newCustomer(request, "Ruth Blom");
  const closing = await newCustomer(request, "Runa Dahl");
  for (const customer of [waiting, closing]) {
    await asksForAgent(request, customer);
    await claims(chloe, customer);
  }

  await pressesClose(chloe);
  await expect(undoList(chloe)).toContainText(`Closing ${closing.name}`);
  await chloe.keyboard.press("Alt+n");
  await expect(threadName(chloe)).toHaveText(waiting.name);
  await expect(thread(chloe)).toBeFocused();
  await chloe.keyboard.press("Alt+u");
  await expect(undoList(chloe)).not.toContainText(closing.name);
  await expect(composer(chloe)).toHaveValue("");

  await opens(chloe, closing);
  await closes(chloe);
  await expect(row(chloe, closing, "Mine")).toHaveCount(0);
  await row(chloe, waiting, "Reply now").focus();
  await chloe.keyboard.press("n");
  await expect(threadName(chloe)).toHaveText(waiting.name);
  await expect(list(chloe).locator(":focus")).toHaveCount(1);
  await expect(row(chloe, closed, "Mine")).toHaveCount(0);
});
