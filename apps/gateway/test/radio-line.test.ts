/** A receiver that hears the neighbourhood: our meters are taken, and nothing that is only said to be theirs. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ShortKey } from "@siegel/crypto";
import { linkFrame, type MeterAddress, meterIdOf, type Protect, sealMessage, wrapFrame } from "@siegel/mbus";
import { numberOfMaker } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import { afterEach, beforeEach, expect, test } from "vitest";

import { RadioLine } from "../src/adapters/radio-line.ts";
import { radioStreamOf } from "../src/adapters/radio.ts";
import { GatewayStore } from "../src/adapters/store.ts";
import type { MeterConfig } from "../src/config.ts";
import type { MeterTelegram } from "../src/core/meter-telegram.ts";
import { GatewayError } from "../src/errors.ts";

const gas: MeterAddress = {
  manufacturer: numberOfMaker("SGL"),
  identification: 0x12345678,
  version: 1,
  deviceType: 3,
};
const neighbour: MeterAddress = { ...gas, identification: 0x99999999 };
const id = meterIdOf(gas).id;
const octets = fromHex("5ec2e7a4b3d1069f8878695a4b3c2d1e");
const key = ShortKey.fromBytes(octets);
/** 28,504.27 m³, as gas meters write it. */
const volume = fromHex("0c1427048502");

let folder: string;
let keys: string;
let store: GatewayStore;
let heard: { meter: string; telegram: MeterTelegram }[];
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "siegel-radio-"));
  keys = join(folder, "keys.json");
  writeFileSync(keys, JSON.stringify({ [id]: toHex(octets) }), { mode: 0o600 });
  store = GatewayStore.open(join(folder, "gateway.sqlite"));
  heard = [];
  log = [];
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function telegram(protect: Protect, of: MeterAddress = gas, content = volume): Uint8Array {
  const message = sealMessage({ ci: 0x7a, meter: of, access: 1, protect, content });
  return linkFrame({ control: 0x44, address: of }, message);
}

const mode7 = (counter: number) => telegram({ mode: 7, key, counter });
const line = (frame: Uint8Array) => new TextEncoder().encode(`${toHex(frame)}\n`);

/** All of it heard on one connection of a gateway that has just started. */
async function hear(frames: readonly Uint8Array[], floor?: MeterConfig["floor"]): Promise<void> {
  const meters: MeterConfig[] = [{ source: "radio", protocol: "wmbus", id, ...(floor === undefined ? {} : { floor }) }];
  const stream = radioStreamOf({ meters, radioKeys: keys }, store);
  const radio = new RadioLine(meters, {
    stream,
    clock: { wallMs: () => Date.UTC(2026, 10, 25), monoMs: () => 0 },
    log: (level, event, fields) => void log.push([level, event, fields?.["code"]].join(" ")),
    kept: () => {},
    collector: {
      live: (meter, one) => {
        heard.push({ meter, telegram: one });
        return new Map();
      },
      giveUp: () => new Map(),
    },
    open: () =>
      Promise.resolve({
        description: "a capture",
        async *chunks() {
          yield concatBytes(...frames);
        },
        close: () => Promise.resolve(),
      }),
  });
  await radio.run(new AbortController().signal);
}

const refusals = () => log.filter((one) => one.includes("refused"));

test("a meter of ours is read, with what protects its value", async () => {
  // Gas would be billed by what anybody sends.
  await hear([line(mode7(1))]);
  expect(heard.map(({ meter }) => meter)).toEqual([id]);
  const [value] = heard[0]!.telegram.values;
  expect(String(value?.obis)).toBe("7-0:3.0.0*255");
  expect(value?.reading).toMatchObject({ kind: "number", trust: "authenticated", quality: "valid" });
  const reading = value?.reading?.kind === "number" ? value.reading : undefined;
  expect([reading?.value.toString(), reading?.unit?.symbol]).toEqual(["28504.27", "m3"]);
});

test("whatever form the receiver gives it in", async () => {
  // Another dongle, and the house is dark.
  const a = wrapFrame(mode7(2), "a");
  await hear([
    new TextEncoder().encode("hello, I am a receiver\r\n"),
    new TextEncoder().encode(`T1;1;1;2026-11-25 00:00:00.000;-70;-70;12345678;0x${toHex(mode7(1))}\n`),
    line(a),
  ]);
  expect(heard).toHaveLength(2);
});

