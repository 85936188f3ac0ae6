import fc from "fast-check";
import { expect, test } from "vitest";
import { type Disturbance, listedDisturbances, seededDisturbances } from "./disturbances.ts";
import { Household } from "./household/household.ts";
import { type Phase, totalMilliwatts } from "./household/load.ts";
import { ModelError } from "./model-error.ts";
import { statusBit } from "./status-word.ts";
import { doubleTariff } from "./tariffs.ts";
import { VirtualMeter, type VirtualMeterOptions } from "./virtual-meter.ts";

const noon = Date.UTC(2025, 5, 17, 10) / 1000; // a Tuesday in June
const hour = 3_600;
const household = () => new Household({ seed: 7, photovoltaics: {} });

function meterWith(...disturbances: Disturbance[]): VirtualMeter {
  return new VirtualMeter({ household: household(), from: noon, disturbances: listedDisturbances(disturbances) });
}

test("however the time is cut and wherever a restart falls, the meter remembers the same", () => {
  // A meter that was read more often would show another energy.
  const options = (): VirtualMeterOptions => ({
    household: household(),
    from: noon,
    tariffs: doubleTariff({ from: 14 * hour, to: 15 * hour }),
    disturbances: listedDisturbances([
      { kind: "power-failure", at: noon + 2_000, seconds: 1_600 },
      { kind: "phase-loss", phase: 2, at: noon + 5_400, seconds: 300 },
      { kind: "clock-set", at: noon + 6_290, bySeconds: 12 },
      { kind: "clock-set", at: noon + 8_093, bySeconds: -7 },
      { kind: "cover-open", at: noon + 8_100, seconds: 900 },
    ]),
  });
  const whole = new VirtualMeter(options());
  whole.advance(noon + 3 * hour);
  fc.assert(
    fc.property(fc.array(fc.nat(3 * hour), { maxLength: 12 }), fc.nat(12), (cuts, restart) => {
      let meter = new VirtualMeter(options());
      cuts
        .toSorted((a, b) => a - b)
        .forEach((cut, index) => {
          meter.advance(noon + cut);
          if (index === restart) meter = new VirtualMeter(options(), structuredClone(meter.snapshot()));
        });
      meter.advance(noon + 3 * hour);
      expect(meter.snapshot()).toEqual(whole.snapshot());
      expect(meter.state).toEqual(whole.state);
    }),
    { numRuns: 40 },
  );
});

test("the counters are the sum of what the state showed second by second", () => {
  // Power on the display and energy on the bill would tell two stories.
  const meter = meterWith({ kind: "phase-loss", phase: 0, at: noon + 300, seconds: 200 });
  let sum = 0n;
  for (let second = noon; second < noon + 1_200; second++) {
    sum += BigInt(totalMilliwatts(meter.state));
    meter.advance(second + 1);
  }
  expect(meter.registers.milliwattSeconds("import") - meter.registers.milliwattSeconds("export")).toBe(sum);
  expect(sum).not.toBe(0n);
});

test("each quarter hour has one entry with the counters of its end", () => {
  // A gateway would bill a quarter hour twice or not at all.
  const meter = meterWith();
  const shown: bigint[] = [];
  for (let quarter = 1; quarter <= 8; quarter++) {
    meter.advance(noon + quarter * 900);
    shown.push(meter.registers.milliwattSeconds("import"));
  }
  expect(meter.profile.all().map((entry) => entry.at)).toEqual(shown.map((_, index) => noon + (index + 1) * 900));
  expect(meter.profile.all().map((entry) => entry.import)).toEqual(shown);
  expect(meter.profile.all().every((entry) => entry.flags.length === 0)).toBe(true);
});

test("without power nothing is counted, stored or answered, and the next entry says so", () => {
  // An outage would look like a household that used nothing.
  const meter = meterWith({ kind: "power-failure", at: noon + 600, seconds: 1_500 });
  meter.advance(noon + 600);
  const before = meter.registers.snapshot();
  expect(meter.isPowered).toBe(false);
  expect(meter.state.voltageMillivolts).toEqual([0, 0, 0]);
  meter.advance(noon + 2_100);
  expect(meter.registers.snapshot()).toEqual(before);
  meter.advance(noon + 3_600);
  expect(meter.profile.all().map(({ at, flags }) => ({ at: at - noon, flags }))).toEqual([
    { at: 2_700, flags: ["power-failure"] },
    { at: 3_600, flags: [] },
  ]);
  expect(meter.events.all().map(({ at, event }) => [at - noon, event])).toEqual([
    [0, "power-up"],
    [600, "power-down"],
    [2_100, "power-up"],
  ]);
});

test("a meter runs on one phase, and on none it is without power", () => {
  // A meter that nothing feeds would go on talking.
  const lost = (phase: Phase) => ({ kind: "phase-loss", phase, at: noon + 10 + phase, seconds: 20 }) as const;
  const meter = meterWith(lost(0), lost(1), lost(2));
  const powered: boolean[] = [];
  for (const second of [5, 11, 12, 29, 30, 40]) {
    meter.advance(noon + second);
    powered.push(meter.isPowered);
  }
  expect(powered).toEqual([true, true, false, false, true, true]);
  expect(meter.events.all().map(({ at, event, phase }) => [at - noon, event, phase])).toEqual([
    [0, "power-up", undefined],
    [10, "phase-lost", 0],
    [11, "phase-lost", 1],
    [12, "power-down", undefined],
    [30, "power-up", undefined],
    [30, "phase-returned", 0],
    [30, "phase-lost", 2],
    [31, "phase-returned", 1],
    [32, "phase-returned", 2],
  ]);
});

