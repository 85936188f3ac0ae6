/** The fuzz runner against decoders with known faults: it must find them, keep them, and make them again. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Campaign, hasGrown, readState, runCampaign } from "./campaign.ts";
import { target as hanging } from "./fixtures/hanging.ts";
import { target as leaking } from "./fixtures/leaking.ts";
import { target as planted } from "./fixtures/planted.ts";
import { InputMaker } from "./mutate.ts";
import type { FuzzTarget } from "./types.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "siegel-fuzz-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function campaign(target: FuzzTarget, change: Partial<Campaign> = {}): Campaign {
  const module = new URL(`./fixtures/${target.name}.ts`, import.meta.url).href;
  const fixed = { target, module, folder: join(folder, target.name), seed: 1, from: 0, maxMs: Infinity };
  return { ...fixed, to: 5000, hangMs: 2000, slice: 1000, keepState: false, onProgress: () => {}, ...change };
}

test("a planted fault is found, kept, and made again from its number", async () => {
  // A run of ten million inputs would prove nothing.
  const { crashes } = await runCampaign(campaign(planted));
  const [first] = crashes;
  expect(first?.error).toBe("TypeError: planted");
  const kept = new Uint8Array(readFileSync(first?.file ?? ""));
  expect(new InputMaker(planted, 1).make(first?.index ?? -1)).toEqual(kept);
  expect(() => planted.run(kept)).toThrow("planted");
  expect(readdirSync(join(folder, "planted")).filter((name) => name.endsWith(".txt")).length).toBeGreaterThan(0);
});

test("a run goes on where the last one stopped, and misses nothing", async () => {
  // A long run that is interrupted would begin again for ever, or leave a gap.
  const whole = await runCampaign(campaign(planted));
  const half = { folder: join(folder, "halves"), keepState: true };
  await runCampaign(campaign(planted, { ...half, to: 2500 }));
  const from = readState(campaign(planted, half))?.next;
  expect(from).toBe(2500);
  const rest = await runCampaign(campaign(planted, { ...half, from: 2500 }));
  expect(rest.crashes.map((one) => one.index)).toEqual(whole.crashes.map((one) => one.index));
});

test("an input that does not end is found, and the run goes on behind it", async () => {
  // One endless loop would stop the night's run without a word.
  const maker = new InputMaker(hanging, 1);
  const hangs = Array.from({ length: 400 }, (_, index) => index).filter((index) => maker.make(index)[0] === 0x7f);
  const first = hangs[0] ?? -1;
  const to = (hangs[1] ?? -1) - 1;
  const outcome = await runCampaign(campaign(hanging, { to, hangMs: 400, slice: 10 }));
  expect(outcome.crashes.map((one) => one.index)).toContain(first);
  expect(outcome.next).toBe(to);
});

test("a decoder that keeps its inputs is found", async () => {
  // A gateway would run out of memory after some weeks.
  expect(hasGrown(await runCampaign(campaign(leaking, { to: 1500, slice: 100 })))).toBe(true);
  expect(hasGrown(await runCampaign(campaign(planted)))).toBe(false);
});

test("inputs depend on seed and number only, and every kind of fault occurs", () => {
  // A crash found on one machine could not be made again on another.
  const maker = new InputMaker(planted, 7);
  const inputs = Array.from({ length: 2000 }, (_, index) => maker.make(index));
  expect(inputs[1234]).toEqual(new InputMaker(planted, 7).make(1234));
  expect(inputs[1234]).not.toEqual(new InputMaker(planted, 8).make(1234));
  const lengths = new Set(inputs.map((one) => Math.sign(one.length - 24)));
  expect(lengths).toEqual(new Set([-1, 0, 1]));
  expect(new Set(inputs.map((one) => one.join(" "))).size).toBeGreaterThan(1500);
});
