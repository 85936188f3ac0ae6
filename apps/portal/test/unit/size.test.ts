/** What the page weighs: the first load on a phone in a cellar. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { ensurePortalBuilt } from "../../build.ts";

test("the first load is small, and the code that checks is not part of it", async () => {
  // A reader on a slow line would wait, and pay for what he may never use.
  const dist = await ensurePortalBuilt();
  const index = readFileSync(join(dist, "index.html"), "utf8");
  const named = [...index.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path]) => path!); // the group always matches
  const first = ["index.html", ...named];
  const size = (files: readonly string[]): number =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
  expect(named).toHaveLength(3);
  expect(size(first)).toBeLessThan(firstLoadLimit);
  // Nothing else is loaded before a check: no chunk is imported by the first script except on demand.
  const script = readFileSync(
    join(
      dist,
      named.find((path) => path.endsWith(".js"))!,
    ),
    "utf8",
  ); // named above
  expect(script).not.toMatch(/^import[ {"]/);
  const all = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.(js|css|html|svg)$/.test(file),
  );
  expect(size(all)).toBeLessThan(200_000); // the limit of the issue, for everything there is
});

test("what is built is not built again, and carries its licences and compressed forms", async () => {
  // Every start would take seconds longer, or a phone would load three times as much.
  const dist = await ensurePortalBuilt();
  const { mtimeMs } = statSync(join(dist, ".inputs"));
  expect(await Promise.all([ensurePortalBuilt(), ensurePortalBuilt()])).toEqual([dist, dist]);
  expect(statSync(join(dist, ".inputs")).mtimeMs).toBe(mtimeMs);
  const index = readFileSync(join(dist, "index.html"));
  expect(gunzipSync(readFileSync(join(dist, "index.html.gz")))).toEqual(index);
  expect(brotliDecompressSync(readFileSync(join(dist, "index.html.br")))).toEqual(index);
  expect(readFileSync(join(dist, "notices.txt"), "utf8")).toContain("MIT License");
});

/** gzip octets. */
const firstLoadLimit = 64_000;
