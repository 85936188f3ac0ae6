/**
 * The data of a read-out: lines of data sets, each an id and groups in parentheses.
 *
 * In: the octets of a block, in whatever shape meters send them.  Out: ids and groups as texts, in order, and what was odd.
 * Not here: what a group says (./group.ts), what an id means (../meaning).
 * Source: IEC 62056-21 §6.3.11 (data block, data line, data set), and captures: several groups after an id, data sets that
 * follow each other without a line end, a group on a line of its own (P1 V3), a missing `)` at a line's end, no `!`.
 */

import { EncodeError } from "@siegel/wire";
import { octetsOfText, textOfOctets } from "../framing/octets.ts";

/** One object as the meter sends it. */
export interface DataSet {
  /** `1-0:1.8.0*255`, `1.8.0`, `F.F`; empty when the groups came without an id before them. */
  readonly id: string;
  /** What stands between the parentheses, as it stands there. */
  readonly groups: readonly string[];
  /** Index of the first octet of the id in the data. */
  readonly offset: number;
}

/** What the data did that the standard does not allow. */
export type DataDeviation =
  /** Octets that belong to no data set. */
  | "stray-text"
  /** A `)` is missing where the line ends. */
  | "open-group"
  /** The line `!` that ends the data is missing. */
  | "missing-end-mark";

export interface DataBlock {
  /** Data sets by line; a line holds one, several on heat meters. */
  readonly lines: readonly (readonly DataSet[])[];
  readonly deviations: readonly DataDeviation[];
}

/**
 * Reads the data of a block or of lines without one. Total: whatever is no data set is told as a deviation.
 *
 * @param limits  Bounds what a stranger can make us keep: data sets, groups of one, characters of an id.
 */
export function decodeData(data: Uint8Array, limits: DataLimits = {}): DataBlock {
  return new DataReader(data, limits).read();
}

export interface DataLimits {
  /** 16,384 unless told. */
  readonly maxDataSets?: number;
  /** Groups after one id; 4,096 unless told: a load profile is one data set on some meters. */
  readonly maxGroups?: number;
}

/** All data sets of a block, in order. */
export function dataSetsOf({ lines }: DataBlock): readonly DataSet[] {
  return lines.flat();
}

/**
 * Writes lines of data sets, with the line `!` at their end unless told otherwise.
 *
 * @throws {EncodeError} "out-of-range" for an id or group that holds what would end it.
 */
export function encodeData(
  lines: readonly (readonly Pick<DataSet, "id" | "groups">[])[],
  { endMark = true }: { readonly endMark?: boolean } = {},
): Uint8Array {
  const texts = lines.map((line) => `${line.map(textOfDataSet).join("")}\r\n`);
  return octetsOfText(texts.join("") + (endMark ? "!\r\n" : ""));
}

/** `1.8.0(000285.4*kWh)`. @throws {EncodeError} as `encodeData`. */
export function textOfDataSet({ id, groups }: Pick<DataSet, "id" | "groups">): string {
  if (!idText.test(id)) throw new EncodeError("out-of-range", "id");
  for (const group of groups) if (!groupText.test(group)) throw new EncodeError("out-of-range", "group");
  return id + groups.map((group) => `(${group})`).join("");
}

class DataReader {
  readonly #data: Uint8Array;
  readonly #maxDataSets: number;
  readonly #maxGroups: number;
  readonly #lines: DataSet[][] = [];
  readonly #deviations = new Set<DataDeviation>();
  #line: DataSet[] = [];
  #count = 0;

  constructor(data: Uint8Array, { maxDataSets = 16_384, maxGroups = 4_096 }: DataLimits) {
    this.#data = data;
    this.#maxDataSets = maxDataSets;
    this.#maxGroups = maxGroups;
  }

