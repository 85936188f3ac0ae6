/**
 * `npm run bench`: how fast we are, per second of CPU time, beside others that do the same.
 *
 * Benches are `…/bench/*.bench.ts` of packages and apps, each exporting `works` (./types.ts). Figures of one run compare with each
 * other; between machines and days only the ratios do.
 */

import { fork } from "node:child_process";
import { globSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { requireNode } from "../node-version.ts";
import type { Measured } from "./measure.ts";
import { tableOf } from "./table.ts";

requireNode();

const help = `npm run bench -- [options]

  --only TEXT   only works whose name contains TEXT
  --rounds N    measured rounds of each (default 9)
  --json        results as JSON instead of a table
  --check       exit 1 when a stated bound does not hold
  --help

Rates are per second of CPU time of one process. Example: npm run bench -- --only SML --rounds 15
`;

const values = options();
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds takes a number from 1, not "${values.rounds}"`);

const root = resolve(import.meta.dirname, "../..");
const results: Measured[] = [];
for (const path of globSync("{packages,apps}/*/bench/*.bench.ts", { cwd: root }).sort()) {
  results.push(...(await runFile(pathToFileURL(join(root, path)).href)));
}
if (results.length === 0) fail(`no work's name contains "${values.only}"`);

if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${rounds} rounds, CPU time\n`,
  );
  console.log(tableOf(results));
}
const missed = results.flatMap((one) => one.bounds.filter((bound) => !bound.holds));
if (values.check && missed.length > 0) process.exitCode = 1;

function runFile(module: string): Promise<Measured[]> {
  return new Promise((done, refuse) => {
    const child = fork(join(import.meta.dirname, "child.ts"), [module, values.rounds, values.only], {
      execArgv: ["--no-warnings"],
    });
    let found: Measured[] | undefined;
    child.on("message", (message) => (found = message as Measured[])); // sent by child.ts only
    child.on("exit", (code) => (found ? done(found) : refuse(new Error(`${module} ended with ${code}`))));
  });
}

function options() {
  try {
    const { values: given } = parseArgs({
      options: {
        only: { type: "string", default: "" },
        rounds: { type: "string", default: "9" },
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (given.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return given;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(why: string): never {
  process.stderr.write(`${why}; see npm run bench -- --help\n`);
  process.exit(2);
}
