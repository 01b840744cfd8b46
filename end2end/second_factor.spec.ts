// Second factors: set up on the account page, asked for at the sign-in, required of everyone and removed by an admin.
import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { notice } from "./desk";
import { expect, test } from "./fixtures";
import { checkLooks } from "./looks";
import { PASSWORD, type Who, deskOf, live } from "./people";
import { title } from "./places";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Steps of 30 seconds since 1970. Each is accepted once, from the one before to the one after the present. */
const step = () => Math.floor(Date.now() / 30_000);

/** The code of a step, as an authenticator app computes it (RFC 6238). */
function code(key: string, at: number): string {
  const bits = [...key.replace(/\s/g, "")].map((c) => BASE32.indexOf(c).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(at));
  const hash = createHmac("sha1", secret).update(counter).digest();
  const offset = hash.readUInt8(hash.length - 1) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Enters email and password, and waits for the page that follows. */
async function password(page: Page, who: Who, follows: string) {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(`${who}@acme.test`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**${follows}*`);
}

const factorCard = (page: Page) => page.getByRole("region", { name: "Second factor" });

/** Types the code of the key that is shown. Returns the key, the step of the code, and the recovery codes. */
async function confirms(page: Page): Promise<{ key: string; used: number; codes: string[] }> {
  const form = page.getByRole("form", { name: "Set up a second factor" });
  await expect(form.getByRole("img", { name: "QR code of the key" })).toBeVisible();
  const key = await form.locator("code").innerText();
  const used = step();
  await form.getByLabel("Code").fill(code(key, used));
  await form.getByRole("button", { name: "Confirm" }).click();
  const codes = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  return { key, used, codes: await codes.allInnerTexts() };
}

/** Sets up a second factor on the account page. */
async function setsUp(page: Page) {
  await factorCard(page).getByRole("button", { name: "Set up" }).click();
  const made = await confirms(page);
  await factorCard(page).getByRole("button", { name: "I've saved them" }).click();
  await expect(factorCard(page)).toContainText("10 recovery codes are left.");
  return made;
}

test("a second factor is set up, asked for, required and removed", async ({ browser, allowConsole }) => {
  // Wrong codes are refused, so is a requirement by an admin who has none, and the calls of a session that ended.
  allowConsole(/status of (401|403|422)/);
  const ben = await deskOf(browser, "ben", "/account");
  await expect(title(ben)).toHaveText("Your account");
  await factorCard(ben).getByRole("button", { name: "Set up" }).click();
  await ben.getByRole("form", { name: "Set up a second factor" }).getByLabel("Code").fill("12345");
  await ben.getByRole("button", { name: "Confirm" }).click();
  await expect(ben.getByRole("form", { name: "Set up a second factor" })).toContainText("Wrong code.");
  await checkLooks(ben, "second-factor-setup");
  const { key, used, codes } = await confirms(ben);
  await checkLooks(ben, "recovery-codes");
  await factorCard(ben).getByRole("button", { name: "I've saved them" }).click();
  await expect(factorCard(ben)).toContainText("10 recovery codes are left.");

  // Elsewhere, without any script: a wrong code, then the next one.
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await password(plain, "ben", "/sign-in/code");
  await plain.getByLabel("Code").fill("12345");
  await plain.getByRole("button", { name: "Sign in" }).click();
  await expect(plain.getByRole("alert")).toContainText("Wrong code");
  await plain.getByLabel("Code").fill(code(key, Math.max(used + 1, step())));
  await plain.getByRole("button", { name: "Sign in" }).click();
  await plain.waitForURL("**/conversations");

  // With a recovery code, and a second press while the first is under way.
  const lost = await (await browser.newContext()).newPage();
  await password(lost, "ben", "/sign-in/code");
  await checkLooks(lost, "sign-in-code");
  await lost.getByLabel("Code").fill(codes[0].toUpperCase());
  await lost.getByRole("button", { name: "Sign in" }).dblclick();
  await lost.waitForURL("**/conversations");
  await live(lost);
  await expect(notice(lost, "You signed in with a recovery code. 9 are left.")).toBeVisible();

  // An admin requires it of everyone, with one of their own.
  const admin = await deskOf(browser, "admin", "/admin/security");
  const demand = admin.getByRole("button", { name: "Require a second factor" });
  await demand.click();
  await expect(admin.getByRole("region", { name: "Requirement" })).toContainText("for yourself first");
  await admin.goto("/account");
  await live(admin);
  await setsUp(admin);
  await admin.goto("/admin/security");
  await live(admin);
  await demand.click();
  await expect(admin.getByRole("status").filter({ hasText: "Everyone needs a second factor." })).toBeVisible();

  // Who has none sets it up at the next sign-in, before anything else.
  const chloe = await (await browser.newContext()).newPage();
  await password(chloe, "chloe", "/second-factor");
  await chloe.goto("/conversations");
  await chloe.waitForURL("**/second-factor");
  await chloe.getByRole("button", { name: "Set up" }).click();
  await confirms(chloe);
  await checkLooks(chloe, "second-factor-owed");
  await chloe.getByRole("link", { name: "Continue" }).click();
  await chloe.waitForURL("**/conversations");
  await live(chloe);

  // Ben's phone is lost: his sessions end.
  const row = admin.getByRole("row").filter({ hasText: "Ben Weber" });
  await row.getByRole("button", { name: /^Remove/ }).click();
  await admin.getByRole("group", { name: "Remove this second factor?" }).getByRole("button", { name: "Remove" }).click();
  await expect(row).toContainText("None");
  await expect(notice(lost, "You're signed out. Your drafts are kept.")).toBeVisible();
});
