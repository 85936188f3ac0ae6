/** The checker on small trees: one sound building, and one fault at a time. */

import { expect, test } from "vitest";

import { cycles } from "./cycles.ts";
import { lapses } from "./house-rules.ts";
import { importsOf } from "./imports.ts";
import { breaches } from "./rules.ts";
import type { Room } from "./table.ts";
import type { Tree } from "./tree.ts";

const rooms: Record<string, Room> = {
  "packages/low": { mayImport: [], node: [], outside: false },
  "packages/keys": { mayImport: [], node: ["node:crypto"], outside: false },
  "packages/high": { mayImport: ["packages/low"], node: [], outside: false },
  "packages/viewer": { mayImport: ["packages/keys/browser"], node: [], outside: false },
  "apps/tool": { mayImport: ["packages/*"], node: "adapter", outside: true },
  "lab/toys": { mayImport: ["packages/*", "apps/*", "lab/*"], node: "adapter", outside: true },
};

const manifest = (name: string, dependencies: string[] = [], exports = {}): string =>
  JSON.stringify({
    name,
    exports: { ".": "./src/index.ts", "./testing": "./src/testing.ts", ...exports },
    dependencies: Object.fromEntries(dependencies.map((one) => [one, "1.0.0"])),
  });

const sound: Tree = {
  "package.json": JSON.stringify({ devDependencies: { vitest: "1.0.0" } }),
  "docs/decisions/0001-parser.md": "We take `parser`.",
  "packages/low/package.json": manifest("@x/low"),
  "packages/low/src/index.ts": 'export * from "./deep.ts";',
  "packages/low/src/deep.ts": "export const deep = 1;",
  "packages/low/src/testing.ts": "export const fake = 1;",
  "packages/keys/package.json": manifest("@x/keys", [], { "./browser": "./src/browser.ts" }),
  "packages/keys/src/index.ts": 'export { createHash } from "node:crypto";',
  "packages/keys/src/browser.ts": "export const verify = 1;",
  "packages/high/package.json": manifest("@x/high", ["@x/low"]),
  "packages/high/src/index.ts": 'export { deep } from "@x/low";',
  "packages/high/src/index.test.ts":
    'import { test } from "vitest"; import { fake } from "@x/low/testing"; import { toy } from "@x/toys";',
  "packages/viewer/package.json": manifest("@x/viewer", ["@x/keys"]),
  "packages/viewer/src/index.ts": 'export { verify } from "@x/keys/browser";',
  "apps/tool/package.json": manifest("tool", ["@x/high", "parser"]),
  "apps/tool/src/index.ts": 'import "@x/high"; import "parser"; import "node:fs";',
  "lab/toys/package.json": manifest("@x/toys", ["@x/low"]),
  "lab/toys/src/index.ts": 'export { fake as toy } from "@x/low/testing";',
};

const rulesBrokenBy = (change: Tree): string[] => breaches({ ...sound, ...change }, rooms).map((one) => one.rule);

test("a sound building has no breach and no cycle", () => {
  // Everybody would learn to ignore the checker.
  expect(breaches(sound, rooms)).toEqual([]);
  expect(cycles(sound, { types: true })).toEqual([]);
});

const low = "packages/low/src/deep.ts";
const high = "packages/high/src/index.ts";
const reexport = 'export { deep } from "@x/low"; ';

test.each<[what: string, rule: string, change: Tree]>([
  ["a folder that the table does not know", "unknown-room", { "packages/attic/package.json": manifest("@x/attic") }],
  ["a static import upwards", "not-allowed", { [low]: 'import "@x/high";' }],
  ["a type-only import upwards", "not-allowed", { [low]: 'import type { A } from "@x/high";' }],
  ["an import() upwards", "not-allowed", { [low]: 'const a = await import("@x/high");' }],
  ["an import type upwards", "not-allowed", { [low]: 'type A = import("@x/high").A;' }],
  ["a re-export upwards", "not-allowed", { [low]: 'export * from "@x/high";' }],
  ["a require upwards", "not-allowed", { [low]: 'const a = require("@x/high");' }],
  ["a manifest that points upwards", "not-allowed", { "packages/low/package.json": manifest("@x/low", ["@x/high"]) }],
  ["an app that imports the lab", "not-allowed", { "apps/tool/src/b.ts": 'import "@x/toys";' }],
  ["the whole room where one door is allowed", "not-allowed", { "packages/viewer/src/b.ts": 'import "@x/keys";' }],
  ["shipped source that imports a test", "not-allowed", { [high]: `${reexport}import "./index.test.ts";` }],
  ["a file behind the door", "not-a-door", { [high]: 'import "@x/low/src/deep.ts";' }],
  ["the testing door in shipped source", "testing-door", { [high]: `${reexport}import "@x/low/testing";` }],
  ["a path into another room", "leaves-the-package", { [high]: `${reexport}import "../../low/src/deep.ts";` }],
  ["a file that is not there", "no-such-file", { [high]: `${reexport}import "./gone.ts";` }],
  ["a package not declared", "undeclared", { "apps/tool/src/b.ts": 'import "@x/low";' }],
  ["a package of others not declared", "undeclared", { "apps/tool/src/b.ts": 'import "left-pad";' }],
  ["a test with a package nobody declares", "undeclared", { "packages/low/src/a.test.ts": 'import "left-pad";' }],
  ["a dependency without an import", "unused-dependency", { [high]: "export {};" }],
  ["a dependency used by tests only", "unused-dependency", { [high]: "", "packages/high/src/b.test.ts": reexport }],
  ["a core with a package of others", "outside-dependency", { "packages/low/package.json": manifest("@x/low", ["a"]) }],
  ["a package of others without a decision", "no-decision", { "docs/decisions/0001-parser.md": "" }],
  ["a module of Node in a core", "node-module", { [low]: 'import { readFileSync } from "node:fs";' }],
  ["node:crypto outside its owner", "node-module", { "apps/tool/src/b.ts": 'import "node:crypto";' }],
  ["node:tls outside its owner", "node-module", { "apps/tool/src/b.ts": 'import "node:tls";' }],
  ["a computed import", "computed-import", { "apps/tool/src/b.ts": "const a = (b: string) => import(b);" }],
  ["the corpus in shipped source", "corpus", { [low]: 'export const where = "../shared/corpus/sml";' }],
  ["the corpus in a unit test", "corpus", { "packages/low/src/a.test.ts": 'const a = "SIEGEL_CORPUS";' }],
])("%s is found", (_what, rule, change) => {
  // A room would grow an import that the table forbids, and nobody would notice before it is in the way.
  expect(rulesBrokenBy(change)).toContain(rule);
});

