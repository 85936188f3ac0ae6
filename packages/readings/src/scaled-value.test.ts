import fc from "fast-check";
import { expect, test } from "vitest";
import { ScaledValue } from "./scaled-value.ts";

const raw = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }));
const value = fc
  .tuple(raw, fc.integer({ min: -12, max: 12 }))
  .map(([integer, scaler]) => ScaledValue.of(integer, scaler));
const numeric = (v: ScaledValue): bigint => BigInt(v.raw) * 10n ** BigInt(v.scaler + 12);

test.each([
  [100, -1, "10.0"],
  [23_536_569, -1, "2353656.9"],
  [5, 3, "5000"],
  [0, 3, "0"],
  [0, -2, "0.00"],
  [-5, -3, "-0.005"],
  [-29_912, -2, "-299.12"],
  [2n ** 63n, 0, "9223372036854775808"],
  [-0, 0, "0"],
] as const)("%s · 10^%i is shown as %s", (integer, scaler, text) => {
  // A reading shown with another digit than the meter's display is a complaint, and rightly so.
  expect(ScaledValue.of(integer, scaler).toString()).toBe(text);
});

test.each([
  ["0008048.375", 8_048_375, -3],
  ["+1.50", 150, -2],
  ["-0.5", -5, -1],
  ["00012", 12, 0],
  ["7.", 7, 0],
  [".5", 5, -1],
  ["9007199254740993", 9_007_199_254_740_993n, 0],
] as const)("%s keeps all its digits", (text, integer, scaler) => {
  // A float would round the last digit of a large register.
  expect(ScaledValue.parse(text)).toEqual(ScaledValue.of(integer, scaler));
});

test("raw is a number exactly while that is exact", () => {
  // A bigint where a number is expected stops a program; a number above 2^53 is silently wrong.
  fc.assert(
    fc.property(raw, (integer) => {
      const { raw: kept } = ScaledValue.of(integer);
      expect(BigInt(kept)).toBe(BigInt(integer));
      expect(typeof kept).toBe(Number.isSafeInteger(Number(integer)) ? "number" : "bigint");
    }),
  );
});

test("the text of a value is the value", () => {
  // Values travel as text in JSON and must arrive unchanged.
  fc.assert(
    fc.property(value, (v) => {
      const back = ScaledValue.parse(v.toString());
      expect(back.equals(v)).toBe(true);
      expect(back.scaler).toBe(Math.min(v.scaler, 0));
    }),
  );
});

test("sum, difference and order are those of the exact numbers", () => {
  // A bill is sums and differences of readings; none may round.
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(numeric(a.plus(b))).toBe(numeric(a) + numeric(b));
      expect(numeric(a.minus(b))).toBe(numeric(a) - numeric(b));
      expect(a.compare(b)).toBe(numeric(a) < numeric(b) ? -1 : numeric(a) > numeric(b) ? 1 : 0);
      expect(a.equals(b)).toBe(numeric(a) === numeric(b));
      expect(a.minus(a).toNumber()).toBe(0);
    }),
  );
});

test("another scaler is exact or refused", () => {
  // Dropped digits are lost energy.
  fc.assert(
    fc.property(value, fc.integer({ min: -12, max: 12 }), (v, scaler) => {
      const isExact = numeric(v) % 10n ** BigInt(scaler + 12) === 0n;
      if (isExact) expect(numeric(v.withScaler(scaler))).toBe(numeric(v));
      else expect(() => v.withScaler(scaler)).toThrow(expect.objectContaining({ code: "not-exact" }));
    }),
  );
  expect(ScaledValue.of(15, 2).withScaler(-1)).toEqual(ScaledValue.of(15_000, -1));
});

test("what is not exact to begin with is refused", () => {
  // A number above 2^53 has lost digits before it came here.
  for (const bad of [2 ** 53, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => ScaledValue.of(bad)).toThrow(expect.objectContaining({ code: "out-of-range" }));
  }
  for (const scaler of [128, -129, 0.5]) {
    expect(() => ScaledValue.of(1, scaler)).toThrow(expect.objectContaining({ code: "out-of-range" }));
    expect(() => ScaledValue.of(10).withScaler(scaler)).toThrow(expect.objectContaining({ code: "out-of-range" }));
  }
  expect(() => ScaledValue.of(1, 127).timesPowerOfTen(1)).toThrow(expect.objectContaining({ code: "out-of-range" }));
});

test.each(["", "-", ".", "1.2.3", "1e3", "0x10", " 1", "1,5", "--1", "١"])("%j is no number", (text) => {
  // A garbled read-out must not become a plausible value.
  expect(() => ScaledValue.parse(text)).toThrow(expect.objectContaining({ code: "not-a-number" }));
});

test("a very long text is refused before it costs time", () => {
  // A stranger's megabyte of digits would be turned into one huge integer.
  expect(() => ScaledValue.parse("9".repeat(1_000_000))).toThrow(expect.objectContaining({ code: "out-of-range" }));
  expect(ScaledValue.parse("9".repeat(100)).raw).toBe(10n ** 100n - 1n);
});
