/**
 * Builds the page if it is not built yet, or from other sources: `node apps/portal/build.ts`, and from `siegel up`.
 *
 * What it was built from is kept as one hash in dist/.inputs. The bundler runs as a process of its own: it is large, and a
 * program that runs for months should not carry it along.
 */

import { spawn } from "node:child_process";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

import { digest } from "@siegel/crypto/verify";

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);
const room = import.meta.dirname;
const workspace = join(room, "../..");

/** The page cannot be built here; the message says what the bundler said. */
export class PortalBuildError extends Error {
  override readonly name = "PortalBuildError";
  readonly blame = "environment";
}

/**
 * Makes sure that the page is built from what is there now.
 *
 * @returns  The folder to serve.
 * @throws {PortalBuildError} when the bundler is not installed or fails.
 */
export async function ensurePortalBuilt(): Promise<string> {
  const dist = join(room, "dist");
  const inputs = await hashOfInputs();
  if ((await builtFrom(dist)) === inputs) return dist;
  // Built aside and moved: whoever serves the folder meanwhile never sees half a page.
  const aside = join(room, `node_modules/.dist-${crypto.randomUUID()}`);
  const old = `${aside}-old`;
  try {
    await bundle(aside);
    await writeNotices(aside);
    await compress(aside);
    await writeFile(join(aside, ".inputs"), inputs);
    // Another process may have built the same meanwhile: then its page is left where it is.
    if ((await builtFrom(dist)) !== inputs) {
      await rename(dist, old).catch(ignoreAbsent);
      await rename(aside, dist);
    }
  } catch (cause) {
    if (cause instanceof PortalBuildError || (await builtFrom(dist)) !== inputs) throw cause;
  } finally {
    await Promise.all([aside, old].map((folder) => rm(folder, { recursive: true, force: true })));
  }
  return dist;
}

function builtFrom(dist: string): Promise<string | undefined> {
  return readFile(join(dist, ".inputs"), "utf8").catch(ignoreAbsent);
}

function ignoreAbsent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== "ENOENT") throw cause;
}

function bundle(outDir: string): Promise<void> {
  const vite = join(fileURLToPath(import.meta.resolve("vite/package.json")), "../bin/vite.js");
  const args = [vite, "build", "--configLoader", "native", "--logLevel", "warn", "--outDir", outDir];
  const env = { ...process.env, NODE_ENV: "production" }; // a test that builds builds the same page
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: room, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (text: Buffer) => (said += text.toString()));
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    child.once("error", (cause) => reject(new PortalBuildError("the bundler does not start", { cause })));
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new PortalBuildError(`the page does not build:\n${said.trim()}`));
    });
  });
}

/** The licences of what the page is made of go where the page goes. */
async function writeNotices(folder: string): Promise<void> {
  const texts = await Promise.all(
    ["preact", "uplot"].map(async (name) => {
      const text = await readFile(join(workspace, "node_modules", name, "LICENSE"), "utf8");
      return `${name}\n\n${text.trim()}\n`;
    }),
  );
  await writeFile(join(folder, "notices.txt"), texts.join("\n\n"));
}

/** A copy of each text, compressed once and as well as it goes, for servers that send it as it is. */
async function compress(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file);
      await writeFile(`${file}.gz`, await gzipped(content, { level: 9 }));
      await writeFile(`${file}.br`, await brotlied(content));
    }),
  );
}

/** One hash over names and contents of everything that goes into the page. */
async function hashOfInputs(): Promise<string> {
  const files = (await Promise.all(inputFolders.map(filesBelow)))
    .flat()
    .concat(inputFiles.map((file) => join(workspace, file)));
  const parts = await Promise.all(
    files.sort().map(async (file) => {
      const content = await readFile(file);
      return [new TextEncoder().encode(`${relative(workspace, file)} ${content.length}\n`), content];
    }),
  );
  return Buffer.from(digest("SHA-256", ...parts.flat())).toString("hex");
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(workspace, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(test|corpus)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const inputFolders = [
  "apps/portal/src",
  "apps/portal/public",
  ...["wire", "readings", "contract", "crypto", "pki", "cms"].map((name) => `packages/${name}/src`),
];
const inputFiles = ["apps/portal/index.html", "apps/portal/vite.config.ts", "package-lock.json"];

if (process.argv[1] === import.meta.filename) {
  console.log(await ensurePortalBuilt());
}
