// The product's program as a process of the tests: started, waited for and stopped. Which environment it gets is up to
// whoever starts it: demo.ts for most tests, restart.spec.ts for its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "@playwright/test";

export const PROGRAM = process.env.HANDOFF_PROGRAM ?? "../target/debug/handoff";

/** Starts the program. What it writes to standard error is in the output of the tests. */
export function start(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(PROGRAM, args, { env: { ...process.env, RUST_LOG: "error", ...env }, stdio: ["ignore", "ignore", "inherit"] });
}

/** Waits until the address answers. */
export async function answers(url: string, timeout: number) {
  const isUp = () => fetch(url).then((response) => response.ok, () => false);
  await expect.poll(isUp, { timeout, intervals: [50] }).toBeTruthy();
}

/** Ends the process and waits until it is gone. */
export async function stop(child: ChildProcess, signal: "SIGTERM" | "SIGKILL") {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
