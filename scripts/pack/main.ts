/**
 * `npm run pack`: every package as a tarball in dist/tarballs, looked over by publint and tried by a consumer.
 *
 * `--no-trial` leaves the consumer out. Nothing is published: that is one `npm publish` a tarball.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { requireNode } from "../node-version.ts";
import { packagesInOrder, stage, type Staged } from "./stage.ts";
import { type Packed, tryAsConsumer } from "./trial.ts";

requireNode();

const root = resolve(import.meta.dirname, "../..");
const staging = join(root, "dist/staging");
const tarballs = join(root, "dist/tarballs");
rmSync(tarballs, { recursive: true, force: true });
mkdirSync(tarballs, { recursive: true });

const packed: Packed[] = [];
try {
  await packAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error); // the compiler's or npm's words; our stack helps nobody
  process.exitCode = 1;
}

async function packAll(): Promise<void> {
  for (const one of packagesInOrder(root)) {
    const staged = stage(root, one, packed, staging);
    await lookOver(staged);
    packed.push({ ...staged, tarball: pack(staged) });
    console.log(`${staged.name} ${one.manifest.version}`);
  }
  if (process.argv.includes("--no-trial")) return;
  const cores = packed.filter(dependsOnOursOnly);
  const adapters = packed.filter((one) => !dependsOnOursOnly(one));
  const programs = tryAsConsumer(root, cores, adapters);
  console.log(`a consumer installed ${packed.length} packages, checked types and ran ${programs} programs`);
}

async function lookOver({ folder, name }: Staged): Promise<void> {
  const { messages, pkg } = await publint({ pkgDir: folder, strict: true });
  if (messages.length === 0) return;
  throw new Error(`${name}: ${messages.map((one) => formatMessage(one, pkg)).join("\n")}`);
}

function pack({ folder }: Staged): string {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", tarballs];
  const run = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`npm pack in ${folder}:\n${run.stderr}`);
  const [made] = JSON.parse(run.stdout) as { filename: string }[]; // npm's documented answer
  return join(tarballs, made?.filename ?? "");
}

/** What depends on packages of others cannot be installed without a registry. */
function dependsOnOursOnly({ manifest }: Staged): boolean {
  return Object.keys(manifest.dependencies ?? {}).every((name) => packed.some((one) => one.name === name));
}
