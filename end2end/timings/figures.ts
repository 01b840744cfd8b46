// How a figure is judged and printed: one line with its goal, as `cargo xtask bench` does it.
import { expect } from "../fixtures";

/** The `percent`-th percentile, by the nearest rank. */
export function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = Math.max(1, Math.ceil((sorted.length * percent) / 100));
  return sorted[rank - 1] ?? Number.NaN;
}

/** Whether a missed goal is a failure. It is not on a development build, whose page is not optimised. */
const IS_JUDGED = process.env.HANDOFF_GOALS === "judged";

/** Prints a figure and its goal. */
export function verdict(what: string, value: string, goal: string, isKept: boolean) {
  const line = `${isKept ? "PASS" : "MISS"} ${what}: ${value} (goal ${goal})`;
  console.log(line);
  if (IS_JUDGED) expect.soft(isKept, line).toBeTruthy();
}

/** Prints a figure that has no goal here. */
export function figure(what: string, value: string) {
  console.log(`     ${what}: ${value}`);
}

export const milliseconds = (value: number): string => `${Math.round(value)} ms`;
