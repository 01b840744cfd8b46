// A number that cannot send: what the banner says to agents, and to admins, who can do something about it.
import type { Page } from "@playwright/test";
import { notice } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, deskOf, replies } from "./people";

const banner = (page: Page) => notice(page, "can't send right now. Your messages are queued.");

test("an admin reads what to do, an agent whom to ask", async ({ browser, request, simulator }) => {
  const [ana, customer] = await claimed(browser, request, "Selma Roth");
  const admin = await deskOf(browser, "admin");
  // The access token is no longer valid, as Meta reports it.
  await simulator.fail(customer.phone, { kind: "http", code: 190, times: 1 });
  await replies(ana, "Hello Selma");
  await expect(banner(ana)).toContainText("Ask an admin to enter a new one.");
  await expect(banner(ana).getByRole("link")).toHaveCount(0);
  await expect(banner(admin)).toContainText("Enter a new one.");
  await expect(banner(admin)).not.toContainText("Ask an admin");
  await banner(admin).getByRole("link", { name: "See reports" }).click();
  await expect(admin).toHaveURL(/\/admin\/audit\?kind=numbers$/);
  await expect(admin.getByRole("main").getByRole("row").filter({ hasText: "Acme Store" }).first()).toBeVisible();
});
