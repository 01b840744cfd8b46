// Before or without any script, the desk can be read: pages come whole from the server, filters are links and a form.
import { expect, test } from "./fixtures";
import { browserOf, signIn } from "./stage";

test.use({ javaScriptEnabled: false });

test("signing in works, and a wrong password is said", async ({ page }) => {
  await page.goto("/sign-in");
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
  await expect(page.locator(".group.waiting a.row").first()).toBeVisible();
  await expect(page.locator(".group.closed a.row").first()).toBeVisible();

  await page.locator(".chips").getByRole("link", { name: "Closed" }).click();
  await expect(page).toHaveURL(/status=closed/);
  await expect(page.locator(".group.waiting")).toHaveCount(0);
  const name = await page.locator(".group.closed a.row .name").first().innerText();

  await page.getByRole("searchbox").fill(name);
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/q=/);
  await expect(page).toHaveURL(/status=closed/);
  const found = await page.locator("a.row .name").allInnerTexts();
  expect(new Set(found)).toEqual(new Set([name]));

  await page.locator("details.filters > summary").click();
  await page.getByRole("combobox", { name: "Agent", exact: true }).selectOption({ label: "Ben Weber" });
  await page.locator("details.filters").getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/agent=agt_/);
  await expect(page.getByRole("combobox", { name: "Agent", exact: true, includeHidden: true })).toHaveValue(/^agt_/);

  await page.goto("/conversations?status=closed");
  await page.locator(".group.closed a.row").first().click();
  await expect(page.locator("main.thread .msg").first()).toBeVisible();
  await expect(page.locator("aside.dossier")).toBeVisible();
});

test("a page without a session leads to the sign-in and back", async ({ page }) => {
  await page.goto("/conversations?status=closed");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});
