/** The script that judges a fresh clone, and the README that a stranger follows, say the same. */

import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

import { needs } from "./needs.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

needs("bash")("the CI script is bash", () => {
  // Every commit would be judged by an error of the script.
  expect(spawnSync("bash", ["-n", join(root, ".ci/run")], { encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
});

test("CI runs the test command of the README, word for word", () => {
  // A stranger's first command could fail for weeks while CI is green.
  const command = "npm ci && npm test";
  expect(read("README.md")).toMatch(new RegExp(`^${command}\\b`, "m"));
  expect(read(".ci/run")).toContain(`"${command}"`);
});

test("every npm script that our pages name exists", () => {
  // The page would send people into an error.
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> }; // a file of ours
  const pages = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", ".ci/run"];
  const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? ""));
  expect(named.length).toBeGreaterThan(5);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test("every answer in docs/threats.md names a test that stands, or says that it is open", () => {
  // An attack would count as stopped although nothing shows it.
  const rows = read("docs/threats.md")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const proofs = [...row.matchAll(/`([^`]+\.ts)`(?:: "([^"]+)")?/g)];
    expect(proofs.length > 0 || row.includes("**open: "), row).toBe(true);
    for (const [, file = "", title = ""] of proofs) expect(read(file), row).toContain(title);
  }
});

const pages = globSync(["*.md", "docs/**/*.md", "{packages,apps,lab}/*/README.md"], { cwd: root });

test.each(pages)("links of %s lead somewhere", (page) => {
  // Whoever follows the page would stand before nothing.
  const targets = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
  expect(targets.filter((target) => !existsSync(join(root, page, "..", target)))).toEqual([]);
});
