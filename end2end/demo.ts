// The demo that a test runs against. Every worker has a server and a simulator of its own, and every file of tests
// begins with the demo's first data, so that no test depends on what those of another file left behind.
//
// `cargo xtask test` names free ports, two for each worker. By hand, `npx playwright test` uses one worker on the ports
// below, beside a demo that runs on the usual ones.
import type { ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { answers, start, stop } from "./programs";

const PORTS = (process.env.HANDOFF_TEST_PORTS ?? "3100,3101").split(",").map(Number);
export const WORKERS = Math.floor(PORTS.length / 2);
export const MODEL_PORT = process.env.MODEL_PORT ?? "3999";

const index = Number(process.env.TEST_PARALLEL_INDEX ?? 0);
const listen = (port: number) => `127.0.0.1:${port}`;
/** The addresses of this worker's server and of its simulator. */
export const DESK = `http://${listen(PORTS[2 * index])}`;
export const PHONE = `http://${listen(PORTS[2 * index + 1])}`;

const DATA = resolve(process.env.HANDOFF_TEST_DATA ?? "../target/xtask/end2end");
/** The data of a demo that started once and has done nothing since. */
const FIRST_DATA = resolve(DATA, "first");

function run(data: string): ChildProcess {
  return start(["demo"], {
    HANDOFF_LISTEN: listen(PORTS[2 * index]),
    HANDOFF_PUBLIC_URL: DESK,
    HANDOFF_SIMULATOR_LISTEN: listen(PORTS[2 * index + 1]),
    HANDOFF_GRAPH_URL: `${PHONE}/v26.0`,
    HANDOFF_DATA: data,
    DATABASE_URL: `sqlite://${resolve(data, "handoff.db")}`,
    HANDOFF_DEMO_MODEL: "open-model",
    HANDOFF_DEMO_MODEL_ADDRESS: `http://127.0.0.1:${MODEL_PORT}/v1`,
  });
}

/** Creates the first data. Runs once, before any test. */
export default async function createFirstData() {
  rmSync(DATA, { recursive: true, force: true });
  mkdirSync(FIRST_DATA, { recursive: true });
  const demo = run(FIRST_DATA);
  // The first start creates a week of conversations.
  await answers(`${DESK}/health`, 240_000);
  await stop(demo, "SIGTERM");
}

/** This worker's demo. */
export class Demo {
  private readonly data = resolve(DATA, `worker-${index}`);
  private running?: ChildProcess;
  private file?: string;

  /** Starts with the first data, unless it already runs for this file of tests. */
  async startFor(file: string) {
    if (this.file === file) return;
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
    cpSync(FIRST_DATA, this.data, { recursive: true });
    this.running = run(this.data);
    await answers(`${DESK}/health`, 60_000);
    this.file = file;
  }

  async stop() {
    // Its data is thrown away, so that it needs no time to end its work.
    if (this.running) await stop(this.running, "SIGKILL");
    this.file = undefined;
  }
}
