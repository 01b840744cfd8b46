// Writing to a customer when something interferes: a reload, a rejected message, the customer's next message.
import type { Locator, Page } from "@playwright/test";
import {
  account,
  actions,
  attachButton,
  attachedFiles,
  composer,
  composerNotice,
  delivery,
  endingBar,
  message,
  messages,
  row,
  rows,
  thread,
} from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, OFFLINE, claimed, cutOff, deskOf, live, opens, replies, says, withShortUndo } from "./people";
import { onPhone, field as phoneField, phoneOf } from "./phone";

test("a draft survives a reload and belongs to one conversation and one agent", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Xenia Roth");
  const field = composer(ana);
  await field.pressSequentially("Half a sen");
  await ana.reload();
  await expect(field).toHaveValue("Half a sen");

  await rows(ana, "Closed").first().click();
  await expect(composerNotice(ana)).toContainText("Closed");
  await expect(row(ana, customer)).toContainText("Draft");
  await opens(ana, customer);
  await expect(field).toHaveValue("Half a sen");

  const ben = await deskOf(browser, "ben");
  await opens(ben, customer);
  await actions(ben).getByRole("button", { name: "Take over" }).click();
  await expect(composer(ben)).toHaveValue("");
  await expect(composerNotice(ana)).toContainText("Your draft is kept.");
});

/** Waits until the server has this draft. */
const savesDraft = (desk: Page, whole: string) =>
  desk.waitForResponse((answer) => {
    const isSave = answer.url().includes("/api/save_draft") && answer.ok();
    return isSave && JSON.parse(answer.request().postData() ?? "{}").draft?.body === whole;
  });

/** Types into the reply, and waits until the server has the whole draft. */
async function drafts(desk: Page, added: string, whole = added) {
  const saved = savesDraft(desk, whole);
  await composer(desk).pressSequentially(added);
  await saved;
}

/** Goes to another conversation and back. */
async function reopens(desk: Page, customer: Customer) {
  await rows(desk, "Closed").first().click();
  await expect(composerNotice(desk)).toContainText("Closed");
  await opens(desk, customer);
  await expect(composer(desk)).toBeVisible();
}

test("a draft opens in the agent's other browser, and is gone from both once it is sent", async ({
  browser,
  request,
}) => {
  const [here, customer] = await claimed(browser, request, "Xaver Huber");
  await drafts(here, "Typed at the desk");
  const there = await deskOf(browser, "ana");
  await expect(row(there, customer)).toContainText("Draft");
  await opens(there, customer);
  await expect(composer(there)).toHaveValue("Typed at the desk");

  await drafts(there, ", then on the way", "Typed at the desk, then on the way");
  await reopens(here, customer);
  await expect(composer(here)).toHaveValue("Typed at the desk, then on the way");
  // Nobody else reads it.
  const ben = await deskOf(browser, "ben");
  await opens(ben, customer);
  await expect(composerNotice(ben)).toContainText("Ana Costa is handling this conversation.");
  await expect(composerNotice(ben)).not.toContainText("Your draft is kept.");

  await composer(here).press("Enter");
  await expect(message(there, "Typed at the desk, then on the way")).toHaveCount(1);
  for (const desk of [here, there]) {
    await reopens(desk, customer);
    await expect(composer(desk)).toHaveValue("");
    await rows(desk, "Closed").first().click();
    await expect(row(desk, customer)).not.toContainText("Draft");
  }
});

test("what is typed on two devices while one has no network is all kept", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const [here, customer] = await claimed(browser, request, "Xiomara Diaz");
  const there = await deskOf(browser, "ana");
  await opens(there, customer);
  await cutOff([there], async () => {
    await composer(there).pressSequentially("Typed without a network");
    await drafts(here, "Typed");
    await drafts(here, " at the desk", "Typed at the desk");
  });
  const both = "Typed at the desk\n\nTyped without a network";
  const saved = savesDraft(there, both);
  await reopens(there, customer);
  await expect(composer(there)).toHaveValue(both);
  await saved;
  await reopens(here, customer);
  await expect(composer(here)).toHaveValue(both);
});

