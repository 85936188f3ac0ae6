/**
 * A signing meter for the lab and for tests. Never for anything real.
 *
 * In: a seed, or a private number from a published vector.  Out: a key pair and raw signatures, the same in every run.
 * Not here: keys of our own, which live in a security module and are drawn at random.
 * Why not `crypto.sign`: it draws a fresh nonce each time, and a failure in the lab must repeat from its seed. So the
 * nonce is RFC 6979's, and r and s are computed here. On `bigint`: not constant-time, the private number leaks by timing.
 * Source: RFC 6979 §3.2; FIPS 186-4 §6.4.
 */

import { createECDH, createHash, createHmac } from "node:crypto";

import { type CurveNumbers, type MeterCurve, p192, p256, toNumber } from "./curves.ts";
import { MeterPublicKey } from "./meter-public-key.ts";

/** The private key of a virtual meter. */
export class MeterSigningKey {
  readonly publicKey: MeterPublicKey;
  readonly #numbers: CurveNumbers<MeterCurve>;
  readonly #scalar: bigint;

  private constructor(numbers: CurveNumbers<MeterCurve>, scalar: bigint) {
    this.#numbers = numbers;
    this.#scalar = scalar;
    this.publicKey = MeterPublicKey.parse(multipleOfBasePoint(numbers, scalar));
  }

  /**
   * The same key for the same seed: 1 + SHA-512(curve ‖ seed) mod (n − 1). Predictable by whoever knows the seed.
   *
   * @param options.seed  32 octets.
   * @throws {RangeError} when the seed has another length.
   */
  static fromSeed(options: { readonly curve: MeterCurve; readonly seed: Uint8Array }): MeterSigningKey {
    if (options.seed.length !== 32) throw new RangeError("a seed has 32 octets");
    const numbers = numbersOf(options.curve);
    const hash = createHash("sha512").update(`siegel lab meter ${options.curve} `).update(options.seed).digest();
    return new MeterSigningKey(numbers, 1n + (toNumber(hash) % (numbers.n - 1n)));
  }

  /**
   * The key with this private number, as published vectors give it.
   *
   * @throws {RangeError} when it is not in [1, n − 1].
   */
  static fromScalar(options: { readonly curve: MeterCurve; readonly scalar: bigint }): MeterSigningKey {
    const numbers = numbersOf(options.curve);
    if (options.scalar < 1n || options.scalar >= numbers.n) throw new RangeError("a private number is in [1, n − 1]");
    return new MeterSigningKey(numbers, options.scalar);
  }

  get curve(): MeterCurve {
    return this.#numbers.curve;
  }

  /** r‖s over SHA-256 of the message, 48 or 64 octets. The same message gives the same signature. */
  sign(message: Uint8Array): Uint8Array {
    const { n, byteLength } = this.#numbers;
    const hash = createHash("sha256").update(message).digest();
    // Leftmost bits of the hash, as many as n has: 192 of 256 for P-192, all for P-256.
    const z = toNumber(hash.subarray(0, byteLength));
    for (const k of nonces(this.#numbers, this.#scalar, z)) {
      const r = toNumber(multipleOfBasePoint(this.#numbers, k).subarray(1, 1 + byteLength)) % n;
      const s = (inverse(k, n) * (z + r * this.#scalar)) % n;
      if (r !== 0n && s !== 0n) return Uint8Array.of(...octetsOf(r, byteLength), ...octetsOf(s, byteLength));
    }
    throw new Error("unreachable: nonces do not end");
  }
}

/** RFC 6979 §3.2, steps b to h: nonces in [1, n − 1], without end. */
function* nonces({ n, byteLength }: CurveNumbers<MeterCurve>, scalar: bigint, z: bigint): Generator<bigint> {
  const input = [...octetsOf(scalar, byteLength), ...octetsOf(z % n, byteLength)];
  let value: Uint8Array = new Uint8Array(32).fill(0x01);
  let key: Uint8Array = new Uint8Array(32);
  key = hmac(key, [...value, 0x00, ...input]);
  value = hmac(key, value);
  key = hmac(key, [...value, 0x01, ...input]);
  value = hmac(key, value);
  while (true) {
    value = hmac(key, value);
    const candidate = toNumber(value.subarray(0, byteLength));
    if (candidate >= 1n && candidate < n) yield candidate;
    key = hmac(key, [...value, 0x00]);
    value = hmac(key, value);
  }
}

function hmac(key: Uint8Array, data: Iterable<number>): Uint8Array {
  return createHmac("sha256", key).update(Uint8Array.from(data)).digest();
}

/** 04‖x‖y of k times the base point. */
function multipleOfBasePoint({ curve, byteLength }: CurveNumbers<MeterCurve>, k: bigint): Uint8Array {
  const ecdh = createECDH(curve === "P-192" ? "prime192v1" : "prime256v1");
  ecdh.setPrivateKey(octetsOf(k, byteLength));
  return ecdh.getPublicKey();
}

/** 1/k mod n by Fermat, n being prime. */
function inverse(k: bigint, n: bigint): bigint {
  let result = 1n;
  let square = k;
  for (let exponent = n - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % n;
    square = (square * square) % n;
  }
  return result;
}

function octetsOf(value: bigint, byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, at) =>
    Number((value >> BigInt(8 * (byteLength - 1 - at))) & 0xffn),
  );
}

function numbersOf(curve: MeterCurve): CurveNumbers<MeterCurve> {
  return curve === "P-192" ? p192 : p256;
}
