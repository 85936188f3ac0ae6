/** What is published is derived from what stands in the repository. */

import { resolve } from "node:path";
import { expect, test } from "vitest";

import { packagesInOrder, publishedManifest, withJsSpecifiers } from "./stage.ts";

test("doors of the published package point to JavaScript with its types", () => {
  // Node would find TypeScript below node_modules and refuse it.
  const manifest = { name: "@x/a", version: "1.2.3", description: "A", license: "Apache-2.0" };
  const exports = { ".": "./src/index.ts", "./testing": "./src/testing.ts" };
  expect(publishedManifest({ ...manifest, exports, dependencies: { "@x/b": "1.0.0" } })).toMatchObject({
    ...manifest,
    type: "module",
    engines: { node: ">=24" },
    dependencies: { "@x/b": "1.0.0" },
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./testing": { types: "./dist/testing.d.ts", default: "./dist/testing.js" },
    },
  });
});

test("a door with another file for browsers keeps both, each with its types", () => {
  // A bundler would put Node's modules into a page.
  const manifest = { name: "@x/a", version: "1.2.3", description: "A", license: "Apache-2.0" };
  const exports = { "./verify": { browser: "./src/browser/index.ts", default: "./src/verify/index.ts" } };
  expect(publishedManifest({ ...manifest, exports })).toMatchObject({
    exports: {
      "./verify": {
        browser: { types: "./dist/browser/index.d.ts", default: "./dist/browser/index.js" },
        default: { types: "./dist/verify/index.d.ts", default: "./dist/verify/index.js" },
      },
    },
  });
});

test.each([
  ['export { a } from "./a.ts";', 'export { a } from "./a.js";'],
  ['import type { A } from "../b/a.ts";', 'import type { A } from "../b/a.js";'],
  ['type A = import("./a.ts").A;', 'type A = import("./a.js").A;'],
  ['import "./a.ts";', 'import "./a.js";'],
  ['export { a } from "@x/a";', 'export { a } from "@x/a";'],
  ['/** Reads "./a.ts" */', '/** Reads "./a.ts" */'],
])("in declarations %s becomes %s", (from, to) => {
  // A consumer would need a compiler setting to use our types.
  expect(withJsSpecifiers(from)).toBe(to);
});

test("packages are built after those that they import", () => {
  // A build on a clean clone would fail, or use declarations of the day before.
  const order = packagesInOrder(resolve(import.meta.dirname, "../..")).map((one) => one.manifest);
  expect(order.map((one) => one.name)).toContain("@siegel/wire");
  for (const [at, { dependencies = {} }] of order.entries()) {
    const later = order.slice(at).map((one) => one.name);
    for (const name of Object.keys(dependencies)) expect(later).not.toContain(name);
  }
});