test.each<[string, number, { at: number; flags: string[] }[]]>([
  [
    "set forward over a quarter hour, the clock closes it",
    12,
    [
      { at: 900, flags: ["clock-set"] },
      { at: 1_800, flags: ["clock-set"] },
    ],
  ],
  [
    "set back, the clock only makes it longer",
    -12,
    [
      { at: 900, flags: ["clock-set"] },
      { at: 1_800, flags: [] },
    ],
  ],
])("%s", (_, bySeconds, expected) => {
  // A changed clock would leave no trace in the series that is billed.
  const meter = meterWith({ kind: "clock-set", at: noon + 895, bySeconds });
  meter.advance(noon + 1_850);
  expect(meter.clock).toBe(noon + 1_850 + bySeconds);
  expect(meter.profile.all().map(({ at, flags }) => ({ at: at - noon, flags }))).toEqual(expected);
  expect(meter.events.all().at(-1)).toEqual({ at: noon + 895 + bySeconds, event: "clock-set", bySeconds });
});

test("tampering stays in the status until it is reset, and is logged with beginning and end", () => {
  // Who takes the magnet away before the reading would leave no trace.
  const meter = meterWith({ kind: "magnetic-field", at: noon + 10, seconds: 60 });
  meter.advance(noon + 5);
  meter.raise({ kind: "cover-open", at: noon + 5, seconds: 20 });
  meter.advance(noon + 100);
  const tampered = statusBit.magneticField | statusBit.coverOpened;
  expect(meter.status & tampered).toBe(tampered);
  expect(meter.events.all().map(({ event }) => event)).toEqual([
    "power-up",
    "cover-opened",
    "magnetic-field",
    "cover-closed",
    "magnetic-field-end",
  ]);
  meter.resetTamper();
  expect(meter.status & tampered).toBe(0);
  expect(meter.events.all().at(-1)?.event).toBe("tamper-reset");
});

test("a lost phase carries no load, and voltages out of band are measured and logged", () => {
  // A fault in the house connection would stay invisible.
  const meter = meterWith(
    { kind: "phase-loss", phase: 1, at: noon + 10, seconds: 30 },
    { kind: "over-voltage", phase: 0, at: noon + 60, seconds: 30, byMillivolts: 28_000 },
    { kind: "under-voltage", phase: 2, at: noon + 120, seconds: 30, byMillivolts: 60_000 },
    { kind: "reversed-field", at: noon + 180, seconds: 30 },
  );
  meter.advance(noon + 20);
  expect(meter.state.activeMilliwatts[1]).toBe(0);
  expect(meter.status & statusBit.voltageL2).toBe(0);
  meter.advance(noon + 70);
  expect(meter.state.voltageMillivolts[0]).toBeGreaterThan(253_000);
  meter.advance(noon + 130);
  expect(meter.state.voltageMillivolts[2]).toBeLessThan(207_000);
  meter.advance(noon + 190);
  expect(meter.status & statusBit.reversedField).toBe(statusBit.reversedField);
  meter.advance(noon + 300);
  expect(
    meter.events
      .all()
      .slice(1)
      .map(({ event, phase }) => [event, phase]),
  ).toEqual([
    ["phase-lost", 1],
    ["phase-returned", 1],
    ["over-voltage", 0],
    ["over-voltage-end", 0],
    ["under-voltage", 2],
    ["under-voltage-end", 2],
    ["field-reversed", undefined],
    ["field-restored", undefined],
  ]);
});

test("new firmware changes the version and marks the quarter hour", () => {
  // Nobody could tell with which software a value was measured.
  const meter = meterWith({ kind: "firmware-update", at: noon + 100, version: "2.0.0" });
  meter.advance(noon + 900);
  expect(meter.firmware).toBe("2.0.0");
  expect(meter.profile.all().map(({ flags }) => flags)).toEqual([["firmware-update"]]);
  expect(meter.events.all().at(-1)).toEqual({ at: noon + 100, event: "firmware-updated", version: "2.0.0" });
});

test("what happens at the meter's first second happens", () => {
  // A firmware update of the schedule would be missing, and only in the run that begins there.
  const meter = meterWith({ kind: "firmware-update", at: noon, version: "2.0.0" });
  expect(meter.firmware).toBe("2.0.0");
  expect(meter.events.all().map(({ event }) => event)).toEqual(["power-up", "firmware-updated"]);
  const restarted = new VirtualMeter({ household: household(), from: noon }, meter.snapshot());
  expect(restarted.snapshot()).toEqual(meter.snapshot());
});

test("time runs forwards only, in whole seconds from 1970 on", () => {
  // A counter could be lived through twice.
  const meter = meterWith();
  meter.advance(noon + 10);
  for (const act of [
    () => meter.advance(noon + 9),
    () => meter.advance(noon + 10.5),
    () => meter.raise({ kind: "cover-open", at: noon + 9, seconds: 5 }),
    () => new VirtualMeter({ household: household(), from: 0.5 }),
    () => new VirtualMeter({ household: household(), from: -1 }),
  ]) {
    expect(act).toThrow(ModelError);
  }
});

test("a week under seeded disturbances ends with equal memories from equal seeds, different ones else", () => {
  // A failure could not be repeated from its seed.
  expect(weekOf(1)).toEqual(weekOf(1));
  expect(weekOf(2).registers).not.toEqual(weekOf(1).registers);
});

function weekOf(seed: number) {
  const disturbances = seededDisturbances(seed);
  const meter = new VirtualMeter({ household: new Household({ seed }), from: noon, disturbances });
  meter.advance(noon + 7 * 86_400);
  return meter.snapshot();
}
