/**
 * The objects of a P1 telegram, read straight from its octets.
 *
 * In: the octets between header and `!`.  Out: one object for each id, with its code and the number of its last group.
 * Not here: what the object means (./telegram.ts).
 * This is the hot path of replays: one pass, no text made until somebody asks for it, one object allocated for each id.
 * The number is computed in the pass; a `ScaledValue` around it is made when it is read.
 * Also read: several objects on one line, a group on the next line (gas of V3), `1-0:31.7.0.255`, `0:96.7.19`.
 */

import { ObisCode, ScaledValue, type Unit, unitOfSymbol } from "@siegel/readings";
import { textOfOctets } from "../framing/octets.ts";
import { numberOf } from "../messages/group.ts";

export class P1Object {
  /** `undefined` when what stands before the groups is no OBIS code (`1-0:99:97.0`). */
  readonly obis: ObisCode | undefined;
  /** How many pairs of parentheses follow the id. */
  readonly groupCount: number;
  /** Index of the first octet of the id in the telegram. */
  readonly at: number;
  readonly #bytes: Uint8Array;
  readonly #idTo: number;
  /** Behind the last group. */
  readonly #to: number;
  readonly #valueFrom: number;
  readonly #valueTo: number;
  readonly #unitTo: number;
  /** Digits of the number of the last group, without its point. */
  readonly #raw: number;
  /** Power of ten; `noNumber` when the last group is none. */
  readonly #scaler: number;

  /** Made by `readObjects` only. Indices in their order: an object of options for each would cost a third more time. */
  constructor(
    bytes: Uint8Array,
    obis: ObisCode | undefined,
    groupCount: number,
    at: number,
    idTo: number,
    valueFrom: number,
    valueTo: number,
    unitTo: number,
    to: number,
    raw: number,
    scaler: number,
  ) {
    this.obis = obis;
    this.groupCount = groupCount;
    this.at = at;
    this.#bytes = bytes;
    this.#idTo = idTo;
    this.#to = to;
    this.#valueFrom = valueFrom;
    this.#valueTo = valueTo;
    this.#unitTo = unitTo;
    this.#raw = raw;
    this.#scaler = scaler;
  }

