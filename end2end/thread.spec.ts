// What a thread shows: formatted texts, links, photos, sounds, files, forms, deleted and long messages; and the way between
// the conversations of one customer.
import type { Locator } from "@playwright/test";
import {
  actions,
  album,
  composer,
  composerNotice,
  dossier,
  lightbox,
  list,
  message,
  messages,
  otherConversations,
  photos,
  row,
  thread,
  threadFacts,
  threadName,
  voicePlayer,
} from "./desk";
import { expect, test } from "./fixtures";
import {
  OFFLINE,
  asksForAgent,
  claimed,
  closes,
  cutOff,
  deskOf,
  finds,
  live,
  newCustomer,
  opens,
  replies,
  says,
  sends,
  uploads,
} from "./people";

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** The first bytes of a voice message in AMR, of a video for old phones, and of a photo in HEIC. */
const AMR = [...ascii("#!AMR\n"), ...Array.from({ length: 64 }, () => 0x3c)];
const THREE_GP = [0, 0, 0, 20, ...ascii("ftyp3gp4"), 0, 0, 0, 0, ...ascii("3gp4"), ...Array.from({ length: 64 }, () => 0)];
const HEIC = [0, 0, 0, 20, ...ascii("ftypheic"), 0, 0, 0, 0, ...ascii("heic"), ...Array.from({ length: 64 }, () => 0)];

test("each kind of message is shown as what it is", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Frida Holm");
  await test.step("WhatsApp's formatting is rendered, in the list without its marks", async () => {
    const text = "*Total* is _5 €_, not ~6 €~ or 2*3*4. Type `stop`";
    await says(request, customer, `${text}\n> as you said\n- one\n- two\n<b>no markup</b>`);

    const bubble = message(ana, "Total");
    await expect(bubble.getByRole("strong")).toHaveText("Total");
    await expect(bubble.getByRole("emphasis")).toHaveText("5 €");
    await expect(bubble.locator("s")).toHaveText("6 €");
    await expect(bubble.getByRole("code")).toHaveText("stop");
    await expect(bubble.getByRole("blockquote")).toHaveText("as you said");
    await expect(bubble.getByRole("listitem")).toHaveText(["one", "two"]);
    await expect(bubble).toContainText("2*3*4");
    await expect(bubble).toContainText("<b>no markup</b>");
    await expect(row(ana, customer).first()).toContainText("Total is 5 €, not 6 € or 2*3*4. Type stop");
  });

  await test.step("addresses of the web and of mail and numbers are links, and nothing else", async () => {
    const text = "See https://acme.test/a_b_c. Or www.acme.test, gina@acme.test, +49 (0)151 2345678, javascript:alert(1), 4711";
    await says(request, customer, text);

    const links = message(ana, "javascript").getByRole("link");
    await expect(links).toHaveText(["https://acme.test/a_b_c", "www.acme.test", "gina@acme.test", "+49 (0)151 2345678"]);
    const targets = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(targets).toEqual([
      "https://acme.test/a_b_c",
      "https://www.acme.test",
      "mailto:gina@acme.test",
      "tel:+491512345678",
    ]);
    await expect(links.first()).toHaveAttribute("rel", /noopener/);
  });

  await test.step("a long one is folded, and shown in full by keyboard", async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, at) => `Line ${at + 1}`).join("\n");
    await says(request, customer, `short\n${lines(20)}`);
    await says(request, customer, `long\n${lines(60)}`);

    await expect(message(ana, "long").getByRole("button", { name: "Show all" })).toBeVisible();
    await expect(message(ana, "short").getByRole("button", { name: "Show all" })).toHaveCount(0);
    const height = async () => (await message(ana, "long").boundingBox())?.height ?? 0;
    const folded = await height();
    await message(ana, "long").getByRole("button", { name: "Show all" }).focus();
    await ana.keyboard.press("Enter");
    const less = message(ana, "long").getByRole("button", { name: "Show less" });
    await expect(less).toBeFocused();
    await expect(less).toHaveAttribute("aria-expanded", "true");
    expect(await height()).toBeGreaterThan(2 * folded);
  });

  await test.step("a form's answers keep their order, and a deleted message steps back", async () => {
    const answers = '{"flow_token":"x","zip":"12345","city":"Bonn","agreed":true,"address":{"street":"Elm","no":7}}';
    await sends(request, customer, { kind: "flow_reply", response_json: answers });
    const expected = [/^zip\s*12345$/, /^city\s*Bonn$/, /^agreed\s*yes$/, /^address\s*street Elm, no 7$/];
    await expect(message(ana, "Bonn").getByRole("listitem")).toHaveText(expected);
    await ana.reload();
    await expect(message(ana, "Bonn").getByRole("listitem")).toHaveText(expected);

    const deleted = await sends(request, customer, { kind: "text", text: "Forget what I said" });
    await sends(request, customer, { kind: "revoke", message_id: deleted });
    const bubble = message(ana, "Forget what I said");
    await expect(bubble).toContainText("deleted by the customer");
    await expect(bubble.getByText("Forget what I said")).toHaveCSS("font-style", "italic");
  });

  await test.step("a voice message has speeds, and music is told apart from it", async () => {
    await sends(request, customer, { kind: "voice" });
    const voice = messages(ana).filter({ has: ana.getByLabel("Voice message") });
    const rate = () => voicePlayer(voice).evaluate((player) => (player as HTMLAudioElement).playbackRate);
    for (const [name, after] of [["1×", 1.5], ["1.5×", 2], ["2×", 1]] as const) {
      await voice.getByRole("button", { name: `Playback speed ${name}`, exact: true }).click();
      expect(await rate()).toBe(after);
    }

    await sends(request, customer, { kind: "audio" });
    const music = messages(ana).filter({ has: ana.getByLabel("Audio", { exact: true }) });
    await expect(music.getByRole("link")).toHaveAttribute("download", "audio.ogg");
    await expect(music.getByRole("button", { name: /^Playback speed/ })).toHaveCount(0);
  });
});

