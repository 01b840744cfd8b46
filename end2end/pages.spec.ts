// Every page, light and dark, wide and narrow, checked as looks.ts says. What a page shows only for a while (dialogs,
// banners, errors) is in states.spec.ts.
import type { Locator, Page } from "@playwright/test";
import { type Group, list, messages, rows } from "./desk";
import { outline } from "./editor";
import { PHONE, expect, test } from "./fixtures";
import { SCHEMES, SIZES, checkLooks } from "./looks";
import { type Who, browserOf, live } from "./people";
import { field } from "./phone";

interface Place {
  name: string;
  path: string;
  who?: Who;
  /** What is there once the page is ready. */
  ready: (page: Page) => Locator;
  /** Goes on from `path`, for pages whose URL is not known before. */
  go?: (page: Page) => Promise<void>;
  /** Lines that the browser itself writes to the console, such as the 404 of a page that is not found. */
  allowed?: RegExp;
}

const open = (group: Group | "Mine") => async (page: Page) => {
  await rows(page, group).first().click();
  await messages(page).first().waitFor();
};

// Buttons are pressed by keyboard, because a toast may lie over them.
const press = (page: Page, name: string) => page.getByRole("button", { name }).press("Enter");

/** Creates a flow from a template and opens its first step. */
const template = (name: string) => async (page: Page) => {
  await press(page, `Start from “${name}”`);
  // The first row is the start.
  await outline(page).nth(1).click();
  await page.getByLabel("Question text").waitFor();
};

const newTool = async (page: Page) => {
  await press(page, "Add a tool");
  const form = page.getByRole("form", { name: "Tool" });
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("order status");
  await press(page, "Add a header");
  await form.getByText("Enter a name of 1 to 64 letters, digits, underscores and hyphens.").scrollIntoViewIfNeeded();
};

const someHours = async (page: Page) => {
  await press(page, "Add hours to Monday");
  await press(page, "Copy Monday to Friday");
  await press(page, "Add hours to Saturday");
  await page.getByLabel("Saturday opens at").fill("22:00");
  await page.getByLabel("Saturday closes at").fill("02:00");
  await press(page, "Add a date");
  await expect(page.getByText("Choose the date.")).toBeVisible();
};

const title = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });
const inMain = (role: "table" | "textbox") => (page: Page) => page.getByRole("main").getByRole(role);
const rowsOf = (group: Group | "Mine") => (page: Page) => rows(page, group);
const inList = (text: string) => (page: Page) => list(page).getByText(text);
const templates = (page: Page) => page.getByRole("button", { name: /^Start from/ });
const instructions = (page: Page) => page.getByRole("textbox", { name: "Instructions" });
const addTool = (page: Page) => page.getByRole("button", { name: "Add a tool" });
const monday = (page: Page) => page.getByRole("group", { name: "Monday" });

const PLACES: Place[] = [
  { name: "sign-in", path: "/sign-in", ready: (page) => page.getByLabel("Email") },
  { name: "conversations", path: "/conversations", who: "ana", ready: rowsOf("Closed") },
  { name: "filtered", path: "/conversations?status=closed&from=2020-01-01", who: "ana", ready: rowsOf("Closed") },
  { name: "no-results", path: "/conversations?q=nobodyiscalledthis", who: "ana", ready: inList("No results for") },
  { name: "mine", path: "/conversations", who: "ana", ready: rowsOf("Mine"), go: open("Mine") },
  { name: "unassigned", path: "/conversations", who: "ben", ready: rowsOf("Unassigned"), go: open("Unassigned") },
  { name: "bot", path: "/conversations", who: "ben", ready: rowsOf("Bot"), go: open("Bot") },
  { name: "closed", path: "/conversations", who: "ana", ready: rowsOf("Closed"), go: open("Closed") },
  { name: "flows", path: "/admin/flows", who: "admin", ready: templates },
  { name: "flow-editor", path: "/admin/flows", who: "admin", ready: templates, go: template("Order status") },
  { name: "keywords", path: "/admin/keywords", who: "admin", ready: title },
  { name: "messages", path: "/admin/messages", who: "admin", ready: inMain("textbox") },
  { name: "bot-settings", path: "/admin/bot", who: "admin", ready: instructions },
  { name: "bot-tool", path: "/admin/bot", who: "admin", ready: addTool, go: newTool },
  { name: "hours", path: "/admin/hours", who: "admin", ready: monday, go: someHours },
  { name: "outcomes", path: "/admin/outcomes", who: "admin", ready: title },
  { name: "targets", path: "/admin/targets", who: "admin", ready: title },
  { name: "team", path: "/admin/team", who: "admin", ready: inMain("table") },
  { name: "audit", path: "/admin/audit", who: "admin", ready: title },
  { name: "not-found", path: "/nothing/here", ready: title, allowed: /404 \(Not Found\)/ },
  { name: "phone", path: `${PHONE}/#c2`, ready: field },
];

for (const place of PLACES) {
  test(`${place.name}, in every size and scheme`, async ({ browser, allowConsole }) => {
    if (place.allowed) allowConsole(place.allowed);
    const look = { viewport: SIZES.wide, colorScheme: SCHEMES[0], reducedMotion: "reduce" } as const;
    const context = place.who ? await browserOf(browser, place.who, look) : await browser.newContext(look);
    const page = await context.newPage();
    await page.goto(place.path);
    await place.ready(page).first().waitFor();
    if (place.who) await live(page);
    await place.go?.(page);
    // Loaded once: loading takes longer than all checks.
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        await checkLooks(page, `${place.name}-${size}-${colorScheme}`);
      }
    }
  });
}
