// Customers who wait while their reply window closes: the admin lets them be asked to keep it open, and the agent sees it.
import { composer, message, thread } from "./desk";
import { expect, test } from "./fixtures";
import { claims, deskOf, newCustomer, sends } from "./people";
import { onPhone, phoneOf } from "./phone";

test("a customer who waits is asked to keep the conversation open, if an admin says when", async ({ browser, request }) => {
  const admin = await deskOf(browser, "admin", "/admin/messages");
  const form = admin.getByRole("form", { name: "Customers who wait" });
  const when = form.getByLabel("Ask the customer to keep the conversation open");
  const preview = form.getByRole("group", { name: "Business" });
  // Off, until somebody chooses a time.
  await expect(when).toHaveValue("never");
  await expect(form.getByText("Nothing is sent", { exact: true })).toBeVisible();
  await when.selectOption({ label: "15 minutes before the reply window closes" });
  await expect(preview).toContainText("We're still working on your request");
  await expect(preview.getByRole("list", { name: "Buttons" })).toHaveText("Yes, please");
  await form.getByLabel("Preview in").selectOption({ label: "German" });
  await expect(preview).toContainText("Wir arbeiten noch an Ihrer Anfrage");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await expect(form.getByText("Saved", { exact: true })).toBeVisible();

  // given a question that nobody has answered for nearly 24 hours
  const ana = await deskOf(browser, "ana");
  const customer = await newCustomer(request, "Ragna Holm");
  const phone = await phoneOf(browser, customer);
  const asked = Date.now() - (24 * 60 - 10) * 60 * 1000;
  await sends(request, customer, { kind: "text", text: "Is there any news about my parcel, please?", at: asked });
  // then the customer is asked, and the agent reads why
  await expect(onPhone(phone, "still working on your request")).toHaveCount(1);
  await claims(ana, customer);
  await expect(message(ana, "still working on your request")).toContainText("Automatic message");
  await expect(thread(ana).getByText("Sent automatically: the customer waits for a reply")).toBeVisible();
  // and is not offered to ask again
  await expect(ana.getByRole("status").filter({ hasText: "The reply window closes at" })).toHaveCount(0);

  // when the customer taps, then the agent has another 24 hours
  await onPhone(phone, "still working on your request").getByRole("button", { name: "Yes, please" }).click();
  await expect(message(ana, "Yes, please").last()).toContainText("Chose: Yes, please");
  await expect(composer(ana)).toBeEditable();

  // As before, for the other tests.
  await when.selectOption({ label: "Never" });
  await expect(form.getByText("Nothing is sent", { exact: true })).toBeVisible();
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await expect(form.getByText("Saved", { exact: true })).toBeVisible();
});
