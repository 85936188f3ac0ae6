/**
 * A stranger's project: installs the tarballs, checks its types strictly, runs on Node.
 *
 * It loads every door of every core and runs the example of each README, so that the examples are true of what is
 * published. Nothing is fetched: cores depend on each other only.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Staged } from "./stage.ts";

export interface Packed extends Staged {
  readonly tarball: string;
}

/** Throws with what a stranger would have seen. Returns the number of programs that ran. */
export function tryAsConsumer(root: string, packed: readonly Packed[]): number {
  const folder = mkdtempSync(join(tmpdir(), "siegel-consumer-"));
  try {
    const programs = writeProject(folder, packed);
    const tarballs = packed.map((one) => one.tarball);
    run(folder, "npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-save", ...tarballs]);
    run(folder, join(root, "node_modules/.bin/tsc"), ["-p", "."]);
    for (const program of programs) run(folder, process.execPath, [program]);
    return programs.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeProject(folder: string, packed: readonly Packed[]): string[] {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const compilerOptions = {
    target: "es2024",
    // Browser types give the examples `console` and `TextEncoder`. No types of Node: a core does not ask for them.
    lib: ["es2024", "dom"],
    types: [],
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false, // our declarations are what is on trial
    noEmit: true,
  };
  write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts"] }));

  const doors = packed.flatMap((one) => Object.keys(one.manifest.exports).map((door) => join(one.name, door)));
  const imports = doors.map((door, index) => `import * as door${index} from "${door}";`);
  const checks = doors.map(
    (door, index) => `if (Object.keys(door${index}).length === 0) throw new Error("${door} exports nothing");`,
  );
  write("doors.ts", [...imports, ...checks, ""].join("\n"));

  const examples = packed.flatMap((one) => {
    const example = exampleOf(join(one.folder, "README.md"));
    if (example === undefined) return [];
    const name = `example-${one.name.replace(/.*\//, "")}.ts`;
    write(name, example);
    return [name];
  });
  return ["doors.ts", ...examples];
}

/** The first block of TypeScript in a README. */
function exampleOf(readme: string): string | undefined {
  if (!existsSync(readme)) return undefined;
  return /```ts\n([\s\S]*?)```/.exec(readFileSync(readme, "utf8"))?.[1];
}

function run(folder: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(
      `in the consumer's project: ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`,
    );
  }
}
