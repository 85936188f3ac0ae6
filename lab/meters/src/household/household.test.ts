import fc from "fast-check";
import { expect, test } from "vitest";
import { localDayOf } from "../local-time.ts";
import { ModelError } from "../model-error.ts";
import { Household, type HouseholdOptions } from "./household.ts";
import { phases } from "./load.ts";
import { sunTimes } from "./sun.ts";

const year = Date.UTC(2025, 0, 1) / 1000 - 3_600;
const everything = { seed: 11, people: 4, photovoltaics: {}, electricVehicle: true, heatPump: true };
const second = fc.nat(365 * 86_400).map((offset) => year + offset);

test("any second may be asked for first: the answer is the same as in order", () => {
  // A restarted simulation would live another past.
  const day = Date.UTC(2025, 2, 30) / 1000 - 3_600; // the day with 23 hours, and those around it
  const asked = fc.array(fc.integer({ min: day - 86_400, max: day + 2 * 86_400 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(asked, (moments) => {
      const jumping = new Household(everything);
      const answers = moments.map((moment) => jumping.at(moment));
      const walking = new Household(everything);
      const inOrder = new Map(moments.toSorted((a, b) => a - b).map((moment) => [moment, walking.at(moment)]));
      expect(answers).toEqual(moments.map((moment) => inOrder.get(moment)));
    }),
    { numRuns: 25 },
  );
});

test("pieces fill the time without a gap and hold what each second shows", () => {
  // Energy would be lost between two pieces.
  const household = new Household(everything);
  const other = new Household(everything);
  fc.assert(
    fc.property(second, fc.integer({ min: 1, max: 3_000 }), (from, length) => {
      let at = from;
      for (const piece of household.pieces(from, from + length)) {
        expect(piece.from).toBe(at);
        expect(piece.to).toBeGreaterThan(piece.from);
        expect(other.load(piece.from)).toEqual(piece.load);
        expect(other.load(piece.to - 1)).toEqual(piece.load);
        at = piece.to;
      }
      expect(at).toBe(from + length);
    }),
    { numRuns: 12 },
  );
});

test("a car in the garage changes nothing but its own load", () => {
  // Nobody could compare the same family with and without a car.
  const without = new Household({ seed: 5 });
  const withCar = new Household({ seed: 5, electricVehicle: true });
  const from = year + 40 * 86_400;
  const seen = new Set<number>();
  for (let at = from; at < from + 7 * 86_400; at += 60) {
    const [bare, loaded] = [without.load(at), withCar.load(at)];
    const added = phases.map((phase) => loaded.activeMilliwatts[phase] - bare.activeMilliwatts[phase]);
    expect(new Set(added).size).toBe(1); // three phases alike
    seen.add(Math.round(((added[0] ?? 0) * 3) / 1_000_000));
  }
  expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 3, 7, 11]);
});

test("all values are whole, voltages lie within EN 50160, current follows from power and voltage", () => {
  // The virtual meter would show what no real one can.
  const household = new Household(everything);
  fc.assert(
    fc.property(second, (at) => {
      const state = household.at(at);
      for (const phase of phases) {
        const [millivolts, active, reactive] = [
          state.voltageMillivolts[phase],
          state.activeMilliwatts[phase],
          state.reactiveMillivars[phase],
        ];
        const milliamperes = state.currentMilliamperes[phase];
        expect([active, reactive, millivolts, milliamperes].every(Number.isInteger)).toBe(true);
        expect(Math.abs(millivolts - 230_000)).toBeLessThan(23_000);
        expect(Math.abs((milliamperes * millivolts) / 1000 - Math.hypot(active, reactive))).toBeLessThan(200);
        const angle = (state.phaseAngleMillidegrees[phase] / 180_000) * Math.PI;
        expect(Math.sign(Math.round(Math.cos(angle) * 100))).toBe(
          Math.sign(Math.round((active / Math.hypot(active, reactive)) * 100)),
        );
      }
      expect(Math.abs(state.frequencyMillihertz - 50_000)).toBeLessThanOrEqual(50);
    }),
    { numRuns: 150 },
  );
});

