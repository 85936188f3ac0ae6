import { SmlStream, statusFlags, type Telegram } from "@siegel/sml";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  doubleTariff,
  listedDisturbances,
  phases,
  readingOf,
  SmlMeter,
  type SmlMeterOptions,
  totalMilliwatts,
  VirtualMeter,
} from "../../src/index.ts";
import { objects } from "../../src/sml/objects.ts";
import { asks, fileBytes, fileOf, household, meterAfter, noon, verdict, virtualMeter } from "./asking.ts";

const hour = 3_600;

/** Seconds over day and night, over drawing and feeding in. */
const second = fc.nat(3 * 86_400);
const options = fc.record({
  time: fc.constantFrom("second-index" as const, "local" as const),
  encoding: fc.record({
    bodyTagBytes: fc.constantFrom(2 as const, 4 as const),
    integers: fc.constantFrom("declared" as const, "minimal" as const),
    shortChecksum: fc.boolean(),
  }),
});

test("what a reader decodes is exactly what the meter counted and measured, in every encoding", () => {
  // A reader could be right about our telegrams and wrong about a meter, or the other way round.
  fc.assert(
    fc.property(second, options, (at, how) => {
      const meter = virtualMeter({ from: noon + at, registers: counters(at) });
      const { values, warnings } = telegram(new SmlMeter({ seed: at, meter, tariffs: 2, ...how }));
      expect(warnings).toEqual([]);
      const [state, registers] = [meter.state, meter.registers];
      expect(values).toMatchObject({
        "1-0:96.50.1*1": "53474c",
        "1-0:1.8.0*255": `${registers.reading("import", -1)}e-1 Wh`,
        "1-0:1.8.1*255": `${registers.reading("importT1", -1)}e-1 Wh`,
        "1-0:1.8.2*255": `${registers.reading("importT2", -1)}e-1 Wh`,
        "1-0:2.8.0*255": `${registers.reading("export", -1)}e-1 Wh`,
        "1-0:16.7.0*255": `${nearest(totalMilliwatts(state), 10)}e-2 W`,
        "1-0:14.7.0*255": `${nearest(state.frequencyMillihertz, 100)}e-1 Hz`,
        "1-0:81.7.1*255": "120e0 °",
        "1-0:81.7.2*255": "240e0 °",
        "1-0:0.2.0*0": "312e302e30", // 1.0.0
      });
      for (const phase of phases) {
        expect(values).toMatchObject({
          [`1-0:${36 + 20 * phase}.7.0*255`]: `${nearest(state.activeMilliwatts[phase], 10)}e-2 W`,
          [`1-0:${32 + 20 * phase}.7.0*255`]: `${nearest(state.voltageMillivolts[phase], 100)}e-1 V`,
          [`1-0:${31 + 20 * phase}.7.0*255`]: `${nearest(state.currentMilliamperes[phase], 10)}e-2 A`,
        });
      }
    }),
    { numRuns: 150 },
  );
});

test("the sign of every power agrees with its status bit, and both directions occur", () => {
  // A reader that repairs signs by the status word would turn a feeding roof into a load.
  const seen = new Set<string>();
  for (let at = 0; at < 86_400; at += 1_111) {
    const meter = virtualMeter({ from: noon + at });
    const { values } = telegram(new SmlMeter({ seed: 1, meter }));
    const directions = [
      ["export", "1-0:16.7.0*255"],
      ["export-L1", "1-0:36.7.0*255"],
      ["export-L2", "1-0:56.7.0*255"],
      ["export-L3", "1-0:76.7.0*255"],
    ] as const;
    for (const [flag, object] of directions) {
      const bit = Number(Object.entries(statusFlags).find(([, name]) => name === flag)?.[0]);
      const exporting = ((meter.status >> bit) & 1) === 1;
      expect(String(values[object]).startsWith("-")).toBe(exporting);
      seen.add(`${flag} ${exporting}`);
    }
  }
  expect(seen.size).toBe(8);
});

test("without PIN nobody learns more than whole kilowatt-hours", () => {
  // A stranger at the optical interface would see who is at home.
  const meter = virtualMeter({ registers: counters(5_000_000) });
  const locked = new SmlMeter({ seed: 7, meter, pin: false, signed: "EDL40", pushes: "both" });
  const { values } = telegram(locked);
  expect(Object.keys(values)).toEqual(["1-0:96.50.1*1", "1-0:96.1.0*255", "1-0:1.8.0*255", "1-0:2.8.0*255"]);
  expect(values["1-0:1.8.0*255"]).toBe(`${meter.registers.reading("import", 3)}e3 Wh`);
  for (const request of [
    asks().getList(objects.signedList.EDL40),
    asks().getProfileList({ path: [objects.loadProfile] }),
    asks().getProfilePack({ path: [objects.eventLog] }),
  ]) {
    expect(verdict(locked, request)).toBe("attribute-not-readable");
  }
  locked.pinEntered = true;
  expect(fileOf(locked.pushFile()).messages).toHaveLength(4); // values and signed list between open and close
  expect(verdict(locked, asks().getProfilePack({ path: [objects.eventLog] }))).toBe("answered");
});

test("who knows the password reads the memories without the PIN", () => {
  // A gateway would need somebody with a torch before the meter in the cellar.
  const credentials = { username: "operator", password: "0815" };
  const meter = meterAfter(1_800, { pin: false, credentials });
  const known = { username: new TextEncoder().encode("operator"), password: new TextEncoder().encode("0815") };
  const profile = { path: [objects.loadProfile] };
  expect(verdict(meter, asks(known).getProfilePack(profile))).toBe("answered");
  expect(verdict(meter, asks().getProfilePack(profile))).toBe("wrong-user-or-password");
});

