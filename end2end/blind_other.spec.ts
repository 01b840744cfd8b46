// The blind test (`blind.ts`) everywhere else than at an own conversation: the list and its search, conversations of
// others, of the bot and closed ones, the dialogs, and the admin's pages. The rest is in `blind_own.spec.ts`.
import {
  type Screen,
  colleaguesDesk,
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
import { asksForAgent, closes, deskOf, newCustomer, says } from "./people";
import { typesSentence } from "./sentences";

const SCREENS: Record<string, Screen> = {
  "the body, no conversation open": async ({ browser }) => {
    const page = await deskOf(browser, "ana");
    const returns = returning(page, conversations(page));
    return { page, focus: async () => { await returns(); await leaves(page); } };
  },
  "the row of a waiting conversation": async (stage) => {
    const customer = await waits(stage, "Bea Lund");
    const page = await deskOf(stage.browser, "ana");
    const returns = returning(page, conversations(page));
    return { page, focus: async () => { await returns(); await row(page, customer).first().focus(); } };
  },
  "the search": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    return { page, focus: () => page.getByRole("searchbox").fill("") };
  },
  "Claim in a waiting conversation": async (stage) => {
    const page = await deskWith(stage, await waits(stage, "Birgit Holm"));
    return { page, focus: () => composerNotice(page).getByRole("button", { name: "Claim" }).focus() };
  },
  "the body, a colleague's conversation open": async (stage) => {
    const page = await colleaguesDesk(stage);
    return { page, focus: () => leaves(page) };
  },
  "Take over in a colleague's conversation": async (stage) => {
    const page = await colleaguesDesk(stage);
    return { page, focus: () => composerNotice(page).getByRole("button", { name: "Take over" }).focus() };
  },
  "Close over a conversation of the bot": async (stage) => {
    const customer = await newCustomer(stage.request, "Bodil Dahl");
    await says(stage.request, customer, "Good morning");
    const page = await deskWith(stage, customer);
    return { page, focus: () => actions(page).getByRole("button", { name: "Close" }).focus() };
  },
  "the body, a closed conversation open": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    await closes(page);
    return { page, focus: () => leaves(page) };
  },
  "the list of keys": async (stage) => {
    const { ana: page } = await ownDesk(stage);
    await page.keyboard.press("Control+/");
    const done = page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByRole("button", { name: "Done" });
    return { page, focus: () => done.focus() };
  },
  // Enter is pressed here as well: by typing alone it chooses nothing that others notice.
  "the palette": async (stage) => {
    const { ana: page, own } = await ownDesk(stage);
    const returns = returning(page, conversations(page), row(page, own).first());
    const focus = async () => {
      await returns();
      if (!(await palette(page).isVisible())) await page.keyboard.press("Control+k");
      await paletteField(page).fill("");
    };
    return { page, focus };
  },
  "the body of an admin page": async ({ browser }) => {
    const page = await deskOf(browser, "admin", "/admin/keywords");
    return { page, focus: () => leaves(page) };
  },
  "a switch of an admin page": async ({ browser }) => {
    const page = await deskOf(browser, "admin", "/admin/keywords");
    return { page, focus: () => page.getByRole("main").getByRole("switch").first().focus() };
  },
};

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`sentences typed at ${name} do nothing but write`, async ({ browser, request }) => {
    // Each sentence is typed key by key, and some of them lead to another page and back.
    test.setTimeout(600_000);
    await typesAllAt(await screen({ browser, request }));
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
