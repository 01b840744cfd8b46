// The palette: what it finds, how it is used by keyboard and finger, and that typing in it neither does anything that
// others notice nor reaches a reply.
import type { Page } from "@playwright/test";
import {
  actions,
  chosenOption,
  claimButton,
  composer,
  composerNotice,
  endingBar,
  messageList,
  newCall,
  notice,
  palette,
  paletteField,
  paletteOptions,
  presence,
  snoozeToggle,
  thread,
  threadName,
  undoList,
} from "./desk";
import { expect, test } from "./fixtures";
import {
  OFFLINE,
  asksForAgent,
  browserOf,
  claimed,
  closes,
  cutOff,
  deskOf,
  deskWithClock,
  live,
  newCustomer,
  opens,
  says,
  signIn,
} from "./people";

const keyList = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });

/** Opens the palette and types there. */
async function asks(page: Page, text: string) {
  await page.keyboard.press("Control+k");
  await expect(paletteField(page)).toBeFocused();
  await page.keyboard.type(text);
}

/** Chooses the act with this label, and does it. */
async function does(page: Page, label: string) {
  await asks(page, label);
  await expect(paletteOptions(page).first()).toContainText(label);
  await page.keyboard.press("ArrowDown");
  await expect(chosenOption(page)).toContainText(label);
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeHidden();
}

/** What waits for it goes on once it is opened. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** The calls of the server from now on. */
function calls(page: Page): string[] {
  const names: string[] = [];
  page.on("request", (sent) => names.push(...(/\/api\/(\w+)/.exec(sent.url())?.slice(1) ?? [])));
  return names;
}

/** What a customer or colleague would notice. */
const NOTICED = /^(claim|take_over|release|close|reopen|return_to|schedule|reply|(un)?snooze|undo|set_away|sign_out)/;

test("it opens over a reply, keeps its text to itself, and gives the focus back", async ({ browser, request }) => {
  const [ana] = await claimed(browser, request, "Paco Ruiz");
  await ana.keyboard.type("Half a sen");
  // The keys follow each other without a pause, so the first ones come while the code is fetched.
  await ana.keyboard.press("Control+k");
  await ana.keyboard.type("No such thing");
  await expect(paletteField(ana)).toHaveValue("No such thing");
  await expect(palette(ana)).toContainText("Nothing found for “No such thing”.");
  await ana.keyboard.press("Enter");
  await expect(palette(ana)).toBeVisible();
  await ana.keyboard.press("Escape");
  await expect(palette(ana)).toBeHidden();
  await expect(composer(ana)).toBeFocused();
  await ana.keyboard.type("tence");
  await expect(composer(ana)).toHaveValue("Half a sentence");

  // The same key closes it, and the next time it is empty.
  await asks(ana, "abc");
  await ana.keyboard.press("Control+k");
  await expect(composer(ana)).toBeFocused();
  await ana.keyboard.press("Control+k");
  await expect(paletteField(ana)).toHaveValue("");
  await ana.keyboard.press("Escape");
  await composer(ana).fill("");
  await closes(ana);
});

