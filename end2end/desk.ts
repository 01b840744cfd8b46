// The parts of the desk, located as a person or a screen reader finds them: by role, name, label or text. A spec that
// needs another part adds its function here, so that every part is located in one place.
//
// CSS remains only where no role says it: in dossier.ts the element that a link's fragment names, in editor.ts the
// focus and the step marked as current.
import type { Locator, Page } from "@playwright/test";

interface Named {
  name: string;
}

/** The groups of the list, by their headings. */
export type Group = "Reply now" | "Unassigned" | "Customer's turn" | "Snoozed" | "Others" | "Bot" | "Closed";

/** The groups of one's own conversations. */
const OWN: Group[] = ["Reply now", "Customer's turn", "Snoozed"];

// The list.

export const list = (page: Page): Locator => page.getByRole("region", { name: "Conversations", exact: true });

/** A group of the list, or those of one's own conversations. A name ends with the number of conversations. */
export const group = (page: Page, name: Group | "Mine"): Locator => {
  const names = name === "Mine" ? OWN : [name];
  return list(page).getByRole("region", { name: new RegExp(`^(${names.join("|")}) \\d`) });
};

/** The rows of the list, or of one group: a link for each conversation. */
export const rows = (page: Page, name?: Group | "Mine"): Locator =>
  (name ? group(page, name) : list(page).getByRole("region")).getByRole("link");

/** The row of a customer, anywhere in the list or in one group. */
export const row = (page: Page, customer: Named, name?: Group | "Mine"): Locator =>
  rows(page, name).filter({ hasText: customer.name });

/** The height of the tallest row of the list. */
export const tallestRow = async (page: Page): Promise<number> =>
  Math.max(...(await rows(page).evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height))));

/** What lies over the rows while some of them wait to move. */
export const newRows = (page: Page): Locator => list(page).getByRole("button", { name: /^(\d+ new|Show changes)$/ });

/** The links that show one group only. */
export const statusFilter = (page: Page): Locator => page.getByRole("navigation", { name: "Status", exact: true });

/** Opens and closes the filters, and says how many are applied. */
export const filterToggle = (page: Page): Locator => list(page).getByText(/^Filters/);

export const filterForm = (page: Page): Locator => list(page).getByRole("form", { name: "Filters" });

/** The applied filters: links that remove them. */
export const appliedFilters = (page: Page): Locator => list(page).getByRole("navigation", { name: "Applied filters" });

// The open conversation.

export const thread = (page: Page): Locator => page.getByRole("main", { name: "Conversation", exact: true });

/** The customer's name over the thread. A dialog's heading may follow it. */
export const threadName = (page: Page): Locator => thread(page).getByRole("heading", { level: 2 }).first();

/** The line over the thread: owner, what is left of the reply window, snooze, the business's number and the customer's. */
export const threadFacts = (page: Page): Locator => thread(page).getByRole("paragraph").first();

/** The buttons over the thread: Snooze, Claim, Take over, Release, Return to bot, Close. */
export const actions = (page: Page): Locator => thread(page).getByRole("group", { name: "Actions" });

/** Opens and closes the choices of a snooze. */
export const snoozeToggle = (page: Page): Locator =>
  actions(page).locator("summary").filter({ has: page.getByText("Snooze", { exact: true }) });

/** What scrolls: the messages, and the events between them. */
export const messageList = (page: Page): Locator => thread(page).getByRole("region", { name: "Messages" });

export const messages = (page: Page): Locator => messageList(page).getByRole("article");

export const message = (page: Page, text: string): Locator => messages(page).filter({ hasText: text });

/** Consecutive photos of one sender. */
export const album = (page: Page): Locator => messageList(page).getByRole("list", { name: /^Album, / });

/** The photos in a message, an album or the thread: links that open them. */
export const photos = (within: Locator): Locator => within.getByRole("link", { name: "Open photo" });

/** A photo over the whole page. */
export const lightbox = (page: Page): Locator => page.getByRole("dialog", { name: /^Photo \d+ of \d+/ });

/** The player of a voice message. */
export const voicePlayer = (message: Locator): Locator => message.getByLabel("Voice message");
/** Its waveform, which is the slider to seek with. */
export const waveform = (message: Locator): Locator => message.getByRole("slider", { name: "Position" });

/** How far a message got, as its ticks say. */
export const delivery = (message: Locator, state: "Sent" | "Delivered" | "Read" | "Played" | "Not delivered"): Locator =>
  message.getByTitle(state, { exact: true });

/** An event between the messages, such as “You claimed this”. */
export const eventLine = (page: Page, text: string | RegExp): Locator =>
  messageList(page).getByRole("listitem").filter({ hasText: text, hasNot: page.getByRole("article") });

/** The field for the reply. */
export const composer = (page: Page): Locator => thread(page).getByRole("textbox", { name: /^Reply to / });

/** The field of a note for the team. */
export const noteField = (page: Page): Locator => thread(page).getByRole("textbox", { name: /^Note about / });

/** Opens the dialog in which files for the customer are chosen. */
export const attachButton = (page: Page): Locator => thread(page).getByRole("button", { name: "Attach files" });

/** The files that go with the next reply. */
export const attachedFiles = (page: Page): Locator =>
  thread(page).getByRole("list", { name: "Files to send" }).getByRole("listitem");

/** Opens and closes the menu of what can be sent besides text and files. */
export const addMenu = (page: Page): Locator => thread(page).getByLabel("Add", { exact: true });

/** Its entry that opens the templates, while a reply can be written. */
export const templateEntry = (page: Page): Locator =>
  thread(page).getByRole("button", { name: "Send template…", exact: true });

