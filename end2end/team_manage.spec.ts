// A colleague comes and goes: invited by a link, given another role, and deactivated, on two people's screens.
import { composerNotice, eventLine, notice, row } from "./desk";
import { expect, test } from "./fixtures";
import { PASSWORD, asksForAgent, claims, deskOf, live, newCustomer } from "./people";

const NEW = "correct-Lantern-41-river";

test("a colleague is invited, joins, gets another role and is deactivated", async ({ browser, request, allowConsole }) => {
  // Browsers report the calls and the stream that are refused after a sign-out, and the call that needs the password.
  allowConsole(/status of (401|403)/);
  const admin = await deskOf(browser, "admin", "/admin/team");
  const members = admin.getByRole("table", { name: "Members" });
  const dana = members.getByRole("row").filter({ hasText: "Dana Li" });

  // The admin makes a link, which is shown once.
  const form = admin.getByRole("form", { name: "Invite a person" });
  await form.getByLabel("Name", { exact: true }).fill("Dana Li");
  await form.getByLabel("Email", { exact: true }).fill("dana@acme.test");
  await form.getByLabel("Role").selectOption({ label: "Lead" });
  await form.getByRole("button", { name: "Make a link" }).click();
  const link = await admin.getByText(/\/join\/[0-9a-f]{64}$/).innerText();
  await expect(admin.getByRole("button", { name: "Copy link" })).toBeVisible();
  const invitations = admin.getByRole("table", { name: "Open invitations" });
  await expect(invitations.getByRole("row").filter({ hasText: "Dana Li" })).toContainText("by Ada Admin");
  await form.getByLabel("Name", { exact: true }).fill("Dana Again");
  await form.getByLabel("Email", { exact: true }).fill("dana@acme.test");
  allowConsole(/status of 422/);
  await form.getByRole("button", { name: "Make a link" }).click();
  await expect(form.getByText("is invited already")).toBeVisible();

  // Dana opens it in a browser of her own.
  const context = await browser.newContext();
  const hers = await context.newPage();
  await hers.goto(link);
  await expect(hers.getByRole("heading", { name: "Join your team" })).toBeVisible();
  await expect(hers.getByRole("main")).toContainText("Acme");
  await hers.getByLabel("Password", { exact: true }).fill(NEW);
  await hers.getByRole("button", { name: "Set password and sign in" }).click();
  await hers.waitForURL("**/conversations");
  await live(hers);
  await expect(dana).toContainText("Lead");
  await expect(hers.getByRole("link", { name: "Admin", exact: true })).toHaveCount(0);
  // As a lead she reads the numbers of all, and changes no settings.
  await hers.goto("/reports");
  await expect(hers.getByRole("combobox", { name: "Agent", exact: true })).toBeVisible();
  await hers.goto("/admin/prices");
  await expect(hers.getByRole("heading", { name: "Only admins can open this" })).toBeVisible();
  await hers.goto("/conversations");
  await live(hers);
  await expect(invitations).toBeHidden();
  const again = await context.newPage();
  await again.goto(link);
  await expect(again.getByRole("heading", { name: "This invitation was used already" })).toBeVisible();
  await again.close();

  // With another role, for which the admin is asked for their password, she is signed out and signs in again.
  const customer = await newCustomer(request, "Nora Falk");
  await asksForAgent(request, customer);
  await claims(hers, customer);
  await dana.getByRole("button", { name: "Manage Dana Li" }).click();
  const dialog = admin.getByRole("dialog", { name: "Dana Li" });
  await dialog.getByLabel("Role").selectOption({ label: "Admin" });
  const needed = { status: 403, contentType: "application/json", body: '{"type":"password_needed"}' };
  await admin.route("**/api/member_set_role*", (route) => route.fulfill(needed), { times: 1 });
  await dialog.getByRole("button", { name: "Change role" }).click();
  const prompt = admin.getByRole("dialog", { name: "Enter your password" });
  await prompt.getByLabel("Password").fill(PASSWORD);
  await prompt.getByRole("button", { name: "Continue" }).click();
  await expect(prompt).toBeHidden();
  // What it led to is said where the admin looks: over the dialog, not under it.
  const told = dialog.getByRole("status").filter({ hasText: "Dana Li has the role Admin now" });
  await expect(told).toBeVisible();
  await told.getByRole("button", { name: "Dismiss" }).click();
  await expect(told).toHaveCount(0);
  await expect(notice(hers, "You're signed out. Your drafts are kept.")).toBeVisible();
  await expect(dana).toContainText("Admin");
  await hers.getByRole("link", { name: "Sign in" }).click();
  await hers.getByLabel("Email").fill("dana@acme.test");
  await hers.getByLabel("Password", { exact: true }).fill(NEW);
  await hers.getByRole("button", { name: "Sign in" }).click();
  await live(hers);
  await expect(hers.getByRole("link", { name: "Admin", exact: true })).toBeVisible();

  // Deactivated, she is out, and her customer waits for everybody.
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(notice(hers, "You're signed out. Your drafts are kept.")).toBeVisible();
  await expect(dialog).toBeHidden();
  await expect(dana).toHaveCount(0);
  const gone = admin.getByRole("region", { name: "Deactivated" });
  await expect(gone.getByRole("row").filter({ hasText: "Dana Li" })).toBeVisible();
  const desk = await deskOf(browser, "ben");
  await row(desk, customer, "Unassigned").first().click();
  await expect(composerNotice(desk)).toContainText("Unassigned");
  await expect(eventLine(desk, "was deactivated; back to Unassigned")).toHaveCount(1);
  await gone.getByRole("button", { name: "Reactivate Dana Li" }).click();
  await expect(dana).toBeVisible();

  // On a phone every button is there without a swipe.
  await admin.setViewportSize({ width: 390, height: 844 });
  for (const button of await members.getByRole("button", { name: /^Manage / }).all()) {
    const box = await button.boundingBox();
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  }
});
