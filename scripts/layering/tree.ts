/**
 * The source tree as the checker sees it: text by path, and the packages in it.
 *
 * A tree is plain data, so that a test can hand the checker a small one with a fault in it.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Text of each file by its path from the root, with `/`. */
export type Tree = Readonly<Record<string, string>>;

/** Who a file is for. `shipped` is what runs at a user's; the others may import more. */
export type Role = "shipped" | "test" | "tooling";

export interface Package {
  /** `packages/wire` */
  readonly room: string;
  /** `@siegel/wire` */
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** File behind each door: `.` → `packages/wire/src/index.ts`. */
  readonly doors: Readonly<Record<string, string>>;
}

/** Source, manifests and decisions below `root`. */
export function readTree(root: string): Tree {
  const tree: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (folder !== "" || floors.includes(entry.name)) if (!skipped.includes(entry.name)) walk(path);
      } else if (isSource(path) || path.endsWith("package.json") || path.startsWith("docs/decisions/")) {
        tree[path] = readFileSync(join(root, path), "utf8");
      }
    }
  };
  walk("");
  return tree;
}

/** Packages of the workspace. */
export function packagesOf(tree: Tree): Package[] {
  return Object.keys(tree)
    .filter((path) => /^(packages|apps|lab)\/[^/]+\/package\.json$/.test(path))
    .map((path) => {
      const room = path.slice(0, -"/package.json".length);
      const manifest = JSON.parse(tree[path] ?? "{}") as Manifest; // a file of ours; a wrong one fails its rule
      const doors = Object.entries(manifest.exports ?? {}).map(([door, behind]) => {
        const file = typeof behind === "string" ? behind : behind.default;
        return [door, `${room}/${file.slice(2)}`];
      });
      return {
        room,
        name: manifest.name,
        dependencies: manifest.dependencies ?? {},
        devDependencies: manifest.devDependencies ?? {},
        doors: Object.fromEntries(doors),
      };
    });
}

export function sourcesOf(tree: Tree): string[] {
  return Object.keys(tree).filter(isSource);
}

export function roleOf(path: string): Role {
  if (!/^(packages|apps|lab)\//.test(path)) return "tooling";
  return /\.(test|corpus|bench|fuzz)\.[a-z]+$|\/(test|bench|fuzz)\//.test(path) ? "test" : "shipped";
}

/** The room that a file stands in: its first two folders. Tooling has none. */
export function roomOf(path: string): string | undefined {
  return roleOf(path) === "tooling" ? undefined : path.split("/").slice(0, 2).join("/");
}

interface Manifest {
  readonly name: string;
  /** A door may have another file behind it for browsers. */
  readonly exports?: Record<string, string | { readonly browser: string; readonly default: string }>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

function isSource(path: string): boolean {
  return /\.(ts|mts|tsx|js|mjs|cjs)$/.test(path);
}

const floors = ["packages", "apps", "lab", "scripts", "docs"];
const skipped = ["node_modules", "dist", "coverage"];
