/**
 * `npm ci` ends with this: the page is built, and the programs are compiled once, so that `npm start` need not wait for it.
 *
 * Nothing here is needed for a first start to succeed, only for it to be quick: what fails is said and does not stop the
 * installation. On a Node older than ours nothing is done; `npm start` says what to do then.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
/** As `siegel up` has it (apps/cli/src/up). */
const cache = join(root, "node_modules/.cache/siegel");
/** Each ends at once, saying how it is used; loading it is what compiles it. */
const programs = ["apps/headend/src/main.ts", "apps/gateway/src/main.ts", "apps/cli/bin/siegel.mjs"];

if (Number(process.versions.node.split(".")[0]) >= 24) {
  run("the page", ["apps/portal/build.ts"]);
  for (const program of programs) run(program, [program, "--version"], { NODE_COMPILE_CACHE: cache });
}

function run(what: string, args: readonly string[], env: Record<string, string> = {}): void {
  if (!existsSync(join(root, args[0]!))) return;
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  // 2: it wants a configuration, as expected.
  if (status !== 0 && status !== 2) process.stderr.write(`not prepared: ${what}; npm start will do it\n${stderr}`);
}
