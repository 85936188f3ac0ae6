/** Frames of real wired meters beside the checkout: what is in them by our account, and by that of libmbus. */

import { fromHex, toHex } from "@siegel/wire";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { encodeWiredFrame } from "../src/framing/wired/frame.ts";
import { WiredFramer } from "../src/framing/wired/framer.ts";
import { dateText } from "../src/records/dates.ts";
import type { MbusTelegram, MbusValue } from "../src/meaning/telegram.ts";
import { Keyring } from "../src/security/keyring.ts";
import { AnswerError } from "../src/wired-answer.ts";
import { MbusStream } from "../src/wired-stream.ts";

/** One line of `telegrams.jsonl`, as far as it is used here. */
interface Case {
  readonly source: string;
  readonly hex: string;
  readonly key?: string | null;
  readonly class: { readonly link?: string; readonly ci?: string; readonly c?: number };
  readonly expected?: {
    readonly slave?: Readonly<Record<string, string>>;
    readonly records?: readonly Readonly<Record<string, string>>[];
  } | null;
}

const cases = (path: string): Case[] =>
  readFileSync(join(path, "telegrams.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Case); // as documented there

corpusCases(
  {
    folder: "mbus",
    count: 62,
    cases: (path) => cases(path).filter(({ source }) => source.startsWith("rscada/libmbus/")),
    nameOf: ({ source }) => source.replace("rscada/libmbus/test/", ""),
  },
  ({ hex, class: kind, expected, source }) => {
    // A heat meter in a cellar would be billed with other figures than every other reader shows.
    const bytes = fromHex(hex);
    const stream = new MbusStream();
    const events = [...stream.push(bytes), ...stream.flush()];
    if (source.endsWith("invalid_length.hex")) {
      expect(events.map(({ kind: what }) => what)).toEqual(["noise"]);
      return;
    }
    expect(again(bytes)).toBe(toHex(bytes));
    expect(events).toHaveLength(1);
    const [event] = events;
    if (kind.ci === "51") return expect(event).toMatchObject({ kind: "empty" });
    if (kind.ci === "70") {
      if (event?.kind !== "error" || !(event.error instanceof AnswerError))
        throw new Error("the meter reports an error");
      return expect(event.error.said).toBe(errorNames[expected?.slave?.["Error"] ?? ""]);
    }
    if (event?.kind !== "telegram") throw new Error(`a telegram, not ${JSON.stringify(event)}`);
    if (expected?.records === undefined) {
      const { values: own, manufacturerData } = event.telegram;
      return expect(own.length + (manufacturerData?.bytes.length ?? 0)).toBeGreaterThan(0);
    }
    const records = expected.records.filter((record) => !isEnd(record));
    const { values } = event.telegram;
    expect(values.length).toBe(records.length);
    for (const [index, value] of values.entries()) {
      const theirs = records[index]!;
      if (libmbusErrs(value, theirs)) continue;
      const place = { name: value.name, storage: value.storage, tariff: value.tariff };
      expect({ ...place, value: seen(value, theirs) }).toEqual({
        name: value.name,
        storage: Number(theirs["StorageNumber"] ?? value.storage),
        tariff: Number(theirs["Tariff"] ?? 0),
        value: wanted(theirs),
      });
    }
    sameMeter(event.telegram, expected.slave ?? {});
  },
);

corpusCases(
  {
    folder: "mbus",
    count: 20,
    cases: (path) =>
      cases(path).filter(({ source, class: kind }) => kind.link === "mbus" && !source.startsWith("rscada/")),
    nameOf: ({ source, hex }) => `${source} ${hex.slice(14, 22)}`,
  },
  ({ hex, key }) => {
    // A meter that another project reads would be an error here.
    const keyring = new Keyring();
    if (typeof key === "string") keyring.setKeyForAny(fromHex(key));
    const stream = new MbusStream({ keyring });
    const events = [...stream.push(fromHex(hex)), ...stream.flush()];
    expect(events.map(({ kind }) => kind)).toEqual(["telegram"]);
  },
);

function again(bytes: Uint8Array): string {
  const [event] = new WiredFramer().push(bytes);
  return event?.kind === "frame" ? toHex(encodeWiredFrame(event.frame)) : "";
}

function sameMeter({ meter, access, status }: MbusTelegram, slave: Readonly<Record<string, string>>): void {
  const octets = meter.toBytes();
  const digits = toHex(octets.slice(3, 7).toReversed());
  expect(Number(digits)).toBe(Number(slave["Id"]));
  expect(String(access)).toBe(slave["AccessNumber"]);
  if (slave["Version"] === undefined) return; // fixed structure
  expect(String(octets[7])).toBe(slave["Version"]);
  expect(status?.bits.toString(16).padStart(2, "0").toUpperCase()).toBe(slave["Status"]);
}

/** What libmbus lists behind the records. */
function isEnd({ Function: kind }: Readonly<Record<string, string>>): boolean {
  return kind === "Manufacturer specific" || kind === "More records follow";
}

/** Where libmbus is wrong, or has nothing: test/records.corpus.ts says each with its reason. */
function libmbusErrs({ name, value }: MbusValue, { Value, Unit }: Readonly<Record<string, string>>): boolean {
  if (Value === undefined || name.includes("-end-of-")) return true;
  if (value.kind === "invalid") return true;
  if (value.kind === "date" && (value.date.isInvalid === true || value.date.year === undefined)) return true;
  return Unit === "reserved but historic";
}

/** Numbers as numbers, dates to the minute; it shows numbers that are names as floating point. */
function wanted({ Value = "", Quantity = "" }: Readonly<Record<string, string>>): number | string {
  if (Quantity.startsWith("Time point")) return Value.slice(0, 16);
  return /^-?\d+(\.\d+)?$/.test(Value) ? digits(Number(Value)) : Value;
}

function seen({ value }: MbusValue, theirs: Readonly<Record<string, string>>): unknown {
  // The fixed structure is left in the unit of the wire.
  const factor = theirs["Unit"] === "kWh" ? 1_000 : theirs["Unit"] === "l" ? 0.001 : 1;
  switch (value.kind) {
    case "number":
      return digits(value.value.toNumber() / factor);
    case "date":
      return dateText(value.date).slice(0, 16);
    case "text":
      return typeof wanted(theirs) === "number" ? digits(Number(value.text)) : value.text;
    default:
      return value;
  }
}

/** It writes six places, and has at most six good digits of a float. */
function digits(value: number): number {
  return Number(Number(value.toFixed(6)).toPrecision(6));
}

const errorNames: Readonly<Record<string, string>> = {
  "Unspecified error": "unspecified",
  "Premature end of record": "premature-end",
  "Too many records": "too-many-records",
  "More than 10 DIFE\u00c2\u00b4s": "too-many-difes",
  "More than 10 VIFE\u00c2\u00b4s": "too-many-vifes",
};