test("a draft that was deleted stays deleted, and a key is not a request", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Xenos Galanis");
  let saves = 0;
  ana.on("request", (sent) => {
    if (sent.url().includes("/api/save_draft")) saves += 1;
  });
  await drafts(ana, "Never mind");
  expect(saves).toBeLessThan("Never mind".length);
  await composer(ana).fill("");
  await ana.reload();
  await live(ana);
  await expect(composer(ana)).toHaveValue("");
  await reopens(ana, customer);
  await expect(composer(ana)).toHaveValue("");
});

/** One white pixel. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Drops a file where the person writes. */
const drops = (field: Locator, name: string, text: string) =>
  field.evaluate(
    (element, file) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([file.text], file.name));
      element.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    { name, text },
  );

test("attached files survive a reload and reach the phone in order, and a refused one says the way out", async ({
  browser,
  request,
}) => {
  const [ana, customer] = await claimed(browser, request, "Ximena Soto");
  const phone = await phoneOf(browser, customer);
  const chooser = ana.waitForEvent("filechooser");
  await attachButton(ana).click();
  await (await chooser).setFiles([
    { name: "shop.png", mimeType: "image/png", buffer: PICTURE },
    { name: "menu.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a menu") },
  ]);
  await drops(composer(ana), "dance.gif", "GIF89a and a dance");
  await expect(attachedFiles(ana)).toHaveText([/shop\.png.*Photo/, /menu\.pdf.*Document/, /dance\.gif.*WhatsApp doesn't/]);
  await attachedFiles(ana).nth(2).getByRole("button", { name: "Send as document" }).click();
  await expect(attachedFiles(ana).nth(2)).toContainText("Document");

  await ana.reload();
  await live(ana);
  await expect(attachedFiles(ana)).toHaveText([/shop\.png/, /menu\.pdf/, /dance\.gif/]);
  await attachedFiles(ana).nth(1).getByRole("button", { name: "Remove menu.pdf" }).press("Enter");
  await expect(composer(ana)).toBeFocused();
  await composer(ana).fill("Our shop");
  await composer(ana).press("Enter");

  await expect(attachedFiles(ana)).toHaveCount(0);
  await expect(composer(ana)).toHaveValue("");
  const shown = messages(ana).filter({ hasText: /Our shop|dance/ });
  await expect(shown).toHaveText([/Our shop/, /dance\.gif/]);
  for (const one of [shown.first(), shown.last()]) await expect(delivery(one, "Read")).toBeVisible();
  await expect(onPhone(phone, "Our shop").getByRole("img", { name: "Our shop" })).toBeVisible();
  await expect(onPhone(phone, "dance.gif")).toHaveCount(1);
  await expect(onPhone(phone, "menu.pdf")).toHaveCount(0);
});

/** The Enter that confirms a character in an input method, as Safari reports it. Returns whether the page left it alone. */
const confirmsCharacter = (field: Locator): Promise<boolean> =>
  field.evaluate((element) =>
    element.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 229, bubbles: true, cancelable: true }),
    ),
  );

test("an Enter that belongs to an input method sends nothing, at the desk and on the phone", async ({
  browser,
  request,
}) => {
  const [ana, customer] = await claimed(browser, request, "Yuki Mori");
  const phone = await phoneOf(browser, customer);
  const sent = (page: Page) => (page === ana ? message(ana, "arigatou") : onPhone(phone, "konnichiwa"));
  for (const [page, field, start, whole] of [
    [ana, composer(ana), "ari", "arigatou"],
    [phone, phoneField(phone), "konni", "konnichiwa"],
  ] as const) {
    await field.pressSequentially(start);
    expect(await confirmsCharacter(field)).toBe(true);
    await expect(field).toHaveValue(start);
    await field.pressSequentially(whole.slice(start.length));
    await field.press("Enter");
    await expect(sent(page)).toHaveCount(1);
  }
});

