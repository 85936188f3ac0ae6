/** A program with a security module, to be killed by the tests. `count`: draws numbers and says each one; `idle`: says who it is. */

import { spawnSecurityModule } from "../../src/security-module/spawn.ts";

export type Work = "count" | "idle" | "end" | "interrupt";

const [, , directory = "", work] = process.argv;
const module = await spawnSecurityModule({ directory });
if (work === "interrupt") process.on("SIGINT", () => void lastWords()); // before anybody can know that we are there
process.send?.({ pid: module.pid });
if (work === "interrupt" || work === "idle") setInterval(() => {}, 60_000);
if (work === "end") await module.random(1); // and nothing else: the program has to end by itself, module and all
if (work === "count") void count();

async function count(): Promise<void> {
  try {
    while (true) process.send?.({ number: await module.nextNumber("deliveries") }, undefined, undefined, () => {});
  } catch {
    process.exit(1); // the module was killed: that is the test
  }
}

/** What a gateway does on its way out: one more number, after Ctrl-C went to the whole group. */
async function lastWords(): Promise<void> {
  const number = await module.nextNumber("deliveries");
  await module.close();
  process.send?.({ number }, () => process.exit(0));
}
