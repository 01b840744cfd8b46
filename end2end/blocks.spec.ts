// A customer whom an agent blocks: nobody is woken by them, WhatsApp is asked too, and the audit log says who did it.
import { dossier, eventLine, message, row } from "./desk";
import { expect, test } from "./fixtures";
import { deskOf, newCustomer, opens } from "./people";
import { onPhone, phoneOf, types } from "./phone";

const KEYWORD = "I would like to speak to agent";

test("a blocked customer wakes nobody until unblocked, and the audit log says who did it", async ({
  browser,
  request,
  simulator,
}) => {
  // Given a customer with the bot, whom two agents look at.
  const customer = await newCustomer(request, "Rita Novak");
  const phone = await phoneOf(browser, customer);
  await types(phone, "Where is my order?");
  await expect(onPhone(phone, "What is your order number?")).toBeVisible();
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  for (const desk of [ana, ben]) await opens(desk, customer);

  // When Ana blocks them and WhatsApp refuses, the block holds here, and both read why.
  await simulator.fail(customer.phone, { kind: "http", code: 131047, times: 1 });
  await dossier(ana).getByText("Block customer", { exact: true }).click();
  await dossier(ana).getByRole("button", { name: "Spam", exact: true }).click();
  for (const desk of [ana, ben]) {
    await expect(dossier(desk)).toContainText("Blocked: Spam by Ana Costa");
    await expect(dossier(desk)).toContainText("WhatsApp refused it: it blocks only people who wrote within the last 24");
  }
  await expect(eventLine(ana, "You blocked the customer · Spam").first()).toBeVisible();
  await expect(eventLine(ben, "Ana Costa blocked the customer · Spam").first()).toBeVisible();
  await dossier(ben).getByRole("button", { name: "Try again" }).click();
  for (const desk of [ana, ben]) await expect(dossier(desk)).toContainText("Blocked on WhatsApp too.");

  // What they write is kept and starts no turn, a keyword included.
  await types(phone, KEYWORD);
  await expect(message(ana, KEYWORD)).toBeVisible();
  await expect(row(ana, customer, "Bot")).toBeVisible();

  // When Ben unblocks them, the next keyword is answered, and it is the only one that was.
  await dossier(ben).getByRole("button", { name: "Unblock", exact: true }).click();
  await expect(eventLine(ana, "Ben Weber unblocked the customer")).toHaveCount(1);
  await expect(eventLine(ana, "WhatsApp confirmed the unblock")).toHaveCount(1);
  await expect(dossier(ana).getByText("Block customer", { exact: true })).toBeVisible();
  await types(phone, `Please, ${KEYWORD}`);
  await expect(row(ana, customer, "Unassigned")).toBeVisible();
  await expect(onPhone(phone, /I'm connecting you to a colleague|We're away right now/)).toHaveCount(1);
  await expect(onPhone(phone, /order number/)).toHaveCount(1);

  const admin = await deskOf(browser, "admin", "/admin/audit?kind=customers");
  const lines = admin.getByRole("main").getByRole("row").filter({ hasText: customer.name });
  await expect(lines.filter({ hasText: "Blocked the customer: Spam" }).last()).toContainText("Ana Costa");
  await expect(lines.filter({ hasText: "Unblocked the customer" })).toContainText("Ben Weber");
  await expect(lines.filter({ hasText: "WhatsApp confirmed the block" })).toHaveCount(1);
});