  /** The id as written. */
  get id(): string {
    return textOfOctets(this.#bytes, this.at, this.#idTo);
  }

  /** The number of the last group, exact; `undefined` when it is none. */
  get value(): ScaledValue | undefined {
    if (this.#scaler !== noNumber) return ScaledValue.of(this.#raw, this.#scaler);
    // More digits than a double holds, or no number. So many digits without a unit are an id.
    const isLong = this.#valueTo - this.#valueFrom > exactDigits && this.#unitTo > this.#valueTo;
    return isLong ? numberOf(this.text) : undefined;
  }

  /** The last group without its unit, as written. */
  get text(): string {
    return textOfOctets(this.#bytes, this.#valueFrom, this.#valueTo);
  }

  /** The unit of the last group; `undefined` when there is none or nobody knows it. */
  get unit(): Unit | undefined {
    return this.#unitTo > this.#valueTo ? unitOfOctets(this.#bytes, this.#valueTo + 1, this.#unitTo) : undefined;
  }

  /** The unit as written. */
  get unitText(): string | undefined {
    return this.#unitTo > this.#valueTo ? textOfOctets(this.#bytes, this.#valueTo + 1, this.#unitTo) : undefined;
  }

  /** All groups as written. */
  get groups(): readonly string[] {
    const groups: string[] = [];
    for (let at = this.#idTo; at < this.#to && groups.length < this.groupCount;) {
      if (this.#bytes[at] !== open) {
        at++;
        continue;
      }
      const end = endOfGroup(this.#bytes, at + 1, this.#to);
      groups.push(textOfOctets(this.#bytes, at + 1, end));
      at = end + 1;
    }
    return groups;
  }
}

export interface P1Objects {
  readonly objects: readonly P1Object[];
  /** Octets that belong to no object, line ends apart. */
  readonly strayBytes: number;
}

/** Reads `bytes[from, to)`. Total: what is no object is counted. */
export function readObjects(bytes: Uint8Array, from: number, to: number): P1Objects {
  const objects: P1Object[] = [];
  let strayBytes = 0;
  let at = from;
  while (at < to) {
    const first = bytes[at]!;
    if (first === lf || first === cr) {
      at++;
      continue;
    }
    const idFrom = at;
    let idTo = readId(bytes, at, to);
    const isCode = idTo > 0;
    if (!isCode) for (idTo = idFrom; idTo < to && !endsId[bytes[idTo]!];) idTo++;
    at = idTo;
    if (at >= to || bytes[at] !== open || objects.length >= maxObjects) {
      // A line without a group.
      if (at < to && (bytes[at] === close || bytes[at] === open)) at++;
      strayBytes += at - idFrom;
      continue;
    }
    const obis = isCode ? codeSeen() : undefined;
    let groupCount = 0;
    let valueFrom = 0;
    let valueTo = 0;
    let raw = 0;
    let scaler = noNumber;
    for (;;) {
      // One group; `at` is the index of its `(`.
      groupCount++;
      valueFrom = ++at;
      raw = 0;
      let digits = 0;
      let point = -1;
      let octet = bytes[at]!;
      const negative = octet === minus;
      if (negative || octet === plus) octet = bytes[++at]!;
      for (; at < to; octet = bytes[++at]!) {
        const digit = octet - zero;
        if (digit >= 0 && digit <= 9) {
          raw = raw * 10 + digit;
          digits++;
        } else if (octet === dot && point < 0) point = at;
        else break;
      }
      const isNumber = digits > 0 && digits <= exactDigits && at < to && (octet === close || octet === star);
      scaler = isNumber ? (point < 0 ? 0 : point + 1 - at) : noNumber;
      if (negative) raw = -raw;
      valueTo = -1;
      for (; at < to && octet !== close && octet !== cr && octet !== lf; octet = bytes[++at]!) {
        if (octet === star) valueTo = at;
      }
      if (valueTo < 0) valueTo = at;
      if (at >= to || octet !== close) break;
      octet = bytes[++at]!;
      if (at < to && octet === open) continue;
      // A group at the start of the next line belongs to this object, too: gas of V3.
      let next = at;
      while (next < to && (bytes[next] === cr || bytes[next] === lf)) next++;
      if (next === at || next >= to || bytes[next] !== open) break;
      at = next;
    }
    const unitTo = bytes[at - 1] === close ? at - 1 : at;
    objects.push(new P1Object(bytes, obis, groupCount, idFrom, idTo, valueFrom, valueTo, unitTo, at, raw, scaler));
  }
  return { objects, strayBytes };
}

/** Reads an id into `code` and gives the index of the `(` behind it; −1 when it is no OBIS code. */
function readId(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let groups = 0;
  let hasMedium = false;
  code[0] = 1;
  code[1] = 0;
  code[5] = 255;
  for (;;) {
    let group = 0;
    const digitsFrom = at;
    let octet = bytes[at]!;
    while (at < to && octet >= zero && octet <= nine) {
      group = group * 10 + octet - zero;
      octet = bytes[++at]!;
    }
    if (at === digitsFrom || at - digitsFrom > 3 || group > 255 || at >= to) return -1;
    switch (octet) {
      case minus:
        if (groups > 0 || hasMedium) return -1;
        code[0] = group;
        hasMedium = true;
        break;
      case colon:
        if (groups > 0) return -1;
        code[1] = group;
        groups = 1;
        break;
      case dot:
      case star:
      case ampersand:
        if (groups === 0) groups = 1; // a reduced code
        if (groups > 4 || (octet !== dot && groups < 2)) return -1;
        if (groups === 2) code[4] = 0; // left out by `C.D*F`
        code[1 + groups++] = group;
        if (octet !== dot) groups = 5; // F is next, whatever was left out
        break;
      case open:
        if (groups < 2) return -1;
        code[groups === 5 ? 5 : 1 + groups] = group;
        if (groups === 2) code[4] = 0;
        return at;
      default:
        return -1;
    }
    at++;
  }
}

/** The code that `readId` left, from the slots of those seen: telegrams repeat the same few dozen. */
function codeSeen(): ObisCode {
  const c = code[2]!;
  const d = code[3]!;
  const e = code[4]!;
  const slot = ((c << 3) ^ (d << 5) ^ (e << 8) ^ code[1]!) & (seen.length - 1);
  const known = seen[slot];
  if (
    known !== undefined &&
    known.c === c &&
    known.d === d &&
    known.e === e &&
    known.a === code[0] &&
    known.b === code[1] &&
    known.f === code[5]
  ) {
    return known;
  }
  return (seen[slot] = ObisCode.of(code));
}

function endOfGroup(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== close && bytes[at] !== cr && bytes[at] !== lf) at++;
  return at;
}

function unitOfOctets(bytes: Uint8Array, from: number, to: number): Unit | undefined {
  if (to - from > 4) return unitOfText(textOfOctets(bytes, from, Math.min(to, from + 16)));
  let key = 0;
  for (let at = from; at < to; at++) key = key * 256 + bytes[at]!;
  let unit = unitsByKey.get(key);
  if (unit === undefined) {
    unit = unitOfText(textOfOctets(bytes, from, to)) ?? null;
    if (unitsByKey.size >= maxUnits) unitsByKey.clear();
    unitsByKey.set(key, unit);
  }
  return unit ?? undefined;
}

/** A unit as P1 meters write it: some send everything in lower case, where `a` is ampere and no year. */
export function unitOfText(text: string): Unit | undefined {
  return unitOfSymbol(text === "a" ? "A" : text);
}

/** Filled by `readId`; `ObisCode.of` copies. */
const code = new Uint8Array(6);
const seen: (ObisCode | undefined)[] = Array.from({ length: 1_024 }, () => undefined);
const unitsByKey = new Map<number, Unit | null>();
const maxUnits = 256;
/** A telegram has up to some sixty. */
const maxObjects = 1_024;
/** In place of a scaler, which lies between -128 and 127. */
const noNumber = 1_000;
/** As many decimal digits as a double always holds. */
const exactDigits = 15;
const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const colon = 0x3a;
const star = 0x2a;
const ampersand = 0x26;
const open = 0x28;
const close = 0x29;
const cr = 0x0d;
const lf = 0x0a;
const endsId: readonly boolean[] = Array.from({ length: 256 }, (_, octet) => [cr, lf, open, close].includes(octet));
