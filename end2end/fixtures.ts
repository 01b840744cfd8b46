// What holds for every test, whoever plays in it: no page may say anything in its console, nobody's page outlives the
// test that opened it, and what was changed about the network that the simulator plays is put back.
import { type APIRequestContext, type BrowserContext, test as base, expect } from "@playwright/test";

export { expect };

export const PHONE = `http://${process.env.HANDOFF_SIMULATOR_LISTEN ?? "127.0.0.1:3001"}`;

/** What the browser says of its own accord, and only where the machine was slow. */
const BY_THE_CLOCK = /was preloaded using link preload but not used within a few seconds/;

/** A fault of the simulator, as its page orders them. */
type Fault = { kind: "http" | "status"; code: number; times?: number } | { kind: "drop" | "hang"; moment?: "after"; times?: number };

/** Meta's side of the wire. */
export class Simulator {
  private kept?: Record<string, unknown>;
  private faulty = false;

  constructor(private readonly request: APIRequestContext) {}

  /** Changes some of its settings, until the test ends. */
  async set(change: Record<string, Record<string, unknown> | string>) {
    const now = (await (await this.request.get(`${PHONE}/sim/settings`)).json()) as Record<string, unknown>;
    this.kept ??= now;
    const next = { ...now };
    for (const [name, value] of Object.entries(change)) {
      next[name] = typeof value === "string" ? value : { ...(now[name] as object), ...value };
    }
    expect((await this.request.put(`${PHONE}/sim/settings`, { data: next })).ok()).toBeTruthy();
  }

  /** What goes wrong with the next sends to `to`, a customer's number or id. */
  async breaks(to: string, fault: Fault) {
    this.faulty = true;
    expect((await this.request.post(`${PHONE}/sim/faults`, { data: { to, fault } })).ok()).toBeTruthy();
  }

  async putBack() {
    if (this.kept) await this.request.put(`${PHONE}/sim/settings`, { data: this.kept });
    if (this.faulty) await this.request.delete(`${PHONE}/sim/faults`);
  }
}

interface Fixtures {
  /** Lines of the console that this test brings about. Everything else that a page says there fails it. */
  expects: (line: RegExp) => void;
  simulator: Simulator;
}

export const test = base.extend<Fixtures>({
  expects: [
    async ({ browser }, use) => {
      const said: string[] = [];
      const expected = [BY_THE_CLOCK];
      const listen = (context: BrowserContext) => {
        context.on("weberror", (error) => said.push(String(error.error().stack ?? error.error())));
        context.on("console", (message) => {
          if (["error", "warning"].includes(message.type())) said.push(`${message.text()} (${message.location().url})`);
        });
      };
      browser.on("context", listen);
      await use((line) => expected.push(line));
      browser.off("context", listen);
      await Promise.all(browser.contexts().map((context) => context.close()));
      expect(said.filter((line) => !expected.some((known) => known.test(line)))).toEqual([]);
    },
    { auto: true },
  ],
  simulator: async ({ request }, use) => {
    const simulator = new Simulator(request);
    await use(simulator);
    await simulator.putBack();
  },
});
