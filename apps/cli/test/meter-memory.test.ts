/** `siegel meter serve sml --memory`: a meter that was stopped goes on, and is never another one. */

import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadMemory } from "../src/meter-memory.ts";
import { siegel, siegelUntil } from "./support.ts";

const newPath = () => join(mkdtempSync(join(tmpdir(), "siegel-memory-")), "meter.json");

async function servedOnce(path: string): Promise<void> {
  const ending = new AbortController();
  const running = siegelUntil(["meter", "serve", "sml", "--memory", path, "--json"], "\n", ending.signal);
  await running.seen;
  ending.abort();
  expect((await running.ended).code).toBe(0);
}

test("counters and birth are kept, and only their owner reads them", async () => {
  // A register that falls at each restart looks like fraud.
  const path = newPath();
  await servedOnce(path);
  const first = loadMemory(path, { seed: 1, photovoltaics: false });
  await servedOnce(path);
  const second = loadMemory(path, { seed: 1, photovoltaics: false });
  expect(second?.bornAt).toBe(first?.bornAt);
  expect(second!.snapshot!.registers.import).toBeGreaterThanOrEqual(first!.snapshot!.registers.import);
  expect(typeof second!.snapshot!.registers.import).toBe("bigint");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("the memory of another meter is refused; one that is damaged is begun anew", async () => {
  // Two meters would share their counters, or a lab would not start after a power cut.
  const path = newPath();
  await servedOnce(path);
  for (const other of [["--seed", "2"], ["--pv"]]) {
    const { code, err } = await siegel(["meter", "serve", "sml", "--memory", path, ...other]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^siegel: .* memory of another meter; .*\n$/),
    });
  }
  writeFileSync(path, readFileSync(path, "utf8").slice(0, 500));
  await servedOnce(path);
  expect(loadMemory(path, { seed: 1, photovoltaics: false })).toBeDefined();
});
