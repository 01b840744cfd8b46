// The loop that the product is for: a customer asks for a person on a phone, somebody at the desk claims, answers and
// closes, and the next message starts anew. Once on a good network and once on one that fails.
import { type Page } from "@playwright/test";
import { PHONE, expect, test } from "./fixtures";
import {
  OFFLINE,
  type Customer,
  bubble,
  card,
  closes,
  cutOff,
  line,
  newCustomer,
  phoneOf,
  quietDeskOf,
  quietLine,
  replies,
  row,
  says,
  types,
} from "./stage";

interface Players {
  customer: Customer;
  ana: Page;
  ben: Page;
  phone: Page;
}

/** How the same deeds go on the network at hand. */
interface Network {
  /** The customer calls, by `call`. */
  called(players: Players, call: () => Promise<void>): Promise<void>;
  /** Ana claims; in the end both desks know. */
  claimed(players: Players): Promise<void>;
  /** Ana writes `text`; in the end it is on the phone. */
  answered(players: Players, text: string): Promise<void>;
}

const CALL = "I want to speak to agent about order 77";

const good: Network = {
  called: async (_players, call) => call(),
  claimed: async ({ ana, customer }) => card(ana, customer).getByRole("button", { name: "Claim" }).click(),
  answered: async ({ ana }, text) => replies(ana, text),
};

const failing: Network = {
  called: async ({ ana, ben, customer }, call) => {
    await cutOff([ana, ben], async () => {
      await call();
      for (const desk of [ana, ben]) await expect(card(desk, customer)).toHaveCount(0);
    });
  },
  claimed: async ({ ana, ben, customer }) => {
    await cutOff([ana, ben], async () => {
      await card(ana, customer).getByRole("button", { name: "Claim" }).click();
      await expect(ana.locator(".toasts .toast.error")).toBeVisible();
      // Nobody was told anything that is not so.
      for (const desk of [ana, ben]) await expect(card(desk, customer)).toBeVisible();
    });
    // Now Ben alone misses it.
    await cutOff([ben], async () => {
      await card(ana, customer).getByRole("button", { name: "Claim" }).click();
      await expect(ana.locator("#reply-text")).toBeVisible();
      await expect(card(ben, customer)).toBeVisible();
    });
  },
  answered: async ({ ana, phone }, text) => {
    const field = ana.locator("#reply-text");
    await cutOff([ana], async () => {
      await field.fill(text);
      await field.press("Enter");
      // Not sent, and not lost.
      await expect(field).toHaveValue(text);
      for (const number of [1, 2, 3]) await types(phone, `while you were away ${number}`);
      await expect(bubble(ana, "while you were away")).toHaveCount(0);
    });
    await expect(bubble(ana, "while you were away")).toHaveCount(3);
    const words = await bubble(ana, "while you were away").locator(".body").allInnerTexts();
    expect(words.map((words) => words.trim())).toEqual([1, 2, 3].map((number) => `while you were away ${number}`));
    await expect(field).toHaveValue(text);
    await field.press("Enter");
    await expect(field).toHaveValue("");
    await expect(bubble(ana, text)).toBeVisible();
  },
};

