/** The half that runs in a browser reaches nothing that needs a secret. */

import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every module that is loaded with this one, as path or as name of a package. Types alone load nothing. */
function reachableFrom(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(path, "utf8");
  for (const [, kind, specifier = ""] of text.matchAll(
    /^(import type|import|export type|export)\b[^;]*?from "([^"]+)";/gms,
  )) {
    if (kind?.endsWith("type")) continue;
    if (specifier.startsWith(".")) reachableFrom(join(dirname(path), specifier), seen);
    else seen.add(specifier);
  }
  for (const [, specifier = ""] of text.matchAll(/^import "([^"]+)";|import\("([^"]+)"\)/gm)) seen.add(specifier);
  return seen;
}

test("./verify imports the checking half of crypto, and rooms that run in a browser", () => {
  // The page would not load, or would carry code for private keys.
  const all = [...reachableFrom(join(root, "src/verify.ts"))];
  const packages = all.filter((one) => !one.startsWith("/"));
  expect(packages.toSorted()).toEqual(["@siegel/crypto/verify", "@siegel/pki", "@siegel/readings", "@siegel/wire"]);
  const files = all.filter((one) => one.startsWith("/")).map((one) => relative(root, one));
  expect(files).toContain("src/proof/check.ts"); // the walk sees the files
  expect(files.filter((one) => /encrypt|decrypt|seal|sign\.ts|make-receipt/.test(one))).toEqual([]);
});

test("the walk would see what must not be there", () => {
  // The test above would pass over a walk that finds nothing.
  expect([...reachableFrom(join(root, "src/index.ts"))]).toContain("@siegel/crypto");
});
