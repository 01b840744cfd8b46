// Search: results while typing, the hits marked in rows and in the thread, the next and the previous hit, operators, and
// what cannot be searched.
import type { Page } from "@playwright/test";
import { list, messageList, noteField, row, rows, thread, threadName } from "./desk";
import { expect, test } from "./fixtures";
import { deskOf, live, newCustomer, opens, says } from "./people";

const field = (page: Page) => page.getByRole("searchbox", { name: "Search names, numbers, messages and notes" });

/** The results by name and number, by notes, or by messages. */
const found = (page: Page, section: "Customers" | "Notes" | "Messages") =>
  list(page).getByRole("region", { name: `${section} found`, exact: true }).getByRole("link");

/** The hits in the open conversation, and the way from one to the next. */
const hits = (page: Page) => thread(page).getByRole("group", { name: "Search in this conversation" });

/** The parts of the thread that are marked. */
const marked = (page: Page) =>
  page.evaluate(() => [...(CSS.highlights.get("search-hit") ?? [])].map((range) => String(range)));

test("results come while typing, and lead to the marked message", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Søren");
  await says(request, customer, "Where is the Rückerstattung for my order?");
  await says(request, customer, "hello?");
  const desk = await deskOf(browser, "ana");
  await field(desk).pressSequentially("ruckerst");
  const result = found(desk, "Messages").filter({ hasText: customer.name });
  await expect(result.getByText("Rückerst", { exact: true })).toHaveCount(1);
  await expect(desk).toHaveURL(/\?q=ruckerst$/);

  await result.click();
  await expect(threadName(desk)).toHaveText(customer.name);
  await expect(desk).toHaveURL(/\?q=ruckerst#msg_/);
  await expect(hits(desk).getByRole("status")).toHaveText("1 of 1");
  await expect.poll(() => marked(desk)).toEqual(["Rückerst"]);
  await expect(messageList(desk).getByText("Where is the Rückerstattung")).toBeInViewport();

  // The address alone brings the same view.
  await desk.reload();
  await live(desk);
  await expect(field(desk)).toHaveValue("ruckerst");
  await expect(result).toHaveCount(1);
  await expect(hits(desk).getByRole("status")).toHaveText("1 of 1");

  // Without a search the list is as before, and nothing is marked.
  await field(desk).fill("");
  await expect(found(desk, "Messages")).toHaveCount(0);
  await expect(row(desk, customer)).toHaveCount(1);
  await expect(hits(desk)).toHaveCount(0);
  await expect.poll(() => marked(desk)).toEqual([]);
});

test("the next and the previous hit are shown", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Nadia");
  for (const text of ["first marzipan", "nothing", "second marzipan", "third marzipan"]) {
    await says(request, customer, text);
  }
  const desk = await deskOf(browser, "ana", "/conversations?q=marzipan");
  await found(desk, "Messages").filter({ hasText: customer.name }).click();
  const status = hits(desk).getByRole("status");
  // Messages of the same second may be read in another order, so that any of them may be the newest.
  await expect(status).toHaveText(/^[123] of 3$/);
  const first = Number((await status.innerText())[0]);
  const after = (steps: number) => `${((first - 1 + steps + 3) % 3) + 1} of 3`;
  await hits(desk).getByRole("button", { name: "Older hit" }).click();
  await expect(status).toHaveText(after(1));
  await hits(desk).getByRole("button", { name: "Newer hit" }).click();
  await hits(desk).getByRole("button", { name: "Newer hit" }).click();
  await expect(status).toHaveText(after(-1));
});

test("a number is found as it is dialled, and keys walk through the results", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Dial");
  await says(request, customer, "hello");
  const desk = await deskOf(browser, "ana");
  const digits = customer.phone.replace(/\D/g, "");
  await field(desk).fill(`00${digits}`);
  await expect(found(desk, "Customers")).toHaveCount(1);
  await expect(found(desk, "Customers")).toContainText(customer.name);
  await field(desk).fill(`dial ${digits.slice(-4)}`);
  await expect(found(desk, "Customers").filter({ hasText: customer.name })).toHaveCount(1);
  await found(desk, "Customers").first().focus();
  await desk.keyboard.press("j");
  await expect(thread(desk)).toBeVisible();
});

test("operators narrow a search, and what cannot be searched is said", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Operator");
  await says(request, customer, "a pineapple");
  const desk = await deskOf(browser, "ana");
  await field(desk).fill("pineapple status:bot");
  await expect(found(desk, "Messages").filter({ hasText: customer.name })).toHaveCount(1);
  await field(desk).fill("pineapple status:closed");
  await expect(list(desk)).toContainText("No results for “pineapple status:closed”");
  await field(desk).fill("status:nonsense");
  await expect(list(desk)).toContainText("“nonsense” is not a status");
  await field(desk).fill("🌸");
  await expect(list(desk)).toContainText("has no letters or digits to search for");
  await expect(rows(desk)).toHaveCount(0);
  // A status in the address that does not exist is named.
  await desk.goto("/conversations?status=nonsense");
  await live(desk);
  await expect(list(desk)).toContainText("There is no status “nonsense”");
});

test("a note of the team is found, says whose it is, and is opened in its place", async ({ browser, request }) => {
  const customer = await newCustomer(request, "Notea");
  await says(request, customer, "Hello, I have a question");
  const ben = await deskOf(browser, "ben");
  await opens(ben, customer);
  await thread(ben).getByRole("tab", { name: /^Note/ }).click();
  await noteField(ben).fill("Ask about the marmalade voucher");
  await noteField(ben).press("Enter");
  const note = messageList(ben).getByText("Ask about the marmalade voucher");
  await expect(note).toBeVisible();

  const ana = await deskOf(browser, "ana");
  await field(ana).fill("marmalade");
  const result = found(ana, "Notes").filter({ hasText: customer.name });
  await expect(result).toContainText(/Note by Ben.*: Ask about the marmalade voucher/);
  await expect(found(ana, "Messages")).toHaveCount(0);
  await result.click();
  await expect(ana).toHaveURL(/\?q=marmalade#not_/);
  await expect(hits(ana).getByRole("status")).toHaveText("1 of 1");
  await expect.poll(() => marked(ana)).toEqual(["marmalade"]);
  await expect(messageList(ana).getByText("Ask about the marmalade voucher")).toBeInViewport();
  // Alone, or not at all.
  await field(ana).fill("marmalade in:notes");
  await expect(result).toHaveCount(1);
  await field(ana).fill("marmalade in:messages");
  await expect(result).toHaveCount(0);
});
