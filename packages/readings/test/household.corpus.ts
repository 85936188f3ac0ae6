import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { encodeDayBlock } from "../src/index.ts";
import { quarterHourTotals } from "./blocks.ts";

/** Quarter-hourly consumption in 0.1 Wh, by whole days, from kW minute by minute. */
function measuredDays(csv: string): number[][] {
  const minutes = csv.split("\n").slice(1);
  const kilowatts = minutes
    .map((line) => Number.parseFloat(line.split(",")[1] ?? ""))
    .filter((power) => !Number.isNaN(power));
  const quarterHours: number[] = [];
  for (let at = 0; at + 15 <= kilowatts.length; at += 15) {
    const sum = kilowatts.slice(at, at + 15).reduce((total, power) => total + power, 0);
    quarterHours.push(Math.round((sum * 10_000) / 60));
  }
  return Array.from({ length: Math.floor(quarterHours.length / 96) }, (_, day) =>
    quarterHours.slice(day * 96, day * 96 + 96),
  );
}

corpusCases(
  {
    folder: "load/uci_household_power_subset.csv",
    count: 1,
    cases: (file) => [file],
    nameOf: () => "a day in two bytes a quarter hour",
  },
  (file) => {
    // A measured household in winter would take more room than the format promises.
    const days = measuredDays(readFileSync(file, "utf8"));
    const lengths = days.map((steps) => encodeDayBlock(quarterHourTotals(steps)).length);
    expect(days.length).toBeGreaterThan(10);
    expect(lengths.reduce((sum, length) => sum + length, 0) / days.length / 96).toBeLessThanOrEqual(2);
    expect(Math.max(...lengths) / 96).toBeLessThanOrEqual(2.1);
  },
);
