/**
 * DIB and VIB: the octets that say what a record is ⇄ one shared object.
 *
 * In: application data at the start of a record.  Out: `RecordHeader`, or why there is none.
 * Not here: the data after the header (./value), names for people (../meaning).
 * Why a table of recent headers: meters repeat a few dozen headers for years, and looking one up costs a tenth of reading
 * it. The table has a fixed size and compares octets, so a stranger who invents headers wins nothing but slowness.
 * Plain text: the standard puts it after all VIFEs, devices in the field (Elvaco) directly after the VIF. Whichever place
 * gives printable text is taken, the standard's first.
 * Source: EN 13757-3:2018, 6.3 and 6.4, annex C.2.
 */

import { type Unit, unitOfSymbol } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import { codings, mbusFunctions, type RecordHeader } from "./record.ts";
import { derivedUnit } from "./units.ts";
import { fbVifs, fdFdVifs, fdVifs, primaryVifs, type VifEntry } from "./vif-tables.ts";
import { extendedVifes, vifesFromMeter, vifesToMeter, type VifModifier } from "./vife-tables.ts";
import type { ProfileKind, Reads, RecordError } from "./words.ts";

export type Direction = "from-meter" | "to-meter";

export type HeaderFault = "truncated" | "too-many-difes" | "too-many-vifes";

/** The header at `at`, or why it cannot be read. Octets behind it are looked at only for the place of plain text. */
export function headerAt(data: Uint8Array, at: number, direction: Direction): RecordHeader | HeaderFault {
  const end = data.length;
  let next = at;
  let hash = 0;
  for (let byte = 0x80; byte >= 0x80; next++) {
    if (next >= end) return next - at > maxExtensions + 1 ? "too-many-difes" : "truncated";
    byte = data[next]!;
    hash = (Math.imul(hash, 31) + byte) | 0;
    if (next - at > maxExtensions) return "too-many-difes";
  }
  const vifAt = next;
  for (let byte = 0x80; byte >= 0x80; next++) {
    if (next >= end) return "truncated";
    byte = data[next]!;
    hash = (Math.imul(hash, 31) + byte) | 0;
    if (next - vifAt > maxExtensions) return "too-many-vifes";
  }
  if ((data[vifAt]! & 0x7f) === plainText) return plainTextHeader(data, at, vifAt, direction);
  const recent = direction === "from-meter" ? recentFromMeter : recentToMeter;
  const slot = (hash ^ (hash >>> 11)) & (recent.length - 1);
  const known = recent[slot];
  if (known !== undefined && sameOctets(known.bytes, data, at, next)) return known;
  const header = parse(new Uint8Array(data.subarray(at, next)), vifAt - at, next - at, direction);
  recent[slot] = header;
  return header;
}

/** Finds where the text stands. Never from the table of recent headers: how long the header is depends on what follows. */
function plainTextHeader(
  data: Uint8Array,
  at: number,
  vifAt: number,
  direction: Direction,
): RecordHeader | HeaderFault {
  let afterVifes = vifAt;
  while (data[afterVifes]! >= 0x80) afterVifes++;
  afterVifes++;
  if (printableAt(data, afterVifes) || data[vifAt]! < 0x80) return withTextAt(data, at, vifAt, afterVifes, direction);
  if (printableAt(data, vifAt + 1)) {
    let end = vifAt + 2 + data[vifAt + 1]!;
    const vifesAt = end;
    while (end < data.length && data[end]! >= 0x80) end++;
    if (end < data.length && end - vifesAt < maxExtensions) {
      const bytes = new Uint8Array(data.subarray(at, end + 1));
      return parseWithText(bytes, vifAt - at, { textAt: vifAt - at + 1, vifesAt: vifesAt - at }, direction);
    }
  }
  return withTextAt(data, at, vifAt, afterVifes, direction);
}

function withTextAt(
  data: Uint8Array,
  at: number,
  vifAt: number,
  textAt: number,
  direction: Direction,
): RecordHeader | HeaderFault {
  const end = textAt + 1 + (data[textAt] ?? data.length);
  if (end > data.length) return "truncated";
  const bytes = new Uint8Array(data.subarray(at, end));
  return parseWithText(bytes, vifAt - at, { textAt: textAt - at, vifesAt: vifAt - at + 1 }, direction);
}

/** Whether a length and as many printable octets, one at least, stand here. */
function printableAt(data: Uint8Array, at: number): boolean {
  const length = data[at] ?? 0;
  if (length === 0 || length > maxTextLength || at + 1 + length > data.length) return false;
  for (let index = at + 1; index <= at + length; index++) {
    const byte = data[index]!;
    if (byte < 0x20 || (byte >= 0x7f && byte < 0xa0)) return false;
  }
  return true;
}

function parseWithText(
  bytes: Uint8Array,
  vifAt: number,
  { textAt, vifesAt }: { readonly textAt: number; readonly vifesAt: number },
  direction: Direction,
): RecordHeader {
  const length = bytes[textAt]!;
  let text = "";
  for (let index = textAt + length; index > textAt; index--) text += String.fromCharCode(bytes[index]!);
  const hasVifes = bytes[vifAt]! >= 0x80;
  const vifes = bytes.subarray(vifesAt, vifesAt > textAt ? bytes.length : textAt);
  return build(bytes, vifAt, plainTextEntry, hasVifes ? vifes : none, direction, text);
}