for (const [name, network] of Object.entries({ "a good network": good, "a network that fails for five seconds": failing })) {
  test(`a customer asks for a person, gets one, and starts anew afterwards: ${name}`, async ({
    browser,
    request,
    simulator,
    expects,
  }) => {
    test.setTimeout(180_000);
    if (network === failing) expects(OFFLINE);
    const customer = await newCustomer(request, "Elif Kaya");
    const ana = await quietDeskOf(browser, "ana");
    const ben = await quietDeskOf(browser, "ben");
    const phone = await phoneOf(browser, customer);
    const players = { customer, ana, ben, phone };

    await test.step("the bot asks what it can do, then a keyword calls", async () => {
      await types(phone, "Good morning");
      await expect(line(phone, "What is your order number?")).toBeVisible();
      await network.called(players, async () => {
        await types(phone, CALL);
        await expect(line(phone, "I'm connecting you to a colleague")).toBeVisible();
      });
      for (const desk of [ana, ben]) {
        await expect(card(desk, customer)).toHaveCount(1);
        await expect(card(desk, customer)).toContainText(CALL);
        await expect(card(desk, customer)).toContainText("Keyword “speak to agent”");
        await expect(row(desk, customer, "waiting")).toHaveCount(1);
      }
    });

    await test.step("Ana claims with one click", async () => {
      await network.claimed(players);
      await expect(ana.locator("#reply-text")).toBeVisible();
      await expect(row(ana, customer, "mine")).toBeVisible();
      await expect(card(ben, customer)).toHaveCount(0);
      await expect(row(ben, customer, "waiting")).toHaveCount(0);
      await expect(row(ben, customer, "team")).toContainText("Ana Costa");
      await expect(quietLine(ana, "claimed this")).toHaveCount(1);
    });

    const ANSWER = "Hello, Ana here. Order 77 leaves today.";
    const ticks = bubble(ana, ANSWER).locator(".ticks");
    await test.step("Ana answers, and sees it sent, delivered and read", async () => {
      // A phone that has it, and shows nothing of it yet.
      await simulator.set({ reads: "never", status: { delivered_ms: 3_600_000 } });
      await network.answered(players, ANSWER);
      await expect(line(phone, ANSWER)).toHaveCount(1);
      await expect(bubble(ana, ANSWER)).toHaveCount(1);
      await expect(ticks).toHaveClass(/sent/);
    });
    await test.step("the ticks follow the phone", async () => {
      await simulator.set({ status: { delivered_ms: 50 } });
      await replies(ana, "And it is a blue one.");
      await expect(bubble(ana, "And it is a blue one.").locator(".ticks")).toHaveClass(/delivered/);
      await simulator.set({ reads: "when_open" });
      await request.post(`${PHONE}/sim/customers/${customer.id}/seen`);
      await expect(bubble(ana, "And it is a blue one.").locator(".ticks")).toHaveClass(/read/);
      await types(phone, "Perfect, thank you!");
      await expect(bubble(ana, "Perfect, thank you!")).toHaveCount(1);
    });

    await test.step("Ana closes, and the customer is told", async () => {
      await closes(ana);
      const [firstName] = customer.name.split(" ");
      await expect(line(phone, `Thank you, ${firstName}. If anything else comes up, just write again.`)).toHaveCount(1);
      await expect(row(ana, customer, "closed")).toBeVisible();
      await expect(row(ana, customer, "mine")).toHaveCount(0);
    });

    await test.step("what is closed is found and read by a colleague", async () => {
      await ben.locator(".chips").getByRole("link", { name: "Closed" }).click();
      await expect(ben).toHaveURL(/status=closed/);
      await row(ben, customer, "closed").click();
      await expect(bubble(ben, ANSWER)).toHaveCount(1);
      await expect(ben.locator(".composer.locked")).toContainText("Closed by Ana Costa");
    });

    await test.step("the next message starts a new conversation with the bot", async () => {
      await says(request, customer, "One more thing");
      await expect(row(ana, customer, "bot")).toBeVisible();
      await row(ana, customer, "bot").click();
      await expect(bubble(ana, "One more thing")).toBeVisible();
      await expect(bubble(ana, ANSWER)).toHaveCount(0);
      const earlier = ana.locator("aside.dossier a[href*='/conversations/cnv_']");
      await expect(earlier).toHaveCount(1);
      // By keyboard: cards of customers who still wait may stand over it.
      await earlier.press("Enter");
      await expect(bubble(ana, ANSWER)).toBeVisible();
    });
  });
}

test("when two claim at once, one gets it and the other is told who", async ({ browser, request, expects }) => {
  // The loser's claim is answered with a conflict.
  expects(/status of 409/);
  const customer = await newCustomer(request, "Yara Haddad");
  const ana = await quietDeskOf(browser, "ana");
  const ben = await quietDeskOf(browser, "ben");
  const phone = await phoneOf(browser, customer);
  // Both clicks are on their way before either page can hear of the other's: the claims are held at the door.
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
  await Promise.all([ana, ben].map((desk) => card(desk, customer).getByRole("button", { name: "Claim" }).click()));

  const winner = row(ana, customer, "mine").or(row(ana, customer, "team"));
  await expect(winner).toBeVisible();
  const anaWon = (await row(ana, customer, "mine").count()) === 1;
  const [won, lost, name] = anaWon ? [ana, ben, "Ana Costa"] : [ben, ana, "Ben Weber"];
  await expect(lost.locator(".toasts")).toContainText(`${name} already claimed ${customer.name}.`);
  await expect(row(lost, customer, "team")).toContainText(name);
  await expect(row(won, customer, "mine")).toBeVisible();
  await expect(card(lost, customer)).toHaveCount(0);
  await expect(won.locator("#reply-text")).toBeVisible();
  await closes(won);
});
