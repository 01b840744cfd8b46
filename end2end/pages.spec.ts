// Every page, light and dark, wide and narrow, looked at as looks.ts says. What only stands there for a while (dialogs,
// banners, faults) is in states.spec.ts.
import type { Page } from "@playwright/test";
import { PHONE, expect, test } from "./fixtures";
import { SCHEMES, SIZES, isSound } from "./looks";
import { type Who, browserOf, live } from "./stage";

interface Place {
  name: string;
  path: string;
  who?: Who;
  /** What is there once the page is ready. */
  ready: string;
  /** Leads on from `path`, for pages whose address is not known before. */
  go?: (page: Page) => Promise<void>;
  /** Lines that the browser itself writes here: a page that is not found is a 404. */
  expected?: RegExp;
}

const open = (group: string) => async (page: Page) => {
  await page.locator(`.group.${group} a.row`).first().click();
  await page.locator("main.thread .msg").first().waitFor();
};

// Buttons are pressed by keyboard: cards of customers who wait may stand over them.
const press = (page: Page, name: string) => page.getByRole("button", { name }).press("Enter");

/** Makes a flow from a ready one and opens a step of it. */
const sample = (name: string) => async (page: Page) => {
  await press(page, `Start from “${name}”`);
  await page.locator(".outline .step .node").first().click();
  await page.getByLabel("Question text").waitFor();
};

const newTool = async (page: Page) => {
  await page.locator("#tool-add").press("Enter");
  await page.locator("#tool-name").fill("order status");
  await page.locator("#tool-header-add").press("Enter");
  await page.locator("#tool-name-error").scrollIntoViewIfNeeded();
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

const PLACES: Place[] = [
  { name: "sign-in", path: "/sign-in", ready: "form.card" },
  { name: "conversations", path: "/conversations", who: "ana", ready: ".group.closed a.row" },
  { name: "narrowed", path: "/conversations?status=closed&q=a", who: "ana", ready: ".group.closed a.row" },
  { name: "nothing-found", path: "/conversations?q=nobodyiscalledthis", who: "ana", ready: ".rows .empty" },
  { name: "mine", path: "/conversations", who: "ana", ready: ".group.mine a.row", go: open("mine") },
  { name: "waiting", path: "/conversations", who: "ben", ready: ".group.waiting a.row", go: open("waiting") },
  { name: "bot", path: "/conversations", who: "ben", ready: ".group.bot a.row", go: open("bot") },
  { name: "closed", path: "/conversations", who: "ana", ready: ".group.closed a.row", go: open("closed") },
  { name: "flows", path: "/admin/flows", who: "admin", ready: ".ready .card" },
  { name: "flow-editor", path: "/admin/flows", who: "admin", ready: ".ready .card", go: sample("Order status") },
  { name: "keywords", path: "/admin/keywords", who: "admin", ready: "main.page h1" },
  { name: "messages", path: "/admin/messages", who: "admin", ready: "main.page textarea" },
  { name: "bot-room", path: "/admin/bot", who: "admin", ready: "#model-instructions" },
  { name: "bot-tool", path: "/admin/bot", who: "admin", ready: "#tool-add", go: newTool },
  { name: "hours", path: "/admin/hours", who: "admin", ready: ".week-days .week-day", go: someHours },
  { name: "targets", path: "/admin/targets", who: "admin", ready: "main.page h1" },
  { name: "team", path: "/admin/team", who: "admin", ready: "main.page table" },
  { name: "audit", path: "/admin/audit", who: "admin", ready: "main.page h1" },
  { name: "not-found", path: "/nothing/here", ready: "main .card", expected: /404 \(Not Found\)/ },
  { name: "phone", path: `${PHONE}/#c2`, ready: "#composer" },
];

for (const place of PLACES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      test(`${place.name}, ${size}, ${colorScheme}`, async ({ browser, expects }) => {
        if (place.expected) expects(place.expected);
        const look = { viewport, colorScheme };
        const context = place.who ? await browserOf(browser, place.who, look) : await browser.newContext(look);
        const page = await context.newPage();
        await page.goto(place.path);
        await page.locator(place.ready).first().waitFor();
        if (place.who) await live(page);
        await place.go?.(page);
        await isSound(page, `${place.name}-${size}-${colorScheme}`);
      });
    }
  }
}
