// Without any script the desk can be read: the server renders whole pages, and filters are links and a form.
import {
  dossier,
  filterForm,
  filterToggle,
  group,
  messages,
  rows,
  statusFilter,
  strip,
  threadName,
  waitingCount,
} from "./desk";
import { expect, test } from "./fixtures";
import { browserOf, signIn } from "./people";

test.use({ javaScriptEnabled: false });

test("sign-in works, and a wrong password shows an error", async ({ page }) => {
  await page.goto("/sign-in");
  // It would do nothing here.
  await expect(page.getByRole("button", { name: "Show password" })).toHaveCount(0);
  await page.getByLabel("Email").fill("ana@acme.test");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText(/password/i);
  await expect(page).toHaveURL(/sign-in/);
  await signIn(page, "ana");
  await expect(page.getByRole("heading", { name: "Conversations" })).toBeVisible();
});

test("the desk is readable and its filters work", async ({ browser }) => {
  const page = await (await browserOf(browser, "ana", { javaScriptEnabled: false })).newPage();
  await page.goto("/conversations");
  await expect(rows(page, "Unassigned").first()).toBeVisible();
  await expect(rows(page, "Closed").first()).toBeVisible();

  await statusFilter(page).getByRole("link", { name: "Closed" }).click();
  await expect(page).toHaveURL(/status=closed/);
  await expect(group(page, "Unassigned")).toHaveCount(0);

  await rows(page, "Closed").first().click();
  const name = await threadName(page).innerText();
  await expect(messages(page).first()).toBeVisible();
  await expect(dossier(page)).toBeVisible();

  await page.goto("/conversations?status=closed");
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/q=/);
  await expect(page).toHaveURL(/status=closed/);
  await expect(rows(page).first()).toBeVisible();
  await expect(rows(page).filter({ hasNotText: name })).toHaveCount(0);

  await filterToggle(page).click();
  await page.getByRole("combobox", { name: "Agent", exact: true }).selectOption({ label: "Ben Weber" });
  await filterForm(page).getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/agent=agt_/);
  await expect(page.getByRole("combobox", { name: "Agent", exact: true, includeHidden: true })).toHaveValue(/^agt_/);
});

test("the strip of waiting handoffs leads to them", async ({ browser }) => {
  const page = await (await browserOf(browser, "ana", { javaScriptEnabled: false })).newPage();
  await page.goto("/conversations");
  const customer = strip(page).getByRole("article").getByRole("link");
  const name = await customer.innerText();
  await customer.click();
  await expect(threadName(page)).toHaveText(name);
  await waitingCount(page).click();
  await expect(page).toHaveURL(/status=waiting/);
  await expect(rows(page, "Unassigned").first()).toBeVisible();
  await expect(group(page, "Closed")).toHaveCount(0);
});

test("a page without a session redirects to the sign-in, with the way back", async ({ page }) => {
  await page.goto("/conversations?status=closed");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});
