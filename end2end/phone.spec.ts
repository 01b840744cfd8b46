// The phone's page for a newcomer: it suggests what to write.
import { expect, test } from "./fixtures";
import { newCustomer } from "./people";
import { field, onPhone, phoneOf } from "./phone";

test("the phone suggests what the demo understands, until something is written", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Petra Lang");
  const phone = await phoneOf(browser, customer);
  const suggestions = phone.getByRole("group", { name: "Suggestions" });
  await field(phone).fill("Hm");
  await expect(suggestions).toBeHidden();
  await field(phone).fill("");
  await expect(suggestions).toBeVisible();

  await suggestions.getByRole("button", { name: "Where is my order?" }).click();
  await expect(onPhone(phone, "What is your order number?")).toBeVisible();
  await suggestions.getByRole("button", { name: "An order on its way" }).click();
  await expect(onPhone(phone, "is on its way to you")).toBeVisible();
  await suggestions.getByRole("button", { name: "Talk to a person" }).click();
  await expect(onPhone(phone, "I would like to speak to agent")).toBeVisible();
  // The second outside the demo's opening hours.
  await expect(onPhone(phone, /I'm connecting you to a colleague|We're away right now/)).toBeVisible();
});
