// A person's own account: where they are signed in, their password, and entering it again for what needs it.
import type { Page, Route } from "@playwright/test";
import { account, notice } from "./desk";
import { expect, test } from "./fixtures";
import { checkLooks } from "./looks";
import { PASSWORD, deskOf, live, signIn } from "./people";
import { title } from "./places";

const NEW = "four green paper boats";

const sessions = (page: Page) => page.getByRole("region", { name: "Signed in" }).getByRole("row").filter({ hasText: "Chrome" });
const THIS = { hasText: "this device" };
const OTHERS = { hasNotText: "this device" };

const signedOut = (page: Page) => notice(page, "You're signed out. Your drafts are kept.");

test("a person ends a session elsewhere and changes their password", async ({ browser, request, allowConsole }) => {
  // The server refuses the calls of the ended session and the weak passwords.
  allowConsole(/status of (401|422)/);
  const here = await deskOf(browser, "ben");
  const there = await (await browser.newContext()).newPage();
  await signIn(there, "ben");
  await live(there);

  await account(here).click();
  await here.getByRole("link", { name: "Your account" }).click();
  await expect(title(here)).toHaveText("Your account");
  await expect(sessions(here)).toHaveCount(2);
  await expect(sessions(here).filter(THIS)).toHaveCount(1);
  await sessions(here).filter(OTHERS).getByRole("button", { name: /^Sign out/ }).click();
  await expect(sessions(here)).toHaveCount(1);
  await expect(signedOut(there)).toBeVisible();

  const form = here.getByRole("region", { name: "Password" });
  const change = async (current: string, next: string) => {
    await form.getByLabel("Current password").fill(current);
    await form.getByLabel("New password", { exact: true }).fill(next);
    await form.getByLabel("New password again").fill(next);
    await form.getByRole("button", { name: "Change password" }).click();
  };
  await change("not the password", NEW);
  await expect(form).toContainText("That isn't your password.");
  await change(PASSWORD, "password1234");
  await expect(form).toContainText("Use a few words");

  // The new cookie comes late: after the streams of both tabs have ended, and the other one was refused with the old one.
  const tab = await here.context().newPage();
  await tab.goto("/conversations");
  await live(tab);
  const late = async (route: Route) => {
    const sent = route.request();
    const data = sent.postData() ?? "";
    const response = await request.post(sent.url(), { headers: await sent.allHeaders(), data });
    await expect(signedOut(tab)).toBeVisible();
    await here.context().addCookies((await request.storageState()).cookies);
    await route.fulfill({ response });
  };
  await here.route("**/api/password_change*", late, { times: 1 });
  const reopened = here.waitForResponse((response) => response.url().includes("/live?") && response.ok());
  await change(PASSWORD, NEW);
  await expect(form).toContainText("Password changed.");
  await reopened;
  await expect(signedOut(here)).toHaveCount(0);
  await expect(signedOut(tab)).toHaveCount(0);
  await live(tab);
  await expect(form.getByLabel("Current password")).toHaveValue("");

  // This browser has a new session, and the new password signs in elsewhere.
  await here.reload();
  await live(here);
  await there.goto("/sign-in");
  await there.getByLabel("Email").fill("ben@acme.test");
  await there.getByLabel("Password").fill(NEW);
  await there.getByRole("button", { name: "Sign in" }).click();
  await there.waitForURL("**/conversations");
});

test("a change that needs the password asks for it, and what was typed is kept", async ({ browser, allowConsole }) => {
  allowConsole(/status of (403|422)/);
  const page = await deskOf(browser, "admin", "/admin/bot");
  // As the server answers ten minutes after the sign-in.
  const needed = { status: 403, contentType: "application/json", body: '{"type":"password_needed"}' };
  await page.route("**/api/secret_set*", (route) => route.fulfill(needed), { times: 1 });
  const form = page.getByRole("form", { name: "Set a secret" });
  await form.getByLabel("Name").fill("ORDERS_KEY");
  await form.getByLabel("Servers").fill("shop.example.com");
  await form.getByLabel("Value").fill("a-secret-value");
  await form.getByRole("button", { name: "Set" }).click();

  const dialog = page.getByRole("dialog", { name: "Enter your password" });
  await expect(dialog).toBeVisible();
  await checkLooks(page, "password-prompt");
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog).toContainText("That isn't your password.");
  await expect(form.getByLabel("Value")).toHaveValue("a-secret-value");
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByLabel("Password").press("Enter");

  // The same call, without another press.
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: "ORDERS_KEY" })).toBeVisible();
  await expect(form.getByLabel("Value")).toHaveValue("");
});
