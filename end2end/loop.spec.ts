// The main path of the product: a customer asks for an agent on a phone, an agent claims, replies and closes, and the
// next messages go where they belong. Once on a good network and once on one that fails.
import type { Page } from "@playwright/test";
import {
  claimButton,
  composer,
  composerNotice,
  delivery,
  eventLine,
  message,
  messages,
  newCall,
  notice,
  otherConversations,
  row,
  statusFilter,
} from "./desk";
import { PHONE, expect, test } from "./fixtures";
import { type Customer, OFFLINE, closes, cutOff, deskOf, newCustomer, opens, replies, says } from "./people";
import { onPhone, phoneOf, types } from "./phone";

interface Pages {
  customer: Customer;
  ana: Page;
  ben: Page;
  phone: Page;
}

/** How the same steps go on a network. */
interface Network {
  /** The customer asks for an agent, by `ask`. In the end both desks show them. */
  asks(pages: Pages, ask: () => Promise<void>): Promise<void>;
  /** Ana claims. In the end both desks show it. */
  claims(pages: Pages): Promise<void>;
  /** Ana writes `text`. In the end it is on the phone. */
  answers(pages: Pages, text: string): Promise<void>;
}

const REQUEST = "I want to speak to agent about order 77";

/** How long the network fails at least, in milliseconds. */
const OUTAGE = 5_000;

const good: Network = {
  asks: async ({ ana, ben, customer }, ask) => {
    await ask();
    for (const desk of [ana, ben]) {
      await expect(newCall(desk, customer)).toContainText(REQUEST);
      await expect(newCall(desk, customer)).toContainText("Keyword “speak to agent”");
    }
  },
  claims: async ({ ana, customer }) => claimButton(ana, customer).click(),
  answers: async ({ ana }, text) => replies(ana, text),
};

const failing: Network = {
  asks: async ({ ana, ben, customer }, ask) => {
    await cutOff([ana, ben], async () => {
      await ask();
      for (const desk of [ana, ben]) await expect(row(desk, customer, "Unassigned")).toHaveCount(0);
    }, OUTAGE);
  },
  // By then the call is no longer unfolded.
  claims: async ({ ana, ben, customer }) => {
    await opens(ana, customer);
    const claim = composerNotice(ana).getByRole("button", { name: "Claim" });
    await cutOff([ana, ben], async () => {
      await claim.click();
      await expect(notice(ana, "You're offline. Check your connection and try again")).toBeVisible();
      // The claim did not reach the server, so the customer still waits on both desks.
      for (const desk of [ana, ben]) await expect(row(desk, customer, "Unassigned")).toBeVisible();
    }, OUTAGE);
    // Then Ben alone is offline.
    await cutOff([ben], async () => {
      await claim.click();
      await expect(composer(ana)).toBeVisible();
      await expect(row(ben, customer, "Unassigned")).toBeVisible();
    }, OUTAGE);
  },
  answers: async ({ ana, phone }, text) => {
    const field = composer(ana);
    await cutOff([ana], async () => {
      await field.fill(text);
      await field.press("Enter");
      // The reply is not sent, and the draft is kept.
      await expect(field).toHaveValue(text);
      for (const number of [1, 2, 3]) await types(phone, `while you were away ${number}`);
      await expect(message(ana, "while you were away")).toHaveCount(0);
    }, OUTAGE);
    await expect(message(ana, "while you were away")).toHaveCount(3);
    const texts = await messages(ana).getByText("while you were away").allInnerTexts();
    expect(texts.map((text) => text.trim())).toEqual([1, 2, 3].map((number) => `while you were away ${number}`));
    await expect(field).toHaveValue(text);
    await field.press("Enter");
    await expect(field).toHaveValue("");
    await expect(message(ana, text)).toBeVisible();
  },
};

const NETWORKS = { "a good network": good, "a network that fails for five seconds": failing };

