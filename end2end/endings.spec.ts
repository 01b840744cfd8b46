// Closing, returning to the bot, releasing and taking over can be undone. A press changes nothing for the customer until
// its time to undo is over, and whatever the customer writes cancels it.
import type { Page } from "@playwright/test";
import {
  actions,
  composer,
  composerNotice,
  delivery,
  endingBar,
  message,
  notice,
  row,
  thread,
  undoButton,
  undoList,
} from "./desk";
import { expect, test } from "./fixtures";
import {
  type Customer,
  OFFLINE,
  claimed,
  closes,
  cutOff,
  deskOf,
  live,
  opens,
  pressesClose,
  replies,
  says,
  withShortUndo,
} from "./people";
import { onPhone, phoneOf } from "./phone";

/** Presses Close in the bar, and waits until the close has taken effect. */
const confirmsClose = (desk: Page) =>
  withShortUndo(desk, async () => {
    await endingBar(desk).getByRole("button", { name: "Close", exact: true }).click();
    await expect(composerNotice(desk)).toContainText("Closed by you");
  });

const undoes = (desk: Page, customer: Customer) => undoButton(desk, customer.name).click();

test("a close can be undone, from another page and after a reload, and the customer gets nothing", async ({
  browser,
  request,
}) => {
  const [ana, customer] = await claimed(browser, request, "Ulla Berg");
  const phone = await phoneOf(browser, customer);
  await replies(ana, "We will see to it");
  const own = row(ana, customer, "Customer's turn");
  await expect(own).toBeVisible();
  const height = (await own.boundingBox())?.height;
  await pressesClose(ana);
  await expect(undoList(ana)).toContainText(`Closing ${customer.name}`);
  await expect(own).toContainText("Closing…");
  // Nothing moves below a row that gets a tag.
  expect((await own.boundingBox())?.height).toBeCloseTo(height ?? 0, 1);
  // The composer stays: the conversation is open until then.
  await expect(composer(ana)).toBeVisible();
  const ben = await deskOf(browser, "ben");
  await expect(row(ben, customer)).toContainText("Ana is closing");

  await ana.goto("/conversations?status=bot");
  await live(ana);
  await undoes(ana, customer);
  await expect(undoList(ana)).not.toContainText(customer.name);
  await opens(ben, customer);
  await expect(composerNotice(ben)).toContainText("Ana Costa is handling this conversation.");
  await expect(onPhone(phone, "Thank you, Ulla")).toHaveCount(0);
  await ana.goto("/conversations");
  await expect(row(ana, customer, "Mine")).not.toContainText("Closing…");
});

test("the goodbye can be edited or left out", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Uma Rao");
  const phone = await phoneOf(browser, customer);
  await actions(ana).getByRole("button", { name: "Close" }).click();
  const goodbye = endingBar(ana).getByRole("textbox", { name: "Goodbye" });
  await expect(goodbye).toHaveValue("Thank you, Uma. If anything else comes up, just write again.");
  await goodbye.fill("Until Monday, Uma!");
  await confirmsClose(ana);
  await expect(onPhone(phone, "Until Monday, Uma!")).toHaveCount(1);
  await expect(onPhone(phone, "If anything else comes up")).toHaveCount(0);

  const [desk, other] = await claimed(browser, request, "Urs Frei");
  const silent = await phoneOf(browser, other);
  await actions(desk).getByRole("button", { name: "Close" }).click();
  await endingBar(desk).getByRole("checkbox").uncheck();
  await confirmsClose(desk);
  await expect(onPhone(silent, "If anything else comes up")).toHaveCount(0);
});

test("the customer's next message cancels a close, and the agent is told", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Ugo Neri");
  const closesWith = actions(ana).getByRole("button", { name: "Close", exact: true });
  const goodbye = endingBar(ana).getByRole("textbox", { name: "Goodbye" });
  await closesWith.click();
  await goodbye.fill("Until Monday, Ugo!");
  // What was typed outlives the pane.
  await ana.goto("/conversations");
  await live(ana);
  await opens(ana, customer);
  await closesWith.click();
  await expect(goodbye).toHaveValue("Until Monday, Ugo!");
  await endingBar(ana).getByRole("button", { name: "Close", exact: true }).click();
  await expect(undoList(ana)).toContainText(customer.name);
  await says(request, customer, "Wait");
  await expect(undoList(ana)).not.toContainText(customer.name);
  // What was typed for it is there when it is pressed again.
  await expect(message(ana, "Wait")).toBeInViewport();
  await closesWith.click();
  await expect(goodbye).toHaveValue("Until Monday, Ugo!");
  await endingBar(ana).getByRole("button", { name: "Close", exact: true }).click();
  await expect(undoList(ana)).toContainText(customer.name);
  // Elsewhere meanwhile.
  await ana.getByRole("link", { name: "Back to list" }).or(ana.getByRole("link", { name: "Conversations" })).first().click();
  await says(request, customer, "One more question");
  await expect(ana.getByRole("alert").filter({ hasText: customer.name })).toContainText("just wrote");
  await expect(undoList(ana)).not.toContainText(customer.name);
  await opens(ana, customer);
  await expect(composer(ana)).toBeVisible();
  await expect(message(ana, "One more question")).toHaveCount(1);
  // Who reads the conversation needs no notice of it.
  await expect(ana.getByRole("alert").filter({ hasText: "just wrote" })).toHaveCount(0);
});

