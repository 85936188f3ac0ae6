/**
 * The two spellings of an ECDSA signature: DER as in certificates and CMS, and raw r‖s as in meters.
 *
 * In: octets of a stranger.  Out: r and s in [1, n − 1], or nothing.
 * Why our own reader: libraries differ in what else they take for DER (long lengths, superfluous zeros, a tail). A
 * signature that one reader takes and another refuses makes a proof depend on who looks at it.
 * Source: RFC 5480 appendix A / SEC 1 §C.5 (ECDSA-Sig-Value); X.690 §8.3, §10.1 (DER); FIPS 186-4 §6.4.2, step 1.
 */

import { type CurveNumbers, toNumber } from "./curves.ts";

export type SignatureEncoding = "der" | "raw";

export interface EcdsaSignature {
  readonly r: bigint;
  readonly s: bigint;
}

/** The signature in these octets, or undefined where there is none for this curve. */
export function signatureOf(
  numbers: CurveNumbers,
  octets: Uint8Array,
  encoding: SignatureEncoding,
): EcdsaSignature | undefined {
  const { byteLength, n } = numbers;
  const raw = rawSignatureOf(numbers, octets, encoding);
  if (raw === undefined) return undefined;
  const r = toNumber(raw.subarray(0, byteLength));
  const s = toNumber(raw.subarray(byteLength));
  if (r === 0n || s === 0n || r >= n || s >= n) return undefined;
  return { r, s };
}

/** r‖s as spelled. Whether both are in range has not been asked: who checks the signature by the library leaves it to that. */
export function rawSignatureOf(
  { byteLength }: CurveNumbers,
  octets: Uint8Array,
  encoding: SignatureEncoding,
): Uint8Array | undefined {
  const raw = encoding === "raw" ? octets : rawOfDer(octets, byteLength);
  return raw?.length === 2 * byteLength ? raw : undefined;
}

/** Ecdsa-Sig-Value of r‖s, in range or not. */
export function derOfRaw(raw: Uint8Array): Uint8Array {
  const middle = raw.length / 2;
  const integers = [raw.subarray(0, middle), raw.subarray(middle)].flatMap((half) => {
    const digits = half.subarray(half.findIndex((octet) => octet !== 0));
    const sign = digits[0]! >= 0x80 ? [0] : [];
    return [integer, sign.length + digits.length, ...sign, ...digits];
  });
  const length = integers.length < 0x80 ? [integers.length] : [0x81, integers.length];
  return Uint8Array.of(sequence, ...length, ...integers);
}

/** SEQUENCE { INTEGER r, INTEGER s }, nothing before, between or after. */
function rawOfDer(der: Uint8Array, byteLength: number): Uint8Array | undefined {
  const start = contentOfSequence(der);
  if (start === undefined) return undefined;
  const raw = new Uint8Array(2 * byteLength);
  const second = copyInteger(der, start, raw.subarray(0, byteLength));
  if (second === undefined) return undefined;
  const end = copyInteger(der, second, raw.subarray(byteLength));
  return end === der.length ? raw : undefined;
}

/** Where the content begins, if the SEQUENCE is the whole of the octets and its length is spelled the one DER way. */
function contentOfSequence(der: Uint8Array): number | undefined {
  if (der[0] !== sequence) return undefined;
  // At most 2 · (2 + 65) octets for the longest curve: one octet of length, or 81 and one octet above 7f.
  const start = der[1] === 0x81 ? 3 : 2;
  const length = der[start - 1];
  if (length === undefined || (start === 2) !== length < 0x80) return undefined;
  return start + length === der.length ? start : undefined;
}

/** Copies a positive INTEGER right-aligned; returns the place behind it. */
function copyInteger(der: Uint8Array, at: number, into: Uint8Array): number | undefined {
  const length = der[at + 1];
  const end = at + 2 + (length ?? 0);
  if (der[at] !== integer || length === undefined || length === 0 || end > der.length) return undefined;
  let digits = der.subarray(at + 2, end);
  if (digits[0]! >= 0x80) return undefined; // negative
  if (digits[0] === 0 && digits.length > 1) {
    if (digits[1]! < 0x80) return undefined; // a zero that no sign needs
    digits = digits.subarray(1);
  }
  if (digits.length > into.length) return undefined;
  into.set(digits, into.length - digits.length);
  return end;
}

const sequence = 0x30;
const integer = 0x02;
