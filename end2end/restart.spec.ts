// The server is killed and started again: no message is lost or duplicated, and nobody has to do anything. With a
// server and a simulator of its own, because the other tests need theirs.
import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimButton, composer, delivery, message, messages, offlineBanner, rows } from "./desk";
import { expect, test } from "./fixtures";
import { type Customer, live } from "./people";
import { onPhone, phoneOf } from "./phone";
import { PROGRAM, answers, start, stop } from "./programs";

const PASSWORD = "a-long-password";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** The product and a simulator, each a process of its own. */
class Machine {
  private readonly data = mkdtempSync(join(tmpdir(), "handoff-restart-"));
  private simulator?: ChildProcess;
  private server?: ChildProcess;

  private constructor(readonly desk: string, readonly phone: string) {}

  static async start(): Promise<Machine> {
    const machine = new Machine(`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`);
    machine.run("admin", "create-tenant", "Lakeside");
    machine.run("admin", "create-user", "--tenant", "Lakeside", "--email", "ines@lake.test", "--name", "Ines Vogt",
      "--role", "agent");
    machine.run("admin", "add-app", "demo", "Meta");
    machine.run("admin", "add-number", "--tenant", "Lakeside", "--app", "demo", "--phone-number-id", "100200300400500",
      "--waba-id", "200300400500600", "--phone", "+1 555 010 0000", "--name", "Lakeside");
    machine.simulator = start(["simulator"], machine.env);
    await answers(`http://${machine.phone}/sim/settings`, 30_000);
    await machine.serve();
    return machine;
  }

  private get env() {
    return {
      HANDOFF_LISTEN: this.desk,
      HANDOFF_PUBLIC_URL: `http://${this.desk}`,
      HANDOFF_SIMULATOR_LISTEN: this.phone,
      HANDOFF_GRAPH_URL: `http://${this.phone}/v26.0`,
      HANDOFF_DATA: this.data,
      DATABASE_URL: `sqlite://${join(this.data, "handoff.db")}`,
      HANDOFF_SECRET_KEY: "a key for one test",
      HANDOFF_PASSWORD: PASSWORD,
      HANDOFF_APP_SECRET: "demo-app-secret",
      HANDOFF_VERIFY_TOKEN: "demo-verify-token",
      HANDOFF_TOKEN: "demo-access-token",
    };
  }

  private run(...args: string[]) {
    execFileSync(PROGRAM, args, { env: { ...process.env, ...this.env }, stdio: ["ignore", "ignore", "inherit"] });
  }

  async serve() {
    this.server = start(["serve"], this.env);
    await answers(`http://${this.desk}/health`, 30_000);
  }

  /** Kills the server without a shutdown, as a power failure does. */
  async kill() {
    await stop(this.server!, "SIGKILL");
  }

  async stop() {
    for (const child of [this.simulator, this.server]) if (child) await stop(child, "SIGTERM");
    rmSync(this.data, { recursive: true, force: true });
  }
}

test("after the server was killed and restarted, no message is lost or duplicated", async ({
  browser,
  request,
  allowConsole,
}) => {
  test.setTimeout(360_000);
  // While the server is down, every request of the page is refused.
  allowConsole(/net::ERR_/);
  const machine = await Machine.start();
  try {
    const simulator = `http://${machine.phone}`;
    const created = await request.post(`${simulator}/sim/customers`, { data: { name: "Lena Fuchs" } });
    const customer = (await created.json()) as Customer;
    const says = async (text: string) => {
      const data = { kind: "text", text };
      const said = await request.post(`${simulator}/sim/customers/${customer.id}/say`, { data });
      expect(said.ok()).toBeTruthy();
    };
    const phone = await phoneOf(browser, customer, simulator);

    const desk = await (await browser.newContext({ baseURL: `http://${machine.desk}` })).newPage();
    await desk.goto("/sign-in");
    await desk.getByLabel("Email").fill("ines@lake.test");
    await desk.getByLabel("Password").fill(PASSWORD);
    await desk.getByRole("button", { name: "Sign in" }).click();
    await live(desk);

    await says("May I speak to agent?");
    await claimButton(desk).click();
    const field = composer(desk);
    await field.fill("Hello Lena, Ines here.");
    await field.press("Enter");
    await expect(delivery(message(desk, "Hello Lena, Ines here."), "Read")).toBeVisible();

    await machine.kill();
    await expect(offlineBanner(desk)).toBeVisible();
    const missed = ["first", "second", "third"].map((word) => `the ${word} while it was down`);
    for (const text of missed) await says(text);
    await field.fill("I look it up.");
    await field.press("Enter");
    await expect(field).toHaveValue("I look it up.");

    await machine.serve();
    // The page reconnects by itself, at least every fifteen seconds; the simulator's first retries come as rarely.
    const patience = { timeout: 45_000 };
    await expect(offlineBanner(desk)).toHaveCount(0, patience);
    for (const text of missed) await expect(message(desk, text)).toHaveCount(1, patience);
    await field.press("Enter");
    await expect(delivery(message(desk, "I look it up."), "Read")).toBeVisible();
    for (const text of [...missed, "Hello Lena, Ines here.", "I look it up."]) {
      await expect(message(desk, text)).toHaveCount(1);
      await expect(onPhone(phone, text)).toHaveCount(1);
    }
    const before = await messages(desk).allTextContents();
    await desk.reload();
    await live(desk);
    await expect(messages(desk)).toHaveText(before);
    await expect(rows(desk, "Mine")).toHaveCount(1);
  } finally {
    await machine.stop();
  }
});
