/**
 * A ready-made PKI for tests and for the lab: the same names, keys and serial numbers for the same seed.
 *
 * Whoever knows the seed knows every key. Never for anything real.
 */

import { type CurveName, digest, FileKey } from "@siegel/crypto";

import { encodeDer, octetString, oid, encapsulated, sequence, smallInteger } from "./der/index.ts";
import type { Certificate } from "./certificate.ts";
import { LabPki, type LabRequest, type RandomOctets } from "./issuing/lab-pki.ts";
import type { Signer } from "./issuing/signer.ts";
import type { At } from "./path/validate.ts";
import type { RevocationList } from "./revocation-list.ts";

/** A certificate and the private key that belongs to it. */
export interface LabIdentity {
  readonly certificate: Certificate;
  readonly key: FileKey;
  readonly signer: Signer;
}

/** One key, one purpose. */
export type LabTriple = Readonly<Record<"TLS" | "SIG" | "ENC", LabIdentity>>;

export interface Lab {
  readonly now: At;
  readonly pki: LabPki;
  readonly root: Certificate;
  readonly subCa: Certificate;
  readonly anchors: readonly Certificate[];
  readonly others: readonly Certificate[];
  /** Of root and sub-CA, as of `now`, with nothing on them. */
  readonly crls: readonly RevocationList[];
  readonly signers: { readonly root: Signer; readonly sub: Signer };
  /** `ESGL0000000001.SMGW` */
  readonly gateway: LabTriple;
  /** `Siegel-Lab.EMT` */
  readonly emt: LabTriple;
  /** `Siegel-Lab.GWA` */
  readonly gwa: LabTriple;
  /** Another triple, of any role and name. */
  triple(ask: Pick<LabRequest, "role" | "name"> & Partial<Pick<LabRequest, "lifetimeMs" | "now">>): Promise<LabTriple>;
  /** Another gateway: `ESGL0000000002`, … */
  anotherGateway(number: number): Promise<LabTriple>;
}

/** @param options.now  2026-01-01 unless told. @param options.seed  Another seed, other keys. */
export async function makeLab(options: { readonly now?: At; readonly seed?: string } = {}): Promise<Lab> {
  const { now = { epochMs: Date.UTC(2026, 0, 1) }, seed = "siegel" } = options;
  const keys = { root: seededKey("brainpoolP512r1", `${seed} root`), sub: seededKey("brainpoolP384r1", `${seed} sub`) };
  const signers = { root: signerOf(keys.root), sub: signerOf(keys.sub) };
  const pki = await LabPki.create({ signers, now, random: seededRandom(`${seed} serials`) });
  const triple: Lab["triple"] = async (ask) => {
    const identity = async (purpose: "TLS" | "SIG" | "ENC"): Promise<LabIdentity> => {
      const key = seededKey("brainpoolP256r1", `${seed} ${ask.name}.${ask.role} ${purpose}`);
      const certificate = await pki.issue({ now, ...ask, purpose, publicKey: key.publicKey });
      return { certificate, key, signer: signerOf(key) };
    };
    return { TLS: await identity("TLS"), SIG: await identity("SIG"), ENC: await identity("ENC") };
  };
  const anotherGateway = (number: number) => triple({ role: "SMGW", name: `ESGL${String(number).padStart(10, "0")}` });
  return {
    now,
    pki,
    root: pki.root,
    subCa: pki.subCa,
    anchors: pki.anchors,
    others: pki.others,
    crls: await pki.crls(now),
    signers,
    gateway: await anotherGateway(1),
    emt: await triple({ role: "EMT", name: "Siegel-Lab" }),
    gwa: await triple({ role: "GWA", name: "Siegel-Lab" }),
    triple,
    anotherGateway,
  };
}

export function signerOf(key: FileKey): Signer {
  return { publicKey: key.publicKey, sign: (hash, message) => key.sign({ hash, message }) };
}

/** The private number is a hash of the seed with its first bit cleared, so that it is below the order of the curve. */
export function seededKey(curve: keyof typeof curveOids, seed: string): FileKey {
  const { hash, id } = curveOids[curve];
  const privateKey = digest(hash, new TextEncoder().encode(`siegel lab key ${seed}`));
  privateKey[0]! &= 0x7f;
  return FileKey.fromPkcs8(
    encodeDer(PrivateKeyInfo, {
      version: 0,
      privateKeyAlgorithm: { algorithm: "1.2.840.10045.2.1", parameters: id },
      privateKey: { version: 1, privateKey },
    }),
  );
}

/** Octets that look random and are the same each time. */
export function seededRandom(seed: string): RandomOctets {
  let counter = 0;
  return (byteLength) => {
    const octets = new Uint8Array(byteLength);
    for (let at = 0; at < byteLength; at += 32) {
      const block = digest("SHA-256", new TextEncoder().encode(`siegel lab random ${seed} ${counter++}`));
      octets.set(block.subarray(0, byteLength - at), at);
    }
    return octets;
  };
}

/** RFC 5208 §5 with RFC 5915 §3 inside; the public key, which is optional, is left out. */
const PrivateKeyInfo = sequence("PrivateKeyInfo", {
  version: smallInteger({ max: 0 }),
  privateKeyAlgorithm: sequence("AlgorithmIdentifier", { algorithm: oid(), parameters: oid() }),
  privateKey: encapsulated(
    sequence("ECPrivateKey", { version: smallInteger({ min: 1, max: 1 }), privateKey: octetString({ max: 66 }) }),
  ),
});

/** RFC 5639. */
const curveOids = {
  brainpoolP256r1: { hash: "SHA-256", id: "1.3.36.3.3.2.8.1.1.7" },
  brainpoolP384r1: { hash: "SHA-384", id: "1.3.36.3.3.2.8.1.1.11" },
  brainpoolP512r1: { hash: "SHA-512", id: "1.3.36.3.3.2.8.1.1.13" },
} as const satisfies Partial<Record<CurveName, unknown>>;
