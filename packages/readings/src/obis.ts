/**
 * OBIS code: what a value is, in six groups A-B:C.D.E*F.
 *
 * In: six octets, or the text forms of IEC 62056-21, DLMS and SML.  Out: one immutable object per code.
 * Not here: what the groups mean (./obis-names).
 * Why interned: a stream of telegrams repeats the same dozen codes. It saves memory and time, and is no identity: two
 * objects may be one code, so compare with `equals` and key a map by the text.
 * Source: IEC 62056-6-1; reduced codes as meters of IEC 62056-21 write them.
 */

import { ReadingError } from "./errors.ts";

/** Groups that a reduced code such as `1.8.0` leaves out. */
export interface ObisDefaults {
  /** Medium; 1 = electricity unless told. IEC 62056-21 meters of another medium need it. */
  readonly a?: number;
  /** Channel; 0 unless told. */
  readonly b?: number;
  /** Tariff or further classification; 0 unless told. */
  readonly e?: number;
  /** Billing period; 255 = the current value unless told. */
  readonly f?: number;
}

export class ObisCode {
  /** Medium: 1 electricity, 6 heat, 7 gas, 8 cold water … */
  readonly a: number;
  /** Channel. */
  readonly b: number;
  /** Quantity, for example active energy import. */
  readonly c: number;
  /** Kind of measurement, for example total or instantaneous value. */
  readonly d: number;
  /** Tariff, or another classification that C and D choose. */
  readonly e: number;
  /** Billing period; 255 = current. */
  readonly f: number;
  #text: string | undefined;

  private constructor(a: number, b: number, c: number, d: number, e: number, f: number) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    this.e = e;
    this.f = f;
  }

  /**
   * The code of six octets that start at `at`.
   *
   * The same octets give the same object as long as fewer than `maxInterned` different codes have been seen, so
   * that a stranger who invents codes cannot fill the memory. Compare codes of strangers with `equals`.
   *
   * @throws {ReadingError} "not-an-obis-code" when fewer than six octets are there.
   */
  static of(bytes: Uint8Array, at = 0): ObisCode {
    if (at < 0 || at + 6 > bytes.length) throw new ReadingError("not-an-obis-code");
    const high = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const low = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!;
    const slot = (Math.imul(high, 31) ^ low ^ (low >>> 8)) & (recent.length - 1);
    const known = recent[slot];
    if (known !== undefined && highOf(known) === high && lowOf(known) === low) return known;
    return (recent[slot] = ObisCode.#intern(high, low));
  }

  /**
   * The code of six groups, each from 0 to 255.
   *
   * @throws {ReadingError} "not-an-obis-code" when a group is outside of that.
   */
  static ofGroups(...groups: readonly [a: number, b: number, c: number, d: number, e: number, f: number]): ObisCode {
    for (const group of groups) {
      if (!Number.isInteger(group) || group < 0 || group > 255) throw new ReadingError("not-an-obis-code");
    }
    return ObisCode.of(Uint8Array.from(groups));
  }

  /**
   * The code that a text means: `1-0:1.8.0*255`, `1-0:1.8.0`, the reduced `1.8.0`, `1.8`, `1.8.0*01`, `1.8.0&12`
   * and `C.1.0`, and the logical name `1.0.1.8.0.255`.
   *
   * @param defaults  What groups are that the text leaves out.
   * @throws {ReadingError} "not-an-obis-code".
   */
  static parse(text: string, defaults: ObisDefaults = {}): ObisCode {
    const name = text.length <= maxTextLength ? (logicalName.exec(text) ?? written.exec(text)) : null;
    if (name === null) throw new ReadingError("not-an-obis-code");
    const group = (index: number, absent = 0): number => {
      const digits = name[index];
      return digits === undefined ? absent : (groupOfLetter[digits] ?? Number(digits));
    };
    return ObisCode.ofGroups(
      group(1, defaults.a ?? 1),
      group(2, defaults.b ?? 0),
      group(3),
      group(4),
      group(5, defaults.e ?? 0),
      group(6, defaults.f ?? 255),
    );
  }

  /** `1-0:1.8.0*255`. */
  toString(): string {
    return (this.#text ??= `${this.a}-${this.b}:${this.c}.${this.d}.${this.e}*${this.f}`);
  }

  toJSON(): string {
    return this.toString();
  }

  /** Six octets, A first. */
  toBytes(): Uint8Array {
    return Uint8Array.of(this.a, this.b, this.c, this.d, this.e, this.f);
  }

  equals(other: ObisCode): boolean {
    return this === other || (highOf(this) === highOf(other) && lowOf(this) === lowOf(other));
  }

  static #intern(high: number, low: number): ObisCode {
    const key = high * 2 ** 24 + low; // 48 bits: exact in a double
    const known = interned.get(key);
    if (known !== undefined) return known;
    const code = new ObisCode(
      high >>> 16,
      (high >>> 8) & 0xff,
      high & 0xff,
      low >>> 16,
      (low >>> 8) & 0xff,
      low & 0xff,
    );
    Object.freeze(code); // shared by everyone
    if (interned.size < maxInterned) interned.set(key, code);
    return code;
  }
}

function highOf(code: ObisCode): number {
  return (code.a << 16) | (code.b << 8) | code.c;
}

function lowOf(code: ObisCode): number {
  return (code.d << 16) | (code.e << 8) | code.f;
}

/** More than the codes of any mix of meters; a code seen later is still right, it is only not the same object. */
const maxInterned = 4096;
const interned = new Map<number, ObisCode>();
/** The code last seen in each slot: spares the map in a stream. */
const recent: (ObisCode | undefined)[] = Array.from({ length: 256 }, () => undefined);

const maxTextLength = 24;
const logicalName = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const written = /^(?:(?:(\d{1,3})-)?(\d{1,3}):)?(\d{1,3}|[CFLP])\.(\d{1,3}|[CF])(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/;
/** Letters that reduced codes write for groups C and D. */
const groupOfLetter: Readonly<Record<string, number>> = { C: 96, F: 97, L: 98, P: 99 };
