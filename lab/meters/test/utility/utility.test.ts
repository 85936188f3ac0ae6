import { expect, test } from "vitest";
import { weatherOf } from "../../src/household/weather.ts";
import { Random } from "../../src/random.ts";
import type { FlowModel } from "../../src/utility/flow.ts";
import { flowsBetween } from "../../src/utility/flow.ts";
import { gasModel, heatModel } from "../../src/utility/heating.ts";
import { UtilityMeter } from "../../src/utility/utility-meter.ts";
import { waterModel } from "../../src/utility/water.ts";

const weather = weatherOf(Random.of("region").fork("weather"));
const models = (seed: number): Readonly<Record<"gas" | "water" | "heat", FlowModel>> => ({
  gas: gasModel(Random.of(seed), { weather }),
  water: waterModel(Random.of(seed)),
  heat: heatModel(Random.of(seed), { weather }),
});
const kinds = ["gas", "water", "heat"] as const;
const from = Date.UTC(2025, 0, 1) / 1_000 - 3_600;

test.each(kinds)("%s: a year of three people is one that could be billed", (kind) => {
  // Evaluations would be tried on figures that no house has.
  for (const seed of [1, 2, 3]) {
    const meter = new UtilityMeter({ kind, model: models(seed)[kind], from });
    meter.advance(from + 365 * 86_400);
    const cubicMetres = meter.counters.microlitres / 1e9;
    const kilowattHours = meter.counters.joules / 3.6e6;
    const ranges = { gas: [900, 2_200], water: [90, 180], heat: [600, 1_800] } as const;
    expect(cubicMetres).toBeGreaterThan(ranges[kind][0]);
    expect(cubicMetres).toBeLessThan(ranges[kind][1]);
    if (kind === "heat") {
      expect(kilowattHours).toBeGreaterThan(9_000);
      expect(kilowattHours).toBeLessThan(22_000);
    } else expect(kilowattHours).toBe(0);
    const months = meter.due.map(({ microlitres }, index) => microlitres - (meter.due[index + 1]?.microlitres ?? 0));
    // January is the last of the list, July five before; heating follows the weather, water does not.
    const [january = 0, july = 0] = [months.at(-1), months.at(-7)];
    if (kind === "water") expect(july).toBeGreaterThan(january / 3);
    else expect(january).toBeGreaterThan(2.5 * july);
  }
});

test.each(kinds)("%s: however time is cut, the counters are equal", (kind) => {
  // A meter that is asked more often would count otherwise.
  const model = models(5)[kind];
  const whole = new UtilityMeter({ kind, model, from });
  whole.advance(from + 40 * 86_400);
  const cut = new UtilityMeter({ kind, model: models(5)[kind], from });
  const draw = Random.of(9);
  for (let at = from; at < from + 40 * 86_400; at += draw.whole(1, 9_000)) cut.advance(at);
  cut.advance(from + 40 * 86_400);
  expect([cut.counters, cut.due]).toEqual([whole.counters, whole.due]);
  cut.advance(from);
  expect(cut.counters).toEqual(whole.counters);
});

test.each(kinds)("%s: flows fill the time without gap, and any day may be asked for first", (kind) => {
  // What flows in a gap would be missing on the bill.
  const [first, later] = [models(6)[kind], models(6)[kind]];
  const to = from + 3 * 86_400 + 1_234;
  let at = from;
  for (const flow of flowsBetween(first, from, to)) {
    expect(flow.from).toBe(at);
    expect(flow.to).toBeGreaterThan(flow.from);
    expect(Number.isInteger(flow.microlitresPerSecond) && flow.microlitresPerSecond >= 0).toBe(true);
    at = flow.to;
  }
  expect(at).toBe(to);
  const day = [...flowsBetween(first, to - 86_400, to)];
  expect([...flowsBetween(later, to - 86_400, to)]).toEqual(day);
});

test("a leak runs at night", () => {
  // The alarm for leaks could not be tried.
  const meter = new UtilityMeter({
    kind: "water",
    model: waterModel(Random.of(1), { leakLitresPerHour: 6 }),
    from: from + 3 * 3_600,
  });
  meter.advance(from + 4 * 3_600);
  expect(meter.counters.microlitres).toBeGreaterThanOrEqual(5.9e6);
  expect(meter.flow.microlitresPerSecond).toBeGreaterThan(0);
});

test("heat is flow times temperature difference", () => {
  // A heat meter whose figures do not fit each other is one that was tampered with.
  const model = models(1).heat;
  let checked = 0;
  for (const flow of flowsBetween(model, from, from + 86_400)) {
    if (flow.watts === 0) continue;
    const kelvin = (flow.flowCentidegrees! - flow.returnCentidegrees!) / 100;
    const watts = flow.microlitresPerSecond * 1e-6 * 4_180 * 0.99 * kelvin;
    expect(Math.abs(watts - flow.watts) / flow.watts).toBeLessThan(0.001);
    expect(flow.flowCentidegrees).toBeGreaterThan(flow.returnCentidegrees!);
    checked++;
  }
  expect(checked).toBeGreaterThan(50);
});
