import fc from "fast-check";
import { expect, test } from "vitest";
import { Instant } from "./instant.ts";

test.each([
  ["2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"],
  ["2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00Z"],
  ["2026-03-29t01:00:00.250z", "2026-03-29T01:00:00.250Z"],
  ["2026-03-28T20:30:00.5-04:30", "2026-03-29T01:00:00.500Z"],
  ["2024-02-29T00:00:00.000000Z", "2024-02-29T00:00:00Z"],
  ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"],
])("%s is the instant %s", (text, utc) => {
  // An hour's error puts energy into another tariff.
  expect(Instant.parse(text).toString()).toBe(utc);
});

test("an instant comes back from its text", () => {
  // Times travel as text and must arrive unchanged.
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (epochMs) => {
      const instant = Instant.ofEpochMs(epochMs);
      expect(Instant.parse(instant.toString()).epochMs).toBe(epochMs);
    }),
  );
});

test.each([
  "2026-03-29",
  "2026-03-29T01:00:00",
  "2026-02-30T01:00:00Z",
  "2026-13-01T01:00:00Z",
  "2026-03-29T24:00:00Z",
  "2016-12-31T23:59:60Z",
  "2026-03-29T01:00:00.0001Z",
  "2026-03-29T01:00:00+24:00",
  "2026-03-29T01:00:00+01:60",
  "2026-03-29T01:00:00+0100",
  "9999-12-31T23:30:00-01:00",
  "",
  `2026-03-29T01:00:00.${"0".repeat(100)}Z`,
])("%j is no instant", (text) => {
  // A time that is guessed dates a reading wrongly.
  expect(() => Instant.parse(text)).toThrow(expect.objectContaining({ code: "not-an-instant" }));
});

test("arithmetic is in milliseconds and stays in range", () => {
  // Slots of a day are counted from its start.
  const instant = Instant.parse("2026-03-29T00:45:00Z");
  expect(instant.plus(900_000).toString()).toBe("2026-03-29T01:00:00Z");
  expect(instant.minus(1).toString()).toBe("2026-03-29T00:44:59.999Z");
  expect(instant.plus(5).since(instant)).toBe(5);
  expect(instant.compare(instant.plus(1))).toBeLessThan(0);
  expect(instant.equals(instant.plus(1).minus(1))).toBe(true);
  for (const bad of [Number.NaN, 0.5, 1e15, -1e15]) {
    expect(() => Instant.ofEpochMs(bad)).toThrow(expect.objectContaining({ code: "out-of-range" }));
  }
  expect(Object.is(Instant.ofEpochMs(-0).epochMs, 0)).toBe(true);
});