test("marks of directions hide no ending and turn no sentence", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Omar\u202e Said");
  const shown = { ...customer, name: customer.name.replace("\u202e", "") };
  const ana = await deskOf(browser, "ana");
  await asksForAgent(request, customer);
  await opens(ana, shown);
  await expect(threadName(ana)).not.toContainText("\u202e");

  await sends(request, customer, { kind: "document", filename: "invoice\u202efdp.exe" });
  const file = message(ana, "invoicefdp.exe");
  await expect(file.getByRole("link")).toHaveAttribute("download", "invoicefdp.exe");
  await says(request, customer, "Look: https://acme.test/\u202egpj.exe");
  const link = message(ana, "Look:").getByRole("link");
  await expect(link).toHaveAttribute("href", "https://acme.test/");
  await expect(message(ana, "Look:")).toContainText("U+202E");
});

test("a search that leads to a folded message unfolds it", async ({ browser, request }) => {
  const word = `kumquat${Date.now() % 1_000_000}`;
  const [ana, customer] = await claimed(browser, request, "Signe Holm");
  const lines = Array.from({ length: 60 }, (_, at) => `Line ${at + 1}`).join("\n");
  await says(request, customer, `long\n${lines}\n${word}`);
  await expect(message(ana, "long").getByRole("button", { name: "Show all" })).toBeVisible();

  await ana.getByRole("searchbox", { name: "Search names, numbers, messages and notes" }).fill(word);
  const results = list(ana).getByRole("region", { name: "Messages found", exact: true }).getByRole("link");
  await results.filter({ hasText: customer.name }).click();
  await expect(message(ana, "long").getByRole("button", { name: "Show less" })).toBeVisible();
});

test("the head says owner and window first, and the number is copied", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Jonas Berg");
  await expect(threadFacts(ana)).toHaveText(/^Yours · 2[34] h left to reply · /);
  const digits = customer.phone.replace(/\D/g, "");
  const number = dossier(ana).getByText(/^\+\d+( \d+)+$/);
  expect(((await number.textContent()) ?? "").replaceAll(" ", "")).toBe(`+${digits}`);
  await expect(threadFacts(ana)).toContainText((await number.textContent()) ?? "no number");
  // What there is no room for is in the titles.
  await ana.setViewportSize({ width: 1440, height: 900 });
  await expect(threadName(ana)).toHaveAttribute("title", customer.name);
  await expect(threadFacts(ana)).toHaveAttribute("title", (await threadFacts(ana).textContent()) ?? "no facts");

  await ana.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await dossier(ana).getByRole("button", { name: "Copy number" }).click();
  await expect(dossier(ana).getByText("Copied", { exact: true })).toBeVisible();
  expect(await ana.evaluate(() => navigator.clipboard.readText())).toBe(`+${digits}`);
});

