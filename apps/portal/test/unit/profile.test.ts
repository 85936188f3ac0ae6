/** Which registers are drawn, as what, and with which marks. */

import type { CurrentValue, Register } from "@siegel/contract";
import { expect, test } from "vitest";

import { barsOf } from "../../src/core/bars.ts";
import { periodOf } from "../../src/core/period.ts";
import { currentPower, laneRegisters, laneWith, totalsOf } from "../../src/core/profile.ts";
import { exactText, slotWords } from "../../src/core/slot-words.ts";
import { changeOne } from "../../src/core/try-change.ts";
import { day, fullDay, later, total, zone } from "./totals.ts";

const of = day("2026-06-17");
const period = periodOf("day", of);
const firstAt = of.previous().start;

function register(obis: string, kind: Register["kind"] = "total", unit: string | null = "Wh"): Register {
  return { obis, name_de: "", name_en: "", unit, kind, firstAt: "2026-01-01T00:00:00Z", lastAt: "" };
}

test("energy in and out over all tariffs; of other media what counts first", () => {
  // A tariff would be drawn as the whole, or reactive energy as energy.
  const all = ["1-0:1.8.1*255", "1-0:3.8.0*255", "1-0:2.8.0*255", "1-0:1.8.0*255"].map((obis) => register(obis));
  expect(laneRegisters(all).map(({ direction, obis }) => [direction, obis])).toEqual([
    ["import", "1-0:1.8.0*255"],
    ["export", "1-0:2.8.0*255"],
  ]);
  expect(laneRegisters([register("6-0:1.0.0*255")])).toHaveLength(1);
  expect(laneRegisters([register("1-0:1.8.0*255", "sample")])).toEqual([]);
});

test("current power is found by what it is, not by its place", () => {
  // The page would show the power of one phase, or a meter reading, as what the house draws.
  const value = (obis: string, unit: string): CurrentValue =>
    ({ obis, unit, value: "1", at: "2026-06-17T00:00:00Z", quality: "valid", trust: "clear", blockId: "b" }) as const;
  const latest = [value("1-0:1.8.0*255", "Wh"), value("1-0:36.7.0*255", "W"), value("1-0:16.7.0*255", "W")];
  expect(currentPower(latest)?.obis).toBe("1-0:16.7.0*255");
  expect(currentPower(latest.slice(0, 2))).toBeUndefined();
});

test("a value without a number stays known as missing", () => {
  // Null would become 0.
  const [one] = totalsOf([
    { at: "2026-06-17T00:00:00Z", value: null, quality: "missing", trust: "clear", blockId: "b" },
  ]);
  expect(one?.quality).toBe("missing");
});

test("bars and marks of each state differ without colour", () => {
  // Who does not see colours would take a doubtful or changed value for a measured one.
  const totals = fullDay(of).slice(0, 60);
  totals[10] = total(totals[10]!.at, "0", { quality: "missing" });
  totals[20] = { ...totals[20]!, quality: "estimated" };
  totals[30] = { ...totals[30]!, changed: true };
  const now = of.start.plus(61 * 900_000);
  const lane = laneWith({ direction: "export", obis: "1-0:2.8.0*255", unit: "Wh", firstAt }, totals, period, now);
  const { down, downMarks, up } = barsOf(period, [lane], "en");
  expect(up).toEqual([]);
  expect([down[0], down[9]]).toEqual([-0.1, null]);
  expect([0, 9, 19, 29, 59, 61].map((index) => downMarks[index])).toEqual([
    "none",
    "gap",
    "doubt",
    "changed",
    "waiting",
    "none",
  ]);
});

test("a slot in words says when, how much and how good; a dash where there is nothing", () => {
  // A screen reader would say less than the picture shows.
  const totals = fullDay(of);
  totals[1] = total(totals[1]!.at, "0", { quality: "missing" });
  totals[57] = { ...totals[57]!, quality: "estimated" };
  const lane = laneWith({ direction: "import", obis: "1-0:1.8.0*255", unit: "Wh", firstAt }, totals, period, later);
  expect(slotWords(period, [lane], 0, zone, "en")).toEqual(["00:00–00:15", "From the grid – kWh, missing"]);
  expect(slotWords(period, [lane], 56, zone, "de")).toEqual(["14:00–14:15", "Aus dem Netz 0,100 kWh, geschätzt"]);
  expect(exactText(lane.slots[2]!, "Wh", "de")).toBe("0,1000");
});

test("a try changes one total by a plausible amount, the chosen one if it can be", () => {
  // The change would show by itself, and the seal would have nothing to prove.
  const totals = fullDay(of);
  const change = changeOne(totals, totals[40]!.at);
  expect([String(change?.at), String(change?.before), String(change?.after)]).toEqual([
    String(totals[40]!.at),
    "1004000.0",
    "1004050.0",
  ]);
  expect(change?.totals.filter((one) => one.changed).length).toBe(1);
  expect(String(changeOne(totals, undefined)?.after)).toBe("1009700.0");
});

test("a try finds another total where the chosen one has no room", () => {
  // A total above the next one would be no plausible change.
  const totals = [total(of.start, "1.0"), total(of.start.plus(900_000), "1.0"), total(of.start.plus(1_800_000), "1.0")];
  expect(String(changeOne(totals, totals[1]!.at)?.at)).toBe(String(totals[2]!.at));
  expect(changeOne([total(of.start, "1.0")], undefined)).toBeUndefined();
});
