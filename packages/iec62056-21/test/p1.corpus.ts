/** P1 telegrams of real meters beside the checkout, against what another parser makes of them. */

import { fromHex } from "@siegel/wire";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { SecretKey } from "@siegel/crypto";
import { P1Stream, type P1StreamEvent, type P1StreamOptions } from "../src/p1/stream.ts";
import type { P1Telegram } from "../src/p1/telegram.ts";
import { identificationLineOf, parseIdentification } from "../src/framing/identification.ts";

/** What node-dsmr-parser writes, as far as it says something of the meter. */
interface Expected {
  readonly dsmr: {
    readonly header: { readonly identifier: string; readonly xxx: string; readonly z: string };
    readonly crc?: { readonly value: number; readonly valid: boolean };
  };
  readonly metadata: {
    readonly dsmrVersion?: number;
    readonly timestamp?: string;
    readonly equipmentId?: string;
    readonly serialNumber?: string;
    readonly textMessage?: string;
    readonly numericMessage?: number;
    readonly events?: {
      readonly powerFailures?: number;
      readonly longPowerFailures?: number;
      readonly voltageSags?: Phases;
      readonly voltageSwells?: Phases;
    };
  };
  readonly electricity: {
    readonly total?: Direction;
    readonly tariffs?: Readonly<Record<string, Direction>>;
    readonly currentTariff?: number;
    readonly powerReceivedTotal?: number;
    readonly powerReturnedTotal?: number;
    readonly voltage?: Phases;
    readonly current?: Phases;
    readonly powerReceived?: Phases;
    readonly powerReturned?: Phases;
  };
  readonly mBus: Readonly<Record<string, ExpectedDevice>>;
}
interface Direction {
  readonly received?: number;
  readonly returned?: number;
}
interface Phases {
  readonly l1?: number;
  readonly l2?: number;
  readonly l3?: number;
}
interface ExpectedDevice {
  readonly deviceType?: number;
  readonly equipmentId?: string;
  readonly timestamp?: string;
  readonly value?: number;
  readonly unit?: string;
}

const allFiles = (path: string, extension: string) =>
  globSync(`**/*.${extension}`, { cwd: path })
    .toSorted()
    .map((file) => ({ file, path: join(path, file) }));

corpusCases(
  {
    folder: "p1",
    count: 20,
    cases: (path) => allFiles(path, "txt").filter(({ file }) => !file.includes("encrypted")),
    nameOf: ({ file }) => file,
  },
  ({ path }) => {
    // A meter that people have at home would be read otherwise than by the program that they use today.
    const events = read(new Uint8Array(readFileSync(path)));
    expect(events.filter(({ kind }) => kind === "error")).toEqual([]);
    const telegrams = events.flatMap((event) => (event.kind === "telegram" ? [event.telegram] : []));
    expect(telegrams).toHaveLength(1);
    const expectation = path.replace(/txt$/, "json");
    if (!existsSync(expectation)) return;
    equals(telegrams[0]!, JSON.parse(readFileSync(expectation, "utf8")) as Expected); // as declared above
  },
);

/** The keys that their tests print. */
const encryption = SecretKey.fromBytes(fromHex("0123456789abcdef0123456789abcdef"));
const authentication = fromHex("ffeeddccbbaa99887766554433221100");

corpusCases(
  {
    folder: "p1/node-dsmr-parser-encrypted",
    count: 2,
    cases: (path) => allFiles(path, "txt"),
    nameOf: ({ file }) => file,
  },
  ({ path, file }) => {
    // Real meters of Luxembourg could not be read, or one with a wrong tag would be believed.
    const frame = fromHex(readFileSync(path, "latin1"));
    const isPlain = file.includes("without");
    const right = read(frame, { keys: () => ({ encryption, authentication: isPlain ? "none" : authentication }) });
    expect(right).toMatchObject([{ kind: "telegram", telegram: { trust: "authenticated", version: "42" } }]);
    const wrong = read(frame, { keys: () => ({ encryption, authentication: isPlain ? authentication : "none" }) });
    expect(wrong).toMatchObject([{ kind: "error", error: { code: "authentication-failed" } }]);
  },
);

function read(bytes: Uint8Array, options: P1StreamOptions = {}): P1StreamEvent[] {
  const stream = new P1Stream(options);
  return [...stream.push(bytes), ...stream.flush()];
}

