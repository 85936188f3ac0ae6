/**
 * Certificates, lists and requests that are wrong in one place: what a valid one says, changed, and signed anew.
 *
 * Declared loosely, so that also what our own declarations refuse can be written.
 */

import type { HashName } from "@siegel/crypto";

import {
  any,
  boolean,
  decodeDer,
  encodeDer,
  explicit,
  type Der,
  implicit,
  integer,
  octetBits,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  setOf,
  smallInteger,
  withDefault,
} from "../src/der/index.ts";
import type { Infer } from "@siegel/wire";
import { signatureOids } from "../src/asn1/oids.ts";
import { Certificate, type RevocationList, type Signer } from "../src/index.ts";

const LooseExtension = sequence("Extension", {
  extnID: oid(),
  critical: withDefault(boolean(), false),
  extnValue: octetString(),
});
export type LooseExtension = Infer<typeof LooseExtension>;

const LooseTbs = sequence("TBSCertificate", {
  version: optional(explicit(0, smallInteger())),
  serialNumber: integer(),
  signature: any(),
  issuer: any(),
  validity: any(),
  subject: any(),
  subjectPublicKeyInfo: any(),
  issuerUniqueId: optional(implicit(1, octetBits())),
  extensions: optional(explicit(3, sequenceOf(LooseExtension))),
});
export type LooseTbs = Infer<typeof LooseTbs>;

const LooseList = sequence("TBSCertList", {
  version: optional(smallInteger()),
  signature: any(),
  issuer: any(),
  thisUpdate: any(),
  nextUpdate: optional(any()),
  crlExtensions: optional(explicit(0, sequenceOf(LooseExtension))),
});
/** With entries; without, the time behind would be taken for one. */
const LooseListWithEntries = sequence("TBSCertList", {
  version: smallInteger(),
  signature: any(),
  issuer: any(),
  thisUpdate: any(),
  nextUpdate: any(),
  revokedCertificates: sequenceOf(
    sequence("Entry", {
      userCertificate: integer(),
      revocationDate: any(),
      crlEntryExtensions: optional(sequenceOf(LooseExtension)),
    }),
  ),
  crlExtensions: explicit(0, sequenceOf(LooseExtension)),
});
export type LooseList = Infer<typeof LooseList>;
export type LooseListWithEntries = Infer<typeof LooseListWithEntries>;

const LooseInfo = sequence("CertificationRequestInfo", {
  version: smallInteger(),
  subject: any(),
  subjectPKInfo: any(),
  attributes: implicit(0, setOf(any())),
});
export type LooseInfo = Infer<typeof LooseInfo>;

const Signed = sequence("SIGNED", { octets: any(), algorithm: any(), signature: octetBits() });

interface Signing {
  readonly signer: Signer;
  /** Of the key's size unless told. */
  readonly hash?: HashName;
  /** Written outside; as inside unless told. */
  readonly outside?: HashName;
}

/** The same certificate with something changed, signed anew; DER. */
export function reissued(
  certificate: Certificate,
  signing: Signing,
  change: (tbs: LooseTbs) => LooseTbs,
): Promise<Uint8Array> {
  return changed(LooseTbs, certificate.der, signing, change);
}

/** As `reissued`, read. */
export async function reissuedCertificate(...ask: Parameters<typeof reissued>): Promise<Certificate> {
  return Certificate.parse(await reissued(...ask));
}

export function reissuedList(
  list: RevocationList,
  signing: Signing,
  change: (tbs: LooseList) => LooseList,
): Promise<Uint8Array> {
  return changed(LooseList, list.der, signing, change);
}

export function reissuedListWithEntries(
  list: RevocationList,
  signing: Signing,
  change: (tbs: LooseListWithEntries) => LooseListWithEntries,
): Promise<Uint8Array> {
  return changed(LooseListWithEntries, list.der, signing, change);
}

export function reissuedRequest(
  request: Uint8Array,
  signing: Signing,
  change: (info: LooseInfo) => LooseInfo,
): Promise<Uint8Array> {
  return changed(LooseInfo, request, signing, change);
}

async function changed<T extends object>(
  type: Der<T>,
  der: Uint8Array,
  { signer, hash = sizeOf(signer), outside = hash }: Signing,
  change: (value: T) => T,
): Promise<Uint8Array> {
  const value = decodeDer(type, decodeDer(Signed, der).octets);
  const withHash = "signature" in value ? { ...value, signature: algorithm(hash) } : value;
  const octets = encodeDer(type, change(withHash));
  return encodeDer(Signed, { octets, algorithm: algorithm(outside), signature: await signer.sign(hash, octets) });
}

export function algorithm(hash: HashName): Uint8Array {
  return encodeDer(sequence("AlgorithmIdentifier", { algorithm: oid() }), { algorithm: signatureOids[hash] });
}

function sizeOf({ publicKey }: Signer): HashName {
  return publicKey.curve === "brainpoolP512r1"
    ? "SHA-512"
    : publicKey.curve === "brainpoolP384r1"
      ? "SHA-384"
      : "SHA-256";
}

/** Replaces the extension of this kind, or adds it. */
export function withExtension<T>(
  extensions: readonly LooseExtension[] | undefined,
  extension: { id: string; critical?: boolean; der: Der<T>; value: T },
): readonly LooseExtension[] {
  const made = {
    extnID: extension.id,
    critical: extension.critical ?? false,
    extnValue: encodeDer(extension.der, extension.value),
  };
  return [...withoutExtension(extensions, extension.id), made];
}

export function withoutExtension(
  extensions: readonly LooseExtension[] | undefined,
  id: string,
): readonly LooseExtension[] {
  return (extensions ?? []).filter(({ extnID }) => extnID !== id);
}

/** The extension of this kind says something else about being critical. */
export function withCritical(
  extensions: readonly LooseExtension[] | undefined,
  id: string,
  critical: boolean,
): readonly LooseExtension[] {
  return (extensions ?? []).map((one) => (one.extnID === id ? { ...one, critical } : one));
}
