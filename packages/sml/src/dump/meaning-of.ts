/** What a field's value says to a person: OBIS codes with their names, units, times, attention codes. */

import { MeterId, nameOfObis, ObisCode, unitOfCode } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import { instantOf } from "../meaning/time.ts";
import { attentionOf } from "../messages/attention.ts";
import type { SmlTime } from "../messages/time.ts";
import type { SmlStatus, SmlValue } from "../messages/value.ts";
import { meterStatus } from "../meaning/status.ts";

/** One line without line ends or control characters; empty where there is nothing to add to the name. */
export function meaningOf(field: string, value: unknown): string {
  if (value === undefined) return field === "endOfSmlMsg" ? "end of message" : "absent";
  const known = byField[field];
  if (known !== undefined) return known(value as never); // the table's functions know their field's type
  if (value instanceof Uint8Array) return octets(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? "element" : "elements"}`;
  if (typeof value !== "object" || value === null) return "";
  if (isTime(value)) return time(value);
  return "objName" in value && value.objName instanceof Uint8Array ? obis(value.objName) : ""; // an entry of a list
}

const byField: Readonly<Record<string, (value: never) => string>> = {
  objName: (octetsOfName: Uint8Array) => obis(octetsOfName),
  listName: (name: Uint8Array) => (name.length === 6 ? obis(name) : octets(name)),
  serverId: (id: Uint8Array) => {
    const label = id.length === 0 ? undefined : MeterId.of(id).label;
    return label === undefined ? octets(id) : `meter ${label}`;
  },
  unit: (code: number) => {
    const unit = unitOfCode(code);
    return unit === undefined ? "no unit" : `${unit.symbol}, ${unit.name.en}`;
  },
  scaler: (scaler: number) => `times 10^${scaler}`,
  status: (status: SmlStatus) => {
    const { family, exporting, flags } = meterStatus(status);
    const bits = `0x${status.bits.toString(16)}`;
    return family === "FNN" ? `${bits}: ${flags.join(", ") || "no flag"}` : `${bits}${exporting ? ": export" : ""}`;
  },
  value: (value: SmlValue) => {
    switch (value.type) {
      case "octets":
        return octets(value.value);
      case "list":
        return "a list";
      case "boolean":
        return String(value.value);
      default:
        return `${value.value}, ${value.type} in ${value.byteLength} ${value.byteLength === 1 ? "byte" : "bytes"}`;
    }
  },
  attentionNo: (number: Uint8Array) => {
    const { code, text } = attentionOf(number);
    return `${code}: ${text}`;
  },
  abortOnError: (code: number) => abortTexts[code] ?? String(code),
  regPeriod: (seconds: number) => `${seconds} s`,
  crc16: (kind: string) => (kind === "x25" ? "CRC-16/X.25, holds" : "CRC-16/Kermit, holds"),
  username: () => "not shown",
  password: () => "not shown",
};

function obis(name: Uint8Array): string {
  const code = ObisCode.of(name);
  return `${code}, ${nameOfObis(code, "en")}`;
}

function octets(value: Uint8Array): string {
  if (value.length === 0) return "empty";
  const text = printable(value);
  return text === undefined ? toHex(value) : `"${text}"`;
}

/** The octets as text when every one of them is a printable ASCII character. */
function printable(value: Uint8Array): string | undefined {
  const isText = value.length > 1 && value.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText ? String.fromCharCode(...value) : undefined;
}

function isTime(value: object): value is SmlTime {
  return (
    "kind" in value && (value.kind === "secIndex" || value.kind === "timestamp" || value.kind === "localTimestamp")
  );
}

function time(value: SmlTime): string {
  if (value.kind === "secIndex") return `${value.value} s of running time`;
  return instantOf(value)?.toString() ?? "a clock that was never set";
}

const abortTexts: Readonly<Record<number, string>> = {
  0x00: "go on",
  0x01: "skip to the next group",
  0x02: "finish the group, then stop",
  0xff: "stop at once",
};
