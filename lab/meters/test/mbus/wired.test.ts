import { AnswerReader, BusMaster, type BusLine, type BusTimer, joinedTelegram, mbusValueJson } from "@siegel/mbus";
import { Instant } from "@siegel/readings";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { collided } from "../../src/mbus/bus.ts";
import { utilityMeter } from "../../src/mbus/lab-utility.ts";
import { serveWiredMeters, type ServeWiredOptions } from "../../src/mbus/serve-wired.ts";

const start = Date.UTC(2025, 1, 10, 7) / 1_000;

async function busOf(options: Partial<ServeWiredOptions> = {}) {
  const bus = await serveWiredMeters({ port: 0, seed: 7, start, ...options });
  onTestFinished(() => bus.close());
  const socket = connect(bus.address);
  const line: BusLine = {
    write: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    // The socket was made without an encoding: its chunks are Buffers.
    chunks: () => socket as AsyncIterable<Buffer>,
    close: () => Promise.resolve(void socket.destroy()),
  };
  const timer: BusTimer = {
    after(milliseconds, run) {
      const timeout = setTimeout(run, milliseconds);
      return () => clearTimeout(timeout);
    },
  };
  // A network has no speed: waits are those of the fastest bus.
  const master = new BusMaster(line, timer, { baud: 38_400 });
  onTestFinished(() => master.close());
  return { bus, master };
}

const primary = (address: number) => ({ by: "primary", address }) as const;

test("a master reads what the meters count", async () => {
  // The lab would show meters that nobody can read.
  const { bus, master } = await busOf({ kinds: ["heat", "water", "gas"] });
  for (const { kind, primaryAddress, meter, identity } of bus.meters) {
    const frames = await master.read(primary(primaryAddress));
    expect(frames.length).toBe(kind === "heat" ? 2 : 1);
    const telegram = joinedTelegram(frames, new AnswerReader(), Instant.ofEpochSeconds(start));
    const values = telegram!.values.map(mbusValueJson);
    expect(telegram!.meter.serial).toBe(identity.id);
    const volume = values.find(({ name, storage }) => name === "volume" && storage === 0);
    const places = kind === "water" ? 3 : 2;
    const last = 10 ** (9 - places);
    expect(Number(volume!["value"])).toBeCloseTo((Math.floor(meter.counters.microlitres / last) * last) / 1e9, places);
    expect(values.find(({ name, storage }) => name === "volume" && storage === 1)).toBeDefined();
    expect(values.find(({ name }) => name === "date")).toMatchObject({ value: "2025-02-01" });
    expect(values.find(({ name }) => name === "date-time")?.["value"]).toMatch(/^2025-02-10T08:0/);
    if (kind === "heat") {
      expect(values.map(({ name }) => name)).toEqual([
        "energy",
        "volume",
        "power",
        "volume-flow",
        "flow-temperature",
        "return-temperature",
        "temperature-difference",
        "date-time",
        "error-flags",
        "energy",
        "volume",
        "date",
      ]);
    }
  }
});

test("a search finds the meters of the bus, through an echo, too", async () => {
  // A bus of the lab would be no bus: nobody would ever collide.
  for (const echo of [false, true]) {
    const { bus, master } = await busOf({ kinds: ["heat", "water"], echo });
    const { found, unresolved } = await master.search();
    expect(found.map(({ address }) => address.id).toSorted((a, b) => a.localeCompare(b))).toEqual(
      bus.meters.map(({ identity }) => identity.id).toSorted((a, b) => a.localeCompare(b)),
    );
    expect(unresolved).toEqual([]);
  }
});

test("answers at once spoil each other, octet by octet", () => {
  // A search would find two meters where only one was heard.
  expect(collided([])).toEqual(new Uint8Array(0));
  expect(collided([Uint8Array.of(0xe5), Uint8Array.of(0xe5)])).toEqual(Uint8Array.of(0xe5));
  expect(collided([Uint8Array.of(0x68, 0x0f), Uint8Array.of(0x68, 0xf0, 0x16)])).toEqual(Uint8Array.of(0x68, 0, 0x16));
});

test("the same seed is the same house, and a later start never shows less", () => {
  // A failure in the lab could not be repeated; a meter that runs backwards would be an alarm everywhere.
  for (const kind of ["gas", "water", "heat"] as const) {
    const totals = [0, 1, 20, 45, 200, 400].map((days) => {
      const { counters } = utilityMeter({ seed: 3, kind, start: start + days * 86_400 });
      expect(utilityMeter({ seed: 3, kind, start: start + days * 86_400 }).counters).toEqual(counters);
      return counters;
    });
    for (const [index, { microlitres, joules }] of totals.entries()) {
      const before = totals[index - 1] ?? { microlitres: 0, joules: 0 };
      expect(microlitres).toBeGreaterThanOrEqual(before.microlitres);
      expect(joules).toBeGreaterThanOrEqual(before.joules);
    }
  }
});
