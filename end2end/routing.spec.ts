// A number that two apps use: who answers a customer is WhatsApp's to say, and the composer follows it.
import type { APIRequestContext } from "@playwright/test";
import { composer, composerNotice, delivery, eventLine, message } from "./desk";
import { PHONE, expect, test } from "./fixtures";
import { type Customer, claimed, deskOf, live, replies, returnsToBot } from "./people";

/** What the other app does with the customer. */
async function partner(request: APIRequestContext, customer: Customer, act: string) {
  const done = await request.post(`${PHONE}/sim/customers/${customer.id}/partner`, { data: { act } });
  expect(done.ok()).toBeTruthy();
}

/** What WhatsApp was asked about the customer. */
async function asked(request: APIRequestContext, customer: Customer): Promise<string[]> {
  const answer = await request.get(`${PHONE}/sim/customers/${customer.id}/partner`);
  const { calls } = (await answer.json()) as { calls: { action: string }[] };
  return calls.map((call) => call.action);
}

test("the composer is locked while another app has the customer, and says what WhatsApp answered", async ({
  browser,
  request,
  simulator,
}) => {
  const [ana, customer] = await claimed(browser, request, "Rhea Voss");
  const notice = composerNotice(ana);
  const press = (name: string) => notice.getByRole("button", { name }).click();
  await replies(ana, "Hello Rhea");
  await expect(delivery(message(ana, "Hello Rhea"), "Delivered")).toBeVisible();

  // The other app takes the customer, and Handoff may not take them back.
  await partner(request, customer, "refuse_takes");
  await partner(request, customer, "take");
  await expect(notice).toContainText("Another app answers this customer. At the moment it is Meta's AI agent.");
  await expect(composer(ana)).toHaveCount(0);
  await press("Release");
  await expect(notice).toContainText("Unassigned.");
  await press("Claim");
  await expect(notice).toContainText("WhatsApp refused to hand this customer over.");
  await expect(notice).toContainText("The customer is still with Meta's AI agent (code 2494191).");
  await expect(eventLine(ana, "WhatsApp refused to hand the customer over")).toHaveCount(1);
  // After a reload it reads the same.
  await ana.reload();
  await live(ana);
  await expect(notice).toContainText("WhatsApp refused to hand this customer over.");
  await press("Release");
  await expect(notice).toContainText("Unassigned.");

  // A take is under way until WhatsApp confirms it.
  await partner(request, customer, "allow_takes");
  await simulator.fail(customer.phone, { kind: "latency", ms: 3_000, times: 1 });
  await press("Claim");
  await expect(notice).toContainText("Waiting for WhatsApp.");
  await expect(composer(ana)).toBeVisible();
  await replies(ana, "I am back");
  await expect(delivery(message(ana, "I am back"), "Delivered")).toBeVisible();

  // The bot of this conversation is the other app.
  await returnsToBot(ana);
  await expect(eventLine(ana, "Passed the customer to Meta's AI agent")).toHaveCount(1);
  expect(await asked(request, customer)).toEqual(["take", "take", "pass"]);

  const admin = await deskOf(browser, "admin", "/admin/numbers");
  const number = admin.getByRole("main").getByRole("row").filter({ hasText: "Acme Store" });
  await expect(number).toContainText("Shared since");
});