/** What stands in the composer's place while a template is chosen and filled in. */
export const templatePanel = (page: Page): Locator => thread(page).getByRole("region", { name: "Template", exact: true });

export const templateSearch = (page: Page): Locator => thread(page).getByRole("combobox", { name: "Search templates" });

/** The templates that were found. */
export const templateOptions = (page: Page): Locator =>
  thread(page).getByRole("listbox", { name: "Templates" }).getByRole("option");

/** Who else has the conversation open, or types. Absent while nobody has. */
export const colleagues = (page: Page): Locator => thread(page).getByText(/ (is|are) (viewing|typing)/);

/**
 * What stands in the composer's place, or below the text of an interrupted reply, when no reply can be written: why not,
 * and the action that changes it.
 */
export const composerNotice = (page: Page): Locator =>
  thread(page).getByRole("status").and(page.locator(".locked, .interrupted"));

/** What opens over the composer when a conversation is ended: the goodbye, and what is left behind. */
export const endingBar = (page: Page): Locator => thread(page).getByRole("region", { name: /^(Close|Return to bot): / });

// The dossier.

export const dossier = (page: Page): Locator => page.getByRole("complementary", { name: "Details" });

/** Why an agent was requested: the newest handoff. */
export const why = (page: Page): Locator => dossier(page).getByRole("group", { name: "Why an agent" });

export const summary = (page: Page): Locator => dossier(page).getByRole("group", { name: "Summary" });

/** Opens and closes the list of earlier handoffs. */
export const earlierHandoffsToggle = (page: Page): Locator => dossier(page).getByText(/^Earlier handoffs/);

export const earlierHandoffs = (page: Page): Locator =>
  dossier(page).getByRole("group").filter({ has: page.getByText(/^Earlier handoffs/) }).getByRole("listitem");

/** What the bot collected: a term and a definition for each variable. */
export const collectedData = (page: Page): Locator => dossier(page).getByRole("region", { name: "Collected data" });

/** How the customer rated handoffs: a term and a definition for each. */
export const ratings = (page: Page): Locator => dossier(page).getByRole("region", { name: "Ratings" });

export const apiCalls = (page: Page): Locator =>
  dossier(page).getByRole("region", { name: "API calls" }).getByRole("listitem");

export const otherConversations = (page: Page): Locator =>
  dossier(page).getByRole("region", { name: "Other conversations" }).getByRole("link");

// The strip of waiting handoffs, on every page.

export const strip = (page: Page): Locator => page.getByRole("region", { name: "Waiting handoffs", exact: true });

/** How many wait. Leads to them. */
export const waitingCount = (page: Page): Locator => strip(page).getByRole("link", { name: /^\d+ waiting$/ });

/** The new call that is unfolded for ten seconds: a customer's, or anybody's. */
export const newCall = (page: Page, customer?: Named): Locator =>
  strip(page).getByRole("article", { name: customer ? `Handoff: ${customer.name}` : /^Handoff: / });

/** Claims the customer whom the strip offers: of the unfolded call, else of the longest wait. */
export const claimButton = (page: Page, customer?: Named): Locator =>
  strip(page).getByRole("button", { name: customer ? `Claim ${customer.name}` : /^Claim / });

/** Folds the customer's call. */
export const dismissButton = (page: Page, customer: Named): Locator =>
  strip(page).getByRole("button", { name: `Dismiss ${customer.name}` });

/** The separators beside the list and the details, in a wide window. */
export const splitter = (page: Page, pane: "list" | "details"): Locator =>
  page.getByRole("region", { name: "Pane widths" }).getByRole("separator", { name: `Width of the ${pane}` });

// What else is on every page, or may lie over it.

/** What can be undone, on every page. */
export const undoList = (page: Page): Locator => page.getByRole("group", { name: "Undo", exact: true });
/** The button that undoes what was done to this customer's conversation. */
export const undoButton = (page: Page, customer: string): Locator =>
  undoList(page).getByRole("group").filter({ hasText: customer }).getByRole("button", { name: "Undo" });

/** The palette: a field that finds conversations, pages and actions. */
export const palette = (page: Page): Locator => page.getByRole("dialog", { name: "Search and commands" });

export const paletteField = (page: Page): Locator => palette(page).getByRole("combobox", { name: "Search and commands" });

/** The options of the palette with this text, or all of them. */
export const paletteOptions = (page: Page, text?: string | RegExp): Locator => {
  const all = palette(page).getByRole("option");
  return text ? all.filter({ hasText: text }) : all;
};

/** The option that Enter chooses. */
export const chosenOption = (page: Page): Locator => palette(page).getByRole("option", { selected: true });

/** A notice with this text: a toast, or the banner over the page. */
export const notice = (page: Page, text: string): Locator => page.getByRole("status").filter({ hasText: text });

/** The banner of a page that has lost its connection. The toast of a failed action begins with the same words. */
export const offlineBanner = (page: Page): Locator => notice(page, "You're offline. Reconnecting…");

/** The button of the account menu. It says who is signed in and whether they are online. */
export const account = (page: Page): Locator => page.getByTitle(/, (online|away|offline)$/);

/** The same button, while it says that the person is online or away. */
export const presence = (page: Page, state: "online" | "away"): Locator => page.getByTitle(new RegExp(`, ${state}$`));

/** The button of the rail that says whether the person is online or away, and changes it; or that there is no connection. */
export const availability = (page: Page): Locator =>
  page.getByRole("navigation", { name: "Main" }).getByRole("button", { name: /^(Online|Away|Offline)$/ });
