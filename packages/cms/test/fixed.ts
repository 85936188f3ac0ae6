/**
 * A delivery in which nothing is random: fixed keys, nonces and salts, and a signature by RFC 6979.
 *
 * For vectors: so that the format cannot change without a test that says so.
 */

import { createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { PublicKey, SecretKey, x963Kdf } from "@siegel/crypto";
import { digest } from "@siegel/crypto/verify";
import { type LabIdentity, seededKey } from "@siegel/pki/testing";
import { brainpoolP256r1 } from "@noble/curves/misc.js";
import type { Fresh } from "../src/encrypted/encrypt.ts";
import { SealedDelivery, type ToDeliver } from "../src/delivery/seal.ts";
import { letter, type World } from "./world.ts";

export async function fixedDelivery(
  world: World,
  cipher: "gcm" | "cbc-cmac",
  change: Partial<ToDeliver> = {},
): Promise<SealedDelivery> {
  const sign = async ({ message }: { message: Uint8Array }) => fixedSignature(world.lab.gateway.SIG, message);
  const sender = { ...world.sender, module: { sign } };
  return SealedDelivery.seal({ ...letter(1n), sender, receiver: world.receiverPath, cipher, ...change }, fixed());
}

/** Octets 00 01 02 …; one ephemeral key. */
function fixed(): Fresh {
  const ephemeral = seededKey("brainpoolP256r1", "fixed ephemeral");
  const counted = (byteLength: number) => Uint8Array.from({ length: byteLength }, (_, index) => index);
  return {
    randomBytes: counted,
    generateSecretKey: (byteLength) => SecretKey.fromBytes(counted(byteLength)),
    agreeEphemeral: async ({ receiver, hash, sharedInfo, byteLength }) => {
      const privateKey = createPrivateKey({ key: Buffer.from(ephemeral.toPkcs8()), format: "der", type: "pkcs8" });
      const publicKey = createPublicKey({ key: Buffer.from(receiver.toSpki()), format: "der", type: "spki" });
      const secret = diffieHellman({ privateKey, publicKey });
      const key = x963Kdf({ hash, secret, sharedInfo, byteLength });
      return { ephemeral: PublicKey.fromSpki(ephemeral.publicKey.toSpki()), key };
    },
  };
}

/** DER, the same for the same message, by noble: a second implementation. RFC 6979 §3.2 */
function fixedSignature({ key }: LabIdentity, message: Uint8Array): Uint8Array {
  // PKCS #8 without the public half ends in the private number; with it, the number stands behind 04 20.
  const pkcs8 = key.toPkcs8();
  const at = pkcs8.findIndex((octet, index) => octet === 0x04 && pkcs8[index + 1] === 0x20);
  const secret = pkcs8.subarray(at + 2, at + 34);
  const [r, s] = signed(digest("SHA-256", message), secret);
  const integer = (value: bigint) => {
    const hex = value.toString(16);
    const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
    const kept = octets[0]! >= 0x80 ? [0, ...octets] : [...octets];
    return [2, kept.length, ...kept];
  };
  const content = [...integer(r), ...integer(s)];
  return Uint8Array.from([0x30, content.length, ...content]);
}

function signed(hash: Uint8Array, secret: Uint8Array): [bigint, bigint] {
  const { n } = brainpoolP256r1.Point.CURVE();
  const toNumber = (octets: Uint8Array) => BigInt(`0x${Buffer.from(octets).toString("hex")}`);
  const toOctets = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
  const h = toNumber(hash) % n;
  let v: Uint8Array = new Uint8Array(32).fill(1);
  let k: Uint8Array = new Uint8Array(32);
  const mac = (...parts: Uint8Array[]) => createHmac("sha256", k).update(Buffer.concat(parts)).digest();
  for (const mark of [0, 1]) {
    k = mac(v, Uint8Array.of(mark), secret, toOctets(h));
    v = mac(v);
  }
  for (;;) {
    v = mac(v);
    const nonce = toNumber(v);
    if (nonce > 0n && nonce < n) {
      const r = brainpoolP256r1.Point.BASE.multiply(nonce).toAffine().x % n;
      const s = (inverse(nonce, n) * (h + r * toNumber(secret))) % n;
      if (r !== 0n && s !== 0n) return [r, s];
    }
    k = mac(v, Uint8Array.of(0));
    v = mac(v);
  }
}

/** By Fermat: n is prime. */
function inverse(value: bigint, n: bigint): bigint {
  let result = 1n;
  for (let base = value % n, exponent = n - 2n; exponent > 0n; exponent >>= 1n, base = (base * base) % n) {
    if ((exponent & 1n) === 1n) result = (result * base) % n;
  }
  return result;
}
