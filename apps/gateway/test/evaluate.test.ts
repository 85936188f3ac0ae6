import { expect, test } from "vitest";

import { clockDeviates, liveValues, memoryValues } from "../src/core/evaluate.ts";
import { exportTotal, importTotal, power, taf14, taf7 } from "./profiles.ts";
import { meter, telegram } from "./telegrams.ts";

const slot = Date.UTC(2026, 10, 22, 11, 15);
const shown = [{ obis: importTotal, value: "1234.5", status: 0x1c0104 }];
const live = (receivedMs: number, atMs?: number) =>
  liveValues(taf7(), { meter, telegram: telegram(shown, atMs), receivedMs }).map(({ slotMs }) => slotMs);

test("a slot takes what is read at it or up to 27 s later, and nothing before or after", () => {
  // A value of another quarter hour would be billed as this one.
  expect(live(slot)).toEqual([slot]);
  expect(live(slot + 27_000)).toEqual([slot]);
  expect(live(slot + 27_001)).toEqual([]);
  expect(live(slot - 1)).toEqual([]);
});

test("a meter's clock counts when it agrees with ours, and else ours does", () => {
  // A meter that lives in last week would fill last week.
  expect(live(slot + 30_000, slot + 5_000)).toEqual([slot]);
  expect(live(slot + 5_000, slot + 32_001)).toEqual([slot]);
  expect(live(slot + 5_000, slot - 7 * 86_400_000)).toEqual([slot]);
  expect(live(slot + 60_000, slot)).toEqual([]);
  expect(clockDeviates(slot + 27_001, slot)).toBe(true);
  expect(clockDeviates(slot + 27_000, slot)).toBe(false);
  expect(clockDeviates(undefined, slot)).toBe(false);
});

test("what the meter says about a value goes with it, and nothing is computed", () => {
  // A value that its meter doubts would look like any other.
  const heard = telegram([{ ...shown[0]!, quality: "suspect", trust: "signed" }]);
  const [value] = liveValues(taf7(), { meter, telegram: heard, receivedMs: slot + 900 });
  expect(value).toEqual({
    profile: "TAF-7",
    meter,
    obis: importTotal,
    slotMs: slot,
    capturedMs: slot + 900,
    raw: 12_345,
    scaler: -1,
    unit: "Wh",
    status: 0x1c0104,
    quality: "suspect",
    trust: "signed",
  });
});

test("what a profile does not list is not taken", () => {
  // Power of every second would leave the house because it stands in the same list.
  const heard = telegram([...shown, { obis: power, value: "300" }, { obis: exportTotal, value: "7" }]);
  const taken = (profile: ReturnType<typeof taf7>) =>
    liveValues(profile, { meter, telegram: heard, receivedMs: slot }).map(({ obis }) => obis);
  expect(taken(taf7())).toEqual([importTotal, exportTotal]);
  expect(taken(taf7({ registers: new Set([exportTotal]) }))).toEqual([exportTotal]);
  expect(taken(taf14())).toEqual([power]);
});

test("of a register that a list names twice the first one counts", () => {
  // Two values for one slot would go on.
  const heard = telegram([...shown, { obis: importTotal, value: "9999.9" }]);
  const values = liveValues(taf7(), { meter, telegram: heard, receivedMs: slot });
  expect(values.map(({ raw }) => raw)).toEqual([12_345]);
});

test("numbers that no register shows and no block holds are left out", () => {
  // A stranger on the line would stop all deliveries with one number.
  for (const value of ["0." + "0".repeat(12) + "1", "1" + "0".repeat(30)]) {
    expect(liveValues(taf7(), { meter, telegram: telegram([{ obis: importTotal, value }]), receivedMs: slot })).toEqual(
      [],
    );
  }
});

test("rows of a memory are dated by the meter alone, and never in the future", () => {
  // An undated row would be filed under now; a clock that runs ahead would fill tomorrow.
  const rows = (atMs?: number) =>
    memoryValues(taf7(), { meter, telegram: telegram(shown, atMs), receivedMs: slot }).map(({ slotMs }) => slotMs);
  expect(rows(slot - 20 * 900_000)).toEqual([slot - 20 * 900_000]);
  expect(rows()).toEqual([]);
  expect(rows(slot + 900_000)).toEqual([]);
  expect(memoryValues(taf14(), { meter, telegram: telegram(shown, slot), receivedMs: slot })).toEqual([]);
});
