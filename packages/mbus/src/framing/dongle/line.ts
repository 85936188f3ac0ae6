/**
 * One text line of a receiver: a telegram, or not.
 *
 * In: the line without its end.  Out: the telegram, a reason why it is none, or nothing: receivers talk of themselves, too.
 * Not here: cutting lines (./stream), the telegram itself (../wireless).
 *
 * | form       | line                                                                          | checksums              |
 * | ---------- | ----------------------------------------------------------------------------- | ---------------------- |
 * | rtl-wmbus  | `T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x1844…`                      | removed, result stated |
 * | CUL, culfw | `b…` format A, `bY…` format B; with X21 also LQI and RSSI, or RSSI alone      | in it                  |
 * | hex        | `1844…`, `0x1844…`, octets with blanks or colons between, `telegram=|1844…|`  | unstated               |
 * | JSONL      | `{"hex":"1844…"}`                                                             | unstated               |
 *
 * Source: output of the named programs as captured in public; facts §4.3 for lengths with and without checksums. The
 * order LQI, RSSI is from memory.
 */

import { DecodeError, fromHex } from "@siegel/wire";
import { dbmOfCc1101, type DongleTelegram } from "./telegram.ts";

/** @returns Undefined for a line that is no telegram and does not try to be one. */
export function readLine(text: string): DongleTelegram | DecodeError | undefined {
  const line = text.trim();
  if (line === "" || line.startsWith("#")) return undefined;
  const radio = rtlWmbus.exec(line);
  if (radio !== null) return ofRtlWmbus(radio);
  if (line.startsWith("{")) return ofJson(line);
  const cul = culLine.exec(line);
  if (cul !== null) return ofCul(cul[1] === "Y", cul[2] ?? "");
  const quoted = /^telegram=\|([\da-f_|]+)\|/i.exec(line)?.[1]?.replaceAll(/[_|]/g, "");
  if (quoted !== undefined) return ofHex(quoted);
  return /^(0x)?[\da-f][\da-f\s:,-]*$/i.test(line) ? ofHex(line) : undefined;
}

function ofHex(hex: string): DongleTelegram | DecodeError {
  const bytes = octets(hex);
  if (bytes instanceof DecodeError) return bytes;
  return bytes.length === 0 ? truncated : { bytes, crc: "unstated" };
}

/** Mode; checksums hold; symbols hold; instant; strength twice, without a stated scale; number; telegram. */
function ofRtlWmbus([, mode = "", crcHolds, , hex = ""]: RegExpExecArray): DongleTelegram | DecodeError {
  if (crcHolds !== "1") return new DecodeError("bad-checksum", { path: "rtl-wmbus", offset: 0 });
  const bytes = octets(hex);
  return bytes instanceof DecodeError ? bytes : { bytes, crc: "none", mode };
}

function ofCul(formatB: boolean, hex: string): DongleTelegram | DecodeError {
  const all = octets(hex);
  if (all instanceof DecodeError) return all;
  const length = all[0];
  if (length === undefined) return truncated;
  const whole = formatB ? length + 1 : lengthOfFormatA(length);
  if (all.length < whole) return new DecodeError("truncated", { path: "culfw", offset: all.length });
  const extra = all.length - whole;
  if (extra > 2) return new DecodeError("trailing-bytes", { path: "culfw", offset: whole });
  const rssi = extra === 0 ? undefined : all[all.length - 1];
  return {
    bytes: all.subarray(0, whole),
    crc: formatB ? "format-b" : "format-a",
    ...(rssi === undefined ? {} : { rssiDbm: dbmOfCc1101(rssi) }),
    ...(formatB ? { mode: "C1" } : {}),
  };
}

/** A length octet, 9 more, then blocks of 16, each with two octets of checksum. */
function lengthOfFormatA(length: number): number {
  const blocks = length <= 9 ? 1 : 1 + Math.ceil((length - 9) / 16);
  return length + 1 + 2 * blocks;
}

function ofJson(line: string): DongleTelegram | DecodeError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return new DecodeError("wrong-type", { path: "json", offset: 0 });
  }
  if (typeof value !== "object" || value === null || !("hex" in value)) return undefined;
  return typeof value.hex === "string" ? ofHex(value.hex) : new DecodeError("wrong-type", { path: "hex", offset: 0 });
}

function octets(hex: string): Uint8Array | DecodeError {
  try {
    return fromHex(hex);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

const truncated = new DecodeError("truncated", { path: "hex", offset: 0 });
const rtlWmbus = /^([A-Z]\d?[a-zA-Z]?);([01]);([01]);[^;]*;[^;]*;[^;]*;[^;]*;(?:0x)?([\da-f]+)$/i;
/** Capital Y, and small or capital hex digits: culfw writes capitals. The b itself is a hex digit, so the rest is odd. */
const culLine = /^b(Y?)((?:[\dA-F]{2})+)$/i;