for (const [name, network] of Object.entries(NETWORKS)) {
  test(`a customer asks for an agent, gets one, and writes again afterwards, on ${name}`, async ({
    browser,
    request,
    simulator,
    allowConsole,
  }) => {
    test.setTimeout(360_000);
    if (network === failing) allowConsole(OFFLINE);
    const customer = await newCustomer(request, "Elif Kaya");
    const ana = await deskOf(browser, "ana");
    const ben = await deskOf(browser, "ben");
    const phone = await phoneOf(browser, customer);
    const pages = { customer, ana, ben, phone };

    await test.step("the bot asks for the order, then a keyword triggers a handoff", async () => {
      await types(phone, "Good morning");
      await expect(onPhone(phone, "What is your order number?")).toBeVisible();
      await network.asks(pages, async () => {
        await types(phone, REQUEST);
        await expect(onPhone(phone, "I'm connecting you to a colleague")).toBeVisible();
      });
      for (const desk of [ana, ben]) await expect(row(desk, customer, "Unassigned")).toHaveCount(1);
    });

    await test.step("Ana claims with one click", async () => {
      await network.claims(pages);
      await expect(composer(ana)).toBeVisible();
      await expect(row(ana, customer, "Mine")).toBeVisible();
      await expect(newCall(ben, customer)).toHaveCount(0);
      await expect(claimButton(ben, customer)).toHaveCount(0);
      await expect(row(ben, customer, "Unassigned")).toHaveCount(0);
      await expect(row(ben, customer, "Others")).toContainText("Ana Costa");
      await expect(eventLine(ana, "claimed this")).toHaveCount(1);
    });

    const ANSWER = "Hello, Ana here. Order 77 leaves today.";
    await test.step("Ana replies, and sees that it was sent", async () => {
      // The phone has the message and does not confirm it yet.
      await simulator.set({ reads: "never", status: { delivered_ms: 3_600_000 } });
      await network.answers(pages, ANSWER);
      await expect(onPhone(phone, ANSWER)).toHaveCount(1);
      await expect(message(ana, ANSWER)).toHaveCount(1);
      await expect(delivery(message(ana, ANSWER), "Sent")).toBeVisible();
    });
    await test.step("the ticks show what the phone confirms", async () => {
      await simulator.set({ status: { delivered_ms: 50 } });
      await replies(ana, "And it is a blue one.");
      await expect(delivery(message(ana, "And it is a blue one."), "Delivered")).toBeVisible();
      await simulator.set({ reads: "when_open" });
      await request.post(`${PHONE}/sim/customers/${customer.id}/seen`);
      await expect(delivery(message(ana, "And it is a blue one."), "Read")).toBeVisible();
      await types(phone, "Perfect, thank you!");
      await expect(message(ana, "Perfect, thank you!")).toHaveCount(1);
    });

    await test.step("Ana closes, and the customer gets the closing message", async () => {
      await closes(ana);
      const [firstName] = customer.name.split(" ");
      const closing = `Thank you, ${firstName}. If anything else comes up, just write again.`;
      await expect(onPhone(phone, closing)).toHaveCount(1);
      await expect(row(ana, customer, "Closed")).toContainText("Closed by You ·");
      await expect(row(ana, customer, "Mine")).toHaveCount(0);
    });

    await test.step("a colleague finds and reads the closed conversation", async () => {
      await statusFilter(ben).getByRole("link", { name: "Closed" }).click();
      await expect(ben).toHaveURL(/status=closed/);
      await row(ben, customer, "Closed").click();
      await expect(message(ben, ANSWER)).toHaveCount(1);
      await expect(composerNotice(ben)).toContainText("Closed by Ana Costa");
    });

    await test.step("a thank-you stays in the closed conversation, and nobody answers it", async () => {
      await says(request, customer, "Thank you so much!");
      await expect(row(ana, customer, "Closed")).toContainText("Thank you so much!");
      await expect(onPhone(phone, "What is your order number?")).toHaveCount(1);
    });

    await test.step("anything else soon after the close is Ana's again", async () => {
      await says(request, customer, "One more thing");
      await expect(row(ana, customer, "Mine")).toBeVisible();
      await row(ana, customer, "Mine").click();
      await expect(message(ana, "One more thing")).toBeVisible();
      await expect(message(ana, ANSWER)).toHaveCount(1);
      await expect(eventLine(ana, "has this again")).toHaveCount(1);
    });

    await test.step("a keyword starts a new conversation, which leads to the earlier one", async () => {
      await closes(ana);
      await says(request, customer, REQUEST);
      await expect(row(ana, customer, "Unassigned")).toBeVisible();
      await row(ana, customer, "Unassigned").click();
      await expect(message(ana, "One more thing")).toHaveCount(0);
      await expect(message(ana, ANSWER)).toHaveCount(0);
      await expect(otherConversations(ana)).toHaveCount(1);
      await otherConversations(ana).click();
      await expect(message(ana, ANSWER)).toBeVisible();
    });
  });
}

test("when two agents claim at once, one gets it and the other sees who", async ({
  browser,
  request,
  allowConsole,
}) => {
  // The second claim is answered with a conflict.
  allowConsole(/status of 409/);
  const customer = await newCustomer(request, "Yara Haddad");
  const ana = await deskOf(browser, "ana");
  const ben = await deskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);
  // Both requests are held until both were sent: neither page can know of the other's claim when it is clicked.
  let arrived = 0;
  let open: () => void = () => {};
  const both = new Promise<void>((resolve) => { open = resolve; });
  for (const desk of [ana, ben]) {
    await desk.route("**/api/claim*", async (route) => {
      arrived += 1;
      if (arrived === 2) open();
      await both;
      await route.continue();
    });
  }
  await types(phone, "Can I speak to agent?");
  await Promise.all([ana, ben].map((desk) => claimButton(desk, customer).click()));

  const winner = row(ana, customer, "Mine").or(row(ana, customer, "Others"));
  await expect(winner).toBeVisible();
  const anaWon = (await row(ana, customer, "Mine").count()) === 1;
  const [won, lost, name] = anaWon ? [ana, ben, "Ana Costa"] : [ben, ana, "Ben Weber"];
  await expect(notice(lost, `${name} already claimed ${customer.name}.`)).toBeVisible();
  await expect(row(lost, customer, "Others")).toContainText(name);
  await expect(row(won, customer, "Mine")).toBeVisible();
  await expect(claimButton(lost, customer)).toHaveCount(0);
  await expect(composer(won)).toBeVisible();
  await closes(won);
});
