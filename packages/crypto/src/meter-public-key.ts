/**
 * A meter's public key, and the check of what the meter signed.
 *
 * In: the key as it is printed, sent or certified; a message and a raw signature.  Out: yes or no.
 * Not here: which octets of a telegram a meter signs (sml), whose key it is (pki), keys of our own.
 * Why P-192 at all: meters built for ten years and more sign with it (EDL40 among them), and their readings can be
 * checked in no other way. It gives about 96 bits of strength, is verified only, and nothing of ours is made with it.
 * Source: FIPS 186-4 §6.4 (ECDSA; leftmost bits of the hash where the hash is longer than n).
 */

import { createPublicKey, type KeyObject, verify } from "node:crypto";

import { KeyError } from "./errors.ts";
import { type CurveNumbers, isOnCurve, type MeterCurve, p192, p256, toNumber } from "./meter-curves.ts";

/** Only `parse` makes one, and only from a point on the curve; so whoever holds one need not ask again. */
export class MeterPublicKey {
  readonly #numbers: CurveNumbers;
  readonly #raw: Uint8Array;
  /** Parsed once: parsing at every check costs about a quarter of it. */
  readonly #handle: KeyObject;

  private constructor(numbers: CurveNumbers, raw: Uint8Array) {
    this.#numbers = numbers;
    this.#raw = raw;
    this.#handle = createPublicKey({ key: Buffer.from(spkiOf(numbers, raw)), format: "der", type: "spki" });
  }

  /**
   * The key in one of three spellings, told apart by length:
   * x‖y (48 or 64 octets), 04‖x‖y (49 or 65) or SubjectPublicKeyInfo in DER (75 or 91).
   *
   * @throws {KeyError} "bad-length", "bad-encoding", "other-key", "coordinate-out-of-range" or "not-on-curve".
   * @source SEC 1 §2.3.4 (uncompressed point), §3.2.2.1 (validation; both groups have cofactor 1); RFC 5480 §2 (SPKI).
   */
  static parse(octets: Uint8Array): MeterPublicKey {
    const { numbers, raw } = spelled(octets);
    const x = toNumber(raw.subarray(0, numbers.byteLength));
    const y = toNumber(raw.subarray(numbers.byteLength));
    if (x >= numbers.p || y >= numbers.p) throw new KeyError("coordinate-out-of-range");
    if (!isOnCurve(numbers, x, y)) throw new KeyError("not-on-curve");
    return new MeterPublicKey(numbers, raw);
  }

  get curve(): MeterCurve {
    return this.#numbers.curve;
  }

  /** x‖y, 48 or 64 octets: as meters print and send it. A copy. */
  toRaw(): Uint8Array {
    return Uint8Array.from(this.#raw);
  }

  /** SubjectPublicKeyInfo in DER, 75 or 91 octets. */
  toSpki(): Uint8Array {
    return spkiOf(this.#numbers, this.#raw);
  }

  /**
   * Whether the holder of the private key signed this message: ECDSA over SHA-256 (P-192: its leftmost 192 bits).
   *
   * @param check.message    What was signed, not its hash.
   * @param check.signature  r‖s, 48 or 64 octets, big-endian. Not DER.
   * @returns  False for any other length, and for r or s that is zero or not below n.
   *           With (r, s) also (r, n − s) is valid: that is ECDSA. So a signature proves who signed what, and must never
   *           serve as an identifier of the message.
   */
  verify(check: { readonly message: Uint8Array; readonly signature: Uint8Array }): boolean {
    return verify("sha256", check.message, { key: this.#handle, dsaEncoding: "ieee-p1363" }, check.signature);
  }
}

/** Which spelling, and the x‖y in it as a copy, so that the caller's later writes change nothing. */
function spelled(octets: Uint8Array): { numbers: CurveNumbers; raw: Uint8Array } {
  for (const numbers of [p192, p256]) {
    const { byteLength, spkiPrefix } = numbers;
    const rawLength = 2 * byteLength;
    if (octets.length === rawLength) return { numbers, raw: Uint8Array.from(octets) };
    if (octets.length === 1 + rawLength) return { numbers, raw: afterPointMark(octets) };
    if (octets.length !== spkiPrefix.length + 1 + rawLength) continue;
    if (spkiPrefix.some((octet, at) => octets[at] !== octet)) throw new KeyError("other-key");
    return { numbers, raw: afterPointMark(octets.subarray(spkiPrefix.length)) };
  }
  throw new KeyError(octets[0] === derSequence ? "other-key" : "bad-length");
}

function afterPointMark(point: Uint8Array): Uint8Array {
  if (point[0] !== uncompressed) throw new KeyError("bad-encoding");
  return Uint8Array.from(point.subarray(1));
}

function spkiOf({ spkiPrefix }: CurveNumbers, raw: Uint8Array): Uint8Array {
  return Uint8Array.of(...spkiPrefix, uncompressed, ...raw);
}

const uncompressed = 0x04;
const derSequence = 0x30;