test("the neighbourhood is passed over, without a word", async () => {
  // The log of a gateway would be full of other people's meters.
  const foreign = telegram({ mode: 7, key, counter: 1 }, neighbour);
  await hear([line(foreign), line(telegram({ mode: 0 }, neighbour)), line(mode7(1))]);
  expect(heard).toHaveLength(1);
  expect(refusals()).toEqual([]);
});

test.each<[string, () => Uint8Array[], string]>([
  ["played again", () => [mode7(5), mode7(5)], "alarm radio-telegram-refused replay"],
  ["older", () => [mode7(5), mode7(4)], "alarm radio-telegram-refused replay"],
  ["in the clear", () => [telegram({ mode: 0 })], "alarm radio-telegram-refused downgrade"],
  ["without a MAC", () => [telegram({ mode: 5, key })], "alarm radio-telegram-refused downgrade"],
  [
    "under another key",
    () => [telegram({ mode: 7, key: ShortKey.fromBytes(new Uint8Array(16).fill(3)), counter: 9 })],
    "alarm radio-telegram-refused mac-mismatch",
  ],
  [
    "changed on its way",
    () => {
      const changed = mode7(9);
      changed[changed.length - 1]! ^= 1;
      return [changed];
    },
    "alarm radio-telegram-refused mac-mismatch",
  ],
])("a telegram in our meter's name that is %s is an alarm, and no value", async (_, frames, said) => {
  // Whoever has a transmitter would write the bill.
  const all = frames();
  await hear(all.map(line));
  expect(heard).toHaveLength(all.length - 1);
  expect(refusals()).toEqual([said]);
});

test("what counted before a power cut does not count after it", async () => {
  // A recorded telegram would be believed after each restart.
  await hear([line(mode7(5))]);
  store.close();
  store = GatewayStore.open(join(folder, "gateway.sqlite"));
  await hear([line(mode7(5)), line(mode7(6))]);
  expect(heard).toHaveLength(2);
  expect(refusals()).toEqual(["alarm radio-telegram-refused replay"]);
});

test("a counter that cannot be stored makes no value", async () => {
  // A full disk, and the same telegram would count twice.
  store.close();
  await hear([line(mode7(5))]).catch(() => {});
  store = GatewayStore.open(join(folder, "gateway.sqlite"));
  expect(heard).toEqual([]);
  await hear([line(mode7(5))]);
  expect(heard).toHaveLength(1);
});

test("a meter whose floor is lower may send less", async () => {
  // An old meter could not be read at all.
  await hear([line(telegram({ mode: 5, key }))], "encrypted");
  expect(heard[0]?.telegram.values[0]?.reading?.trust).toBe("encrypted");
});

test("a due date's value is not taken for the present one", async () => {
  // Last year's reading would be today's.
  await hear([line(telegram({ mode: 7, key, counter: 1 }, gas, concatBytes(fromHex("4c1400000001"), volume)))]);
  expect(heard[0]?.telegram.values).toHaveLength(1);
});

test.each<[string, () => void, string]>([
  ["no file", () => rmSync(keys), "cannot be read (no-such-file)"],
  ["a file that others can read", () => chmodSync(keys, 0o644), "can be read by others"],
  ["no JSON", () => writeFileSync(keys, `{"${id}": "${toHex(octets)}"`), "is no JSON"],
  ["a short key", () => writeFileSync(keys, JSON.stringify({ [id]: "00" })), "has no key of 16 octets"],
  ["another meter's key only", () => writeFileSync(keys, JSON.stringify({})), "there is no key for"],
  ["a key that everybody knows", () => writeFileSync(keys, JSON.stringify({ [id]: "0".repeat(32) })), "published-key"],
])("%s is told in one line that quotes no key", (_, spoil, says) => {
  // A gateway would start deaf, or its log would hold the keys of a street.
  spoil();
  const meters: MeterConfig[] = [{ source: "radio", protocol: "wmbus", id }];
  let error: unknown;
  try {
    radioStreamOf({ meters, radioKeys: keys }, store);
  } catch (one) {
    error = one;
  }
  expect(error).toBeInstanceOf(GatewayError);
  expect(String(error)).toContain(says);
  expect(String(error)).not.toContain(toHex(octets).slice(0, 8));
  expect(String(error)).not.toContain("\n");
});
