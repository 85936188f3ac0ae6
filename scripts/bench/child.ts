/**
 * One bench file in a process of its own, so that no other file's objects and compiled code spoil it.
 *
 * In: module URL, rounds and name filter as arguments.  Out: the results as one message to the parent.
 */

import { type Measured, measure } from "./measure.ts";
import type { BenchWork } from "./types.ts";

const [module = "", rounds = "9", only = ""] = process.argv.slice(2);
const { works } = (await import(module)) as { works: readonly BenchWork[] }; // the contract of *.bench.ts
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const results: Measured[] = [];
for (const work of works) {
  if (!work.name.includes(only)) continue;
  results.push(await measure(work, { rounds: Number(rounds), leastMicroseconds: 50_000, cpu }));
}
process.send?.(results, () => process.disconnect());
