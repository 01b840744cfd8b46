// How the page's timings are measured. `cargo xtask bench-page` uses it; it shares the browser with the tests.
import { defineConfig } from "@playwright/test";
import tests, { chromium } from "./playwright.config";

export default defineConfig(tests, {
  testMatch: "timings/*.measure.ts",
  timeout: 1_200_000,
  // The page is slowed down.
  expect: { timeout: 60_000 },
  // A trace records every action, which would be measured as well. The browser is as people have it.
  use: { trace: "off", screenshot: "off", launchOptions: chromium() },
});
