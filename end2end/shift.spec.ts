// Half an hour of a shift by keyboard alone: five customers ask for an agent one after the other. Each gets the replies
// that are meant for them, nobody else gets anything, and the keys are counted by what they are pressed for.
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { drafts } from "./blind";
import {
  actions,
  chosenOption,
  claimButton,
  composer,
  endingBar,
  list,
  message,
  palette,
  paletteField,
  row,
  rows,
  strip,
  thread,
  threadName,
  undoList,
} from "./desk";
import { PHONE, expect, test } from "./fixtures";
import { Keys } from "./keys";
import { addOutcomes } from "./outcomes";
import { type Customer, asksForAgent, browserOf, deskOf, newCustomer, says, setsTimeToUndo } from "./people";

const NOTICE = "connecting you to a colleague";

/** What the business has sent to the customer's phone, oldest first. */
async function received(request: APIRequestContext, { id }: Customer): Promise<string[]> {
  const answer = await request.get(`${PHONE}/sim/customers/${id}/thread`);
  const { lines } = (await answer.json()) as { lines: { author: string; body: { body?: string } }[] };
  return lines.filter(({ author }) => author === "business").map(({ body }) => body.body ?? JSON.stringify(body));
}

/** The text messages that were sent to anybody but these customers. */
async function sentToOthers(request: APIRequestContext, customers: Customer[]): Promise<string[]> {
  const sent = (await (await request.get(`${PHONE}/sim/sent`)).json()) as { customer: string; body: object }[];
  const known = customers.map(({ id }) => id);
  return sent.filter(({ customer }) => !known.includes(customer)).map(({ body }) => JSON.stringify(body));
}

/** Ben claims whoever waits in the demo's first data, so that the five are the only ones. */
async function benClaimsAll(browser: Browser) {
  const ben = await deskOf(browser, "ben");
  while (await claimButton(ben).isVisible()) {
    const label = (await claimButton(ben).getAttribute("aria-label")) ?? "";
    await claimButton(ben).click();
    await expect(strip(ben).getByRole("button", { name: label, exact: true })).toHaveCount(0);
  }
  await expect(strip(ben)).toContainText("Nobody is waiting");
  await ben.context().close();
}

/** The agent at her desk. */
class Agent {
  constructor(
    readonly page: Page,
    readonly keys: Keys,
  ) {}

  /** The customer's conversation is open, and the next letters are a reply to them. */
  async isAt(customer: Customer) {
    await expect(threadName(this.page)).toHaveText(customer.name);
    await expect(thread(this.page)).toBeFocused();
    await expect(composer(this.page)).toHaveAccessibleName(`Reply to ${customer.name}`);
  }

  /** Opens the customer of hers who waits for a reply. */
  async nextIs(customer: Customer) {
    await expect(row(this.page, customer, "Reply now")).toBeVisible();
    await this.keys.does("open who needs me next", "Alt+n");
    await this.isAt(customer);
  }

  /** The claim of this customer has worked. */
  async has(customer: Customer) {
    await expect(threadName(this.page)).toHaveText(customer.name);
    await expect(composer(this.page)).toHaveAccessibleName(`Reply to ${customer.name}`);
    await expect(composer(this.page)).toBeFocused();
    await expect(composer(this.page)).toHaveValue("");
  }

  async claims(customer: Customer) {
    await this.keys.does("claim", "Alt+c");
    await this.has(customer);
  }

  /** Sends what is typed, to the customer whose conversation is open. */
  async sends(customer: Customer, text: string) {
    await expect(composer(this.page)).toHaveValue(text);
    await this.keys.does("send", "Enter");
    await expect(message(this.page, text).getByTitle(/^(Sent|Delivered|Read)$/)).toBeVisible();
    await expect(composer(this.page)).toHaveValue("");
    await expect(row(this.page, customer, "Customer's turn")).toBeVisible();
  }

  async answers(customer: Customer, text: string) {
    await this.keys.writes(text);
    await this.sends(customer, text);
  }

  /** Closes the open conversation with the outcome of this digit. */
  async closes(customer: Customer, outcome: string) {
    const asked = () => expect(endingBar(this.page)).toBeFocused();
    await this.keys.does("close with an outcome", "Alt+x", asked, outcome);
    await expect(undoList(this.page)).toContainText(`Closing ${customer.name}`);
  }

