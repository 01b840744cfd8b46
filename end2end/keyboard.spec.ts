// An agent's work by keyboard: letters in the list, chords everywhere, and replies that start by typing.
import type { Locator, Page } from "@playwright/test";
import {
  account,
  actions,
  claimButton,
  composer,
  composerNotice,
  list,
  message,
  messageList,
  newCall,
  notice,
  row,
  rows,
  thread,
  threadName,
} from "./desk";
import { expect, test } from "./fixtures";
import {
  type Customer,
  PASSWORD,
  asksForAgent,
  browserOf,
  claims,
  closes,
  deskOf,
  deskWithClock,
  finds,
  live,
  newCustomer,
  opens,
} from "./people";
import { onPhone, phoneOf } from "./phone";

const keyList = (page: Page): Locator => page.getByRole("dialog", { name: "Keyboard shortcuts" });

const leaves = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

test("sign in, claim and reply by keyboard alone, and step back with Escape", async ({ browser, page, request }) => {
  const customer = await newCustomer(request, "Mika Virtanen");
  await asksForAgent(request, customer);
  const phone = await phoneOf(browser, customer);

  await page.goto("/sign-in");
  await expect(page.getByLabel("Email")).toBeFocused();
  await page.keyboard.type("chloe@acme.test");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/conversations");
  await live(page);

  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(customer.name);
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(1);
  // Out of the field, so that letters are commands again. Escape would clear it.
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await expect(row(page, customer)).toBeFocused();
  await expect(composerNotice(page)).toContainText("Claim it to reply");

  await page.keyboard.press("Shift+Enter");
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("Hello from the keyboard");
  await page.keyboard.press("Enter");
  await expect(message(page, "Hello from the keyboard")).toHaveCount(1);
  await expect(onPhone(phone, "Hello from the keyboard")).toHaveCount(1);
  await expect(composer(page)).toHaveValue("");

  await page.keyboard.press("Escape");
  await expect(thread(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(row(page, customer)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await closes(page);
});

test("without an open conversation, the chord claims the one that has waited longest, on every page", async ({
  browser,
  request,
}) => {
  const customer = await newCustomer(request, "Pia Holm");
  const admin = await deskWithClock(browser, "admin", "/admin/team");
  await asksForAgent(request, customer);
  // The newest call, while it is unfolded, has its button only.
  await expect(newCall(admin, customer)).toBeVisible();
  await admin.clock.fastForward(11_000);
  await expect(newCall(admin)).toHaveCount(0);
  await expect(claimButton(admin).getByText("Alt C")).toBeVisible();
  const label = await claimButton(admin).getAttribute("aria-label");
  await admin.keyboard.press("Alt+c");
  await expect(threadName(admin)).toHaveText(label?.replace("Claim ", "") ?? "");
  await expect(composer(admin)).toBeFocused();
  // Released again, for the tests that follow.
  await actions(admin).getByRole("button", { name: "Release" }).click();
  await expect(composerNotice(admin)).toContainText("Claim it to reply");
});

test("the open conversation is claimed and taken over by chords, also from a field", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Pedro Alves");
  await asksForAgent(request, customer);
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  for (const desk of [ana, ben]) await opens(desk, customer);
  await ana.getByRole("searchbox").focus();
  await ana.keyboard.press("Alt+c");
  await expect(composer(ana)).toBeFocused();
  await expect(composerNotice(ben)).toContainText("Ana Costa is handling this conversation.");
  // No single letter, and no other modifier.
  for (const keys of ["c", "o", "Alt+Shift+o", "Control+Alt+o"]) await ben.keyboard.press(keys);
  await expect(composerNotice(ben)).toContainText("Ana Costa");
  await ben.keyboard.press("Alt+o");
  await expect(composer(ben)).toBeVisible();
  await expect(composerNotice(ana)).toContainText("Ben Weber is handling this conversation.");
  await closes(ben);
});

test("on a Mac chords are Control and Command, and are shown so", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Paulo Neves");
  await asksForAgent(request, customer);
  const ana = await (await browserOf(browser, "ana")).newPage();
  await ana.addInitScript(() => Object.defineProperty(navigator, "platform", { get: () => "MacIntel" }));
  await ana.goto("/conversations");
  await live(ana);
  await opens(ana, customer);
  await expect(composerNotice(ana).getByText("⌃⌘C")).toBeVisible();
  await ana.keyboard.press("Alt+c");
  await expect(composerNotice(ana)).toContainText("Claim it to reply");
  await ana.keyboard.press("Control+Meta+c");
  await expect(composer(ana)).toBeFocused();
});

test("J and K open one after the other, wrap, and stay in the list", async ({ browser, request }) => {
  const family = `Walker${Date.now() % 1_000_000}`;
  const customers: Customer[] = [];
  for (const first of ["Ada", "Bob", "Cyd"]) {
    const customer = await newCustomer(request, `${first} ${family}`);
    await asksForAgent(request, customer);
    customers.push(customer);
  }
  const ana = await deskOf(browser, "ana");
  await finds(ana, family, 3);
  // Requests of the same moment may be read in another order.
  const shown = await rows(ana).allInnerTexts();
  const place = ({ name }: Customer) => shown.findIndex((text) => text.includes(name));
  customers.sort((one, other) => place(one) - place(other));
  const entries = await ana.evaluate(() => history.length);
  for (const [key, at] of [["j", 0], ["j", 1], ["k", 0], ["k", 2], ["j", 0]] as const) {
    await ana.keyboard.press(key);
    await expect(row(ana, customers[at])).toBeFocused();
    await expect(threadName(ana)).toHaveText(customers[at].name);
  }
  expect(await ana.evaluate(() => history.length)).toBe(entries);

  // Arrows move the focus alone, and end at the ends.
  await ana.keyboard.press("ArrowUp");
  await expect(row(ana, customers[0])).toBeFocused();
  await ana.keyboard.press("ArrowDown");
  await expect(row(ana, customers[1])).toBeFocused();
  await expect(threadName(ana)).toHaveText(customers[0].name);

  // Where there is room for the list alone, it stays.
  await ana.setViewportSize({ width: 390, height: 844 });
  await ana.goto(`/conversations?q=${family}`);
  await live(ana);
  await ana.keyboard.press("j");
  await expect(row(ana, customers[0])).toBeFocused();
  await expect(ana).toHaveURL(/\/conversations\?q=/);
});

test("N opens a conversation that needs somebody, from the list and from a reply", async ({ browser, request }) => {
  const own = await newCustomer(request, "Nadia Karim");
  await asksForAgent(request, await newCustomer(request, "Nils Berg"));
  const ana = await deskOf(browser, "ana");
  await ana.keyboard.press("n");
  await expect(ana).toHaveURL(/\/conversations\/cnv_/);
  await expect(list(ana).locator(":focus")).toHaveCount(1);

  await asksForAgent(request, own);
  await claims(ana, own);
  await ana.keyboard.type("Half a sen");
  await ana.keyboard.press("Alt+n");
  await expect(threadName(ana)).not.toHaveText(own.name);
  await expect(thread(ana)).toBeFocused();
  await opens(ana, own);
  await expect(composer(ana)).toHaveValue("Half a sen");
});

/** Sends a key event to what has the focus. Returns whether the page left its default alone. */
const sendsKey = (page: Page, init: KeyboardEventInit): Promise<boolean> =>
  page.evaluate(
    (init) =>
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }),
      ),
    init,
  );

