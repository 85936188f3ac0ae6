/**
 * The two curves on which meters sign: their numbers, and how a public key on them is spelled in DER.
 *
 * Public data only: the arithmetic here is on `bigint` and not constant-time.
 * Source: SEC 2 v2.0 §2.2.2 and §2.4.2 (secp192r1, secp256r1), in FIPS 186-4 D.1.2 as P-192 and P-256;
 * RFC 5480 §2 (SubjectPublicKeyInfo).
 */

/** P-192 is legacy: there are meters in the field that sign with it. Nothing of ours is made with it. */
export type MeterCurve = "P-192" | "P-256";

/** y² = x³ − 3x + b over the integers mod p; the base point has order n. */
export interface CurveNumbers {
  readonly curve: MeterCurve;
  /** Octets of one coordinate, and of r and s each. */
  readonly byteLength: number;
  readonly p: bigint;
  readonly b: bigint;
  readonly n: bigint;
  /** DER of SubjectPublicKeyInfo up to and without the octet 04 of the uncompressed point. */
  readonly spkiPrefix: Uint8Array;
}

/** Whether the point lies on the curve. Both coordinates are below p. The identity has no coordinates, so it never is. */
export function isOnCurve({ p, b }: CurveNumbers, x: bigint, y: bigint): boolean {
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

/** Unsigned big-endian number of these octets. */
export function toNumber(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return value;
}

/* SEQUENCE { SEQUENCE { OID id-ecPublicKey 1.2.840.10045.2.1, OID of the curve }, BIT STRING, no unused bits { … } } */
const algorithmId = [0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const oidP192 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01];
const oidP256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

export const p192: CurveNumbers = {
  curve: "P-192",
  byteLength: 24,
  p: 0xffffffff_ffffffff_ffffffff_fffffffe_ffffffff_ffffffffn,
  b: 0x64210519_e59c80e7_0fa7e9ab_72243049_feb8deec_c146b9b1n,
  n: 0xffffffff_ffffffff_ffffffff_99def836_146bc9b1_b4d22831n,
  spkiPrefix: Uint8Array.of(0x30, 0x49, ...algorithmId, ...oidP192, 0x03, 0x32, 0x00),
};

export const p256: CurveNumbers = {
  curve: "P-256",
  byteLength: 32,
  p: 0xffffffff_00000001_00000000_00000000_00000000_ffffffff_ffffffff_ffffffffn,
  b: 0x5ac635d8_aa3a93e7_b3ebbd55_769886bc_651d06b0_cc53b0f6_3bce3c3e_27d2604bn,
  n: 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n,
  spkiPrefix: Uint8Array.of(0x30, 0x59, ...algorithmId, ...oidP256, 0x03, 0x42, 0x00),
};
