import { expect, test } from "vitest";
import { encodeWiredFrame, longFrame } from "../../src/framing/wired/frame.ts";
import { addressText, anyMeter, encodeSelection, type SelectionMask } from "../../src/session/address.ts";
import { BusMaster } from "../../src/session/driver.ts";
import type { Progress } from "../../src/session/master.ts";
import { type BusFaults, SimulatedBus } from "./bus.ts";
import { identityOf, slaveOf, type TestMeter } from "./meters.ts";

async function search(meters: readonly TestMeter[], seed: number, faults: BusFaults = {}, hexDigits = false) {
  const bus = new SimulatedBus(meters.map(slaveOf), seed, faults);
  const master = new BusMaster(bus, bus);
  const told: Progress[] = [];
  const result = await bus.until(master.search({ hexDigits }, (progress) => told.push(progress)));
  await master.close();
  return { ...result, told, bus };
}

const textOf = ({ id, manufacturer, version, deviceType }: SelectionMask): string =>
  addressText({ id, manufacturer, version, deviceType });
const textsOf = (list: readonly SelectionMask[]): string[] => list.map(textOf).toSorted();

/** Numbers as they come in a house: many alike, some equal but for maker, version or type. */
function town(seed: number): TestMeter[] {
  let state = (seed * 40_503 + 7) >>> 0;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const meters = new Map<string, TestMeter>();
  const count = 1 + draw(24);
  for (let index = 0; index < count; index++) {
    const digits = draw(3) === 0 ? draw(100_000_000) : 12_345_600 + draw(40);
    const meter: TestMeter = {
      id: String(digits).padStart(8, "0"),
      manufacturer: [0x2c2d, 0x1593, 0x05b4][draw(3)]!,
      version: draw(3),
      deviceType: [4, 6, 7, 0x0d][draw(4)]!,
      primaryAddress: draw(251),
    };
    meters.set(textOf(identityOf(meter)), meter);
  }
  return [...meters.values()];
}

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
  "a search finds every meter exactly once, seed %i",
  async (seed) => {
    // A meter of the house would never be billed, or one be billed twice.
    const meters = town(seed);
    const echo = seed % 2 === 0;
    const { found, unresolved } = await search(meters, seed, { echo });
    expect(textsOf(found.map(({ address }) => address))).toEqual(textsOf(meters.map(identityOf)));
    expect(unresolved).toEqual([]);
  },
);

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  "a bad line makes a search longer, not wrong, seed %i",
  async (seed) => {
    // One disturbance would hide a meter for good without a word, or invent one.
    const meters = town(seed).slice(0, 8);
    const { found, unresolved } = await search(meters, seed, { loss: 0.02, damage: 0.02 });
    const texts = textsOf(found.map(({ address }) => address));
    const there = textsOf(meters.map(identityOf));
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(there).toContain(text);
    // Lost twice in a row is possible, but then rare: one in some thousand selections.
    expect(there.length - texts.length).toBeLessThanOrEqual(1 + unresolved.length);
  },
);

test("a full bus is searched in minutes, not in days", async () => {
  // A house with many flats could not be commissioned.
  const meters = Array.from({ length: 120 }, (_, at) => ({
    id: String((at * 7_919_357) % 100_000_000).padStart(8, "0"),
    primaryAddress: at + 1,
  }));
  const { found, unresolved, bus } = await search(meters, 11);
  expect(textsOf(found.map(({ address }) => address))).toEqual(textsOf(meters.map(identityOf)));
  expect(unresolved).toEqual([]);
  expect(bus.elapsedMs).toBeLessThan(20 * 60_000);
});

test("a line where everything is garbled ends the search", async () => {
  // One broken converter would keep the search going for years.
  const bus = new SimulatedBus([], 1);
  const write = bus.write.bind(bus);
  bus.write = async (bytes) => {
    await write(bytes);
    bus.say(Uint8Array.of(0x00, 0x42));
  };
  const master = new BusMaster(bus, bus);
  const result = await bus.until(master.search({ maxProbes: 200 }));
  expect(result.found).toEqual([]);
  expect(result.unresolved.length).toBeGreaterThan(8);
  expect(bus.sent.length).toBeLessThan(200 * 6);
});