test("a press again, or a reply, cancels a close", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Ute Lang");
  await pressesClose(ana);
  await actions(ana).getByRole("button", { name: "Undo close" }).click();
  await expect(actions(ana).getByRole("button", { name: "Close", exact: true })).toBeVisible();
  await expect(undoList(ana)).not.toContainText(customer.name);

  await pressesClose(ana);
  await replies(ana, "One thing I forgot");
  await expect(undoList(ana)).not.toContainText(customer.name);
  await expect(composer(ana)).toBeVisible();
});

test("a close with a draft is refused, and what was not delivered is named before", async ({
  browser,
  request,
  simulator,
}) => {
  const [ana, customer] = await claimed(browser, request, "Una Byrne");
  await composer(ana).pressSequentially("Half a sen");
  await actions(ana).getByRole("button", { name: "Close" }).click();
  await expect(ana.getByRole("alert").filter({ hasText: "Send or discard your draft first." })).toBeVisible();
  await expect(composer(ana)).toBeFocused();
  await expect(composer(ana)).toHaveValue("Half a sen");
  await composer(ana).fill("");

  await simulator.fail(customer.phone, { kind: "http", code: 131026, times: 1 });
  await replies(ana, "Not delivered");
  await expect(delivery(message(ana, "Not delivered"), "Not delivered")).toBeVisible();
  await actions(ana).getByRole("button", { name: "Close" }).click();
  await expect(endingBar(ana)).toContainText("1 message was not delivered.");
  await ana.keyboard.press("Escape");
  await expect(endingBar(ana)).toHaveCount(0);
  await expect(thread(ana)).toBeFocused();
});

test("a space or Enter that is typed at the bar ends nothing", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Ulf Dahl");
  const presses: string[] = [];
  ana.on("request", (sent) => presses.push(...sent.url().match(/schedule_ending/g) ?? []));
  await actions(ana).getByRole("button", { name: "Close" }).click();
  await expect(endingBar(ana)).toBeFocused();
  await ana.keyboard.press("Space");
  await ana.keyboard.press("Enter");
  await expect(endingBar(ana)).toBeVisible();
  await expect(row(ana, customer, "Mine")).not.toContainText("Closing…");
  expect(presses).toEqual([]);
});

test("release and takeover can be undone, unless somebody acted since", async ({ browser, request, allowConsole }) => {
  // Ana's late undo is answered with a conflict.
  allowConsole(/status of 409/);
  const [ana, customer] = await claimed(browser, request, "Uwe Hahn");
  const ben = await deskOf(browser, "ben");
  await actions(ana).getByRole("button", { name: "Release" }).click();
  await expect(undoList(ana)).toContainText(`Released ${customer.name}`);
  await undoes(ana, customer);
  await expect(composer(ana)).toBeVisible();

  await opens(ben, customer);
  await actions(ben).getByRole("button", { name: "Take over" }).click();
  await expect(composerNotice(ana)).toContainText("Ben Weber is handling this conversation.");
  await undoes(ben, customer);
  await expect(composer(ana)).toBeVisible();
  await expect(composerNotice(ben)).toContainText("Ana Costa");

  await actions(ana).getByRole("button", { name: "Release" }).click();
  await expect(undoList(ana)).toContainText(customer.name);
  await composerNotice(ben).getByRole("button", { name: "Claim" }).click();
  await expect(composer(ben)).toBeVisible();
  await undoes(ana, customer);
  await expect(ana.getByRole("alert").filter({ hasText: "Ben Weber" })).toBeVisible();
  await expect(composer(ben)).toBeVisible();
  await closes(ben);
});

test("a close that was pressed without a network changes nothing, and can be pressed again", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const [ana, customer] = await claimed(browser, request, "Ursula Pohl");
  await cutOff([ana], async () => {
    await pressesClose(ana);
    await expect(notice(ana, "You're offline. Check your connection and try again")).toBeVisible();
    await expect(endingBar(ana)).toBeVisible();
  });
  // What said that there is no connection goes with it.
  await expect(notice(ana, "You're offline.")).toHaveCount(0);
  await expect(row(ana, customer, "Mine")).not.toContainText("Closing…");
  await confirmsClose(ana);
});
