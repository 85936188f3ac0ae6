/** Reading certificates, lists and requests: what is refused before anything is believed, one field wrong each. */

import { DecodeError } from "@siegel/wire";
import { beforeAll, describe, expect, test } from "vitest";

import { extensionOids } from "../src/asn1/oids.ts";
import { PlainName } from "../src/asn1/name.ts";
import { decodeDer, encodeDer } from "../src/der/der.ts";
import {
  any,
  boolean,
  Certificate,
  CertificationRequest,
  certificationRequest,
  enumerated,
  implicit,
  issueCrl,
  nullValue,
  octetString,
  oid,
  printableString,
  RequestError,
  RevocationList,
  sequence,
  sequenceOf,
  setOf,
  time,
  utf8String,
} from "../src/index.ts";
import { roleOfName } from "../src/roles.ts";
import { type Lab, makeLab, seededKey, signerOf } from "../src/testing.ts";
import {
  algorithm,
  type LooseTbs,
  reissued,
  reissuedList,
  reissuedListWithEntries,
  reissuedRequest,
  withExtension,
  withoutExtension,
} from "./loose.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await makeLab();
});

function refusal(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} ${error.where.path}`;
    throw error;
  }
}

describe("a certificate", () => {
  const changes: Record<string, [refusal: string, change: (tbs: LooseTbs) => LooseTbs]> = {
    "of version 1": ["wrong-type Certificate.tbsCertificate.version", (tbs) => without(tbs, "version")],
    "of version 2": ["out-of-range Certificate.tbsCertificate.version", (tbs) => ({ ...tbs, version: 1 })],
    "of version 4": ["out-of-range Certificate.tbsCertificate.version", (tbs) => ({ ...tbs, version: 3 })],
    "numbered 0": ["out-of-range Certificate.tbsCertificate.serialNumber", (tbs) => ({ ...tbs, serialNumber: 0n })],
    "numbered below 0": [
      "out-of-range Certificate.tbsCertificate.serialNumber",
      (tbs) => ({ ...tbs, serialNumber: -(2n ** 100n) }),
    ],
    "numbered in 21 octets": [
      "too-long Certificate.tbsCertificate.serialNumber",
      (tbs) => ({ ...tbs, serialNumber: 2n ** 159n }),
    ],
    "signed with RSA": [
      "unknown-tag Certificate.tbsCertificate.signature",
      (tbs) => ({
        ...tbs,
        signature: encodeDer(sequence("A", { algorithm: oid() }), { algorithm: "1.2.840.113549.1.1.11" }),
      }),
    ],
    "signed with ECDSA and SHA-1": [
      "unknown-tag Certificate.tbsCertificate.signature",
      (tbs) => ({
        ...tbs,
        signature: encodeDer(sequence("A", { algorithm: oid() }), { algorithm: "1.2.840.10045.4.1" }),
      }),
    ],
    "with parameters behind the algorithm": [
      "trailing-bytes Certificate.tbsCertificate.signature",
      (tbs) => ({
        ...tbs,
        signature: encodeDer(sequence("A", { algorithm: oid(), parameters: nullValue() }), {
          algorithm: "1.2.840.10045.4.3.3",
          parameters: null,
        }),
      }),
    ],
    "that says another algorithm outside": [
      "not-canonical Certificate.signatureAlgorithm",
      (tbs) => ({ ...tbs, signature: algorithm("SHA-512") }),
    ],
    "that ends before it begins": [
      "out-of-range Certificate.tbsCertificate.validity",
      (tbs) => ({ ...tbs, validity: validity(2000, 1000) }),
    ],
    "with a unique id of the issuer": [
      "wrong-type Certificate.tbsCertificate.extensions",
      (tbs) => ({ ...tbs, issuerUniqueId: Uint8Array.of(1) }),
    ],
    "without extensions": ["truncated Certificate.tbsCertificate.extensions", (tbs) => without(tbs, "extensions")],
    "with an empty list of extensions": [
      "wrong-length Certificate.tbsCertificate.extensions",
      (tbs) => ({ ...tbs, extensions: [] }),
    ],
    "with an extension twice": [
      "wrong-length Certificate.tbsCertificate.extensions.2.5.29.15",
      (tbs) => ({
        ...tbs,
        extensions: [...tbs.extensions!, tbs.extensions!.find(({ extnID }) => extnID === extensionOids.keyUsage)!],
      }),
    ],
    "with an unknown extension twice": [
      "wrong-length Certificate.tbsCertificate.extensions.1.2.3",
      (tbs) => {
        const one = { extnID: "1.2.3", critical: false, extnValue: new Uint8Array() };
        return { ...tbs, extensions: [...tbs.extensions!, one, one] };
      },
    ],
    "whose key id has 19 octets": [
      "wrong-length Certificate.tbsCertificate.extensions.OCTET STRING",
      (tbs) => extended(tbs, extensionOids.subjectKeyIdentifier, octetString(), new Uint8Array(19)),
    ],
    "whose issuer's key is told without key id": [
      "truncated Certificate.tbsCertificate.extensions.AuthorityKeyIdentifier.keyIdentifier",
      (tbs) => extended(tbs, extensionOids.authorityKeyIdentifier, sequence("A", {}), {}),
    ],
    "with basic constraints that say FALSE": [
      "not-canonical Certificate.tbsCertificate.extensions.BasicConstraints.cA",
      (tbs) => extended(tbs, extensionOids.basicConstraints, sequence("B", { cA: boolean() }), { cA: false }),
    ],
    "with a list for some reasons only": [
      "trailing-bytes Certificate.tbsCertificate.extensions.SEQUENCE OF DistributionPoint[0]",
      (tbs) =>
        extended(
          tbs,
          extensionOids.cRLDistributionPoints,
          sequenceOf(sequence("D", { reasons: implicit(1, octetString()) })),
          [{ reasons: Uint8Array.of(6, 0x40) }],
        ),
    ],
    "with a name of an unread kind": [
      "unknown-tag Certificate.tbsCertificate.extensions.SEQUENCE OF GeneralName[0]",
      (tbs) =>
        extended(tbs, extensionOids.subjectAltName, sequenceOf(implicit(0, sequence("OtherName", { id: oid() }))), [
          { id: "1.2.3" },
        ]),
    ],
    "with a key that is none": [
      "out-of-range Certificate.tbsCertificate.subjectPublicKeyInfo",
      (tbs) => ({ ...tbs, subjectPublicKeyInfo: withLastOctet(tbs.subjectPublicKeyInfo) }),
    ],
    "of nobody": [
      "wrong-length Certificate.tbsCertificate.subject",
      (tbs) => ({ ...tbs, subject: encodeDer(any(), Uint8Array.of(0x30, 0)) }),
    ],
  };

  test.each(Object.entries(changes))("%s is refused", async (_what, [expected, change]) => {
    // Two programs would read two things in one certificate, or one would read what none may issue.
    const { certificate } = lab.emt.TLS;
    const der = await reissued(certificate, { signer: lab.signers.sub }, change);
    expect(refusal(() => Certificate.parse(certificate.der))).toBe("read");
    expect(refusal(() => Certificate.parse(der))).toBe(expected);
  });

  test("that is longer than any is refused before it is read", () => {
    // A stranger would choose how long we work.
    expect(refusal(() => Certificate.parse(new Uint8Array(20_000)))).toBe("too-long Certificate");
  });

  test("does not change with the octets it was read from", () => {
    // A buffer that is used again would change what was believed.
    const octets = lab.emt.TLS.certificate.der;
    const certificate = Certificate.parse(octets);
    octets.fill(0);
    expect(certificate.der).toEqual(lab.emt.TLS.certificate.der);
    expect(certificate.equals(lab.emt.TLS.certificate)).toBe(true);
  });

  test("tells its fields", () => {
    // The person at the portal would see another chain than the one that was checked.
    expect(lab.emt.TLS.certificate).toMatchObject({
      name: "Siegel-Lab.EMT",
      role: "EMT",
      purpose: "TLS",
      subject: { commonName: "Siegel-Lab.EMT", organization: "SM-Test-PKI-DE", country: "DE", serialNumber: "1" },
      issuer: { commonName: "Siegel-Lab.CA" },
      notBeforeMs: lab.now.epochMs - 60_000,
      dnsNames: ["localhost"],
      revocationListUris: ["http://pki.siegel.invalid/Siegel-Lab.CA.crl"],
    });
    expect(lab.emt.TLS.certificate.authorityKeyId).toEqual(lab.subCa.keyId);
    expect(lab.subCa).toMatchObject({ role: "SUB-CA", purpose: "CA" });
    expect(lab.root).toMatchObject({ role: "ROOT", purpose: "CA" });
  });
});

describe("a name", () => {
  const attribute = sequence("A", { type: oid(), value: utf8String() });
  const rdns = sequenceOf(setOf(attribute));
  const one = (type: string, value: string) => [{ type, value }];
  const base = [one("2.5.4.3", "a"), one("2.5.4.10", "b")];
  const country = encodeDer(setOf(sequence("A", { type: oid(), value: printableString() })), [
    { type: "2.5.4.6", value: "DE" },
  ]);
  const named = (...more: { type: string; value: string }[][]) => {
    const octets = encodeDer(rdns, [...base, ...more]);
    return encodeDer(sequenceOf(any()), [country, ...decodeDer(sequenceOf(any()), octets)]);
  };

  test.each<[what: string, refusal: string, der: () => Uint8Array]>([
    ["as it should be", "read", () => named()],
    ["with an attribute that the SM-PKI does not have", "unknown-tag Name", () => named(one("2.5.4.42", "x"))],
    ["with two common names", "wrong-length Name", () => named(one("2.5.4.3", "x"))],
    [
      "with two attributes in one place",
      "too-long Name[3]",
      () => named([...one("2.5.4.5", "1"), ...one("2.5.4.11", "x")]),
    ],
    ["with a line end", "out-of-range Name", () => named(one("2.5.4.11", "a\nb"))],
    ["with a zero", "out-of-range Name", () => named(one("2.5.4.11", "a\0b"))],
    ["written from right to left", "out-of-range Name", () => named(one("2.5.4.11", "a\u202eb"))],
    ["with an invisible joiner", "out-of-range Name", () => named(one("2.5.4.11", "a\u200db"))],
    ["with a blank at the end", "out-of-range Name", () => named(one("2.5.4.11", "a "))],
    ["that is too long", "out-of-range Name", () => named(one("2.5.4.11", "a".repeat(65)))],
    ["without country", "wrong-length Name", () => encodeDer(rdns, base)],
    ["that is empty", "wrong-length Name", () => Uint8Array.of(0x30, 0)],
  ])("%s: %s", (_what, expected, der) => {
    // Two names would look alike to a person and differ to a program.
    expect(refusal(() => decodeDer(PlainName, der()))).toBe(expected);
  });

  test.each([
    ["SM-Root.CA", "ROOT"],
    ["SM-Test-Root.CA", "ROOT"],
    ["Siegel-Lab.CA", "SUB-CA"],
    ["Chroot.CA", "SUB-CA"],
    ["ESGL0000000001.SMGW", "SMGW"],
    ["EBSI00000000.SMGW", "SMGW"],
    ["EBSI00000000.SMGW.2", "SMGW"],
    ["Stadtwerke Köln.EMT", "EMT"],
    ["Stadtwerke Köln.EMT.MAK-1", "EMT"],
    ["Werk.GWH", "GWH"],
    ["Admin.GWA", "GWA"],
    ["short.SMGW", undefined],
    ["ESGL00000000001.SMGW", undefined],
    ["ESGL-000000001.SMGW", undefined],
    ["A.B.EMT", undefined],
    ["A.EMT.SMGW", undefined],
    ["A.EMT.smgw", undefined],
    ["A.EMT.CA", undefined],
    ["A.SMGW.CA", undefined],
    ["A.EMT.", undefined],
    [".EMT", undefined],
    ["EMT", undefined],
    ["A.emt", undefined],
    ["A.EMT\n", undefined],
    ["A.EMT.1.2", undefined],
    ["", undefined],
  ])("%j has role %s", (commonName, role) => {
    // A participant would be taken for a gateway by how it calls itself.
    expect(roleOfName({ commonName, organization: "O", country: "DE" })).toBe(role);
  });
});

describe("a list of revoked certificates", () => {
  test("does not change with the octets it was read from", () => {
    // A buffer that is used again would change what was believed.
    const octets = lab.crls[1]!.der;
    const list = RevocationList.parse(octets);
    octets.fill(0);
    expect(list.der).toEqual(lab.crls[1]!.der);
  });

  test("tells its fields", async () => {
    // A revoked certificate would be looked for and not be found.
    const revoked = [
      { serial: 5n, dateMs: lab.now.epochMs - 5000, reason: "keyCompromise" as const },
      { serial: 2n ** 158n, dateMs: lab.now.epochMs },
    ];
    const list = RevocationList.parse(await subList(revoked));
    expect(list).toMatchObject({
      number: 3n,
      thisUpdateMs: lab.now.epochMs,
      nextUpdateMs: lab.now.epochMs + 1000,
      count: 2,
    });
    expect(list.revocationOf(5n)).toEqual({ dateMs: lab.now.epochMs - 5000, reason: "keyCompromise" });
    expect(list.revocationOf(2n ** 158n)).toEqual({ dateMs: lab.now.epochMs, reason: "unspecified" });
    expect(list.isRevoked(5n)).toBe(true);
    expect(list.isRevoked(6n)).toBe(false);
    expect([...list.entries()].map(([serial]) => serial)).toEqual([5n, 2n ** 158n]);
  });

  test.each<[what: string, refusal: string, der: () => Promise<Uint8Array>]>([
    [
      "of version 1",
      "wrong-type CertificateList.tbsCertList.version",
      () => reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => without(tbs, "version")),
    ],
    [
      "without an end",
      "wrong-type CertificateList.tbsCertList.nextUpdate",
      () => reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => without(tbs, "nextUpdate")),
    ],
    [
      "that ends before it begins",
      "out-of-range CertificateList.tbsCertList.nextUpdate",
      () =>
        reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => ({
          ...tbs,
          nextUpdate: encodeDer(time(), 0),
        })),
    ],
    [
      "without extensions",
      "truncated CertificateList.tbsCertList.crlExtensions",
      () => reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => without(tbs, "crlExtensions")),
    ],
    [
      "that says another algorithm outside",
      "not-canonical CertificateList.signatureAlgorithm",
      () => reissuedList(lab.crls[1]!, { signer: lab.signers.sub, outside: "SHA-512" }, (tbs) => tbs),
    ],
    [
      "that names a certificate twice",
      "wrong-length CertificateList.tbsCertList.revokedCertificates",
      async () => {
        const list = RevocationList.parse(await subList([{ serial: 5n, dateMs: 0 }]));
        return reissuedListWithEntries(list, { signer: lab.signers.sub }, (tbs) => ({
          ...tbs,
          revokedCertificates: [...tbs.revokedCertificates, ...tbs.revokedCertificates],
        }));
      },
    ],
    [
      "that takes a certificate off another list",
      "out-of-range CertificateList.tbsCertList.revokedCertificates[0].crlEntryExtensions.ENUMERATED",
      () => listWithReason(8),
    ],
    [
      "with an empty list of entries",
      "wrong-length CertificateList.tbsCertList.revokedCertificates",
      async () => {
        const list = RevocationList.parse(await subList([{ serial: 5n, dateMs: 0 }]));
        return reissuedListWithEntries(list, { signer: lab.signers.sub }, (tbs) => ({
          ...tbs,
          revokedCertificates: [],
        }));
      },
    ],
  ])("%s is refused", async (_what, expected, der) => {
    // Somebody revoked would be read as not revoked.
    const octets = await der();
    expect(refusal(() => RevocationList.parse(octets))).toBe(expected);
  });

  test("of many is read, and of too many octets is not", async () => {
    // A country's list would be refused, or a stranger's would fill the memory.
    const revoked = Array.from({ length: 20_000 }, (_, at) => ({ serial: 2n ** 150n + BigInt(at), dateMs: at * 1000 }));
    const list = RevocationList.parse(await subList(revoked));
    expect(list.count).toBe(20_000);
    expect(list.isRevoked(2n ** 150n + 19_999n)).toBe(true);
    expect(refusal(() => RevocationList.parse(new Uint8Array((1 << 23) + 1)))).toBe("too-long CertificateList");
  });
});

describe("a request", () => {
  test("becomes evidence when its holder signed it", async () => {
    // An authority would certify a key that the asker does not hold.
    const subject = lab.pki.subjectOf({ role: "SMGW", name: "ESGL0000000001" });
    const { signer } = lab.gateway.SIG;
    const der = await certificationRequest({ subject, ...signer });
    const verified = await CertificationRequest.parse(der).verify();
    expect(verified.subject).toEqual(subject);
    expect(verified.publicKey.equals(signer.publicKey)).toBe(true);
    const forged = await certificationRequest({ subject, publicKey: lab.emt.SIG.signer.publicKey, sign: signer.sign });
    await expect(CertificationRequest.parse(forged).verify()).rejects.toMatchObject({ code: "bad-signature" });
  });

  test("for a key on another curve is refused", async () => {
    // A certificate would be issued that nobody accepts.
    const key = signerOf(seededKey("brainpoolP384r1", "x"));
    const der = await certificationRequest({ subject: lab.subCa.subject, ...key });
    await expect(CertificationRequest.parse(der).verify()).rejects.toThrow(RequestError);
    await expect(CertificationRequest.parse(der).verify()).rejects.toMatchObject({ code: "wrong-curve" });
  });

  test("signed over a hash of another size is refused", async () => {
    // The asker would choose how strong the proof is.
    const { signer } = lab.gateway.SIG;
    const der = await certificationRequest({ subject: lab.subCa.subject, ...signer });
    const other = await reissuedRequest(der, { signer, hash: "SHA-512" }, (info) => info);
    await expect(CertificationRequest.parse(other).verify()).rejects.toMatchObject({ code: "bad-signature" });
    const newer = await reissuedRequest(der, { signer }, (info) => ({ ...info, version: 1 }));
    expect(refusal(() => CertificationRequest.parse(newer))).toMatch(/^out-of-range .*version$/);
  });
});

function extended<T>(tbs: LooseTbs, id: string, der: Parameters<typeof encodeDer<T>>[0], value: T): LooseTbs {
  const critical = id === extensionOids.basicConstraints;
  return { ...tbs, extensions: withExtension(withoutExtension(tbs.extensions, id), { id, critical, der, value }) };
}

function validity(fromMs: number, toMs: number): Uint8Array {
  return encodeDer(sequence("Validity", { from: time(), to: time() }), { from: fromMs, to: toMs });
}

function withLastOctet(spki: Uint8Array): Uint8Array {
  const changed = spki.slice();
  changed[changed.length - 1]! ^= 1;
  return changed;
}

function subList(revoked: Parameters<typeof issueCrl>[0]["revoked"]): Promise<Uint8Array> {
  const content = { number: 3n, thisUpdateMs: lab.now.epochMs, nextUpdateMs: lab.now.epochMs + 1000, revoked };
  return issueCrl(content, { signer: lab.signers.sub, certificate: lab.subCa });
}

async function listWithReason(number: number): Promise<Uint8Array> {
  const list = RevocationList.parse(await subList([{ serial: 5n, dateMs: 0 }]));
  return reissuedListWithEntries(list, { signer: lab.signers.sub }, (tbs) => ({
    ...tbs,
    revokedCertificates: tbs.revokedCertificates.map((entry) => ({
      ...entry,
      crlEntryExtensions: withExtension([], {
        id: extensionOids.reasonCode,
        der: enumerated({ reason: number }),
        value: "reason",
      }),
    })),
  }));
}

function without<T extends object>(value: T, field: keyof T): T {
  const { [field]: _gone, ...rest } = value;
  return rest as T; // the field is an optional one
}