test("a typed character starts a reply, after the draft", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Tea Novak");
  const ana = await deskOf(browser, "ana");
  await asksForAgent(request, customer);
  await claims(ana, customer);
  await leaves(ana);
  await ana.keyboard.type("Hello");
  await expect(composer(ana)).toBeFocused();
  await expect(composer(ana)).toHaveValue("Hello");
  await ana.keyboard.press("Home");
  await messageList(ana).focus();
  await ana.keyboard.type(", Tea");
  await expect(composer(ana)).toHaveValue("Hello, Tea");

  // A click on the row leads to the thread, so that typing goes on.
  await row(ana, customer).first().click();
  await expect(thread(ana)).toBeFocused();
  await ana.keyboard.type("!");
  await expect(composer(ana)).toHaveValue("Hello, Tea!");

  // Dead keys, input methods and AltGr, which Windows reports as Ctrl+Alt.
  for (const init of [
    { key: "Dead", code: "BracketLeft" },
    { key: "Process", keyCode: 229 },
    { key: "ą", ctrlKey: true, altKey: true, modifierAltGraph: true },
    { key: "Ł", shiftKey: true },
  ]) {
    await leaves(ana);
    expect(await sendsKey(ana, init), init.key).toBe(true);
    await expect(composer(ana)).toBeFocused();
  }
  for (const init of [
    { key: " ", code: "Space" },
    { key: "Enter" },
    { key: "b", ctrlKey: true },
    { key: "b", metaKey: true },
    { key: "b", altKey: true },
    { key: "Shift", shiftKey: true },
    { key: "F2" },
  ]) {
    await leaves(ana);
    await sendsKey(ana, init);
    await expect(composer(ana)).not.toBeFocused();
  }
  await composer(ana).fill("");
  await closes(ana);
});

test("a space or Enter after letters at a button presses nothing, until the focus moves", async ({ browser }) => {
  const ana = await deskOf(browser, "ana");
  const theme = (name: string) => ana.getByRole("button", { name: `Theme: ${name}` });
  await theme("system").focus();
  await ana.keyboard.type("is it on now");
  await ana.keyboard.press("Enter");
  await expect(theme("system")).toBeFocused();
  await ana.keyboard.press("Tab");
  await ana.keyboard.press("Shift+Tab");
  await ana.keyboard.press("Space");
  await expect(theme("light")).toBeFocused();
});

