import fc from "fast-check";
import { expect, test } from "vitest";
import { type Load, totalMillivars, totalMilliwatts } from "./household/load.ts";
import { ModelError } from "./model-error.ts";
import { readingOf, registerNames, Registers } from "./registers.ts";

const power = fc.integer({ min: -60_000_000, max: 60_000_000 });
const load: fc.Arbitrary<Load> = fc.record({
  activeMilliwatts: fc.tuple(power, power, power),
  reactiveMillivars: fc.tuple(power, power, power),
});
const piece = fc.record({ load, seconds: fc.nat(20_000_000), tariff: fc.constantFrom(1 as const, 2 as const) });

test("import minus export is the integral of the power, total and by phase", () => {
  // A bill would not match what flowed.
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const registers = new Registers();
      let [active, reactive] = [0n, 0n];
      for (const { load, seconds, tariff } of pieces) {
        registers.advance(load, seconds, tariff);
        active += BigInt(totalMilliwatts(load)) * BigInt(seconds);
        reactive += BigInt(totalMillivars(load)) * BigInt(seconds);
      }
      const shown = registers.snapshot();
      expect(shown.import - shown.export).toBe(active);
      expect(shown.importT1 + shown.importT2).toBe(shown.import);
      expect(shown.exportT1 + shown.exportT2).toBe(shown.export);
      expect(shown.reactiveQ1 + shown.reactiveQ2 - shown.reactiveQ3 - shown.reactiveQ4).toBe(reactive);
      const byPhase =
        shown.importL1 + shown.importL2 + shown.importL3 - shown.exportL1 - shown.exportL2 - shown.exportL3;
      expect(byPhase).toBe(active);
    }),
  );
});

test("no counter ever falls", () => {
  // Every consumer of meter data takes a falling counter for an exchanged meter.
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const registers = new Registers();
      for (const { load, seconds, tariff } of pieces) {
        const before = registers.snapshot();
        registers.advance(load, seconds, tariff);
        for (const name of registerNames) expect(registers.milliwattSeconds(name) >= before[name]).toBe(true);
      }
    }),
  );
});

test("a restart from a snapshot, and a piece cut in two, count the same", () => {
  // A power failure would cost or give energy.
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (pieces, restart, cut) => {
      const whole = new Registers();
      let parts = new Registers();
      pieces.forEach(({ load, seconds, tariff }, index) => {
        whole.advance(load, seconds, tariff);
        const first = cut % (seconds + 1);
        parts.advance(load, first, tariff);
        parts.advance(load, seconds - first, tariff);
        if (index === restart % pieces.length) parts = new Registers(parts.snapshot());
      });
      expect(parts.snapshot()).toEqual(whole.snapshot());
    }),
  );
});

test("balanced: what one phase gives and another takes at the same second is counted nowhere in the total", () => {
  // A solar roof on L3 would be sold cheap while the kettle on L1 is bought dear.
  const registers = new Registers();
  const across: Load = { activeMilliwatts: [2_000_000, 0, -2_000_000], reactiveMillivars: [0, 0, 0] };
  registers.advance(across, 3_600, 1);
  expect(registers.reading("import", 0)).toBe(0n);
  expect(registers.reading("export", 0)).toBe(0n);
  expect(registers.reading("importL1", 0)).toBe(2_000n);
  expect(registers.reading("exportL3", 0)).toBe(2_000n);
});

test("the quadrants of reactive energy follow both signs", () => {
  // Reactive energy would be billed as its opposite.
  const registers = new Registers();
  const step = (active: number, reactive: number) =>
    registers.advance({ activeMilliwatts: [active, 0, 0], reactiveMillivars: [reactive, 0, 0] }, 3_600, 1);
  step(1_000, 1_000_000);
  step(-1_000, 2_000_000);
  step(-1_000, -3_000_000);
  step(1_000, -4_000_000);
  const quadrants = ["reactiveQ1", "reactiveQ2", "reactiveQ3", "reactiveQ4"] as const;
  expect(quadrants.map((name) => registers.reading(name, 3))).toEqual([1n, 2n, 3n, 4n]);
});

test("a reading is cut off, not rounded up", () => {
  // The display would show energy that has not flowed yet.
  const almost = 3_600_000n * 1_000n - 1n; // one mWs below 1 kWh
  expect([3, 0, -1, -4].map((scaler) => readingOf(almost, scaler))).toEqual([0n, 999n, 9_999n, 9_999_999n]);
});

test.each([
  ["a fraction of a milliwatt", 0.5, 1, "not-whole"],
  ["a fraction of a second", 1, 0.5, "not-whole"],
  ["time that runs backwards", 1, -1, "not-whole"],
  ["more than exact integers hold", 2 ** 40, 2 ** 20, "too-much"],
])("%s is refused", (_, milliwatts, seconds, code) => {
  // Counters would silently become inexact.
  const bad: Load = { activeMilliwatts: [milliwatts, 0, 0], reactiveMillivars: [0, 0, 0] };
  expect(codeOf(() => new Registers().advance(bad, seconds, 1))).toBe(code);
});

test("a scaler outside of the range is refused", () => {
  // A division by ten to the power of half a digit would throw something that nobody expects.
  for (const scaler of [-7, 7, 0.5, Number.NaN])
    expect(codeOf(() => readingOf(1n, scaler))).toBe("scaler-out-of-range");
});

function codeOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error.code;
    throw error;
  }
  return "no error";
}
