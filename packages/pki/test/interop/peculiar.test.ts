/** @peculiar/x509 as a second reader: the same fields out of the same octets. It does not check signatures here. */

// oxlint-disable-next-line import/no-unassigned-import -- it has to run before the next import
import "./reflect.ts";

import { toHex } from "@siegel/wire";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  ExtendedKeyUsageExtension,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509Crl,
} from "@peculiar/x509";
import { expect, test } from "vitest";

import { certificationRequest } from "../../src/index.ts";
import { makeLab } from "../../src/testing.ts";

test("certificates say the same to both readers", async () => {
  // We would write something that only we understand as we mean it.
  const lab = await makeLab();
  const triples = [lab.emt, lab.gwa, lab.gateway].flatMap((triple) => Object.values(triple));
  for (const certificate of [lab.root, lab.subCa, ...triples.map((one) => one.certificate)]) {
    const theirs = new X509Certificate(Buffer.from(certificate.der));
    expect(BigInt(`0x${theirs.serialNumber}`)).toBe(certificate.serial);
    expect(theirs.subjectName.getField("CN")).toEqual([certificate.name]);
    expect(theirs.issuerName.getField("CN")).toEqual([certificate.issuer.commonName]);
    expect(theirs.subjectName.getField("O")).toEqual([certificate.subject.organization]);
    expect(theirs.subjectName.getField("C")).toEqual([certificate.subject.country]);
    expect(theirs.notBefore.getTime()).toBe(certificate.notBeforeMs);
    expect(theirs.notAfter.getTime()).toBe(certificate.notAfterMs);
    expect(new Uint8Array(theirs.publicKey.rawData)).toEqual(certificate.publicKey.toSpki());
    expect(theirs.getExtension(SubjectKeyIdentifierExtension)?.keyId).toBe(toHex(certificate.keyId));
    expect(theirs.getExtension(AuthorityKeyIdentifierExtension)?.keyId).toBe(
      toHex(certificate.authorityKeyId ?? new Uint8Array()),
    );
    const isCa = certificate.purpose === "CA";
    expect(theirs.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: isCa, critical: true });
    const usage = { CA: 0x20 | 0x40, TLS: 0x01, SIG: 0x01, ENC: 0x04 | 0x10 }[certificate.purpose ?? "CA"];
    expect(theirs.getExtension(KeyUsagesExtension)).toMatchObject({ usages: usage, critical: true });
    expect(theirs.getExtension(ExtendedKeyUsageExtension)?.usages.length ?? 0).toBe(
      certificate.purpose === "TLS" ? 2 : 0,
    );
    expect(theirs.getExtension(CertificatePolicyExtension)?.policies ?? ["0.4.0.127.0.7.3.4.1.1.1"]).toEqual([
      "0.4.0.127.0.7.3.4.1.1.1",
    ]);
    const names = theirs.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
    expect(names.filter(({ type }) => type === "dns").map(({ value }) => value)).toEqual(certificate.dnsNames);
    expect(names.length > 0).toBe(certificate.role === "EMT" || certificate.role === "GWA");
  }
});

test("lists say the same to both readers", async () => {
  // A revoked gateway would stay connected to everybody else.
  const lab = await makeLab();
  lab.pki.revoke({ certificate: lab.emt.SIG.certificate, at: lab.now, reason: "keyCompromise" });
  lab.pki.revoke({ certificate: lab.emt.ENC.certificate, at: { epochMs: lab.now.epochMs - 5000 } });
  for (const list of await lab.pki.crls(lab.now)) {
    const theirs = new X509Crl(Buffer.from(list.der));
    expect(theirs.issuerName.getField("CN")).toEqual([list.issuer.commonName]);
    expect(theirs.thisUpdate.getTime()).toBe(list.thisUpdateMs);
    expect(theirs.nextUpdate?.getTime()).toBe(list.nextUpdateMs);
    const entries = [...list.entries()];
    expect(theirs.entries.map((entry) => [BigInt(`0x${entry.serialNumber}`), entry.revocationDate.getTime()])).toEqual(
      entries.map(([serial, { dateMs }]) => [serial, dateMs]),
    );
    expect(theirs.entries.map(({ reason }) => reason ?? 0)).toEqual(
      entries.map(([, { reason }]) => (reason === "keyCompromise" ? 1 : 0)),
    );
  }
});

test("requests say the same to both readers", async () => {
  // Another authority would certify another name.
  const lab = await makeLab();
  const subject = lab.pki.subjectOf({ role: "SMGW", name: "ESGL0000000001" });
  const der = await certificationRequest({ subject, ...lab.gateway.SIG.signer });
  const theirs = new Pkcs10CertificateRequest(Buffer.from(der));
  expect(theirs.subjectName.getField("CN")).toEqual(["ESGL0000000001.SMGW"]);
  expect(new Uint8Array(theirs.publicKey.rawData)).toEqual(lab.gateway.SIG.signer.publicKey.toSpki());
});