test("the chord for Close is refused while there is a draft", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Clara Voss");
  const ana = await deskOf(browser, "ana");
  await asksForAgent(request, customer);
  await claims(ana, customer);
  await ana.keyboard.type("Half a sen");
  await ana.keyboard.press("Alt+x");
  await expect(notice(ana, "Send or discard your draft first.").first()).toBeVisible();
  await expect(composer(ana)).toHaveValue("Half a sen");
  await composer(ana).fill("");
  await closes(ana);
});

test("the keys are listed from everywhere, and the focus returns", async ({ browser }) => {
  const desk = await deskOf(browser, "ana");
  await desk.getByRole("searchbox").focus();
  await desk.keyboard.press("Control+/");
  await expect(keyList(desk)).toContainText("Claim the open conversation, else the longest-waiting one");
  await desk.keyboard.press("Escape");
  await expect(desk.getByRole("searchbox")).toBeFocused();
  // As on a keyboard whose slash needs Shift.
  await sendsKey(desk, { key: "/", code: "Digit7", ctrlKey: true, shiftKey: true });
  await expect(keyList(desk)).toBeVisible();
  await keyList(desk).getByRole("button", { name: "Done" }).click();
  await expect(desk.getByRole("searchbox")).toBeFocused();
  await desk.keyboard.press("Escape");
  await desk.keyboard.press("?");
  await expect(keyList(desk)).toBeVisible();

  const admin = await deskOf(browser, "admin", "/admin/messages");
  await admin.getByRole("textbox").first().focus();
  await admin.keyboard.press("Control+/");
  await expect(keyList(admin)).toBeVisible();
});

test("single letters and type-to-reply can be switched off", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Silke Ott");
  const ben = await deskOf(browser, "ben");
  await asksForAgent(request, customer);
  const letters = ben.getByRole("switch", { name: "Single-letter shortcuts, type to reply" });
  await account(ben).click();
  await letters.uncheck();
  await ben.keyboard.press("Escape");
  await expect(account(ben)).toBeFocused();

  await leaves(ben);
  for (const key of ["j", "n", "/", "?"]) await ben.keyboard.press(key);
  await expect(ben).toHaveURL(/\/conversations$/);
  await expect(keyList(ben)).toHaveCount(0);
  await claims(ben, customer);
  await leaves(ben);
  await ben.keyboard.type("Hello");
  await expect(composer(ben)).toHaveValue("");

  // The setting is the person's, and other tabs follow it.
  const other = await ben.context().newPage();
  await other.goto("/conversations");
  await live(other);
  await account(ben).click();
  await letters.check();
  await expect(async () => {
    await other.keyboard.press("?");
    await expect(keyList(other)).toBeVisible({ timeout: 200 });
  }).toPass();
  await closes(ben);
});

/** Holds the desk's calls of `path` until the returned function is called. */
async function holds(desk: Page, path: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await desk.route(path, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test("after a claim, keys go into that customer's reply while the conversation loads", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Petra Lind");
  const ana = await deskOf(browser, "ana");
  await asksForAgent(request, customer);
  const release = await holds(ana, "**/api/thread*");
  await claimButton(ana, customer).click();
  await ana.keyboard.type("Good mor");
  await expect(ana).toHaveURL(/\/conversations\/cnv_/);
  await ana.keyboard.type("ning");
  release();
  await expect(composer(ana)).toBeFocused();
  await ana.keyboard.type(", Petra");
  await expect(composer(ana)).toHaveValue("Good morning, Petra");
  await ana.keyboard.press("Enter");
  await expect(message(ana, "Good morning, Petra")).toHaveCount(1);
});

test("what was typed for a claim that a colleague won is kept as a draft", async ({
  browser,
  request,
  allowConsole,
}) => {
  // Ben's claim is answered with a conflict.
  allowConsole(/status of 409/);
  const customer = await newCustomer(request, "Paula Reis");
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  await asksForAgent(request, customer);
  const release = await holds(ben, "**/api/claim*");
  await claimButton(ben, customer).click();
  await ben.keyboard.type("I can help");
  await claims(ana, customer);
  release();
  await expect(ben.getByText(`Ana Costa already claimed ${customer.name}.`)).toBeVisible();

  // The rest of the sentence: letters that would be commands, were the focus elsewhere.
  await ben.keyboard.type(", back to you");

  await opens(ben, customer);
  await actions(ben).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ben)).toHaveValue("I can help, back to you");
});

test("after a claim that a colleague won, a greeting reaches no other customer", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(/status of 409/);
  const [own, other] = [await newCustomer(request, "Greta Maas"), await newCustomer(request, "Gwen Price")];
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  await asksForAgent(request, own);
  await claims(ben, own);
  await asksForAgent(request, other);
  const release = await holds(ben, "**/api/claim*");
  await claimButton(ben, other).click();
  await claims(ana, other);
  release();
  await expect(ben.getByText(`Ana Costa already claimed ${other.name}.`)).toBeVisible();
  await ben.keyboard.type("Hi there");
  await expect(threadName(ben)).toHaveText(own.name);
  await expect(composer(ben)).toHaveValue("");
});