test("consecutive photos are an album, and one opens large with arrows", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Klara Nowak");
  for (const _ of [1, 2, 3]) await sends(request, customer, { kind: "image" });
  await sends(request, customer, { kind: "image", caption: "and *this* one" });
  await expect(album(ana)).toHaveAccessibleName("Album, 3 photos");
  await expect(photos(album(ana))).toHaveCount(3);
  await expect(photos(thread(ana))).toHaveCount(4);

  const second = photos(album(ana)).nth(1);
  await second.focus();
  await ana.keyboard.press("Enter");
  await expect(lightbox(ana)).toHaveAccessibleName(/^Photo 2 of 4/);
  await ana.keyboard.press("ArrowRight");
  await ana.keyboard.press("ArrowRight");
  await expect(lightbox(ana)).toHaveAccessibleName(/^Photo 4 of 4/);
  await expect(lightbox(ana)).toContainText("and this one");
  await ana.keyboard.press("ArrowRight");
  await expect(lightbox(ana)).toHaveAccessibleName(/^Photo 4 of 4/);
  const previous = lightbox(ana).getByRole("button", { name: "Previous photo" });
  await previous.click();
  await expect(previous).toBeFocused();
  await expect(lightbox(ana)).toHaveAccessibleName(/^Photo 3 of 4/);
  await expect(lightbox(ana).getByRole("link", { name: "Save" })).toHaveAttribute("download", "photo.png");
  await ana.keyboard.press("Escape");
  await expect(lightbox(ana)).toHaveCount(0);
  await expect(second).toBeFocused();
});

test("what the browser cannot play or show says so and can be saved", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Mona Fuchs");
  const table: [string, string, number[], string, string][] = [
    ["voice", "audio/amr", AMR, "play", "voice-message.amr"],
    ["audio", "audio/amr", AMR, "play", "audio.amr"],
    ["video", "video/3gpp", THREE_GP, "play", "video.3gp"],
    ["image", "image/heic", HEIC, "show", "photo.heic"],
  ];
  const seen: Locator[] = [];
  for (const [kind, mime, bytes, verb, name] of table) {
    await sends(request, customer, { kind, media: await uploads(request, mime, bytes) });
    const file = thread(ana).locator(`a[download="${name}"]`);
    await expect(file).toContainText(`Your browser can't ${verb} it`);
    seen.push(file);
  }
  // The same after the server has rendered the page.
  await ana.reload();
  await live(ana);
  for (const file of seen) await expect(file).toContainText("Your browser can't");
  // Beside other photos it is reached by the arrows.
  await sends(request, customer, { kind: "image" });
  // One that cannot be shown is a photo until the browser has tried.
  await photos(thread(ana)).last().click();
  await ana.keyboard.press("ArrowLeft");
  await expect(lightbox(ana)).toContainText("Your browser can't show this photo.");
  await expect(lightbox(ana).getByRole("link", { name: "Save" })).toHaveAttribute("download", "photo.heic");
  await ana.keyboard.press("ArrowRight");
  await expect(lightbox(ana).getByRole("img")).toBeVisible();
  await ana.keyboard.press("Escape");
  const download = ana.waitForEvent("download");
  await seen[0].click();
  expect((await download).suggestedFilename()).toBe("voice-message.amr");
});

test("a closed conversation leads to the open one, and back", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Nils Aas");
  await replies(ana, "The first conversation");
  await closes(ana);
  await asksForAgent(request, customer);

  // The way comes while the closed one is on the screen.
  const onward = composerNotice(ana).getByRole("link", { name: "Go to the open conversation" });
  await expect(onward).toBeVisible();
  await onward.click();
  await expect(message(ana, "I would like to speak to agent").first()).toBeVisible();
  await expect(message(ana, "The first conversation")).toHaveCount(0);
  await expect(otherConversations(ana)).toHaveText(/^Closed .* by /);
  // By keyboard, because what calls may cover it.
  await otherConversations(ana).press("Enter");
  await expect(message(ana, "The first conversation")).toBeVisible();
  await expect(otherConversations(ana).first()).toContainText("Open since");
  await expect(onward).toBeVisible();
});

