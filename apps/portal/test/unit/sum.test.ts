/** Sums of periods, and the card that tells them. */

import { Instant } from "@siegel/readings";
import { describe, expect, test } from "vitest";

import { dayCard, laneLabel } from "../../src/core/day-card.ts";
import { unitForPeople } from "../../src/core/decimal.ts";
import type { Total } from "../../src/core/energy.ts";
import { periodOf } from "../../src/core/period.ts";
import { laneWith, type LaneRegister } from "../../src/core/profile.ts";
import { day, fullDay, later, total, zone } from "./totals.ts";

const register: LaneRegister = {
  direction: "import",
  obis: "1-0:1.8.0*255",
  unit: "Wh",
  firstAt: Instant.parse("2026-01-01T00:00:00Z"),
};
const of = day("2026-06-17");
const period = periodOf("day", of);

function cardOf(totals: readonly Total[], now: Instant = later, language: "de" | "en" = "en") {
  return dayCard(laneWith(register, totals, period, now), period, language, zone, "unchecked");
}

describe("the card of a day", () => {
  test("whole", () => {
    // The figure that people compare with their bill would be wrong, or would not say what it spans.
    expect(cardOf(fullDay(of))).toMatchObject({
      figure: "9.600",
      unit: "kWh",
      span: "whole day",
      quality: "valid",
      qualityText: "measured",
      notes: [],
      changed: false,
    });
    expect(cardOf(fullDay(of), later, "de")).toMatchObject({ figure: "9,600", span: "ganzer Tag" });
  });

  test("with a hole: the sum is whole, and the hole is told", () => {
    // The sum of the bars is less than was used.
    const card = cardOf(fullDay(of).filter((_, index) => index !== 10));
    expect(card).toMatchObject({ figure: "9.600", span: "whole day", notes: ["2 values missing"] });
  });

  test("running", () => {
    // Half a day would pass for a whole one, and what is on its way for lost.
    const card = cardOf(fullDay(of).slice(0, 41), of.start.plus(42 * 900_000));
    expect(card).toMatchObject({ figure: "4.000", span: "so far", notes: ["2 values not here yet"] });
  });

  test("without its beginning", () => {
    // A part of the day would be called the day.
    const card = cardOf(fullDay(of).slice(4));
    expect(card.figure).toBe("9.200");
    expect(card.span).toBe("only 01:00 to 24:00");
  });

  test("doubtful", () => {
    // An objection of the meter would not reach the person who pays.
    const totals = fullDay(of);
    totals[50] = { ...totals[50]!, quality: "suspect" };
    expect(cardOf(totals)).toMatchObject({ figure: "9.600", quality: "suspect", qualityText: "doubtful" });
  });

  test("empty", () => {
    // Nothing received is not nothing used.
    expect(cardOf([])).toMatchObject({ figure: "–", span: "no readings", qualityText: "", notes: [] });
    expect(cardOf([total(of.start, "1.0")])).toMatchObject({ figure: "–", span: "no readings" });
  });

  test("fallen", () => {
    // A negative use of energy.
    expect(cardOf([total(of.start, "5.0"), total(of.end, "4.9")])).toMatchObject({ figure: "–" });
  });

  test("changed by the reader", () => {
    // A try would be taken for the truth.
    const totals = fullDay(of);
    totals[96] = { ...totals[96]!, changed: true };
    expect(cardOf(totals).changed).toBe(true);
  });
});

test("gas, water and heat are consumed; only electricity comes from the grid", () => {
  // A household would read that its gas goes into the grid.
  expect(laneLabel({ direction: "import", obis: "1-0:1.8.0*255" }, "en")).toBe("From the grid");
  for (const obis of ["7-0:3.0.0*255", "8-0:1.0.0*255", "6-0:1.0.0*255"]) {
    expect(laneLabel({ direction: "import", obis }, "en")).toBe("Consumption");
    expect(laneLabel({ direction: "import", obis }, "de")).toBe("Verbrauch");
  }
});

test("units are printed as people write them", () => {
  // A consumer reads m3 on no bill.
  expect(["m3", "m3/h", "Nm3", "kWh", "Wh", "l"].map(unitForPeople)).toEqual(["m³", "m³/h", "Nm³", "kWh", "kWh", "l"]);
});
