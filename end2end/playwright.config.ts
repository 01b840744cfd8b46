// How the tests are run. Each worker starts its own demo: see demo.ts.
import { defineConfig, devices } from "@playwright/test";
import { MODEL_PORT, WORKERS } from "./demo";

const env = process.env;

/** The browser, with further switches. */
export const chromium = (...switches: string[]) => ({
  executablePath: env.HANDOFF_CHROMIUM ?? "/usr/bin/chromium",
  // The sandbox cannot start for root, who runs the tests in a container. The other switches keep a desktop browser from
  // calling its maker's services and looking for updates.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...switches,
  ],
});

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  globalSetup: "./demo.ts",
  workers: WORKERS,
  // The tests of a file share a demo, and some continue what an earlier one did.
  fullyParallel: false,
  forbidOnly: !!env.CI,
  // A test that passes only the second time has found something, a fault of the product or its own. It is listed as flaky
  // at the end and counted by `cargo xtask test`; it does not refuse a change that has nothing to do with it.
  retries: 1,
  // A bound for what hangs. A busy machine takes four times as long as a quiet one.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    ...devices["Desktop Chrome"],
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    // The actions alone. Pictures, copies of the document around each action, and the bodies of all responses (megabytes
    // for every page) are a large part of the time on a machine with two cores. `--trace on` records them.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false, sources: false },
    screenshot: "only-on-failure",
    // A page of the tests lives for seconds: optimising its code, or checking functions that never run, would take longer.
    // A process for the GPU of each browser draws nothing that the browser itself cannot.
    launchOptions: chromium("--js-flags=--no-wasm-tier-up,--wasm-lazy-validation", "--in-process-gpu"),
  },
  // The model has no state of its own: one serves all workers.
  webServer: {
    command: "node peers/model.mjs",
    port: Number(MODEL_PORT),
    env: { ...env, MODEL_PORT } as Record<string, string>,
    reuseExistingServer: !env.HANDOFF_PROGRAM,
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
  },
});
