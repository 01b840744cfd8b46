// Saved replies that carry files: kept with the reply, and sent with what it is inserted into.
import { attachedFiles, composer, message, messages } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, deskOf } from "./people";
import { onPhone, phoneOf } from "./phone";

test("the file of a saved reply comes into the composer with its text, and goes out with the next Send", async ({
  browser,
  request,
}) => {
  const keeper = await deskOf(browser, "ana", "/saved-replies");
  const form = keeper.getByRole("form", { name: "New saved reply" });
  const files = form.getByRole("list", { name: "Files of the reply" }).getByRole("listitem");
  const chooser = keeper.waitForEvent("filechooser");
  await form.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles([
    { name: "price-list.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 prices of this year") },
    { name: "dance.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a and a dance") },
  ]);
  await expect(files).toHaveText([/price-list\.pdf.*Document/, /dance\.gif.*WhatsApp doesn't/]);
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("Price list");
  await form.getByRole("textbox", { name: "Text", exact: true }).fill("Our prices, {{ customer.first_name }}.");
  // What was refused is not left out silently.
  await form.getByRole("button", { name: "Add" }).click();
  await expect(form.getByRole("alert")).toContainText("Not every file is uploaded.");
  await files.filter({ hasText: "dance.gif" }).getByRole("button", { name: "Remove dance.gif" }).click();
  await form.getByRole("button", { name: "Add" }).click();
  await expect(keeper.getByRole("row", { name: /Price list.*1 file/ })).toBeVisible();
  await expect(files).toHaveCount(0);

  const [ana, customer] = await claimed(browser, request, "Yara Lind");
  const phone = await phoneOf(browser, customer);
  const field = composer(ana);
  await field.pressSequentially("/price");
  const option = ana.getByRole("listbox", { name: "Saved replies" }).getByRole("option", { name: /Price list/ });
  await expect(option).toContainText("1 file");
  await expect(option).toHaveAttribute("aria-selected", "true");
  await field.press("Enter");
  await expect(field).toHaveValue("Our prices, Yara.");
  await expect(attachedFiles(ana)).toHaveText([/price-list\.pdf.*Document/]);
  await field.press("Enter");
  await expect(attachedFiles(ana)).toHaveCount(0);
  await expect(message(ana, "Our prices, Yara.")).toContainText("price-list.pdf");
  await expect(onPhone(phone, "Our prices, Yara.")).toBeVisible();
  // The reply still has its file.
  await field.pressSequentially("/price");
  await field.press("Enter");
  await expect(attachedFiles(ana)).toHaveText([/price-list\.pdf.*Document/]);
  await attachedFiles(ana).getByRole("button", { name: "Remove price-list.pdf" }).click();
  await field.fill("");
  await expect(messages(ana).filter({ hasText: "price-list.pdf" })).toHaveCount(1);
});
