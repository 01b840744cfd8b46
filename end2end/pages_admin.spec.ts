// The pages of the admin, checked as `places.ts` says.
import type { Page } from "@playwright/test";
import { outline } from "./editor";
import { expect, test } from "./fixtures";
import { type Place, checkPlace, title } from "./places";

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

const newCountry = async (page: Page) => {
  await press(page, "Add a country");
  await page.getByRole("textbox", { name: "Calling code" }).fill("49");
  await page.getByRole("textbox", { name: "+49 (DE), Utility" }).fill("a lot");
  await expect(page.getByText("Enter prices such as 0.0113.")).toBeVisible();
};

const inMain = (role: "table" | "textbox") => (page: Page) => page.getByRole("main").getByRole(role);
const templates = (page: Page) => page.getByRole("button", { name: /^Start from/ });
const instructions = (page: Page) => page.getByRole("textbox", { name: "Instructions" });
const addTool = (page: Page) => page.getByRole("button", { name: "Add a tool" });
const calculate = (page: Page) => page.getByRole("button", { name: "Calculate" });
const monday = (page: Page) => page.getByRole("group", { name: "Monday" });

const figures = (page: Page) => page.getByRole("main").getByRole("link", { name: "CSV" });

const PLACES: Place[] = [
  { name: "flows", path: "/admin/flows", who: "admin", ready: templates },
  { name: "flow-editor", path: "/admin/flows", who: "admin", ready: templates, go: template("Order status") },
  { name: "keywords", path: "/admin/keywords", who: "admin", ready: title },
  { name: "messages", path: "/admin/messages", who: "admin", ready: inMain("textbox") },
  { name: "bot-settings", path: "/admin/bot", who: "admin", ready: instructions },
  { name: "bot-tool", path: "/admin/bot", who: "admin", ready: addTool, go: newTool },
  { name: "hours", path: "/admin/hours", who: "admin", ready: monday, go: someHours },
  { name: "outcomes", path: "/admin/outcomes", who: "admin", ready: title },
  { name: "targets", path: "/admin/targets", who: "admin", ready: title },
  { name: "numbers", path: "/admin/numbers", who: "admin", ready: inMain("table") },
  { name: "prices", path: "/admin/prices", who: "admin", ready: inMain("table"), go: newCountry },
  { name: "cost", path: "/reports/cost", who: "admin", ready: title },
  { name: "team", path: "/admin/team", who: "admin", ready: inMain("table") },
  { name: "security", path: "/admin/security", who: "admin", ready: inMain("table") },
  { name: "audit", path: "/admin/audit", who: "admin", ready: title },
  { name: "reports", path: "/reports?period=last_30_days", who: "admin", ready: figures },
  { name: "report-list", path: "/reports/list?of=handoffs&from=2031-01-01", who: "admin", ready: inMain("table") },
  { name: "staffing", path: "/reports/staffing?weeks=2", who: "admin", ready: calculate },
];

for (const place of PLACES) {
  test(`${place.name}, in every size and scheme`, async ({ browser, allowConsole }) => {
    if (place.allowed) allowConsole(place.allowed);
    await checkPlace(place, browser);
  });
}