function equals(telegram: P1Telegram, expected: Expected): void {
  const { metadata, electricity, mBus, dsmr } = expected;
  const header = parseIdentification(telegram.header)!;
  expect(identificationLineOf(header)).toBe(`/${dsmr.header.xxx}${dsmr.header.z}${dsmr.header.identifier}`);
  if (dsmr.crc !== undefined) {
    // Theirs are told after LF was made CR LF again.
    expect(["good", "line-ends"].includes(telegram.checksum)).toBe(dsmr.crc.valid);
  }
  const number = (obis: string) => numberAt(telegram, obis);
  const expectNumber = (obis: string, wanted: number | undefined, factor = 1) => {
    if (wanted === undefined) return;
    const found = number(obis);
    expect(found, obis).toBeDefined();
    expect(found! * factor, obis).toBeCloseTo(wanted, 6);
  };
  if (metadata.dsmrVersion !== undefined) expect(Number(telegram.version) / 10).toBe(metadata.dsmrVersion);
  // They read local time as UTC; month 34 of an anonymised telegram becomes a date there, and none here.
  const at = telegram.at;
  if (at === undefined)
    expect(telegram.warnings.map(({ code }) => code).includes("clock-not-set")).toBe("timestamp" in metadata);
  else expect(localOf(telegram, at.epochMs)).toBe(metadata.timestamp);
  if (metadata.equipmentId !== undefined) expect(telegram.meter?.id).toBe(idOf(metadata.equipmentId));
  if (metadata.textMessage !== undefined) expect(textAt(telegram, "0-0:96.13.0*255")).toBe(metadata.textMessage);
  if (metadata.numericMessage !== undefined && metadata.numericMessage > 0) {
    expect(Number(textAt(telegram, "0-0:96.13.1*255"))).toBe(metadata.numericMessage);
  }
  expectNumber("0-0:96.7.21*255", metadata.events?.powerFailures);
  expectNumber("0-0:96.7.9*255", metadata.events?.longPowerFailures);
  for (const [phase, c] of [
    ["l1", 32],
    ["l2", 52],
    ["l3", 72],
  ] as const) {
    expectNumber(`1-0:${c}.32.0*255`, metadata.events?.voltageSags?.[phase]);
    expectNumber(`1-0:${c}.36.0*255`, metadata.events?.voltageSwells?.[phase]);
    expectNumber(`1-0:${c}.7.0*255`, electricity.voltage?.[phase]);
    expectNumber(`1-0:${c - 1}.7.0*255`, electricity.current?.[phase]);
    expectNumber(`1-0:${c - 11}.7.0*255`, electricity.powerReceived?.[phase]);
    expectNumber(`1-0:${c - 10}.7.0*255`, electricity.powerReturned?.[phase]);
  }
  expectNumber("1-?:1.8.0*255", electricity.total?.received);
  expectNumber("1-?:2.8.0*255", electricity.total?.returned);
  for (const [tariff, { received, returned }] of Object.entries(electricity.tariffs ?? {})) {
    expectNumber(`1-?:1.8.${tariff}*255`, received);
    expectNumber(`1-?:2.8.${tariff}*255`, returned);
  }
  expectNumber("0-0:96.14.0*255", electricity.currentTariff);
  expectNumber("1-?:1.7.0*255", electricity.powerReceivedTotal);
  expectNumber("1-?:2.7.0*255", electricity.powerReturnedTotal);
  for (const [channel, device] of Object.entries(mBus)) {
    const ours = telegram.devices.find((one) => one.channel === Number(channel));
    expect(ours?.deviceType).toBe(device.deviceType);
    // Of Belgian devices they leave the id out.
    const { equipmentId } = device;
    if (equipmentId !== undefined) expect(ours?.meter?.id).toBe(equipmentId === "" ? undefined : idOf(equipmentId));
    if (device.value === undefined) continue; // a channel without a device: its time is filled with 63 and 25
    const value = telegram.values.find(({ obis }) => obis?.b === Number(channel) && obis.c === 24 && obis.d === 2);
    const reading = value?.reading;
    if (reading?.kind !== "number") throw new Error("a device without a value");
    expect(reading.value.toNumber()).toBe(device.value);
    expect(reading.unit?.symbol).toBe(device.unit);
    expect(reading.meter).toBe(ours?.meter);
    expect(localOf(telegram, reading.at!.epochMs)).toBe(device.timestamp);
  }
}

/** In the base unit: theirs are W and Wh. */
function numberAt(telegram: P1Telegram, pattern: string): number | undefined {
  const wanted = new RegExp(`^${pattern.replace("?", "[0-9]").replaceAll(".", "\\.").replace("*", "\\*")}$`);
  const reading = telegram.values.find(({ obis }) => obis !== undefined && wanted.test(String(obis)))?.reading;
  if (reading?.kind !== "number") return undefined;
  const exponent = reading.unit?.multipleOf?.exponent ?? 0;
  return reading.value.timesPowerOfTen(exponent).toNumber();
}

function textAt(telegram: P1Telegram, obis: string): string | undefined {
  return telegram.values.find((value) => String(value.obis) === obis)?.text;
}

/** Local time as they write it: with a Z that is none. */
function localOf(telegram: P1Telegram, epochMs: number): string {
  const texts = telegram.values.flatMap(({ id, text }) => (id === "0-0:1.0.0" ? [text] : []));
  const isSummer = texts[0]?.endsWith("S") === true || (texts.length === 0 && new Date(epochMs).getUTCMonth() === 3);
  return new Date(epochMs + (isSummer ? 7_200_000 : 3_600_000)).toISOString();
}

/** Ids are hex of characters, hex of octets, or characters. */
function idOf(written: string): string {
  return /^([0-9A-Fa-f]{2}){4,}$/.test(written)
    ? written.toLowerCase()
    : Buffer.from(written, "latin1").toString("hex");
}
