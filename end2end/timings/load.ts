// What a browser with an empty cache fetches before the desk works.
import type { Browser } from "@playwright/test";
import { rows } from "../desk";
import { expect } from "../fixtures";
import { type Who, browserOf, live } from "../people";

export interface Load {
  /** Bytes over the network by file, headers included. */
  first: Map<string, number>;
  /** The same of code that is fetched while the desk is looked at, as far as it has arrived. */
  later: Map<string, number>;
}

/** The module that every page begins with. The other modules are parts that are loaded when they are needed. */
const MODULE = "handoff_bg.wasm";

export async function firstLoad(browser: Browser, who: Who): Promise<Load> {
  const context = await browserOf(browser, who);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const names = new Map<string, string>();
  const load: Load = { first: new Map(), later: new Map() };
  session.on("Network.responseReceived", ({ requestId, response }) => {
    names.set(requestId, new URL(response.url).pathname);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId) ?? requestId;
    const isLater = name.endsWith(".wasm") && !name.endsWith(`/${MODULE}`);
    const files = isLater ? load.later : load.first;
    files.set(name, (files.get(name) ?? 0) + encodedDataLength);
  });
  await session.send("Network.enable");
  await page.goto("/conversations");
  await live(page);
  await expect(rows(page).first()).toBeVisible();
  await context.close();
  return load;
}

export const bytes = (files: Map<string, number>): number => [...files.values()].reduce((sum, n) => sum + n, 0);