test("the same seed and second give the same bytes, whatever was asked between", () => {
  // A failure in the lab could not be repeated from its seed.
  const pushed = (seed: number, signed: SmlMeterOptions["signed"], restless: boolean) => {
    const meter = virtualMeter();
    const sml = new SmlMeter({ seed, meter, signed, pushes: "both" });
    const files: unknown[] = [];
    for (let at = 1; at <= 5; at++) {
      meter.advance(noon + at);
      if (restless) sml.list(undefined);
      if (restless) sml.pushFile();
      files.push(sml.pushFile());
    }
    return files;
  };
  for (const signed of [undefined, "EDL40", "eMoC", "ISA-EDL-40P"] as const) {
    expect(pushed(3, signed, true)).toEqual(pushed(3, signed, false));
    expect(pushed(4, signed, false)).not.toEqual(pushed(3, signed, false));
    expect(new Set(pushed(3, signed, false).map(String)).size).toBe(5);
  }
});

test("a meter that is restarted from a snapshot goes on with the same bytes", () => {
  // A restart of the lab would look like another meter: a gap in the numbers, or another signature for one second.
  for (const signed of ["EDL40", "eMoC", "ISA-EDL-40P"] as const) {
    const whole = virtualMeter();
    whole.advance(noon + 2_000);
    const snapshot = structuredClone(whole.snapshot());
    const restarted = new VirtualMeter({ household: household(), from: 0 }, snapshot);
    for (const meter of [whole, restarted]) meter.advance(noon + 4_000);
    const [before, after] = [whole, restarted].map((meter) => new SmlMeter({ seed: 7, meter, signed, pushes: "both" }));
    expect(after?.pushFile()).toEqual(before?.pushFile());
    const memory = asks()
      .getProfilePack({ path: [objects.loadProfile] })
      .toBytes();
    expect(after?.answer(fileBytes(memory))).toEqual(before?.answer(fileBytes(memory)));
    expect(before?.answer(fileBytes(memory))).toBeDefined();
  }
});

test("transaction ids count on from file to file", () => {
  // A receiver that looks for lost files would find some.
  const meter = virtualMeter();
  const sml = new SmlMeter({ seed: 7, meter });
  const ids: number[] = [];
  for (let at = 0; at < 3; at++) {
    meter.advance(noon + at);
    for (const { transactionId } of fileOf(sml.pushFile()).messages) {
      ids.push(new DataView(transactionId.slice().buffer).getUint32(0));
    }
  }
  expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
});

test("the list is dated by running time, or by local time with its offsets", () => {
  // A second index would be taken for a date, or summer time be forgotten.
  const at = (time: SmlMeterOptions["time"]) => {
    const body = fileOf(meterAfter(0, { time }).pushFile()).messages[1]?.body;
    return body?.kind === "GetListResponse" ? body.value.actSensorTime : undefined;
  };
  expect(at("local")).toEqual({
    kind: "localTimestamp",
    value: { timestamp: noon, localOffset: 60, seasonTimeOffset: 60 },
  });
  expect(at("second-index")?.kind).toBe("secIndex");
});

test("a meter without power says nothing", () => {
  // A head-end would never see an outage.
  const disturbances = listedDisturbances([{ kind: "power-failure", at: noon + 10, seconds: 10 }]);
  const dark = meterAfter(12, { meter: virtualMeter({ disturbances }) });
  expect(dark.pushFile()).toBeUndefined();
  const lit = meterAfter(21, { meter: virtualMeter({ disturbances }) });
  expect(telegram(lit).warnings).toEqual([]);
});

test("tariffs are listed as they were counted", () => {
  // The low tariff of the night would be billed as high.
  const meter = virtualMeter({ tariffs: doubleTariff({ from: 12 * hour, to: 13 * hour }) }); // it is 12:00 on the wall
  meter.advance(noon + 2 * hour);
  const { values } = telegram(new SmlMeter({ seed: 7, meter, tariffs: 2 }));
  const low = meter.registers.milliwattSeconds("importT2");
  expect(values["1-0:1.8.2*255"]).toBe(`${readingOf(low, -1)}e-1 Wh`);
  const locked = telegram(new SmlMeter({ seed: 7, meter, tariffs: 2, pin: false }));
  expect(locked.values["1-0:1.8.2*255"]).toBe(`${readingOf(low, 3)}e3 Wh`);
});

/** The one telegram of a push file: exact text for each value, and what the reader warned of. */
function telegram(meter: SmlMeter): { values: Record<string, string>; warnings: Telegram["warnings"] } {
  const events = new SmlStream({ strict: true }).push(meter.pushFile() ?? new Uint8Array(0));
  const [event] = events;
  if (events.length !== 1 || event?.kind !== "telegram") throw new Error("not one telegram");
  const values: Record<string, string> = {};
  for (const { obis, wire, reading, scaler } of event.telegram.values) {
    if (wire?.type === "octets") values[String(obis)] = Buffer.from(wire.value).toString("hex");
    else if (wire?.type === "signed" || wire?.type === "unsigned") {
      const symbol = reading?.kind === "number" ? reading.unit?.symbol : undefined;
      values[String(obis)] = `${wire.value}e${scaler} ${symbol}`;
    }
  }
  return { values, warnings: event.telegram.warnings };
}

function nearest(thousandths: number, divisor: number): number {
  return Math.round(thousandths / divisor) + 0;
}

function counters(seed: number) {
  const big = BigInt(seed) * 1_234_567_891_011n;
  const { registers } = virtualMeter({ household: household() });
  const start = registers.snapshot();
  return { ...start, import: big * 2n, importT1: big, importT2: big, export: big / 3n };
}