test("it opens before its code is there, and nothing typed meanwhile is lost", async ({ browser }) => {
  const ana = await (await browserOf(browser, "ana")).newPage();
  const fetched: string[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await ana.route("**/pkg/split_extras.*", async (route) => {
    fetched.push(route.request().url());
    await released;
    await route.continue();
  });
  await ana.goto("/conversations");
  await expect.poll(() => fetched.length).toBe(1);
  // The page takes keys a moment after it has asked for that code.
  await expect(async () => {
    if (!(await palette(ana).isVisible())) await ana.keyboard.press("Control+k");
    await expect(paletteField(ana)).toBeFocused({ timeout: 1_000 });
  }).toPass();
  await ana.keyboard.type("keyboard");
  await expect(palette(ana)).toContainText("Loading…");
  await ana.keyboard.press("Enter");
  await expect(palette(ana)).toBeVisible();
  release();
  await expect(chosenOption(ana)).toContainText("Keyboard shortcuts");
  await ana.keyboard.press("Escape");
  await asks(ana, "keyboard");
  await expect(chosenOption(ana)).toContainText("Keyboard shortcuts");
  expect(fetched).toHaveLength(1);
});

test("a customer is found by name and number, a conversation by its messages", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Pilar Vega");
  await says(request, customer, "Is the Wärmepumpe in stock?");
  await says(request, customer, "hello?");
  const ana = await deskOf(browser, "ana");
  for (const text of [customer.name, `00${customer.phone.replace(/\D/g, "")}`]) {
    await asks(ana, text);
    await expect(chosenOption(ana)).toContainText(customer.name);
    await ana.keyboard.press("Escape");
  }
  await asks(ana, customer.name);
  await expect(chosenOption(ana)).toContainText(customer.name);
  await ana.keyboard.press("Enter");
  await expect(threadName(ana)).toHaveText(customer.name);
  await expect(thread(ana)).toBeFocused();

  // By a message, from another page.
  const admin = await deskOf(browser, "admin", "/admin/team");
  await asks(admin, "warmepumpe");
  const found = paletteOptions(admin, customer.name);
  await expect(found.getByText("Wärmepumpe", { exact: true })).toHaveCount(1);
  await admin.keyboard.press("Enter");
  await expect(threadName(admin)).toHaveText(customer.name);
  await expect(admin).toHaveURL(/#msg_/);
  await expect(messageList(admin).getByText("Is the Wärmepumpe in stock?")).toBeInViewport();
});

test("an answer to an earlier text is dropped", async ({ browser, request }) => {
  const [early, late] = [await newCustomer(request, "Petunia"), await newCustomer(request, "Quillon")];
  for (const customer of [early, late]) await says(request, customer, "hello");
  const ana = await deskOf(browser, "ana");
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await ana.route("**/api/search*", async (route) => {
    if (route.request().postData()?.includes("Petunia")) await released;
    await route.continue();
  });
  const first = ana.waitForRequest((sent) => !!sent.postData()?.includes("Petunia"));
  const answered = ana.waitForResponse((answer) => !!answer.request().postData()?.includes("Petunia"));
  await asks(ana, "Petunia");
  await first;
  await expect(palette(ana)).toContainText("Searching…");
  await paletteField(ana).fill("Quillon");
  await expect(paletteOptions(ana, late.name)).toHaveCount(1);
  release();
  await (await answered).finished();
  await expect(paletteOptions(ana, early.name)).toHaveCount(0);
  await expect(paletteOptions(ana, late.name)).toHaveCount(1);
});

test("an Enter before the results opens the first of them, unless something else was typed or chosen", async ({
  browser,
  request,
}) => {
  const [early, late] = [await newCustomer(request, "Querida"), await newCustomer(request, "Quimby")];
  for (const customer of [early, late]) await says(request, customer, "hello");
  const ana = await deskOf(browser, "ana");
  let hold = gate();
  await ana.route("**/api/search*", async (route) => {
    await hold.opened;
    await route.continue();
  });
  const asked = (text: string) => ana.waitForRequest((sent) => !!sent.postData()?.includes(text));

  // Another text forgets it: the results that come are not opened.
  const first = asked("Querida");
  await asks(ana, "Querida");
  await ana.keyboard.press("Enter");
  await first;
  const second = asked("Quimby");
  await paletteField(ana).fill("Quimby");
  await second;
  hold.open();
  await expect(chosenOption(ana)).toContainText(late.name);
  await expect(palette(ana)).toBeVisible();

  // Escape forgets it, too.
  hold = gate();
  const again = asked("Querida");
  await paletteField(ana).fill("Querida");
  await ana.keyboard.press("Enter");
  await again;
  const answered = ana.waitForResponse((answer) => !!answer.request().postData()?.includes("Querida"));
  await ana.keyboard.press("Escape");
  await expect(palette(ana)).toBeHidden();
  hold.open();
  await (await answered).finished();
  await asks(ana, "Quimby");
  await expect(chosenOption(ana)).toContainText(late.name);

  // Left alone, it opens the first result once it is there.
  hold = gate();
  const last = asked("Querida");
  await paletteField(ana).fill("Querida");
  await ana.keyboard.press("Enter");
  await last;
  await expect(palette(ana)).toContainText("Searching…");
  hold.open();
  await expect(threadName(ana)).toHaveText(early.name);
  await expect(palette(ana)).toBeHidden();
});

test("what could not be searched without a connection is searched once it is back", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const customer = await newCustomer(request, "Quintana");
  await says(request, customer, "hello");
  const ana = await deskOf(browser, "ana");
  await cutOff([ana], async () => {
    await asks(ana, customer.name);
    await expect(palette(ana)).toContainText("Conversations could not be searched.");
  });
  await expect(paletteOptions(ana, customer.name)).toHaveCount(1);
  await expect(palette(ana)).not.toContainText("could not be searched");
});