test("on a touch keyboard Enter breaks the line, and Ctrl+Enter sends", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Yannis Vlachos");
  await ana.close();
  const look = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const mobile = await deskOf(browser, "ana", "/conversations", look);
  await opens(mobile, customer);
  const field = composer(mobile);
  // The buttons fit in one line. Their styles come after the desk.
  const names = /^(Saved replies|Attach files|Record a voice message|Emoji|Send)$/;
  const buttons = thread(mobile).getByRole("button", { name: names });
  await expect(buttons).toHaveCount(5);
  const tops = () => buttons.evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
  await expect.poll(async () => new Set(await tops()).size).toBe(1);
  await expect(thread(mobile).getByLabel("Other ways to send")).toBeInViewport({ ratio: 1 });
  await field.pressSequentially("First line");
  await field.press("Enter");
  await field.pressSequentially("Second line");
  await expect(field).toHaveValue("First line\nSecond line");
  await field.press("Control+Enter");
  await expect(message(mobile, "Second line")).toContainText("First line");
  await expect(field).toHaveValue("");
});

test("a message that WhatsApp rejects says why, and arrives once when it is sent again", async ({
  browser,
  request,
  simulator,
}) => {
  const [ana, customer] = await claimed(browser, request, "Yusuf Aydin");
  const phone = await phoneOf(browser, customer);
  for (const kind of ["http", "status"] as const) {
    await simulator.fail(customer.phone, { kind, code: 131026, times: 1 });
    const text = `Rejected by ${kind}`;
    await replies(ana, text);
    await expect(delivery(message(ana, text), "Not delivered")).toBeVisible();
    await expect(message(ana, text).getByText(/WhatsApp/)).toBeVisible();
    await message(ana, text).getByRole("button", { name: "Try again" }).click();
    await expect(delivery(message(ana, text), "Read")).toBeVisible();
    await expect(message(ana, text)).toHaveCount(1);
    await expect(delivery(message(ana, text), "Not delivered")).toHaveCount(0);
    await expect(onPhone(phone, text)).toHaveCount(1);
  }
});

test("a message behind one without a response says what it is waiting for", async ({ browser, request, simulator }) => {
  const [ana, customer] = await claimed(browser, request, "Yara Costa");
  await simulator.fail(customer.phone, { kind: "drop", times: 1 });
  await replies(ana, "Cut on the way");
  await expect(message(ana, "Cut on the way")).toContainText("It may or may not have arrived");
  await replies(ana, "Right behind it");
  await expect(message(ana, "Right behind it")).toContainText("On hold until the previous message goes through");
});

test("closing is refused while the customer's last message was not seen, and says so", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(/status of 409/);
  const [ana, customer] = await claimed(browser, request, "Zoe Marin");
  await actions(ana).getByRole("button", { name: "Close" }).click();
  await expect(endingBar(ana)).toBeFocused();
  await says(request, customer, "Wait, one more question");
  await expect(message(ana, "Wait, one more question")).toBeVisible();
  await endingBar(ana).getByRole("button", { name: "Close" }).click();

  const alert = ana.getByRole("alert").filter({ hasText: "Not closed." });
  await expect(alert).toBeVisible();
  await expect(row(ana, customer, "Mine")).toBeVisible();
  await expect(message(ana, "Wait, one more question")).toBeInViewport();
  await alert.getByRole("button", { name: "Close anyway" }).click();
  await withShortUndo(ana, async () => {
    await endingBar(ana).getByRole("button", { name: "Close" }).click();
    await expect(composerNotice(ana)).toContainText("Closed by you");
  });
});

