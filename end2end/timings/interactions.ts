// Interaction to next paint, while the agent goes through the list and types a reply and customers write.
import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { composer, row } from "../desk";
import { expect } from "../fixtures";
import { type Customer, type Who, asksForAgent, claimed, deskOf, newCustomer, opens, says } from "../people";
import { slowDown } from "./slow";

/** How many messages of customers arrive in a second. */
const PER_SECOND = 5;
/** The browser reports no interaction that took less, in milliseconds. */
const SHORTEST = 16;

/** The keys of a round: through the list, more down than up, and a reply. */
const STEPS = "jjjk".repeat(5);
const WORDS = "thank you for waiting, i am looking into it. ";

interface Observed {
  /** The longest event of each interaction, in milliseconds. */
  interactions: Record<string, number>;
}

/** Records the interactions of the page from now on. */
const observe = (page: Page) =>
  page.evaluate((shortest) => {
    const observed = window as unknown as Observed;
    observed.interactions = {};
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { interactionId: number; duration: number }[]) {
        const { interactionId: id, duration } = entry;
        if (id) observed.interactions[id] = Math.max(observed.interactions[id] ?? 0, duration);
      }
    });
    observer.observe({ type: "event", durationThreshold: shortest } as PerformanceObserverInit);
  }, SHORTEST);

/** Customers who write in turn. */
class Writers {
  private readonly sent: Promise<void>[] = [];
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly request: APIRequestContext,
    private readonly customers: Customer[],
  ) {
    this.timer = setInterval(() => this.sent.push(this.write()), 1_000 / PER_SECOND);
  }

  private write(): Promise<void> {
    const n = this.sent.length;
    return says(this.request, this.customers[n % this.customers.length] as Customer, `Update ${n} on my order`);
  }

  /** How many messages were sent, the last of which is on the desk. */
  async stop(desk: Page): Promise<number> {
    clearInterval(this.timer);
    await Promise.all(this.sent);
    const last = this.sent.length - 1;
    const writer = this.customers[last % this.customers.length] as Customer;
    await expect(row(desk, writer).first()).toContainText(`Update ${last} on my order`);
    return this.sent.length;
  }
}

/** The customers of the measurement: the one whom `who` answers is the first, the `waiting` others wait for an agent. */
export async function writers(
  browser: Browser,
  request: APIRequestContext,
  who: Who,
  waiting: number,
): Promise<Customer[]> {
  const [desk, own] = await claimed(browser, request, "Iris Holm", who);
  const customers = [own];
  for (let n = 1; n <= waiting; n += 1) {
    const customer = await newCustomer(request, `Ivo Waits ${n}`);
    await asksForAgent(request, customer);
    await expect(row(desk, customer, "Unassigned")).toBeVisible();
    customers.push(customer);
  }
  await desk.context().close();
  return customers;
}

interface Interactions {
  /** Of every interaction, in milliseconds. */
  durations: number[];
  /** How many of them the browser reported. The others took less than the shortest that it reports. */
  reported: number;
  /** How many messages arrived meanwhile. */
  events: number;
}

/** Goes through the list and types a reply to the first customer, `rounds` times each. */
export async function interactions(
  browser: Browser,
  request: APIRequestContext,
  who: Who,
  customers: Customer[],
  rounds: number,
  slowdown: number,
): Promise<Interactions> {
  const desk = await deskOf(browser, who);
  await slowDown(desk, slowdown);
  await observe(desk);
  const writing = new Writers(request, customers);
  // The time between keys of somebody who looks at what they open, and of somebody who types.
  await desk.keyboard.type(STEPS.repeat(rounds), { delay: 150 });
  await opens(desk, customers[0] as Customer);
  await composer(desk).focus();
  await desk.keyboard.type(WORDS.repeat(rounds), { delay: 60 });
  const events = await writing.stop(desk);
  const found = await desk.evaluate(() => Object.values((window as unknown as Observed).interactions));
  // Every key, and the click on the row.
  const all = (STEPS.length + WORDS.length) * rounds + 1;
  await composer(desk).fill("");
  await desk.context().close();
  const short = Array<number>(Math.max(0, all - found.length)).fill(SHORTEST);
  return { durations: [...found, ...short], reported: found.length, events };
}
