import { expect, test } from "vitest";
import { localDayOf } from "../local-time.ts";
import { Household, type HouseholdOptions } from "./household.ts";
import { totalMilliwatts } from "./load.ts";

const year = Date.UTC(2025, 0, 1) / 1000 - 3_600;
const wattHour = 3_600_000; // mWs

/** Every twelfth day: each weekday and each season, a twelfth of the work. */
const sampleDays = Array.from({ length: 30 }, (_, index) => localDayOf(year + 43_200 + (index * 12 + 3) * 86_400));

/** Mean power in W for each quarter hour of the local day, over the sample days. */
function meanDay(options: HouseholdOptions): number[] {
  const household = new Household(options);
  const quarters = Array.from({ length: 96 }, () => 0);
  for (const day of sampleDays) {
    for (const piece of household.pieces(day.start, day.end)) {
      const quarter = Math.min(95, Math.floor((piece.from - day.start) / 900));
      quarters[quarter]! += totalMilliwatts(piece.load) * (piece.to - piece.from);
    }
  }
  return quarters.map((sum) => sum / sampleDays.length / 900 / 1000);
}

const yearlyKilowattHours = (day: readonly number[]) => (mean(day) * 24 * 365) / 1000;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const hours = (day: readonly number[], from: number, to: number) => mean(day.slice(from * 4, to * 4));

test.each([1, 2, 3])("household %i uses what households use, when they use it", (seed) => {
  // Everything that is shown and tested with virtual meters would look unlike the world.
  const day = meanDay({ seed });
  expect(yearlyKilowattHours(day)).toBeGreaterThan(2_000);
  expect(yearlyKilowattHours(day)).toBeLessThan(6_000);
  const night = hours(day, 2, 5);
  expect(night).toBeLessThan(0.6 * mean(day));
  expect(hours(day, 6, 9)).toBeGreaterThan(1.4 * night);
  expect(hours(day, 18, 21)).toBeGreaterThan(2 * night);
  expect(hours(day, 18, 21)).toBeGreaterThan(hours(day, 14, 16));
  expect(Math.min(...day)).toBeGreaterThan(40); // standby never ends
});

test("more people use more", () => {
  // A village of singles would weigh as much as one of families.
  const [one, five] = [meanDay({ seed: 4, people: 1 }), meanDay({ seed: 4, people: 5 })];
  expect(yearlyKilowattHours(five)).toBeGreaterThan(1.3 * yearlyKilowattHours(one));
});

test("a roof to the south yields 800 to 1100 kWh per kWp, most of it in summer, nothing at night", () => {
  // Feed-in, and every bill on it, would be out of proportion.
  const [bare, roofed] = [new Household({ seed: 1 }), new Household({ seed: 1, photovoltaics: { peakWatts: 5_000 } })];
  const monthly = Array.from({ length: 12 }, () => 0);
  let greatest = 0;
  for (let day = 3; day < 365; day += 3) {
    const start = localDayOf(year + day * 86_400).start;
    for (let second = start; second < start + 86_400; second += 300) {
      const milliwatts = totalMilliwatts(bare.load(second)) - totalMilliwatts(roofed.load(second));
      expect(milliwatts).toBeGreaterThanOrEqual(0);
      greatest = Math.max(greatest, milliwatts / 1000);
      monthly[new Date(second * 1000).getUTCMonth()]! += (milliwatts * 300 * 3) / wattHour / 1000;
      if (second - start < 3 * 3_600) expect(milliwatts).toBe(0);
    }
  }
  const kilowattHoursPerKilowattPeak = monthly.reduce((sum, value) => sum + value, 0) / 5;
  expect(kilowattHoursPerKilowattPeak).toBeGreaterThan(800);
  expect(kilowattHoursPerKilowattPeak).toBeLessThan(1_100);
  expect(monthly[5]! + monthly[6]!).toBeGreaterThan(3 * (monthly[0]! + monthly[11]!));
  expect(greatest).toBeGreaterThan(3_500);
  expect(greatest).toBeLessThanOrEqual(4_500);
});

test("a heat pump works in winter", () => {
  // A year with a heat pump would be flat.
  const household = new Household({ seed: 6, heatPump: true });
  const dayEnergy = (date: number) => {
    const { start, end } = localDayOf(date / 1000);
    let sum = 0;
    for (const piece of household.pieces(start, end)) sum += totalMilliwatts(piece.load) * (piece.to - piece.from);
    return sum / wattHour;
  };
  const month = (index: number) => mean([4, 11, 18, 25].map((day) => dayEnergy(Date.UTC(2025, index, day, 12))));
  expect(month(0)).toBeGreaterThan(1.8 * month(6));
});