test("a slash finds a saved reply, which is sent once what it leaves out is filled in", async ({ browser, request }) => {
  const keeper = await deskOf(browser, "ana", "/saved-replies");
  const form = keeper.getByRole("form", { name: "New saved reply" });
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("Delivery date");
  const text = "Hi {{ customer.first_name }}, order {{ order_number }} arrives tomorrow.";
  await form.getByRole("textbox", { name: "Text", exact: true }).fill(text);
  await form.getByRole("button", { name: "Add" }).click();
  await expect(keeper.getByRole("row", { name: /Delivery date/ })).toBeVisible();

  const [ana] = await claimed(browser, request, "Zita Blume");
  const field = composer(ana);
  const refusal = (words: string) => ana.getByRole("alert").filter({ hasText: words });
  const found = ana.getByRole("listbox", { name: "Saved replies" }).getByRole("option");
  // Typed blindly: a search that finds nothing is neither sent nor replaced. The code of the list is fetched meanwhile.
  await field.pressSequentially("/thanks for waiting");
  await field.press("Enter");
  await expect(refusal("No saved reply matches “thanks for waiting”.")).toBeVisible();
  await field.press("Control+Enter");
  await expect(field).toHaveValue("/thanks for waiting");
  // What is no search stays text.
  await field.fill("");
  await field.pressSequentially("On 24/12 and/or later");
  await expect(found).toHaveCount(0);

  await field.fill("");
  await field.pressSequentially("/deliv");
  await expect(found.filter({ hasText: "Delivery date" })).toHaveAttribute("aria-selected", "true");
  await field.press("Enter");
  await expect(field).toHaveValue("Hi Zita, order ⟦order number⟧ arrives tomorrow.");
  await field.press("Enter");
  await expect(refusal("Fill in ⟦order number⟧ first")).toBeVisible();
  // The hole is selected.
  await ana.keyboard.type("4711");
  await ana.keyboard.press("Enter");
  await expect(message(ana, "Hi Zita, order 4711 arrives tomorrow.")).toHaveCount(1);
  await expect(message(ana, "thanks for waiting")).toHaveCount(0);
});

test("a message can be taken back for as long as the agent chose, and leaves after that", async ({
  browser,
  request,
}) => {
  const [ana, customer] = await claimed(browser, request, "Zora Blum");
  const phone = await phoneOf(browser, customer);
  const chooses = async (seconds: string) => {
    await account(ana).click();
    const saved = ana.waitForResponse("**/api/set_send_delay*");
    await ana.getByLabel("Undo sending").selectOption(seconds);
    await saved;
    await ana.keyboard.press("Escape");
  };
  await chooses("20");
  const field = composer(ana);
  const quote = thread(ana).getByRole("button", { name: "Remove quote" });
  await thread(ana).getByRole("button", { name: "Quote this message" }).last().press("Enter");
  await expect(quote).toBeVisible();
  await field.fill("Helo there");
  await field.press("Enter");
  const waiting = message(ana, "Helo there").filter({ hasText: /Sending in \d+ s/ });
  await expect(waiting).toHaveCount(1);
  await expect(field).toHaveValue("");
  await expect(quote).toHaveCount(0);
  await waiting.getByRole("button", { name: "Undo" }).click();
  await expect(quote).toBeVisible();
  await expect(field).toHaveValue("Helo there");
  await expect(field).toBeFocused();
  await expect(message(ana, "Helo there")).toHaveCount(0);
  await quote.click();

  // A file without a text waits in the composer again.
  await field.fill("");
  await drops(field, "menu.pdf", "%PDF-1.7 a menu");
  await expect(attachedFiles(ana)).toHaveText([/menu\.pdf.*Document/]);
  await field.press("Enter");
  await expect(attachedFiles(ana)).toHaveCount(0);
  await message(ana, "menu.pdf").getByRole("button", { name: "Undo" }).click();
  await expect(attachedFiles(ana)).toHaveText([/menu\.pdf.*Document/]);
  await attachedFiles(ana).getByRole("button", { name: "Remove menu.pdf" }).click();
  await expect(attachedFiles(ana)).toHaveCount(0);

  await chooses("5");
  await field.fill("Hello there");
  await field.press("Enter");
  await expect(message(ana, "Hello there").filter({ hasText: /Sending in \d s/ })).toHaveCount(1);
  await expect(onPhone(phone, "Hello there")).toHaveCount(1, { timeout: 30_000 });
  await expect(message(ana, "Hello there")).toHaveCount(1);
  await expect(onPhone(phone, "Helo there")).toHaveCount(0);
  await chooses("0");
});