  read(): DataBlock {
    const data = this.#data;
    let at = 0;
    let ended = false;
    while (at < data.length) {
      const octet = data[at]!;
      if (octet === cr || octet === lf) {
        this.#endLine();
        at++;
      } else if (octet === exclamation) {
        ended = true;
        at = this.#afterMark(at + 1);
        break;
      } else at = this.#dataSet(at);
    }
    this.#endLine();
    if (!ended) this.#deviations.add("missing-end-mark");
    if (at < data.length) this.#deviations.add("stray-text");
    return { lines: this.#lines, deviations: [...this.#deviations] };
  }

  /** The data set at `from`, which is no line end; gives the index behind it. */
  #dataSet(from: number): number {
    const data = this.#data;
    let at = from;
    while (at < data.length && !endsId[data[at]!]) at++;
    const id = this.#id(from, at);
    if (data[at] !== open) {
      // No group: a line of the maker's own, or what is left of a damaged one.
      if (at > from || data[at] === close) this.#deviations.add("stray-text");
      return data[at] === close ? at + 1 : at;
    }
    const groups: string[] = [];
    while (data[at] === open) {
      const end = this.#endOfGroup(at + 1);
      if (groups.length < this.#maxGroups) groups.push(textOfOctets(data, at + 1, end));
      else this.#deviations.add("stray-text");
      if (data[end] === close) at = end + 1;
      else {
        this.#deviations.add("open-group");
        at = end;
      }
    }
    this.#add({ id: id.text, groups, offset: id.offset });
    return at;
  }

  /** The longest part before `(` that may be an id: garbage before the first one is a known fault of lines. */
  #id(from: number, to: number): { text: string; offset: number } {
    let start = to;
    while (start > from && isIdCharacter[this.#data[start - 1]!]) start--;
    if (to - start > maxIdCharacters) start = to - maxIdCharacters;
    if (start > from) this.#deviations.add("stray-text");
    return { text: textOfOctets(this.#data, start, to), offset: start };
  }

  #endOfGroup(from: number): number {
    const data = this.#data;
    let at = from;
    while (at < data.length && data[at] !== close && data[at] !== cr && data[at] !== lf) at++;
    return at;
  }

  #add(dataSet: DataSet): void {
    // A group on a line of its own belongs to the object before it: gas of P1 V3.
    if (dataSet.id === "" && this.#line.length === 0) {
      const before = this.#lines.at(-1)?.at(-1);
      if (before !== undefined && before.groups.length + dataSet.groups.length <= this.#maxGroups) {
        this.#lines.at(-1)!.splice(-1, 1, { ...before, groups: [...before.groups, ...dataSet.groups] });
        return;
      }
    }
    if (++this.#count > this.#maxDataSets) this.#deviations.add("stray-text");
    else this.#line.push(dataSet);
  }

  #endLine(): void {
    if (this.#line.length > 0) this.#lines.push(this.#line);
    this.#line = [];
  }

  /** Behind `!`: a checksum that somebody else judges, and line ends. */
  #afterMark(from: number): number {
    let at = from;
    while (at < this.#data.length && isHexDigit(this.#data[at]!) && at - from < 4) at++;
    while (at < this.#data.length && (this.#data[at] === cr || this.#data[at] === lf)) at++;
    return at;
  }
}

function isHexDigit(octet: number): boolean {
  const lower = octet | 0x20;
  return (octet >= 0x30 && octet <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

const cr = 0x0d;
const lf = 0x0a;
const exclamation = 0x21;
const open = 0x28;
const close = 0x29;
const endsId: readonly boolean[] = Array.from({ length: 256 }, (_, octet) =>
  [cr, lf, exclamation, open, close].includes(octet),
);
/** Printable, but for `( ) / !` and the blank: no meter was seen with one in an id. */
const isIdCharacter: readonly boolean[] = Array.from(
  { length: 256 },
  (_, octet) => octet > 0x20 && octet < 0x7f && ![exclamation, open, close, 0x2f].includes(octet),
);
/** Twice the standard's 16. */
const maxIdCharacters = 32;
const idText = /^[\x22-\x27\x2a-\x2e\x30-\x7e]{0,32}$/;
const groupText = /^[ -'*-~\u0080-\u00ff]*$/;
