// The parts of the flow editor, located as desk.ts locates those of the desk.
import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures";

/** The bar over the editor: the flow's name, its state, undo, the issues, publishing. */
export const bar = (page: Page): Locator => page.getByRole("group", { name: "Flow", exact: true });

/** Opens and closes the list of issues, and says how many there are. */
export const issues = (page: Page): Locator =>
  bar(page).getByRole("group").getByText(/^(No issues|\d+ (issue|warning)s?)$/);

/** Beside the outline: the form of the selected step, a trial, or the versions. */
export const panel = (page: Page): Locator => page.getByRole("region", { name: "Selected step" });

/** Whatever has the focus in the panel. */
export const focusedField = (page: Page): Locator => panel(page).locator(":focus");

/** The rows of the outline: the start, then the steps and their branches. */
export const outline = (page: Page): Locator => page.getByRole("treeitem");

/** A row of the outline with this text. */
export const outlineRow = (page: Page, text: string | RegExp): Locator => outline(page).filter({ hasText: text });

/** The row of the step with this name. Rows of other steps may mention it. */
export const stepNamed = (page: Page, name: string): Locator =>
  outline(page).filter({ has: page.getByText(name, { exact: true }) });

/** The row that has the focus. It takes the focus a frame after the action that selects it. */
export const focusedRow = (page: Page): Locator => outline(page).and(page.locator(":focus"));

/** The row of the step that a trial has reached. */
export const currentRow = (page: Page): Locator => outline(page).and(page.locator("[aria-current=step]"));

export async function expectSaved(page: Page) {
  await expect(bar(page).getByText("Draft saved", { exact: true })).toBeVisible();
}

/** Expects the state beside the flow's name: `Draft`, `Live · version 1`, `Changed since version 1`. */
export async function expectState(page: Page, state: string) {
  await expect(bar(page).getByText(state, { exact: true })).toBeVisible();
}

/** Makes a draft from the JSON of `flow` and opens it. The page shows the flows. */
export async function imports(page: Page, flow: { name: string; [key: string]: unknown }) {
  await page.getByText("Import a flow").click();
  await page.getByLabel("Or paste its JSON").fill(JSON.stringify(flow));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: flow.name })).toBeVisible();
}

/** Publishes the flow and confirms it. */
export async function publishes(page: Page) {
  await bar(page).getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
}

/** Takes the flow offline, in the list of its versions. */
export async function takesOffline(page: Page) {
  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Take offline" }).click();
  await expectState(page, "Draft");
}