test("a conversation that is opened without a connection loads when it is back", async ({
  browser,
  request,
  allowConsole,
}) => {
  allowConsole(OFFLINE);
  const customer = await newCustomer(request, "Olga Reim");
  await asksForAgent(request, customer);
  const ana = await deskOf(browser, "ana");
  // Nor is it read ahead before the connection is lost.
  await ana.route("**/api/thread", (route) => route.abort("internetdisconnected"));
  await finds(ana, customer.name, 1);
  await cutOff([ana], async () => {
    await row(ana, customer).first().click();
    await expect(ana.getByRole("heading", { name: "Couldn't load this conversation" })).toBeVisible();
    await ana.unroute("**/api/thread");
  });
  await expect(threadName(ana)).toHaveText(customer.name);
  await expect(message(ana, "speak to agent").first()).toBeVisible();
});

test("a conversation whose row the pointer rests on is read ahead, and never shown older than it is", async ({
  browser,
  request,
}) => {
  const first = await newCustomer(request, "Pia Dahl");
  const second = await newCustomer(request, "Rolf Dahl");
  for (const customer of [first, second]) await asksForAgent(request, customer);
  // With a filter, what *Next* would open is not read ahead.
  const ana = await deskOf(browser, "ana", "/conversations?q=Dahl");
  const readAhead = async (customer: { name: string }) => {
    const answer = ana.waitForResponse(/\/api\/thread/);
    await row(ana, customer).first().hover();
    await (await answer).finished();
  };

  // What came after the reading is shown.
  await readAhead(first);
  await says(request, first, "One thing more");
  await expect(row(ana, first).first()).toContainText("One thing more");
  await opens(ana, first);
  await expect(message(ana, "One thing more")).toBeVisible();

  // Nothing else is read before the second one is shown.
  await readAhead(second);
  await ana.route("**/api/thread*", () => {});
  await opens(ana, second);
  await expect(message(ana, "speak to agent").first()).toBeVisible();
  await ana.unroute("**/api/thread*");
});

test("on a phone a notice covers neither the head nor the composer", async ({ browser, request }) => {
  const [desk] = await claimed(browser, request, "Sigrid Moe");
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const page = await deskOf(browser, "ana", new URL(desk.url()).pathname, phone);
  await composer(page).fill("Half a sentence");
  await actions(page).getByRole("button", { name: "Close" }).click();
  const toast = page.getByRole("alert").filter({ hasText: "Send or discard your draft first." });
  await expect(toast).toBeVisible();
  const box = async (part: Locator) => (await part.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [notice, acts, field] = [await box(toast), await box(actions(page)), await box(composer(page))];
  expect(notice.y).toBeGreaterThanOrEqual(acts.y + acts.height);
  expect(notice.y + notice.height).toBeLessThanOrEqual(field.y);
  await composer(page).fill("");
});

test("on a phone the actions are as large as a finger needs, and Close has its word", async ({ browser, request }) => {
  const [desk] = await claimed(browser, request, "Sven Dahl");
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const page = await deskOf(browser, "ana", new URL(desk.url()).pathname, phone);
  const buttons = actions(page).locator("button:visible, summary:visible, a:visible");
  await expect(actions(page).getByRole("button", { name: "Close" })).toBeVisible();
  expect(await buttons.count()).toBeGreaterThan(3);
  for (const button of [...(await buttons.all()), page.getByRole("link", { name: "Back to list" })]) {
    const box = await button.boundingBox();
    expect(box?.width).toBeGreaterThanOrEqual(44);
    expect(box?.height).toBeGreaterThanOrEqual(44);
  }
  const word = actions(page).getByText("Close", { exact: true });
  expect((await word.boundingBox())?.width).toBeGreaterThan(20);
  // The name and what decides the next act have the line above.
  expect((await threadFacts(page).boundingBox())?.width).toBeGreaterThan(280);
});
