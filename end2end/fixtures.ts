// What holds for every test: the demo runs, no page may write to its console, no page outlives the test that opened it,
// and changed settings of the simulator are restored.
import { type APIRequestContext, type BrowserContext, test as base, expect } from "@playwright/test";
import { DESK, Demo, PHONE } from "./demo";

export { PHONE, expect };

/** The browser warns of this by itself where the machine is slow. */
const SLOW_MACHINE = /was preloaded using link preload but not used within a few seconds/;

/** A fault of the simulator, as its API takes it. */
type Fault =
  | { kind: "http" | "status"; code: number; times?: number }
  | { kind: "drop" | "hang"; moment?: "after"; times?: number }
  | { kind: "latency"; ms: number; times?: number };

/** Meta's side of the connection. */
export class Simulator {
  private original?: Record<string, unknown>;
  private hasFaults = false;

  constructor(private readonly request: APIRequestContext) {}

  /** Changes some of its settings, until the test ends. */
  async set(change: Record<string, Record<string, unknown> | string>) {
    const now = (await (await this.request.get(`${PHONE}/sim/settings`)).json()) as Record<string, unknown>;
    this.original ??= now;
    const next = { ...now };
    for (const [name, value] of Object.entries(change)) {
      next[name] = typeof value === "string" ? value : { ...(now[name] as object), ...value };
    }
    expect((await this.request.put(`${PHONE}/sim/settings`, { data: next })).ok()).toBeTruthy();
  }

  /** Makes the next sends to `to`, a customer's number or id, fail. */
  async fail(to: string, fault: Fault) {
    this.hasFaults = true;
    expect((await this.request.post(`${PHONE}/sim/faults`, { data: { to, fault } })).ok()).toBeTruthy();
  }

  async restore() {
    if (this.original) await this.request.put(`${PHONE}/sim/settings`, { data: this.original });
    if (this.hasFaults) await this.request.delete(`${PHONE}/sim/faults`);
  }
}

interface Fixtures {
  /** Allows lines of the console that the test causes. Every other line fails it. */
  allowConsole: (line: RegExp) => void;
  simulator: Simulator;
}

export const test = base.extend<Fixtures & { demo: void }, { workerDemo: Demo }>({
  baseURL: DESK,
  workerDemo: [
    async ({}, use) => {
      const demo = new Demo();
      await use(demo);
      await demo.stop();
    },
    { scope: "worker" },
  ],
  demo: [
    async ({ workerDemo }, use, { file }) => {
      await workerDemo.startFor(file);
      await use();
    },
    { auto: true },
  ],
  allowConsole: [
    async ({ browser }, use) => {
      const lines: string[] = [];
      const allowed = [SLOW_MACHINE];
      const listen = (context: BrowserContext) => {
        context.on("weberror", (error) => lines.push(String(error.error().stack ?? error.error())));
        context.on("console", (message) => {
          if (!["error", "warning"].includes(message.type())) return;
          lines.push(`${message.text()} (${message.location().url})`);
        });
      };
      browser.on("context", listen);
      await use((line) => allowed.push(line));
      browser.off("context", listen);
      await Promise.all(browser.contexts().map((context) => context.close()));
      expect(lines.filter((line) => !allowed.some((known) => known.test(line)))).toEqual([]);
    },
    { auto: true },
  ],
  simulator: async ({ request }, use) => {
    const simulator = new Simulator(request);
    await use(simulator);
    await simulator.restore();
  },
});
