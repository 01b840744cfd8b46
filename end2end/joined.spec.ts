// What an agent writes within the company's time goes out as one message: the thread shows what goes together and when.
import type { Page } from "@playwright/test";
import { composer, message, thread } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, deskOf } from "./people";
import { onPhone, phoneOf } from "./phone";

/** Chooses within how many seconds an agent's texts are one message. */
async function joinsWithin(admin: Page, seconds: "0" | "20") {
  const form = admin.getByRole("form", { name: "One message" });
  await form.getByLabel("What an agent writes").selectOption(`${Number(seconds) * 1_000}`);
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await expect(form.getByText("Saved", { exact: true })).toBeVisible();
}

async function writes(desk: Page, text: string) {
  await composer(desk).fill(text);
  await composer(desk).press("Enter");
  await expect(message(desk, text)).toHaveCount(1);
}

test("texts within the time stand together, one is taken back, and the rest is sent as one message", async ({
  browser,
  request,
}) => {
  const admin = await deskOf(browser, "admin", "/admin/messages");
  const [ana, customer] = await claimed(browser, request, "Yara Winter");
  const phone = await phoneOf(browser, customer);
  // Ana's page has read what the admin changes: no reload is needed.
  const reread = ana.waitForResponse("**/api/viewer*");
  await joinsWithin(admin, "20");
  await reread;

  await writes(ana, "Your order is packed.");
  const waiting = (text: string) => message(ana, text).filter({ has: ana.getByRole("button", { name: "Undo" }) });
  await expect(waiting("is packed")).toContainText(/Sending in \d+ s, with what you write until then/);
  await writes(ana, "It arives tomorow.");
  await writes(ana, "The driver calls you.");
  await expect(waiting("is packed")).toContainText("Goes out in one message with the next text");
  await expect(waiting("The driver")).toContainText(/Sending as one message in \d+ s/);
  await expect(thread(ana).getByRole("button", { name: "Send now" })).toHaveCount(1);

  await waiting("It arives").getByRole("button", { name: "Undo" }).click();
  await expect(composer(ana)).toHaveValue("It arives tomorow.");
  await composer(ana).fill("");
  await waiting("The driver").getByRole("button", { name: "Send now" }).click();
  const both = /Your order is packed\.\s*The driver calls you\./;
  await expect(onPhone(phone, both)).toHaveCount(1);
  await expect(message(ana, "is packed")).toHaveCount(1);
  await expect(message(ana, "is packed")).toContainText(both);
  await expect(onPhone(phone, "arives")).toHaveCount(0);

  // As before, for the other tests.
  await joinsWithin(admin, "0");
});