test("an import in a comment or a string is none", () => {
  // Documentation could not show an example.
  expect(importsOf("a.ts", '// import "x"\nconst a = \'import "y"\';')).toEqual([]);
});

test("imports are found over several lines, with the line where they begin", () => {
  // The report would point to the wrong place.
  expect(importsOf("a.ts", '\nimport {\n  a,\n} from "x";')).toEqual([{ specifier: "x", typeOnly: false, line: 2 }]);
});

test.each<[what: string, types: boolean, files: Tree, ring: string[][]]>([
  ["two files", false, { "a.ts": 'import "./b.ts";', "b.ts": 'import "./a.ts";' }, [["a.ts", "b.ts"]]],
  ["a file and itself", false, { "a.ts": 'import "./a.ts";' }, [["a.ts"]]],
  ["types, not asked for", false, { "a.ts": 'import type { B } from "./b.ts";', "b.ts": 'import "./a.ts";' }, []],
  [
    "types by name, which still load the file",
    false,
    { "a.ts": 'import { type B } from "./b.ts";', "b.ts": 'import "./a.ts";' },
    [["a.ts", "b.ts"]],
  ],
  [
    "types, asked for",
    true,
    { "a.ts": 'import type { B } from "./b.ts";', "b.ts": 'import "./a.ts";' },
    [["a.ts", "b.ts"]],
  ],
  [
    "a ring of three behind a file outside it",
    false,
    { "a.ts": 'import "./b.ts";', "b.ts": 'import "./c.ts";', "c.ts": 'import "./d.ts";', "d.ts": 'import "./b.ts";' },
    [["b.ts", "c.ts", "d.ts"]],
  ],
  ["a diamond", false, { "a.ts": 'import "./b.ts"; import "./c.ts";', "b.ts": 'import "./c.ts";', "c.ts": "" }, []],
])("cycles: %s", (_what, types, files, ring) => {
  // The order of evaluation would depend on who is imported first.
  expect(cycles(files, { types })).toEqual(ring);
});

test("a cycle through the door of another package is found", () => {
  // Two packages would need each other to load.
  const files = { [low]: 'import "@x/high";' };
  expect(cycles({ ...sound, ...files }, { types: false })).toEqual([[high, low, "packages/low/src/index.ts"]]);
});

const header = "/** What it is. */\n\n";

test.each([
  ["any", `${header}export const a: any = 1;`, ["any-without-reason"]],
  ["any with its reason beside it", `${header}export const a: any = 1; // any: the record is open`, []],
  ["any with its reason below", `${header}export function a(): any {\n  // any: overloads\n}`, []],
  ["as", `${header}export const a = b as C;`, ["assertion-without-reason"]],
  ["as with its reason above", `${header}// The map pairs them.\nexport const a = b as C;`, []],
  ["an assertion in angle brackets", `${header}export const a = <C>b;`, ["assertion-without-reason"]],
  ["as const", `${header}export const a = { b: 1 } as const;`, []],
  ["the time of day in a core", `${header}export const a = new Date();`, ["clock"]],
  ["the time of day as text in a core", `${header}export const a = Date();`, ["clock"]],
  ["a given time in a core", `${header}export const a = new Date(0);`, []],
  ["a file without an introduction", "export const a = 1;", ["no-header"]],
])("house rules: %s", (_what, text, rules) => {
  // A reader would have to guess why the compiler was overruled, or a core would depend on the hour of the day.
  expect(lapses({ "packages/low/src/a.ts": text }).map((one) => one.rule)).toEqual(rules);
});