test("pages are found, those of the admin by admins only", async ({ browser }) => {
  const admin = await deskOf(browser, "admin");
  await asks(admin, "audit");
  await expect(chosenOption(admin)).toContainText("Audit log");
  await admin.keyboard.press("Enter");
  await expect(admin.getByRole("heading", { level: 1, name: "Audit log" })).toBeVisible();
  await expect(palette(admin)).toBeHidden();
  await expect(admin.getByRole("link", { name: "Admin", exact: true })).toBeFocused();
  // What is typed next is written nowhere.
  await expect(admin.getByRole("textbox").and(admin.locator(":focus"))).toHaveCount(0);

  const ana = await deskOf(browser, "ana");
  await asks(ana, "audit");
  await expect(palette(ana)).toContainText("Nothing found for “audit”.");
  await paletteField(ana).fill("conversations");
  await expect(paletteOptions(ana, "Conversations")).toHaveCount(1);
});

test("Enter does nothing without a choice, nor while an input method composes", async ({ browser }) => {
  const ana = await deskOf(browser, "ana");
  await asks(ana, "");
  await expect(paletteOptions(ana)).not.toHaveCount(0);
  await expect(chosenOption(ana)).toHaveCount(0);
  await ana.keyboard.press("Enter");
  await expect(palette(ana)).toBeVisible();

  await paletteField(ana).fill("keyboard");
  await expect(chosenOption(ana)).toHaveCount(1);
  const sends = (init: KeyboardEventInit) =>
    paletteField(ana).evaluate(
      (field, init) => field.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init })),
      init,
    );
  // What Safari sends after a composition, and what others send within one.
  expect(await sends({ key: "Enter", keyCode: 229 })).toBe(true);
  expect(await sends({ key: "Enter", isComposing: true })).toBe(true);
  await expect(palette(ana)).toBeVisible();
  expect(await sends({ key: "Enter" })).toBe(false);
  await expect(keyList(ana)).toBeVisible();
  await expect(palette(ana)).toBeHidden();
  // Over another dialog it does not open.
  await ana.keyboard.press("Control+k");
  await expect(palette(ana)).toBeHidden();
});

test("the name of an act and Enter do nothing; an arrow chooses it first", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Prisca Bauer");
  await asksForAgent(request, await newCustomer(request, "Other Customer"));
  const called = calls(ana);
  await asks(ana, "");
  for (const label of ["Close…", "Return to bot…", "Release", "Snooze…", "Claim", "Go away", "Sign out"]) {
    await paletteField(ana).fill(label);
    await expect(paletteOptions(ana).first()).toContainText(label);
    await expect(chosenOption(ana)).toHaveCount(0);
    await ana.keyboard.press("Enter");
    await expect(palette(ana)).toBeVisible();
  }
  expect(called.filter((name) => NOTICED.test(name))).toEqual([]);

  // With the arrows it is chosen, and says whom it concerns.
  await paletteField(ana).fill("close");
  await expect(paletteOptions(ana).first()).toContainText(customer.name);
  await ana.keyboard.press("ArrowDown");
  await expect(chosenOption(ana)).toContainText("Close…");
  // Another text is another choice.
  await paletteField(ana).fill("release");
  await expect(paletteOptions(ana).first()).toContainText("Release");
  await expect(chosenOption(ana)).toHaveCount(0);
  await ana.keyboard.press("Escape");
  await closes(ana);
});

