/**
 * An exact decimal number as meters send it: integer · 10^scaler.
 *
 * Nothing here rounds. Energy stays exact until a person sees it; `toNumber` is for pixels only.
 * Source: scaler_unit of IEC 62056-6-2; SML 1.04, `scaler` and `value`.
 */

import { ReadingError } from "./errors.ts";

export class ScaledValue {
  /** The integer: a number exactly when it is a safe integer, else a bigint. */
  readonly raw: number | bigint;
  /** Power of ten, from −128 to 127. */
  readonly scaler: number;

  private constructor(raw: number | bigint, scaler: number) {
    this.raw = raw;
    this.scaler = scaler;
  }

  /**
   * raw · 10^scaler.
   *
   * @throws {ReadingError} "out-of-range" for a number that is no safe integer (it lost its last digits before it came
   *   here) or a scaler outside of −128 … 127.
   */
  static of(raw: number | bigint, scaler = 0): ScaledValue {
    if (scaler < -128 || scaler > 127 || !Number.isInteger(scaler)) throw new ReadingError("out-of-range");
    if (typeof raw === "number") {
      if (!Number.isSafeInteger(raw)) throw new ReadingError("out-of-range");
      return new ScaledValue(raw === 0 ? 0 : raw, scaler); // −0 becomes 0
    }
    return new ScaledValue(raw >= minSafe && raw <= maxSafe ? Number(raw) : raw, scaler);
  }

  /**
   * The number that a text shows, every digit kept: `0008048.375` is 8048375 with scaler −3, `+1.50` is 150 with −2.
   *
   * @throws {ReadingError} "not-a-number" for anything but sign, digits and one point, "out-of-range" above 100 digits.
   */
  static parse(text: string): ScaledValue {
    if (text.length > maxDigits + 2) throw new ReadingError("out-of-range");
    const parts = decimal.exec(text);
    if (parts === null) throw new ReadingError("not-a-number");
    const [, sign = "", whole = "", fraction = ""] = parts;
    const digits = whole + fraction;
    if (digits.length > maxDigits) throw new ReadingError("out-of-range");
    const magnitude = digits.length <= 15 ? Number(digits) : BigInt(digits);
    return ScaledValue.of(sign === "-" ? -magnitude : magnitude, fraction === "" ? 0 : -fraction.length);
  }

  /** Exact decimal. A negative scaler keeps its digits (`10.0`), a positive one appends zeros. */
  toString(): string {
    const negative = this.raw < 0;
    const digits = String(negative ? -this.raw : this.raw);
    const sign = negative ? "-" : "";
    if (this.scaler >= 0) return this.raw === 0 ? "0" : sign + digits + "0".repeat(this.scaler);
    const padded = digits.padStart(1 - this.scaler, "0");
    return `${sign}${padded.slice(0, this.scaler)}.${padded.slice(this.scaler)}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** Nearest double: to draw, never to bill. */
  toNumber(): number {
    return Number(`${this.raw}e${this.scaler}`);
  }

  /** −1, 0 or 1, by the number meant: 10 · 10^0 equals 1 · 10^1. */
  compare(other: ScaledValue): -1 | 0 | 1 {
    if (this.scaler === other.scaler) return order(this.raw, other.raw);
    const scaler = Math.min(this.scaler, other.scaler);
    return order(rawAt(this, scaler), rawAt(other, scaler));
  }

  /** Whether both mean the same number, whatever their scalers. */
  equals(other: ScaledValue): boolean {
    return this.compare(other) === 0;
  }

  /** Exact sum, with the finer of both scalers. */
  plus(other: ScaledValue): ScaledValue {
    if (this.scaler === other.scaler && typeof this.raw === "number" && typeof other.raw === "number") {
      const sum = this.raw + other.raw;
      if (Number.isSafeInteger(sum)) return new ScaledValue(sum === 0 ? 0 : sum, this.scaler);
    }
    const scaler = Math.min(this.scaler, other.scaler);
    return ScaledValue.of(rawAt(this, scaler) + rawAt(other, scaler), scaler);
  }

  /** Exact difference, with the finer of both scalers. */
  minus(other: ScaledValue): ScaledValue {
    return this.plus(other.negated());
  }

  negated(): ScaledValue {
    return ScaledValue.of(-this.raw, this.scaler);
  }

  /**
   * The same number with another scaler.
   *
   * @throws {ReadingError} "not-exact" when digits would be lost, "out-of-range" as in `of`.
   */
  withScaler(scaler: number): ScaledValue {
    if (scaler === this.scaler) return this;
    if (scaler < this.scaler) {
      if (scaler < -128 || !Number.isInteger(scaler)) throw new ReadingError("out-of-range");
      return ScaledValue.of(rawAt(this, scaler), scaler);
    }
    if (scaler > 127 || !Number.isInteger(scaler)) throw new ReadingError("out-of-range");
    const power = 10n ** BigInt(scaler - this.scaler);
    const raw = BigInt(this.raw);
    if (raw % power !== 0n) throw new ReadingError("not-exact");
    return ScaledValue.of(raw / power, scaler);
  }

  /** The number times 10^exponent: only the scaler moves. kWh to Wh is `timesPowerOfTen(3)`. */
  timesPowerOfTen(exponent: number): ScaledValue {
    return ScaledValue.of(this.raw, this.scaler + exponent);
  }
}

/** The integer that this value has with a finer scaler. */
function rawAt(value: ScaledValue, scaler: number): bigint {
  return BigInt(value.raw) * 10n ** BigInt(value.scaler - scaler);
}

function order(a: number | bigint, b: number | bigint): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

const minSafe = BigInt(Number.MIN_SAFE_INTEGER);
const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
/** Longest number that is read from a text: far above 64 bit and any display, far below what costs time. */
const maxDigits = 100;
const decimal = /^([+-]?)(?=[\d.]*\d)(\d*)(?:\.(\d*))?$/;
