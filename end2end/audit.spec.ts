// The audit log as admins read and filter it.
import { expect, test } from "./fixtures";
import { browserOf, claimed, deskOf } from "./people";

test("the audit log names customers and is filtered in the address", async ({ browser, request }) => {
  const [, customer] = await claimed(browser, request, "Nadia Brandt", "ben");
  const admin = await deskOf(browser, "admin", "/admin/audit");
  const lines = admin.getByRole("main").getByRole("row");
  const claim = lines.filter({ hasText: customer.name }).filter({ hasText: "Claimed after" });
  await expect(claim).toHaveCount(1);
  // Who did it is said once.
  expect((await claim.innerText()).match(/Ben Weber/g)).toHaveLength(1);

  const filter = admin.getByRole("form", { name: "Filter" });
  // The text of a label holds that of its field.
  const fields = [/^Who/, /^Kind/, /^From/, /^To/].map((label) => filter.getByLabel(label).boundingBox());
  const tops = (await Promise.all(fields)).map((box) => box!.y);
  expect(new Set(tops).size, `fields of one row begin at ${tops.join(", ")}`).toBe(1);
  await filter.getByLabel("Who").selectOption({ label: "Ben Weber" });
  await filter.getByLabel("Kind").selectOption({ label: "Conversations" });
  await filter.getByRole("button", { name: "Apply" }).click();
  await expect(admin).toHaveURL(/who=agt_.*kind=conversations/);
  await expect(claim).toHaveCount(1);
  await expect(lines.filter({ hasText: "Signed in" })).toHaveCount(0);

  // The address is the filter.
  await admin.reload();
  await expect(filter.getByLabel("Kind")).toHaveValue("conversations");
  await expect(claim).toHaveCount(1);

  await claim.getByRole("link", { name: customer.name }).click();
  await expect(admin).toHaveURL(/\/conversations\/cnv_/);
  await admin.goBack();
  await filter.getByRole("link", { name: "Clear" }).click();
  await expect(admin).toHaveURL(/\/admin\/audit$/);
  await expect(lines.filter({ hasText: "Signed in" }).first()).toBeVisible();
});

test("without scripts the filter of the audit log is a plain form", async ({ browser }) => {
  const admin = await (await browserOf(browser, "admin", { javaScriptEnabled: false })).newPage();
  await admin.goto("/admin/audit");
  const filter = admin.getByRole("form", { name: "Filter" });
  await filter.getByLabel("Kind").selectOption({ label: "Team and sign-ins" });
  await filter.getByRole("button", { name: "Apply" }).click();
  await expect(admin).toHaveURL(/kind=people/);
  const lines = admin.getByRole("main").getByRole("row");
  await expect(lines.filter({ hasText: "Signed in" }).first()).toBeVisible();
  await expect(lines.filter({ hasText: "Added" })).toHaveCount(0);
});