  /** Undoes the newest act, which concerns this customer. */
  async undoes(customer: Customer) {
    await this.keys.does("undo", "Alt+u");
    await expect(undoList(this.page)).not.toContainText(customer.name);
    await expect(row(this.page, customer, "Mine")).not.toContainText("Closing…");
  }
}

test("an agent serves five customers by keyboard alone, with the fewest keys", async ({ browser, request }) => {
  // The endings take effect after their time to undo.
  test.setTimeout(360_000);
  const admin = await addOutcomes(browser, ["Solved", "Refunded"]);
  await admin.context().close();
  await benClaimsAll(browser);
  const names = ["Vera Lindqvist", "Wim Peeters", "Xenia Marku", "Yara Nasser", "Zoe Fontaine"];
  const customers: Customer[] = [];
  for (const name of names) customers.push(await newCustomer(request, name));
  const [vera, wim, xenia, yara, zoe] = customers as [Customer, Customer, Customer, Customer, Customer];

  await setsTimeToUndo(await browserOf(browser, "chloe"), 20);
  const page = await deskOf(browser, "chloe");
  const keys = await Keys.of(page);
  const chloe = new Agent(page, keys);
  /** The customer asks for an agent, is told to wait, and is offered to her. */
  const asks = async (customer: Customer) => {
    await asksForAgent(request, customer);
    await expect.poll(() => received(request, customer)).toEqual([expect.stringContaining(NOTICE)]);
    await expect(claimButton(page, customer)).toBeVisible();
  };

  await test.step("Vera, from the list", async () => {
    await asks(vera);
    await expect(row(page, vera, "Unassigned")).toBeVisible();
    await keys.does("open who needs me next", "n");
    await expect(threadName(page)).toHaveText(vera.name);
    await expect(row(page, vera, "Unassigned")).toBeFocused();
    await keys.does("claim", "Shift+Enter");
    await chloe.has(vera);
    await chloe.answers(vera, "Good morning Vera, your refund was paid out today.");
  });

  await test.step("Wim, from the reply to Vera", async () => {
    await asks(wim);
    await says(request, wim, "It is about a jar of marmalade");
    await expect(row(page, wim, "Unassigned")).toContainText("marmalade");
    await keys.does("open who needs me next", "Alt+n");
    await expect(threadName(page)).toHaveText(wim.name);
    await expect(thread(page)).toBeFocused();
    await chloe.claims(wim);
    await chloe.answers(wim, "Hello Wim, I will send you a new jar.");
  });

  await test.step("Xenia, and Vera writes while the reply to Xenia is half written", async () => {
    await asks(xenia);
    await chloe.claims(xenia);
    await keys.writes("Hello Xenia, the ");
    await says(request, vera, "Where do I see the refund?");
    await expect(row(page, vera, "Reply now")).toContainText("Where do I see the refund?");
    await expect(composer(page)).toBeFocused();
    await keys.writes("shop is open on Sunday.");
    await chloe.sends(xenia, "Hello Xenia, the shop is open on Sunday.");
  });

  await test.step("Vera's question is answered before Yara is claimed", async () => {
    await asks(yara);
    await chloe.nextIs(vera);
    await chloe.answers(vera, "It is on your card by tomorrow.");
    await chloe.claims(yara);
    await chloe.answers(yara, "Hello Yara, I will ask the workshop.");
  });

  await test.step("what Wim had ordered is found by a search", async () => {
    await keys.does("go back to the list", "Escape", () => expect(thread(page)).toBeFocused(), "Escape");
    await expect(row(page, yara)).toBeFocused();
    const found = list(page).getByRole("region", { name: "Messages found", exact: true }).getByRole("link");
    await keys.does(
      "find a message",
      "/",
      async () => {
        await expect(page.getByRole("searchbox")).toBeFocused();
        await keys.seeks("marmalade");
        await expect(found).toHaveCount(1);
        await expect(found).toContainText(wim.name);
      },
      "Tab",
      "j",
    );
    await expect(threadName(page)).toHaveText(wim.name);
    await expect(row(page, wim)).toBeFocused();
    await expect(thread(page).getByRole("group", { name: "Search in this conversation" })).toBeVisible();
    await expect(message(page, "marmalade")).toBeInViewport();
  });

  await test.step("Zoe, from the results of the search", async () => {
    await asks(zoe);
    await chloe.claims(zoe);
    await chloe.answers(zoe, "Hello Zoe, the lamp ships on Friday.");
  });

  await test.step("Yara, by her name in the palette, is snoozed", async () => {
    await keys.does(
      "open a customer by name",
      "Control+k",
      async () => {
        await expect(paletteField(page)).toBeFocused();
        await keys.seeks(yara.name);
        await expect(chosenOption(page)).toContainText(yara.name);
      },
      "Enter",
    );
    await expect(palette(page)).toBeHidden();
    await chloe.isAt(yara);
    const inAnHour = actions(page).getByRole("button", { name: "In 1 hour" });
    await keys.does("snooze", "Alt+z", () => expect(inAnHour).toBeFocused(), "Enter");
    await expect(undoList(page)).toContainText(`Snoozed ${yara.name}`);
    await expect(row(page, yara, "Snoozed")).toBeVisible();
  });

  await test.step("Xenia is returned to the bot", async () => {
    await says(request, xenia, "And on Monday?");
    await chloe.nextIs(xenia);
    await chloe.answers(xenia, "On Monday too. The bot knows all our hours.");
    await expect(row(page, xenia)).not.toContainText("unread");
    await keys.does("return to the bot", "Alt+r");
    await expect(undoList(page)).toContainText(`Returning to the bot: ${xenia.name}`);
  });

  await test.step("Wim is closed, which is undone, and closed with the other outcome", async () => {
    // Not a thank-you alone, which would need no answer.
    await says(request, wim, "The new jar is welcome on Tuesday");
    await chloe.nextIs(wim);
    await chloe.closes(wim, "1");
    await chloe.undoes(wim);
    await chloe.closes(wim, "2");
  });

  await test.step("Vera and Zoe are closed", async () => {
    for (const [customer, text] of [[vera, "It is on my card now"], [zoe, "Friday suits me"]] as const) {
      await says(request, customer, text);
      await chloe.nextIs(customer);
      await chloe.closes(customer, "1");
    }
  });

  await test.step("all five are where they belong", async () => {
    // The endings take effect when their time to undo is over.
    const timeout = 90_000;
    for (const customer of [vera, wim, zoe]) await expect(row(page, customer, "Closed")).toBeVisible({ timeout });
    await expect(row(page, xenia, "Bot")).toBeVisible({ timeout });
    await expect(row(page, yara, "Snoozed")).toBeVisible();
    await expect(rows(page, "Mine")).toHaveCount(1);
    await expect(undoList(page)).not.toContainText("Closing");
  });

  await test.step("each has what was meant for them, and nobody else has anything", async () => {
    const goodbye = (customer: Customer) =>
      `Thank you, ${customer.name.split(" ")[0]}. If anything else comes up, just write again.`;
    const expected: [Customer, string[]][] = [
      [
        vera,
        ["Good morning Vera, your refund was paid out today.", "It is on your card by tomorrow.", goodbye(vera)],
      ],
      [wim, ["Hello Wim, I will send you a new jar.", goodbye(wim)]],
      [xenia, ["Hello Xenia, the shop is open on Sunday.", "On Monday too. The bot knows all our hours."]],
      [yara, ["Hello Yara, I will ask the workshop."]],
      [zoe, ["Hello Zoe, the lamp ships on Friday.", goodbye(zoe)]],
    ];
    for (const [customer, texts] of expected) {
      const all = [expect.stringContaining(NOTICE), ...texts];
      await expect.poll(() => received(request, customer), { message: customer.name }).toEqual(all);
    }
    const others = await sentToOthers(request, customers);
    for (const text of [...keys.written, ...keys.sought]) {
      expect(others.filter((sent) => sent.includes(text)), text).toEqual([]);
    }
    expect(await drafts(page)).toEqual([]);
  });

  console.log(keys.table().join("\n"));
  expect(keys.times()).toEqual({
    "open who needs me next": 7,
    claim: 5,
    send: 7,
    "go back to the list": 1,
    "find a message": 1,
    "open a customer by name": 1,
    snooze: 1,
    "close with an outcome": 4,
    undo: 1,
    "return to the bot": 1,
  });
  await keys.expectFewest();
});
