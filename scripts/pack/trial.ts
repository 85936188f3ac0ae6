/**
 * A stranger's project: installs the tarballs, checks its types strictly, runs on Node.
 *
 * It loads every door of every core and runs the example of each README, so that the examples are true of what is
 * published. Nothing is fetched: cores depend on each other only.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Staged } from "./stage.ts";

export interface Packed extends Staged {
  readonly tarball: string;
}

/**
 * Throws with what a stranger would have seen. Returns the number of programs that ran.
 *
 * @param cores     Depend on each other only: installed by npm, without a network.
 * @param adapters  Depend on packages of others too: unpacked beside the cores, with those packages of the workspace.
 */
export function tryAsConsumer(root: string, cores: readonly Packed[], adapters: readonly Packed[]): number {
  const folder = mkdtempSync(join(tmpdir(), "siegel-consumer-"));
  try {
    const programs = writeProject(folder, cores);
    const tarballs = cores.map((one) => one.tarball);
    run(folder, "npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-save", ...tarballs]);
    run(folder, join(root, "node_modules/.bin/tsc"), ["-p", "."]);
    for (const program of programs) run(folder, process.execPath, [program]);
    return programs.length + tryAdapters(root, folder, adapters);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Loads the doors of adapters, and checks their examples without running them: those ask for a meter. */
function tryAdapters(root: string, folder: string, adapters: readonly Packed[]): number {
  if (adapters.length === 0) return 0;
  const modules = join(folder, "node_modules");
  for (const { name, manifest, tarball } of adapters) {
    mkdirSync(join(modules, name), { recursive: true });
    run(folder, "tar", ["-xzf", tarball, "--strip-components=1", "-C", join(modules, name)]);
    for (const other of Object.keys(manifest.dependencies ?? {})) {
      const place = join(modules, other);
      if (!existsSync(place)) symlinkSync(join(root, "node_modules", other), place);
    }
  }
  const programs = ["adapters.ts", ...writeExamples(folder, adapters)];
  writeFileSync(join(folder, "adapters.ts"), loadingDoors(adapters));
  const types = { types: ["node"], typeRoots: [join(root, "node_modules/@types")], skipLibCheck: true };
  const config = { extends: "./tsconfig.json", compilerOptions: types, files: programs, include: [] };
  writeFileSync(join(folder, "tsconfig.adapters.json"), JSON.stringify(config));
  run(folder, join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.adapters.json"]);
  run(folder, process.execPath, ["adapters.ts"]);
  return 1;
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

  write("doors.ts", loadingDoors(packed));
  return ["doors.ts", ...writeExamples(folder, packed)];
}

/** A program that loads every door and finds something behind it. */
function loadingDoors(packed: readonly Packed[]): string {
  const doors = packed.flatMap((one) => Object.keys(one.manifest.exports).map((door) => join(one.name, door)));
  const imports = doors.map((door, index) => `import * as door${index} from "${door}";`);
  const checks = doors.map(
    (door, index) => `if (Object.keys(door${index}).length === 0) throw new Error("${door} exports nothing");`,
  );
  return [...imports, ...checks, ""].join("\n");
}

function writeExamples(folder: string, packed: readonly Packed[]): string[] {
  return packed.map((one) => {
    const name = `example-${one.name.replace(/.*\//, "")}.ts`;
    writeFileSync(join(folder, name), exampleOf(join(one.folder, "README.md")));
    return name;
  });
}

/** The first block of TypeScript in a README. A package that shows nobody how it is used is not ready. */
function exampleOf(readme: string): string {
  const example = existsSync(readme) ? /```ts\n([\s\S]*?)```/.exec(readFileSync(readme, "utf8"))?.[1] : undefined;
  if (example === undefined) throw new Error(`${readme}: no example in TypeScript`);
  return example;
}

function run(folder: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(
      `in the consumer's project: ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`,
    );
  }
}
