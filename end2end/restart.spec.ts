// The server falls over and comes back: nothing is missed, nothing doubled, and nobody has to do anything. A server and a
// simulator of their own, for the one of the other tests must live.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures";
import { live } from "./stage";

const PROGRAM = process.env.HANDOFF_PROGRAM ?? "../target/debug/handoff";
const PASSWORD = "a-long-password";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** A machine with the product on it, and Meta beside it. */
class Machine {
  private readonly data = mkdtempSync(join(tmpdir(), "handoff-restart-"));
  private readonly running: ChildProcess[] = [];
  private server?: ChildProcess;

  private constructor(readonly desk: string, readonly phone: string) {}

  static async start(): Promise<Machine> {
    const machine = new Machine(`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`);
    machine.run("admin", "create-tenant", "Lakeside");
    machine.run("admin", "create-user", "--tenant", "Lakeside", "--email", "ines@lake.test", "--name", "Ines Vogt", "--role", "agent");
    machine.run("admin", "add-app", "demo", "Meta");
    machine.run("admin", "add-number", "--tenant", "Lakeside", "--app", "demo", "--phone-number-id", "100200300400500",
      "--waba-id", "200300400500600", "--phone", "+1 555 010 0000", "--name", "Lakeside");
    machine.running.push(machine.spawn("simulator"));
    await machine.answers(`http://${machine.phone}/sim/settings`);
    await machine.serve();
    return machine;
  }

  private get env() {
    return {
      ...process.env,
      HANDOFF_LISTEN: this.desk,
      HANDOFF_PUBLIC_URL: `http://${this.desk}`,
      HANDOFF_SIMULATOR_LISTEN: this.phone,
      HANDOFF_GRAPH_URL: `http://${this.phone}/v26.0`,
      HANDOFF_DATA: this.data,
      DATABASE_URL: `sqlite://${join(this.data, "handoff.db")}`,
      HANDOFF_SECRET_KEY: "a key for the time of one test",
      HANDOFF_PASSWORD: PASSWORD,
      HANDOFF_APP_SECRET: "demo-app-secret",
      HANDOFF_VERIFY_TOKEN: "demo-verify-token",
      HANDOFF_TOKEN: "demo-access-token",
    };
  }

  private run(...args: string[]) {
    execFileSync(PROGRAM, args, { env: this.env, stdio: ["ignore", "ignore", "inherit"] });
  }

  private spawn(...args: string[]): ChildProcess {
    return spawn(PROGRAM, args, { env: { ...this.env, RUST_LOG: "error" }, stdio: ["ignore", "ignore", "inherit"] });
  }

  private async answers(url: string) {
    await expect.poll(() => fetch(url).then((answer) => answer.ok, () => false), { timeout: 30_000 }).toBeTruthy();
  }

  async serve() {
    this.server = this.spawn("serve");
    await this.answers(`http://${this.desk}/health`);
  }

  /** No farewell: as when the power fails. */
  async fall() {
    const gone = once(this.server!, "exit");
    this.server!.kill("SIGKILL");
    await gone;
  }

  async stop() {
    for (const child of [...this.running, ...(this.server ? [this.server] : [])]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    rmSync(this.data, { recursive: true, force: true });
  }
}

test("a server that falls over in the middle of a talk is back where it was", async ({ browser, expects }) => {
  test.setTimeout(180_000);
  // While nobody serves, whatever the page asks for is refused.
  expects(/net::ERR_/);
  const machine = await Machine.start();
  try {
    const phone = await (await browser.newContext({ baseURL: `http://${machine.phone}` })).newPage();
    const made = await phone.request.post("/sim/customers", { data: { name: "Lena Fuchs" } });
    const customer = (await made.json()) as { id: string; name: string };
    const says = async (text: string) => {
      expect((await phone.request.post(`/sim/customers/${customer.id}/say`, { data: { kind: "text", text } })).ok()).toBeTruthy();
    };
    await phone.goto(`/#${customer.id}`);
    const onPhone = (text: string) => phone.locator("#lines .line").filter({ hasText: text });

    const desk = await (await browser.newContext({ baseURL: `http://${machine.desk}` })).newPage();
    await desk.goto("/sign-in");
    await desk.getByLabel("Email").fill("ines@lake.test");
    await desk.getByLabel("Password").fill(PASSWORD);
    await desk.getByRole("button", { name: "Sign in" }).click();
    await live(desk);
    const bubbles = (text: string) => desk.locator("main.thread .msg").filter({ hasText: text });

    await says("May I speak to agent?");
    await desk.locator(".calls article").getByRole("button", { name: "Claim" }).click();
    const field = desk.locator("#reply-text");
    await field.fill("Hello Lena, Ines here.");
    await field.press("Enter");
    await expect(bubbles("Hello Lena, Ines here.").locator(".ticks")).toHaveClass(/read/);

    await machine.fall();
    await expect(desk.locator(".banner")).toContainText("You're offline");
    const missed = ["first", "second", "third"].map((word) => `the ${word} while it was down`);
    for (const text of missed) await says(text);
    await field.fill("I look it up.");
    await field.press("Enter");
    await expect(field).toHaveValue("I look it up.");

    await machine.serve();
    // The page tries again by itself, at the latest every fifteen seconds; Meta's first tries are as patient.
    const patience = { timeout: 45_000 };
    await expect(desk.locator(".banner")).not.toContainText("You're offline", patience);
    for (const text of missed) await expect(bubbles(text)).toHaveCount(1, patience);
    await field.press("Enter");
    await expect(bubbles("I look it up.").locator(".ticks")).toHaveClass(/read/);
    for (const text of [...missed, "Hello Lena, Ines here.", "I look it up."]) {
      await expect(bubbles(text)).toHaveCount(1);
      await expect(onPhone(text)).toHaveCount(1);
    }
    const before = await desk.locator("main.thread .msg .body").allInnerTexts();
    await desk.reload();
    await live(desk);
    await expect(desk.locator("main.thread .msg .body")).toHaveText(before.map((text) => text.trim()));
    await expect(desk.locator(".group.mine a.row")).toHaveCount(1);
  } finally {
    await machine.stop();
  }
});
