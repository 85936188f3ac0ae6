/**
 * `npm run fuzz`: many inputs for every target, resumable, what breaks is kept.
 *
 * Targets are `packages/…/fuzz/*.fuzz.ts`, each exporting `target` (./types.ts).
 */

import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { requireNode } from "../node-version.ts";
import { type Campaign, hasGrown, type Outcome, type Progress, readState, runCampaign } from "./campaign.ts";
import type { FuzzTarget } from "./types.ts";

requireNode();

const help = `npm run fuzz -- [options]

  --target TEXT   only targets whose name contains TEXT
  --runs N        inputs for each target in all, former runs included (default 1000000)
  --minutes N     stop after so many minutes, shared by the targets
  --seed N        another sequence of inputs (default 1)
  --from K        begin at input K and leave the state file alone: --from K --runs 1 makes one input again
  --bounded       20000 inputs for each target, no state: for CI
  --replay FILE   run one kept input (give its --target too)
  --folder PATH   crashes and state (default fuzz-crashes)
  --help

Without --from a run goes on where the last one with the same seed stopped.
Example: npm run fuzz -- --target sml --runs 10000000
Exit: 0 nothing broke, 1 something did, 2 wrong use.
`;

const { values } = options();
const root = resolve(import.meta.dirname, "../..");
const folder = resolve(root, values.folder);
const seed = wholeNumber("seed", values.seed);
const runs = values.bounded ? 20_000 : wholeNumber("runs", values.runs);

const targets: { target: FuzzTarget; module: string }[] = [];
for (const path of globSync("packages/*/fuzz/*.fuzz.ts", { cwd: root }).sort()) {
  const module = pathToFileURL(join(root, path)).href;
  const { target } = (await import(module)) as { target: FuzzTarget }; // the contract of *.fuzz.ts
  if (target.name.includes(values.target)) targets.push({ target, module });
}
if (targets.length === 0) fail(`no target's name contains "${values.target}"`);

if (values.replay === undefined) {
  const maxMs = values.minutes === undefined ? Infinity : (minutesOf(values.minutes) * 60_000) / targets.length;
  for (const { target, module } of targets) report(await runCampaign(campaignOf(target, module, maxMs)));
} else {
  const input = readFileSync(values.replay);
  for (const { target } of targets) {
    target.run(new Uint8Array(input)); // what it throws ends the program with its stack: that is the answer
    console.log(`${target.name}: no crash`);
  }
}

function campaignOf(target: FuzzTarget, module: string, maxMs: number): Campaign {
  const fresh = values.bounded || values.from !== undefined;
  const start = fresh ? wholeNumber("from", values.from ?? "0") : (readState({ folder, target, seed })?.next ?? 0);
  const to = fresh ? start + runs : runs;
  const slice = Math.min(10_000, Math.max(1, Math.floor((to - start) / 10))); // ten looks at the heap at least
  let lastLine = performance.now();
  const onProgress = (progress: Progress): void => {
    if (performance.now() - lastLine < 5000) return;
    lastLine = performance.now();
    console.log(progressLine(target.name, start, to, progress));
  };
  console.log(`${target.name}: seed ${seed}, inputs ${start} to ${Math.max(start, to)}`);
  return {
    target,
    module,
    folder,
    seed,
    from: start,
    to,
    maxMs,
    hangMs: 2000,
    slice,
    keepState: !fresh,
    onProgress,
  };
}

function progressLine(name: string, start: number, to: number, { next, crashes, elapsedMs }: Progress): string {
  const rate = ((next - start) / elapsedMs) * 1000;
  const left = (to - next) / rate;
  return `${name}: ${next} of ${to}, ${Math.round(rate)} a second, ${crashes} crashes, about ${Math.round(left)} s left`;
}

function report(outcome: Outcome): void {
  const growth = Math.round((outcome.heapBytes.last - outcome.heapBytes.first) / 1024);
  console.log(
    `${outcome.target}: done up to ${outcome.next}, ${outcome.crashes.length} crashes, heap ${growth} KiB more`,
  );
  for (const { index, file, error } of outcome.crashes) console.log(`  input ${index}: ${error}\n    ${file}`);
  if (hasGrown(outcome)) console.log(`  the heap grows: something is kept between inputs`);
  if (outcome.crashes.length > 0 || hasGrown(outcome)) process.exitCode = 1;
}

function options() {
  try {
    const parsed = parseArgs({
      options: {
        target: { type: "string", default: "" },
        runs: { type: "string", default: "1000000" },
        minutes: { type: "string" },
        seed: { type: "string", default: "1" },
        from: { type: "string" },
        bounded: { type: "boolean", default: false },
        replay: { type: "string" },
        folder: { type: "string", default: "fuzz-crashes" },
        help: { type: "boolean", default: false },
      },
    });
    if (parsed.values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return parsed;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : fail(`--${name} takes a whole number, not "${text}"`);
}

/** Whatever is no number would end the run before its first input, as if nothing broke. */
function minutesOf(text: string): number {
  const value = Number(text);
  return value > 0 ? value : fail(`--minutes takes a number above 0, not "${text}"`);
}

function fail(why: string): never {
  process.stderr.write(`${why}; see npm run fuzz -- --help\n`);
  process.exit(2);
}