test("frequency is the same everywhere, weather in a region, habits nowhere", () => {
  // A town would cook in step, or its roofs would lie under different skies.
  const photovoltaics = { phase: 0 } as const;
  const [one, two] = [new Household({ seed: 1, photovoltaics }), new Household({ seed: 2, photovoltaics })];
  const bare = [new Household({ seed: 1 }), new Household({ seed: 2 })] as const;
  const at = Date.UTC(2025, 5, 21, 11) / 1000;
  expect(one.at(at).frequencyMillihertz).toBe(two.at(at).frequencyMillihertz);
  const roof = (whole: Household, without: Household) =>
    without.load(at).activeMilliwatts[0] - whole.load(at).activeMilliwatts[0];
  expect(roof(one, bare[0])).toBe(roof(two, bare[1]));
  expect(roof(one, bare[0])).toBeGreaterThan(0);
  expect(bare[0].load(at).activeMilliwatts).not.toEqual(bare[1].load(at).activeMilliwatts);
});

test.each([
  [5_000, [false, false, true]],
  [6_000, [true, true, true]],
])("a roof of %d Wp feeds the phases that its inverter may", (peakWatts, expected) => {
  // A balancing meter would never be tried with a roof on one phase and a kettle on another.
  const at = Date.UTC(2025, 5, 21, 11) / 1000;
  const [bare, roofed] = [new Household({ seed: 1 }), new Household({ seed: 1, photovoltaics: { peakWatts } })];
  const fed = phases.map((phase) => roofed.load(at).activeMilliwatts[phase] < bare.load(at).activeMilliwatts[phase]);
  expect(fed).toEqual(expected);
});

test.each<Partial<HouseholdOptions>>([
  { people: 0 },
  { people: 7 },
  { people: 2.5 },
  { people: Number.NaN },
  { photovoltaics: { peakWatts: -1 } },
  { photovoltaics: { tiltDegrees: Number.NaN } },
  { place: { latitudeDegrees: 70, longitudeDegrees: 20 } },
])("%j is no household", (options) => {
  // Lights and roof would be missing for a reason that nobody finds.
  expect(() => new Household({ seed: 1, ...options })).toThrow(ModelError);
});

test("a household at the edge of what is modelled has its lights and its roof on every day", () => {
  // The longest and the shortest day would have no dusk.
  const place = { latitudeDegrees: 66.4, longitudeDegrees: 25 };
  const household = new Household({ seed: 1, people: 6, place, photovoltaics: { peakWatts: 30_000 } });
  for (const solstice of [Date.UTC(2025, 5, 21, 10), Date.UTC(2025, 11, 21, 18)]) {
    const { activeMilliwatts } = household.load(solstice / 1000);
    expect(activeMilliwatts.every(Number.isInteger)).toBe(true);
  }
  const [june, december] = [Date.UTC(2025, 5, 21), Date.UTC(2025, 11, 21)].map((date) =>
    sunTimes(localDayOf(date / 1000), place),
  );
  expect(june!.sets - june!.rises).toBeGreaterThan(22 * 3_600);
  expect(december!.sets - december!.rises).toBeLessThan(3 * 3_600);
});

test("a load lowers its own voltage, feeding in lifts it", () => {
  // Nobody could see from the voltages on which phase the car is charged.
  const household = new Household({ seed: 3 });
  const volts = (watts: number) =>
    household.voltages(year, { activeMilliwatts: [watts * 1000, 0, 0], reactiveMillivars: [0, 0, 0] });
  const [idle, charging, feeding] = [volts(0), volts(3_680), volts(-3_680)];
  expect(idle[0] - charging[0]).toBeGreaterThan(2_000);
  expect(feeding[0] - idle[0]).toBeGreaterThan(2_000);
  expect([charging[1], charging[2]]).toEqual([idle[1], idle[2]]);
});
