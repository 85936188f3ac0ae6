/**
 * The building as it stands: every manifest and every import against the table of rooms in docs/architecture.md.
 *
 * The checker itself is tested on small trees with faults in scripts/layering/layering.test.ts.
 */

import { expect, test } from "vitest";

import { cycles } from "./scripts/layering/cycles.ts";
import { lapses } from "./scripts/layering/house-rules.ts";
import { breaches } from "./scripts/layering/rules.ts";
import { rooms } from "./scripts/layering/table.ts";
import { packagesOf, readTree, sourcesOf } from "./scripts/layering/tree.ts";

const tree = readTree(import.meta.dirname);

test("the checker sees the building", () => {
  // The rules below would hold over an empty list of files, and any import would be allowed.
  expect(packagesOf(tree).map((one) => one.room)).toContain("packages/wire");
  expect(sourcesOf(tree)).toContain("packages/wire/src/reader.ts");
});

test("rooms import only what the table allows, through doors, and declare what they use", () => {
  // A core would reach for a socket or a clock, or a package would break for whoever installs it alone.
  expect(breaches(tree, rooms)).toEqual([]);
});

test.each([{ types: false }, { types: true }])(
  "no file imports itself through others, types counted: $types",
  (how) => {
    // What a module exports would depend on which file was loaded first.
    expect(cycles(tree, how)).toEqual([]);
  },
);

test("an assertion against the compiler has a reason beside it", () => {
  // A value of the wrong type would pass where everybody trusts the compiler.
  expect(lapses(tree)).toEqual([]);
});