test("acts are those of the buttons, with their refusals and their undo", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Perla Conti");
  await ana.keyboard.type("Half a sen");
  await does(ana, "Close");
  await expect(notice(ana, "Send or discard your draft first.").first()).toBeVisible();
  await expect(composer(ana)).toBeFocused();
  await composer(ana).fill("");

  await does(ana, "Close");
  await expect(endingBar(ana)).toBeFocused();
  await ana.keyboard.press("Escape");
  await does(ana, "Snooze");
  await expect(snoozeToggle(ana).locator("xpath=..")).toHaveAttribute("open");
  await ana.keyboard.press("Escape");

  await does(ana, "Release");
  await expect(undoList(ana)).toContainText(`Released ${customer.name}`);
  await does(ana, "Undo");
  await expect(undoList(ana)).not.toContainText(customer.name);
  await expect(composer(ana)).toBeVisible();

  await does(ana, "Return to bot");
  await expect(undoList(ana)).toContainText(`Returning to the bot: ${customer.name}`);
  await does(ana, "Undo");
  await expect(undoList(ana)).not.toContainText(customer.name);

  await does(ana, "Keyboard shortcuts");
  await expect(keyList(ana)).toContainText("Search and commands");
  await ana.keyboard.press("Escape");
  await closes(ana);
});

test("a claim moves the focus into the reply", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Petko Ivanov");
  // From a page without the conversation: the one that has waited longest, once the new call is folded.
  const admin = await deskWithClock(browser, "admin", "/admin/team");
  await asksForAgent(request, customer);
  await expect(newCall(admin, customer)).toBeVisible();
  await admin.clock.fastForward(11_000);
  await expect(newCall(admin)).toHaveCount(0);
  const longest = (await claimButton(admin).getAttribute("aria-label"))?.replace("Claim ", "") ?? "";
  await does(admin, "Claim");
  await expect(threadName(admin)).toHaveText(longest);
  await expect(composer(admin)).toBeFocused();
  await admin.keyboard.type("Hello");
  await expect(composer(admin)).toHaveValue("Hello");
  await composer(admin).fill("");
  await closes(admin);

  // The open one is claimed before all others.
  const open = await newCustomer(request, "Paz Romero");
  await asksForAgent(request, await newCustomer(request, "Pepe Soto"));
  await asksForAgent(request, open);
  await opens(admin, open);
  await expect(composerNotice(admin)).toContainText("Claim it to reply");
  await does(admin, "Claim");
  await expect(threadName(admin)).toHaveText(open.name);
  await expect(composer(admin)).toBeFocused();
  await closes(admin);
});

test("an agent goes away, comes back and signs out", async ({ browser }) => {
  // Signed in here, because the session ends.
  const chloe = await (await browser.newContext()).newPage();
  await signIn(chloe, "chloe");
  await live(chloe);
  await does(chloe, "Go away");
  await expect(presence(chloe, "away")).toBeAttached();
  await does(chloe, "Go online");
  await expect(presence(chloe, "online")).toBeAttached();
  await does(chloe, "Sign out");
  await chloe.waitForURL(/sign-in/);
});

test("on a phone a button opens it, and a finger chooses", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Pia Lorenz");
  await says(request, customer, "hello");
  const look = { viewport: { width: 390, height: 844 }, hasTouch: true };
  const ana = await deskOf(browser, "ana", "/conversations", look);
  const button = ana.getByRole("button", { name: "Search and commands" });
  await button.tap();
  await expect(paletteField(ana)).toBeFocused();
  await palette(ana).getByRole("button", { name: "Close palette" }).tap();
  await expect(palette(ana)).toBeHidden();

  await button.tap();
  await paletteField(ana).fill(customer.name);
  const box = await palette(ana).boundingBox();
  expect(box!.x).toBeGreaterThanOrEqual(0);
  expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  await paletteOptions(ana, customer.name).tap();
  await expect(threadName(ana)).toHaveText(customer.name);
  await expect(palette(ana)).toBeHidden();
});
