/**
 * One package as it goes to the registry: JavaScript and declarations instead of TypeScript, doors that point to them.
 *
 * In the repository a door is `src/index.ts`, so that nothing has to be built to develop. A staging folder keeps the two
 * apart: the manifest that is published is made here and nowhere written by hand.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** Source file of each door, or of each runtime that has its own. */
  readonly exports: Readonly<Record<string, Door>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export type Door = string | { readonly browser: string; readonly default: string };

export interface Staged {
  readonly name: string;
  /** `packages/wire` */
  readonly source: string;
  /** Absolute; holds package.json, dist, README.md, LICENSE. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages that have source, those first that the others depend on. */
export function packagesInOrder(root: string): { source: string; manifest: Manifest }[] {
  const all = globSync("packages/*/src/index.ts", { cwd: root })
    .sort()
    .map((door) => {
      const source = join(door, "../..");
      const manifest = JSON.parse(readFileSync(join(root, source, "package.json"), "utf8")) as Manifest; // a file of ours
      return { source, manifest };
    });
  const ordered: typeof all = [];
  while (ordered.length < all.length) {
    const ready = all.filter(
      (one) =>
        !ordered.includes(one) &&
        Object.keys(one.manifest.dependencies ?? {}).every(
          (name) =>
            !all.some((other) => other.manifest.name === name) || ordered.some((it) => it.manifest.name === name),
        ),
    );
    if (ready.length === 0) throw new Error("packages depend on each other in a ring");
    ordered.push(...ready);
  }
  return ordered;
}

/** Builds one package into `folder`. `earlier` are those that it may import. Throws with the compiler's words. */
export function stage(
  root: string,
  { source, manifest }: { source: string; manifest: Manifest },
  earlier: readonly Staged[],
  into: string,
): Staged {
  const folder = join(into, manifest.name.replace("/", "-").replace("@", ""));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  compile(root, { source, folder, doors: Object.values(manifest.exports).flatMap(filesOf), earlier });
  for (const file of globSync("dist/**/*.d.ts", { cwd: folder })) {
    const path = join(folder, file);
    writeFileSync(path, withJsSpecifiers(readFileSync(path, "utf8")));
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  const readme = join(root, source, "README.md");
  if (existsSync(readme)) copyFileSync(readme, join(folder, "README.md"));
  return { name: manifest.name, source, folder, manifest };
}

/** The manifest that is published: doors point to what was built. */
export function publishedManifest(manifest: Manifest): object {
  const exports = Object.entries(manifest.exports).map(([door, behind]) => [
    door,
    typeof behind === "string"
      ? published(behind)
      : { browser: published(behind.browser), default: published(behind.default) },
  ]);
  return {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=24" }, // the only one that the trial runs on
    files: ["dist"],
    exports: Object.fromEntries(exports),
    ...(manifest.dependencies ? { dependencies: manifest.dependencies } : {}),
  };
}

function published(file: string): { types: string; default: string } {
  const built = file.replace("./src/", "./dist/").replace(/\.ts$/, "");
  return { types: `${built}.d.ts`, default: `${built}.js` };
}

/** The file that everybody gets comes last. */
function filesOf(door: Door): string[] {
  return typeof door === "string" ? [door] : [door.browser, door.default];
}

/** The compiler rewrites `./a.ts` in JavaScript only; in declarations it would ask consumers for a setting. */
export function withJsSpecifiers(declarations: string): string {
  return declarations.replaceAll(/(\bfrom\s+|\bimport\s*\(?\s*)"(\.[^"]*)\.ts"/g, '$1"$2.js"');
}

interface Compilation {
  readonly source: string;
  readonly folder: string;
  readonly doors: readonly string[];
  readonly earlier: readonly Staged[];
}

/** Only what the doors reach is built, so tests and their helpers stay out. */
function compile(root: string, { source, folder, doors, earlier }: Compilation): void {
  const config = join(folder, "tsconfig.json");
  const from = (path: string): string => `./${relative(folder, path)}`;
  // Other packages are seen as their consumers see them: through what was built of them.
  const paths = earlier.flatMap((one) =>
    Object.entries(one.manifest.exports).map(([door, behind]) => [
      join(one.name, door),
      [from(join(one.folder, filesOf(behind).at(-1)!.replace("./src/", "./dist/").replace(/\.ts$/, ".d.ts")))],
    ]),
  );
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: from(join(root, source, "src")),
    outDir: "./dist",
    types: ["node"],
    typeRoots: [from(join(root, "node_modules/@types"))],
    paths: Object.fromEntries(paths),
  };
  const files = doors.map((door) => from(join(root, source, door)));
  writeFileSync(
    config,
    JSON.stringify({ extends: from(join(root, "tsconfig.json")), compilerOptions, files, include: [] }),
  );
  const run = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", config], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`${source} does not build:\n${run.stdout}${run.stderr}`);
  rmSync(config);
}
