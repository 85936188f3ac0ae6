// If these failed, home automation that reads meters with smartmeter-obis would show other figures than our meters send.

import { createRequire } from "node:module";
import { ObisCode } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import type { ListEntry } from "../../src/messages/entries.ts";
import { captures, readByUs } from "./captures.ts";

/** What it cannot read, being built on open-sml and on a pattern over hex text. */
const limits: readonly (readonly [lack: string, captures: RegExp])[] = [
  ["integers of five to seven bytes, but for a signed one of five", /^unsigned of [567]|^signed of [67]/],
  ["local time of SML 1.04", /^local time/],
  ["list values of SML 1.04", /^time as value/],
  ["bodies of makers", /^body of the maker/],
  ["escapes: does not remove them", /^escaped payload/],
  ["zeros between messages", /^zeros between messages/],
];

interface Measurement {
  valueToString(): string;
}
interface SmlProtocol {
  checkMessage(bytes: Uint8Array): boolean;
  handleMessage(bytes: Uint8Array): unknown;
}
type Store = (error: unknown, result: Readonly<Record<string, Measurement>> | null) => void;

// It is JavaScript, and its own declarations leave this class out.
const require = createRequire(import.meta.url);
const smartmeterObis: { SmlProtocol: new (options: object, store: Store) => SmlProtocol } = require("smartmeter-obis");

test.each(captures())("smartmeter-obis shows what we mean, or has a known limit: $name", ({ name, file }) => {
  const theirs = readBySmartmeterObis(file);
  const limit = limits.find(([, names]) => names.test(name))?.[0];
  if (limit !== undefined) return expect(theirs, limit).toBe("fails");
  const lines = readByUs(file).messages.flatMap(({ body }) =>
    body.kind === "GetListResponse" ? body.value.valList : [],
  );
  // It keeps one value for each object, the last one.
  expect(theirs).toEqual(Object.fromEntries(lines.map((line) => [ObisCode.of(line.objName).toString(), shown(line)])));
});

function readBySmartmeterObis(bytes: Uint8Array): Readonly<Record<string, string>> | "fails" {
  let result: ReturnType<typeof readBySmartmeterObis> = "fails";
  const store: Store = (error, values) => {
    const entries = Object.entries(values ?? {}).map(([object, value]) => [object, value.valueToString()]);
    if (error === null) result = Object.fromEntries(entries) as Readonly<Record<string, string>>; // pairs of texts
  };
  const protocol = new smartmeterObis.SmlProtocol({ debug: 0, logger: () => {} }, store);
  const message = Buffer.from(bytes);
  if (protocol.checkMessage(message)) protocol.handleMessage(message);
  return result;
}

/** Its text of a value on the wire: kWh for Wh, in floating point with ten places; above 2^53 it drops the scaler. */
function shown({ value, unit = 255, scaler = 0 }: ListEntry): string {
  if (value?.type === "octets") return textOf(value.value);
  if (value === undefined || value.type === "list") return withUnit("undefined", unitNames[unit]);
  if (typeof value.value !== "number") return withUnit(String(value.value), unitNames[unit]);
  const physical = value.value * 10 ** scaler;
  return unit === 30 ? withUnit(rounded(physical / 1000), "kWh") : withUnit(rounded(physical), unitNames[unit]);
}

function rounded(value: number): string {
  return String(Number.parseFloat(value.toFixed(10)));
}

function withUnit(figure: string, unit: string | undefined): string {
  return unit === undefined ? figure : `${figure} ${unit}`;
}

function textOf(octets: Uint8Array): string {
  const printable = octets.every((byte) => byte >= 32 && byte <= 126);
  return printable ? String.fromCharCode(...octets) : toHex(octets);
}

const unitNames: Readonly<Record<number, string>> = { 27: "W", 30: "Wh", 33: "A", 35: "V", 44: "Hz" };