function parse(bytes: Uint8Array, vifAt: number, end: number, direction: Direction): RecordHeader {
  let entry: VifEntry | undefined;
  let next = vifAt + 1;
  const vif = bytes[vifAt]!;
  const table = vif === 0xfb ? fbVifs : vif === 0xfd ? fdVifs : undefined;
  if (vif === 0xef) next = Math.min(end, next + 1);
  else if (table === undefined) entry = primaryVifs[vif & 0x7f];
  else if (next < end) {
    const code = bytes[next++]!;
    entry = table[code & 0x7f];
    if (table === fdVifs && code === 0xfd && next < end) entry = fdFdVifs[bytes[next++]! & 0x7f];
  }
  return build(bytes, vifAt, entry ?? unknownEntry, bytes.subarray(next, end), direction, undefined);
}

/** Applies the VIFEs to the VIF, in their order. */
function build(
  bytes: Uint8Array,
  vifAt: number,
  entry: VifEntry,
  vifes: Uint8Array,
  direction: Direction,
  text: string | undefined,
): RecordHeader {
  const modifiers: VifModifier[] = [];
  const offsets: number[] = [];
  let { exponent, factor, reads }: { exponent: number; factor: number; reads: Reads } = entry;
  let unit: Unit | undefined = entry.unit === undefined ? undefined : unitOfSymbol(entry.unit);
  let recordError: RecordError | undefined;
  let profile: ProfileKind | undefined;
  let table = direction === "from-meter" ? vifesFromMeter : vifesToMeter;
  // After VIF FF everything is the maker's.
  let isManufacturer = entry === primaryVifs[0x7f];
  const codes: number[] = [];
  for (const octet of vifes) {
    const code = octet & 0x7f;
    if (isManufacturer) {
      codes.push(code);
      continue;
    }
    const vife = table[code]!;
    table = vife.extends === true ? extendedVifes : direction === "from-meter" ? vifesFromMeter : vifesToMeter;
    if (vife.manufacturer === true) isManufacturer = true;
    if (vife.recordError !== undefined) recordError = vife.recordError;
    if (vife.reads !== undefined) reads = vife.reads;
    if (vife.becomes !== undefined) {
      exponent = 0;
      offsets.length = 0;
      factor = vife.becomes.kind === "duration" ? vife.becomes.seconds : 1;
      unit = vife.becomes.kind === "duration" ? unitOfSymbol("s") : undefined;
      reads = vife.becomes.kind === "date" ? "date" : "unsigned";
    }
    const { modifier } = vife;
    if (modifier === undefined) continue;
    modifiers.push(modifier);
    switch (modifier.kind) {
      case "factor":
        exponent += modifier.exponent;
        for (let index = 0; index < offsets.length; index++) offsets[index]! += modifier.exponent;
        break;
      case "plus":
        offsets.push(modifier.exponent + exponent);
        break;
      case "profile":
        profile = modifier.profile;
        break;
      case "per":
      case "times":
        unit = derivedUnit(unit, modifier);
        break;
      default:
    }
  }
  if (isManufacturer && (codes.length > 0 || vifes.length > 0)) modifiers.push({ kind: "manufacturer", codes });
  const { storage, tariff, subunit } = dibOf(bytes, vifAt);
  const header: RecordHeader = {
    bytes,
    function: mbusFunctions[(bytes[0]! >> 4) & 3]!,
    storage,
    tariff,
    subunit,
    isRegisterNumber: vifAt > 1 && bytes[vifAt - 1] === 0x00,
    coding: codings[bytes[0]! & 0x0f]!,
    quantity: entry.quantity,
    vib: toHex(bytes.subarray(vifAt)),
    ...(text === undefined ? {} : { text }),
    modifiers: Object.freeze(modifiers),
    ...(recordError === undefined ? {} : { recordError }),
    unit,
    reads,
    exponent,
    factor,
    offsets: Object.freeze(offsets),
    ...(profile === undefined ? {} : { profile }),
  };
  return Object.freeze(header);
}

/** DIF bit 6 is the lowest storage bit; a DIFE adds four above, two of the tariff and one of the subunit. */
function dibOf(bytes: Uint8Array, vifAt: number): { storage: number; tariff: number; subunit: number } {
  let storage = (bytes[0]! >> 6) & 1;
  let tariff = 0;
  let subunit = 0;
  for (let index = 1; index < vifAt; index++) {
    const dife = bytes[index]!;
    storage += (dife & 0x0f) * 2 ** (4 * index - 3);
    tariff |= ((dife >> 4) & 3) << (2 * index - 2);
    subunit |= ((dife >> 6) & 1) << (index - 1);
  }
  return { storage, tariff, subunit };
}

function sameOctets(one: Uint8Array, data: Uint8Array, at: number, end: number): boolean {
  if (one.length !== end - at) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== data[at + index]) return false;
  return true;
}

/** DIFEs and VIFEs that the standard allows. */
export const maxExtensions = 10;
/** A unit has few letters; a longer "text" is data taken for one. */
const maxTextLength = 32;
const plainText = 0x7c;
const none = new Uint8Array(0);
const plainTextEntry: VifEntry = { quantity: "plain-text", unit: undefined, exponent: 0, factor: 1, reads: "signed" };
const unknownEntry: VifEntry = { quantity: "unknown", unit: undefined, exponent: 0, factor: 1, reads: "raw" };
const recentFromMeter: (RecordHeader | undefined)[] = Array.from({ length: 4096 }, () => undefined);
const recentToMeter: (RecordHeader | undefined)[] = Array.from({ length: 256 }, () => undefined);
