// The outcomes that agents can pick when they close a conversation.
import type { Browser, Page } from "@playwright/test";
import { expect } from "./fixtures";
import { deskOf } from "./people";

/** Lets agents pick these outcomes, in this order. Returns the page where the admin keeps them. */
export async function addOutcomes(browser: Browser, names: string[]): Promise<Page> {
  const admin = await deskOf(browser, "admin", "/admin/outcomes");
  const form = admin.getByRole("form", { name: "New outcome" });
  for (const name of names) {
    await form.getByLabel("Name").fill(name);
    await form.getByRole("button", { name: "Add" }).click();
    await expect(admin.getByRole("button", { name: `Remove “${name}”` })).toBeVisible();
  }
  return admin;
}

/** Runs `meanwhile` while agents can pick these outcomes. */
export async function withOutcomes(browser: Browser, names: string[], meanwhile: () => Promise<void>) {
  const admin = await addOutcomes(browser, names);
  try {
    await meanwhile();
  } finally {
    for (const name of names) {
      await admin.getByRole("button", { name: `Remove “${name}”` }).click();
      const asked = admin.getByRole("group", { name: "Remove this outcome?" });
      await asked.getByRole("button", { name: "Remove" }).click();
      // It stands in the place of the button until the server has answered.
      await expect(asked).toHaveCount(0);
      await expect(admin.getByRole("button", { name: `Remove “${name}”` })).toHaveCount(0);
    }
  }
}
