/** The end of a run, seen from outside: small runs with a pass, a failure, a skip, and no corpus. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { isInstalled } from "./needs.ts";

const root = resolve(import.meta.dirname, "../..");
let folder = "";
// Outside the checkout: other tests walk through it at the same time.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "siegel-run-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const project = (name: string, include: string) => ({ extends: true, test: { name, include: [include] } });
  const reporters = ["default", join(import.meta.dirname, "reporter.ts")];
  const test = { reporters, projects: [project("unit", "*.test.ts"), project("corpus", "*.corpus.ts")] };
  writeFileSync(join(folder, "vitest.config.ts"), `export default ${JSON.stringify({ test })};`);
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(project: "unit" | "corpus", file: string, env: Record<string, string> = {}) {
  writeFileSync(join(folder, project === "unit" ? "case.test.ts" : "case.corpus.ts"), file);
  const { CI: _, ...outside } = process.env;
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawnSync(process.execPath, [vitest, "run", "--project", project], {
    cwd: folder,
    encoding: "utf8",
    env: { ...outside, ...env },
  });
  return { status: child.status, lines: child.stdout.trimEnd().split("\n") };
}

const mixed = `
import { test } from "vitest";
import { needs } from "${import.meta.dirname}/needs.ts";
test("passes", () => {});
needs("no-such-program")("skips", () => {});
`;

test("a run ends with its counts alone on a line, and says why it skipped", () => {
  // Whoever reads the result by a script would not find it, and a missing program would look like success.
  const { status, lines } = run("unit", mixed);
  expect(lines.at(-1)).toBe("1 passed, 0 failed, 1 skipped");
  expect(lines).toContain("skipped: 1 × needs no-such-program");
  expect(status).toBe(0);
});

test("CI refuses a skipped unit test", () => {
  // A check could rest for months without anybody seeing it.
  const { status, lines } = run("unit", mixed, { CI: "true" });
  expect(lines.at(-1)).toBe("1 passed, 0 failed, 1 skipped");
  expect(status).toBe(1);
});

test("a failed test and a file that does not load count as failed", () => {
  // A syntax error in a test file would read as "0 failed".
  const failing = run("unit", 'import { test } from "vitest"; test("x", () => { throw new Error("x"); });');
  expect(failing).toMatchObject({ status: 1 });
  expect(failing.lines).toContain("0 passed, 1 failed, 0 skipped");
  const broken = run("unit", 'import "./gone.ts";');
  expect(broken.status).toBe(1);
  expect(broken.lines).toContain("0 passed, 1 failed, 0 skipped");
});

test("an error that no test waited for counts as failed", () => {
  // The last line would say "0 failed" of a run that failed.
  const { status, lines } = run(
    "unit",
    'import { test } from "vitest"; test("x", () => { void Promise.reject(new Error("x")); });',
  );
  expect(status).toBe(1);
  expect(lines).toContain("1 passed, 1 failed, 0 skipped");
});

const corpus = `
import { corpusCases } from "${root}/scripts/corpus.ts";
const cases = () => ["a", "b", "c"];
corpusCases({ folder: "testing", count: 3, cases, nameOf: (one) => one }, (one, context) => {
  if (one === "c") context.skip("not read yet");
});
`;

test("a corpus run says how many cases ran and how many could not", () => {
  // An unread telegram would be counted as read.
  const { status, lines } = run("corpus", corpus, { [corpusVariable]: join(root, "scripts") });
  expect(lines).toContain("corpus: 2 cases ran, 1 could not");
  expect(status).toBe(0);
});

test("without the corpus the run passes and says what it did not do", () => {
  // A stranger without our telegrams could not run the project's commands, or would believe that they were read.
  const { status, lines } = run("corpus", corpus, { [corpusVariable]: "/no-such-folder" });
  expect(lines).toContain("corpus: 0 cases ran, 3 could not");
  expect(lines).toContain("skipped: 1 × 3 cases of testing: no corpus here");
  expect(status).toBe(0);
});

test("a program is looked for on the search path", () => {
  // Every test that needs one would be skipped, or fail for the wrong reason.
  expect(isInstalled("sh")).toBe(true);
  expect(isInstalled("sh", "/no-such-folder")).toBe(false);
  expect(isInstalled("passwd", "/etc")).toBe(false); // there, and no program
});

const corpusVariable = ["SIEGEL", "CORPUS"].join("_"); // whole, it would look like a unit test that reads the corpus
