/**
 * `npm run check`: everything that can be said about the source without running it.
 *
 * Every step runs, whatever the ones before it said, so that one run shows all there is to mend. Exit 1 if any failed.
 */

import { spawnSync } from "node:child_process";

import { requireNode } from "./node-version.ts";

requireNode();

const steps: readonly { name: string; command: string; args: string[] }[] = [
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "lint", command: "oxlint", args: ["--deny-warnings"] },
  { name: "types", command: "tsc", args: ["-p", "."] },
  { name: "page types", command: "tsc", args: ["-p", "apps/portal"] },
  // One file alone: were it renamed, this would fail. The checker's own tests belong to npm test.
  { name: "layering", command: "vitest", args: ["run", "--project", "unit", "architecture.test.ts"] },
  { name: "unused", command: "knip", args: ["--no-progress", "--no-config-hints"] },
  // A release so fresh that its platform packages are missing installs today and fails in a clean clone.
  { name: "lock file", command: "npm", args: ["ci", "--dry-run", "--ignore-scripts"] },
];

const failed: string[] = [];
for (const { name, command, args } of steps) {
  const start = performance.now();
  const run = spawnSync(command, args, { encoding: "utf8", env: withLocalPrograms(process.env) });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const ok = run.status === 0;
  if (!ok) failed.push(name);
  console.log(`${ok ? "ok    " : "FAILED"} ${name.padEnd(10)} ${seconds.padStart(5)} s`);
  if (!ok) console.log([run.stdout, run.stderr, run.error?.message].filter(Boolean).join("\n").trimEnd());
}
if (failed.length > 0) {
  console.log(`\n${failed.join(", ")}: not in order`);
  process.exitCode = 1;
}

/** So that `node scripts/check.ts` finds the programs of the lock file, as `npm run` does. */
function withLocalPrograms(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${import.meta.dirname}/../node_modules/.bin:${env["PATH"] ?? ""}` };
}
