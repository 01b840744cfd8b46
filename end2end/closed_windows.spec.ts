// Automatic messages in a closed reply window: the admin chooses a template, and a close sends it.
import type { Page } from "@playwright/test";
import { actions, composerNotice, endingBar, message } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, deskOf, live, replies, withShortUndo } from "./people";
import { onPhone, phoneOf } from "./phone";

/** What is chosen for the closing message. */
const choice = (page: Page) => page.getByRole("form", { name: "Closing message in a closed window" });
const summary = (page: Page) => page.getByText("Closing message: When the 24-hour window has closed:");
const save = (page: Page) => choice(page).getByRole("button", { name: "Save", exact: true });
const template = (page: Page) => choice(page).getByLabel("When the 24-hour window has closed, send this template");

test("a close sends the template that an admin chose for a closed window", async ({
  browser,
  request,
  simulator,
  allowConsole,
}) => {
  // The browser reports the choice that is refused.
  allowConsole(/status of 422/);
  const admin = await deskOf(browser, "admin", "/admin/messages");
  await expect(summary(admin)).toContainText("nothing is sent");
  await summary(admin).click();
  // Utility comes first, and what cannot be sent is not there.
  const names = await template(admin).getByRole("option").allTextContents();
  expect(names[0]).toBe("Send nothing");
  expect(names[1]).toContain("Utility");
  expect(names.join()).not.toContain("order_cancelled");
  await template(admin).selectOption({ label: "order_update · en_US · Utility" });
  await expect(choice(admin).getByText("Utility template")).toBeVisible();
  await expect(choice(admin).getByText("Everyone gets it in English (en_US)")).toBeVisible();
  // The greeting's name is suggested, the number is not known.
  await expect(choice(admin).getByLabel("Text 1", { exact: true })).toHaveValue("customer_first_name");
  await save(admin).click();
  await expect(choice(admin).getByText("“Text 2” has no value")).toBeVisible();
  await choice(admin).getByLabel("Text 2: text", { exact: true }).fill("4711");
  await expect(choice(admin).getByRole("group", { name: "Business" })).toContainText("order 4711 is on its way.");
  await save(admin).click();
  await expect(choice(admin).getByText("Saved", { exact: true })).toBeVisible();
  await expect(summary(admin)).toContainText("order_update is sent");

  // given a conversation whose window has closed
  const [ana, customer] = await claimed(browser, request, "Rosa Lind");
  const phone = await phoneOf(browser, customer);
  await simulator.fail(customer.phone, { kind: "http", code: 131047, times: 1 });
  await replies(ana, "Are you there?");
  await expect(composerNotice(ana)).toContainText("The 24-hour reply window is closed.");
  await ana.reload();
  await live(ana);
  // when it is closed, then the agent reads what the customer gets, and they get it
  await withShortUndo(ana, async () => {
    await actions(ana).getByRole("button", { name: "Close", exact: true }).click();
    await expect(endingBar(ana)).toContainText("utility template, which WhatsApp charges");
    await expect(endingBar(ana)).toContainText("Hi Rosa, order 4711 is on its way.");
    await expect(endingBar(ana).getByLabel("Send a goodbye to Rosa Lind")).toBeChecked();
    await endingBar(ana).getByRole("button", { name: "Close", exact: true }).click();
    await expect(composerNotice(ana)).toContainText("Closed");
  });
  await expect(onPhone(phone, "Hi Rosa, order 4711 is on its way.")).toHaveCount(1);
  await expect(message(ana, "Hi Rosa, order 4711 is on its way.")).toBeVisible();

  // when WhatsApp pauses it, then the settings say so
  await admin.route("**/api/window_templates*", async (route) => {
    const answer = await route.fetch();
    const choices = await answer.json();
    for (const offered of choices.numbers[0].templates) {
      if (offered.template.name === "order_update") offered.template.status = "paused";
    }
    await route.fulfill({ response: answer, json: choices });
  });
  await admin.reload();
  await expect(summary(admin)).toContainText("order_update is sent");
  await expect(admin.getByText("Not sent now")).toBeVisible();
  await summary(admin).click();
  await expect(choice(admin).getByText("WhatsApp paused its template. Nothing is sent")).toBeVisible();

  // As before, for the other tests.
  await template(admin).selectOption({ label: "Send nothing" });
  await save(admin).click();
  await expect(choice(admin).getByText("Saved", { exact: true })).toBeVisible();
});
