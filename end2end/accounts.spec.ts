// Signing in as a person does it: a typo in the password, and looking at what was typed.
import { expect, test } from "./fixtures";

test("the sign-in stays where it is when the error comes", async ({ page, allowConsole }) => {
  // The server refuses the sign-in.
  allowConsole(/status of 4\d\d/);
  await page.goto("/sign-in");
  const button = page.getByRole("button", { name: "Sign in" });
  // The button for the password comes with the script.
  await expect(page.getByRole("button", { name: "Show password" })).toBeVisible();
  const before = await button.boundingBox();
  await page.getByLabel("Email").fill("nobody@acme.test");
  await page.getByLabel("Password").fill("not the password");
  await button.click();
  await expect(page.getByRole("alert")).toHaveText("Wrong email or password.");
  expect(await button.boundingBox()).toEqual(before);
  await expect(page.getByLabel("Password")).toHaveValue("not the password");
});

test("the password is shown on request, also by keyboard", async ({ page }) => {
  await page.goto("/sign-in");
  const show = page.getByRole("button", { name: "Show password" });
  const password = page.getByLabel("Password");
  await expect(show).toHaveAttribute("aria-pressed", "false");
  await password.fill("handoff-demo");
  await expect(password).toHaveAttribute("type", "password");
  await page.keyboard.press("Tab");
  await expect(show).toBeFocused();
  await page.keyboard.press("Space");
  await expect(show).toHaveAttribute("aria-pressed", "true");
  await expect(password).toHaveAttribute("type", "text");
  await expect(password).toHaveValue("handoff-demo");
  await page.keyboard.press("Enter");
  await expect(password).toHaveAttribute("type", "password");
  await expect(page).toHaveURL(/\/sign-in$/);
});
