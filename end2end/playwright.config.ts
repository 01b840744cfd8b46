// How the tests start the product and reach it. `cargo xtask test` sets every variable and gives each run free ports
// and an empty database; `npx playwright test` by hand uses the demo on the usual address, or starts one.
import { defineConfig, devices } from "@playwright/test";

const env = process.env;
const desk = env.HANDOFF_PUBLIC_URL ?? "http://127.0.0.1:3000";
const program = env.HANDOFF_PROGRAM ?? "../target/debug/handoff";
const model = env.MODEL_PORT ?? "3999";

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  // All tests share one server and its tenant, and the smallest machine that runs them has two cores.
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!env.CI,
  // A test that passes only the second time has found something: retries would hide it.
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    ...devices["Desktop Chrome"],
    baseURL: desk,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    // No screenshots in the trace: taking them would slow down a machine with two cores.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: env.HANDOFF_CHROMIUM ?? "/usr/bin/chromium",
      // The sandbox cannot start for root, who runs the tests in a container. The other switches keep a desktop browser
      // from calling its maker's services and looking for updates.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: [
    {
      command: "node peers/model.mjs",
      port: Number(model),
      env: { ...env, MODEL_PORT: model } as Record<string, string>,
      reuseExistingServer: !env.HANDOFF_PROGRAM,
      gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    },
    {
      command: `${program} demo`,
      url: desk,
      // The first start creates a week of conversations.
      timeout: 120_000,
      env: {
        ...env,
        HANDOFF_DEMO_MODEL: "open-model",
        HANDOFF_DEMO_MODEL_ADDRESS: `http://127.0.0.1:${model}/v1`,
      } as Record<string, string>,
      reuseExistingServer: !env.HANDOFF_PROGRAM,
      stdout: env.CI ? "ignore" : "pipe",
      stderr: "pipe",
      gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    },
  ],
});
