import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { corpusCases } from "../../../../scripts/corpus.ts";
import { localDayOf } from "../local-time.ts";
import { Household } from "./household.ts";
import { totalMilliwatts } from "./load.ts";

corpusCases(
  {
    folder: "load/bdew25/h25.csv",
    count: 1,
    cases: (file) => [file],
    nameOf: () => "a street of households has its shape",
  },
  (profile) => {
    // Load profiles from the lab would mislead everyone who plans with them.
    const standard = workdayOfYear(readFileSync(profile, "utf8"));
    const street = Array.from({ length: 96 }, () => 0);
    const year = Date.UTC(2025, 0, 1) / 1000 - 3_600;
    for (let seed = 0; seed < 12; seed++) {
      const household = new Household({ seed, people: 1 + (seed % 5) });
      for (let sample = 0; sample < 24; sample++) {
        const day = localDayOf(year + (15 * sample + seed) * 86_400 + 43_200);
        if (day.weekday >= 5) continue;
        for (const piece of household.pieces(day.start, day.end)) {
          street[Math.min(95, Math.floor((piece.from - day.start) / 900))]! +=
            totalMilliwatts(piece.load) * (piece.to - piece.from);
        }
      }
    }
    const found = correlation(street, standard);
    console.log(`correlation with H25, workdays: ${found.toFixed(3)}`);
    expect(found).toBeGreaterThan(0.8);
  },
);

/** Mean over the months of the profile's workday columns (WT), 96 quarter hours. */
function workdayOfYear(csv: string): number[] {
  const lines = csv.trim().split(/\r?\n/);
  const kinds = (lines[1] ?? "").split(",");
  const rows = lines.slice(2).filter((line) => /^\d\d:\d\d/.test(line));
  expect(rows).toHaveLength(96);
  return rows.map((row) => {
    const values = row.split(",").filter((_, column) => kinds[column] === "WT");
    return values.reduce((sum, value) => sum + Number(value), 0) / values.length;
  });
}

function correlation(a: readonly number[], b: readonly number[]): number {
  return covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return mean(a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
