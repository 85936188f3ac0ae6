/**
 * Dumps of M-Bus for `siegel inspect`: of a wire, of the air, of text with a frame in each line; opened where there are keys.
 *
 * What was opened stands behind its frame, as lines without octets of their own. Frames out of text have a title, and offsets
 * of their own. The key itself is never among the lines.
 */

import {
  annotateRecords,
  annotateWired,
  annotateWireless,
  DongleStream,
  type DumpLine,
  linkHeaderOf,
  type MeterAddress,
  readReceiverLine,
  refusals,
  TelegramOpener,
  unwrapFrame,
  WiredFramer,
  WirelessCutter,
} from "@siegel/mbus";
import { Instant } from "@siegel/readings";
import { DecodeError } from "@siegel/wire";
import { noKeys, type ReadKeys } from "../read/keys.ts";
import { formOf } from "../read/mbus/form.ts";
import { keyInLine, looksWired } from "../read/mbus/line.ts";
import { MeterKeys } from "../read/mbus/meter-keys.ts";
import { TextLines } from "../read/mbus/text-lines.ts";

export function dumpMbus(bytes: Uint8Array, take: "mbus" | "wmbus", keys: ReadKeys): readonly DumpLine[] {
  const form = formOf(bytes, true);
  if (form === "text") return dumpText(bytes, keys);
  if (take === "mbus") return dumpWired(bytes, new MeterKeys(keys));
  return form === "im871a" || form === "amber"
    ? dumpReceiver(bytes, form, keys)
    : dumpRadio(bytes, new MeterKeys(keys));
}

function dumpText(bytes: Uint8Array, keys: ReadKeys): readonly DumpLine[] {
  const given = new MeterKeys(keys);
  const lines = new TextLines();
  return [...lines.push(bytes), ...lines.flush()].flatMap(({ offset, text }, index) => {
    if (text === undefined) return [titled(offset, index, "too long", { code: "too-long", path: "line" })];
    const said = readReceiverLine(text);
    if (said === undefined) return text.trim() === "" ? [] : [titled(offset, index, "no frame")];
    if (said instanceof DecodeError) {
      return [titled(offset, index, said.message, { code: said.code, path: said.where.path })];
    }
    const inLine = given.areGiven ? undefined : keyInLine(text);
    const known = inLine === undefined ? given : new MeterKeys({ ...noKeys, any: inLine });
    const isWired = looksWired(said.bytes);
    const frame = isWired ? dumpWired(said.bytes, known) : dumpFrame(said.bytes, known);
    const title = titled(offset, index, `${isWired ? "wired" : "radio"} frame, ${said.bytes.length} octets`);
    return [title, ...frame.map((line) => ({ ...line, depth: line.depth + 1 }))];
  });
}

function dumpWired(bytes: Uint8Array, keys: MeterKeys): readonly DumpLine[] {
  const lines = annotateWired(bytes);
  const framer = new WiredFramer();
  const opened = [...framer.push(bytes.slice()), ...framer.flush()].flatMap((event) => {
    if (event.kind !== "frame" || event.frame.kind !== "long" || event.frame.ci !== longHeader) return [];
    const { c, ci, data } = event.frame;
    if (data.length < 12 || ((data[11]! & 0x1f) === 0 && data[10] === 0)) return [];
    const end = event.offset + event.byteLength;
    return [
      { end, lines: openedLines(end, { control: c, address: addressIn(data) }, Uint8Array.of(ci, ...data), keys) },
    ];
  });
  if (opened.length === 0) return lines;
  // Behind the frame that they were in.
  return lines.flatMap((line) => {
    const end = line.offset + line.bytes.length;
    const inside = opened.find((one) => one.end === end && line.bytes.length > 0);
    return inside === undefined ? [line] : [line, ...inside.lines];
  });
}

function openedLines(
  offset: number,
  link: { readonly control: number; readonly address: MeterAddress },
  message: Uint8Array,
  keys: MeterKeys,
): readonly DumpLine[] {
  keys.learn(link.address);
  const nothing = new Uint8Array(0);
  const opening = new TelegramOpener({ keyring: keys.keyring, floor: { minimum: "clear" } }).openMessage(
    link,
    message,
    noTime,
  );
  if (opening.is === "pending") return [];
  if (opening.is === "refused") {
    const { verdict } = opening;
    const error = { code: verdict, path: "" };
    return [{ offset, bytes: nothing, depth: 1, field: "verdict", meaning: refusals[verdict].text, error }];
  }
  const trusts = opening.protections.map(({ from, to, trust }) => `${trust} ${from} to ${to}`).join(", ");
  const records = annotateRecords(opening.content, { depth: 2 }).map((line) => ({ ...line, offset, bytes: nothing }));
  return [{ offset, bytes: nothing, depth: 1, field: "opened", meaning: trusts }, ...records];
}

function dumpRadio(bytes: Uint8Array, keys: MeterKeys): readonly DumpLine[] {
  const cutter = new WirelessCutter();
  return [...cutter.push(bytes), ...cutter.flush()].flatMap((event): readonly DumpLine[] => {
    const { offset, byteLength } = event;
    const octets = bytes.subarray(offset, offset + byteLength);
    if (event.kind === "noise") {
      return [{ offset, bytes: octets, depth: 0, field: "noise", meaning: "belongs to no frame" }];
    }
    return dumpFrame(octets, keys).map((line) => ({ ...line, offset: offset + line.offset }));
  });
}

function dumpReceiver(bytes: Uint8Array, form: "im871a" | "amber", keys: ReadKeys): readonly DumpLine[] {
  const known = new MeterKeys(keys);
  const stream = new DongleStream({ form });
  return [...stream.push(bytes.slice()), ...stream.flush()].flatMap((event, index): readonly DumpLine[] => {
    const { offset } = event;
    if (event.kind === "noise") return [];
    if (event.kind === "error") {
      const { message, code, where } = event.error;
      return [titled(offset, index, message, { code, path: where.path })];
    }
    const frame = dumpFrame(event.telegram.bytes, known).map((line) => ({ ...line, depth: line.depth + 1 }));
    return [titled(offset, index, `radio frame, ${event.telegram.bytes.length} octets`), ...frame];
  });
}

function dumpFrame(octets: Uint8Array, keys: MeterKeys): readonly DumpLine[] {
  try {
    keys.learn(linkHeaderOf(unwrapFrame(octets, options).octets).address);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error; // the dump itself says what is wrong
  }
  return annotateWireless(octets, { ...options, keyring: keys.keyring, now: noTime });
}

function titled(offset: number, index: number, meaning: string, error?: DumpLine["error"]): DumpLine {
  const line = { offset, bytes: new Uint8Array(0), depth: 0, field: `line ${index + 1}`, meaning };
  return error === undefined ? line : { ...line, error };
}

function addressIn(data: Uint8Array): MeterAddress {
  const view = new DataView(data.buffer, data.byteOffset);
  return {
    identification: view.getUint32(0, true),
    manufacturer: view.getUint16(4, true),
    version: data[6]!,
    deviceType: data[7]!,
  };
}

const options = { maxTrailingBytes: 16 } as const;
const longHeader = 0x72;
const noTime = Instant.ofEpochMs(0);