test("a meter that answers to every selection hides no other", async () => {
  // A faulty meter would make the rest of the bus disappear.
  const deaf = slaveOf({ id: "55555555" });
  const push = deaf.push.bind(deaf);
  const any = encodeWiredFrame(longFrame({ c: 0x53, a: 253, ci: 0x52, data: encodeSelection(anyMeter) }));
  deaf.push = (bytes) => push(bytes[6] === 0x52 ? any : bytes);
  const bus = new SimulatedBus([deaf, slaveOf({ id: "12345678" }), slaveOf({ id: "00000001" })], 5);
  const master = new BusMaster(bus, bus);
  const result = await bus.until(master.search());
  expect(textsOf(result.found.map(({ address }) => address))).toContain(textOf(identityOf({ id: "55555555" })));
  // The others are never alone: that somebody is there is told.
  const told = [...result.found.map(({ address }) => address.id), ...result.unresolved.map(({ id }) => id)];
  expect(told).toEqual(expect.arrayContaining(["12345678", "00000001"]));
});

test("a single meter is found by two questions", async () => {
  // On an ordinary bus a search would take minutes.
  const { found, bus, told } = await search([{ id: "20000001", primaryAddress: 3 }], 1);
  expect(found).toMatchObject([{ address: { id: "20000001" }, primaryAddress: 3 }]);
  expect(bus.sent.length).toBeLessThanOrEqual(4); // SND_NKE to 253 twice, selection, request
  expect(told.map(({ tell }) => tell)).toEqual(["probed", "found"]);
});

test("nobody there is an answer, too", async () => {
  // A search on a bus without meters would not end.
  const { found, unresolved, bus } = await search([], 1);
  expect([found, unresolved, bus.sent.length]).toEqual([[], [], 4]);
});

test("meters that count in hexadecimal are found when asked for", async () => {
  // Meters of some makers would be invisible.
  const meters: TestMeter[] = [{ id: "12A45678" }, { id: "12B45678" }, { id: "12345678" }];
  const plain = await search(meters, 5);
  expect(textsOf(plain.found.map(({ address }) => address))).toEqual(textsOf([identityOf(meters[2]!)]));
  const hex = await search(meters, 5, {}, true);
  expect(textsOf(hex.found.map(({ address }) => address))).toEqual(textsOf(meters.map(identityOf)));
});

test("meters with one and the same address are told apart by their fabrication number", async () => {
  // Two meters that a maker gave one number would always answer at once.
  const meters: TestMeter[] = [{ fabrication: "00000017" }, { fabrication: "00000018" }, { fabrication: "70000017" }];
  const { found, unresolved } = await search(meters, 9);
  const serials = found.map(({ mask }) => (mask.fabrication ?? "").replace(/F+$/, ""));
  expect(serials.toSorted((a, b) => a.localeCompare(b))).toEqual(["00000017", "00000018", "7"]);
  expect(unresolved).toEqual([]);
});

test("meters that cannot be told apart are told as such", async () => {
  // The search would say that the bus is complete while two meters talk over each other.
  // Were their answers the same to the octet, one of them would be heard.
  const meters: TestMeter[] = [{}, { access: 7 }];
  const { found, unresolved } = await search([...meters, { id: "00000001" }], 3);
  expect(textsOf(found.map(({ address }) => address))).toEqual(textsOf([identityOf({ id: "00000001" })]));
  expect(unresolved).toHaveLength(1);
  expect(textOf(unresolved[0]!)).toBe(textOf(identityOf({})));
});

test("what a search found can be selected and read by its mask", async () => {
  // The list would be worth nothing.
  const meters = town(4);
  const bus = new SimulatedBus(meters.map(slaveOf), 4, { echo: true });
  const master = new BusMaster(bus, bus);
  const { found } = await bus.until(master.search());
  expect(found.length).toBe(meters.length);
  for (const { mask, address } of found) {
    const [frame] = await bus.until(master.read({ by: "secondary", mask }));
    expect(frame).toMatchObject({ ci: 0x72 });
    expect(await bus.until(master.read({ by: "secondary", mask: address }))).toHaveLength(1);
  }
});
