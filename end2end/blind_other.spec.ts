// The blind test (`blind.ts`) everywhere else than at an own conversation: the list and its search, conversations of
// others, of the bot and closed ones, the dialogs, and the admin's pages. The rest is in `blind_own.spec.ts`.
import {
  type Screen,
  colleaguesCustomer,
  conversations,
  deskWith,
  leaves,
  noticedActs,
  ownDesk,
  returning,
  typesAllAt,
  waits,
} from "./blind";
import { actions, composerNotice, palette, paletteField, row } from "./desk";
import { expect, test } from "./fixtures";
import { asksForAgent, closes, deskOf, newCustomer, opens, says } from "./people";
import { typesSentence } from "./sentences";

const SCREENS: Record<string, Screen> = {
  "in the list, no conversation open": async function* (stage) {
    const customer = await waits(stage, "Bea Lund");
    const page = await deskOf(stage.browser, "ana");
    const returns = returning(page, conversations(page));
    yield { at: "the body", page, focus: async () => { await returns(); await leaves(page); } };
    const focus = async () => { await returns(); await row(page, customer).first().focus(); };
    yield { at: "the row of a waiting conversation", page, focus, all: true };
  },
  "in a conversation that is somebody else's": async function* (stage) {
    const page = await deskWith(stage, await waits(stage, "Birgit Holm"));
    const notice = (name: string) => composerNotice(page).getByRole("button", { name });
    yield { at: "Claim, where it waits", page, focus: () => notice("Claim").focus() };

    const customer = await newCustomer(stage.request, "Bodil Dahl");
    await says(stage.request, customer, "Good morning");
    await opens(page, customer);
    const close = actions(page).getByRole("button", { name: "Close" });
    yield { at: "Close, where it is the bot's", page, focus: () => close.focus() };

    await opens(page, await colleaguesCustomer(stage));
    await expect(notice("Take over")).toBeVisible();
    yield { at: "the body, where it is a colleague's", page, focus: () => leaves(page) };
    yield { at: "Take over, where it is a colleague's", page, focus: () => notice("Take over").focus() };
  },
  "in dialogs and searches, and in a closed conversation": async function* (stage) {
    const { ana: page, own } = await ownDesk(stage);
    await page.keyboard.press("Control+/");
    const done = page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByRole("button", { name: "Done" });
    yield { at: "the list of keys", page, focus: () => done.focus() };
    await done.click();

    const returns = returning(page, conversations(page), row(page, own).first());
    const focus = async () => {
      await returns();
      // A sentence that finds a conversation opens it, and closes the palette in the frame after that: perhaps only now.
      await expect(async () => {
        if (!(await palette(page).isVisible())) await page.keyboard.press("Control+k");
        await paletteField(page).fill("", { timeout: 1_000 });
      }).toPass();
    };
    // Enter is pressed here as well: by typing alone it chooses nothing that others notice.
    yield { at: "the palette", page, focus };
    await returns();

    yield { at: "the search", page, focus: () => page.getByRole("searchbox").fill("") };
    await page.getByRole("searchbox").fill("");
    await expect(page).not.toHaveURL(/q=/);
    await returns();

    await closes(page);
    yield { at: "the body, a closed conversation open", page, focus: () => leaves(page) };
  },
  "in an admin page": async function* ({ browser }) {
    const page = await deskOf(browser, "admin", "/admin/keywords");
    yield { at: "the body", page, focus: () => leaves(page) };
    yield { at: "a switch", page, focus: () => page.getByRole("main").getByRole("switch").first().focus() };
  },
};

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`sentences typed ${name} do nothing but write`, async ({ browser, request }) => {
    // Each sentence is typed key by key, and some of them lead to another page and back.
    test.setTimeout(600_000);
    await typesAllAt(screen({ browser, request }));
  });
}

test("a line break typed at a waiting row claims nothing", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Benno Kurz");
  await asksForAgent(request, customer);
  const ana = await deskOf(browser, "ana");
  const acts = noticedActs(ana);
  await row(ana, customer).first().focus();
  await typesSentence(ana, "Hello");
  await ana.keyboard.press("Shift+Enter");
  await typesSentence(ana, "It is here");
  await ana.keyboard.press("Shift+Enter");
  // A request that the key had sent would be answered before this one.
  await ana.reload();
  await expect(row(ana, customer).first()).toBeVisible();
  expect(acts).toEqual([]);
});
