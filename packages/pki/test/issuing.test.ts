/** Issuing: what is made is what everybody accepts, and what nobody would accept is not made. */

import { beforeAll, describe, expect, test } from "vitest";

import {
  Certificate,
  type CertificateContent,
  CertificationRequest,
  certificationRequest,
  IssueError,
  type Issuer,
  issueCertificate,
  issueCrl,
  LabPki,
  RequestError,
  validatePath,
} from "../src/index.ts";
import { type Lab, makeLab, seededKey, seededRandom, signerOf } from "../src/testing.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await makeLab();
});

const yearMs = 365 * 86_400_000;

async function refusal(act: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof act === "function" ? act() : act);
    return "done";
  } catch (error) {
    if (error instanceof IssueError || error instanceof RequestError) return error.code;
    throw error;
  }
}

describe("a certificate is not issued", () => {
  const content = (): CertificateContent => ({
    serial: 1n,
    subject: lab.pki.subjectOf({ role: "EMT", name: "Siegel-Lab" }),
    publicKey: lab.emt.SIG.key.publicKey,
    role: "EMT",
    purpose: "SIG",
    notBeforeMs: lab.now.epochMs,
    notAfterMs: lab.now.epochMs + yearMs,
    reachedBy: { email: "a@b.invalid" },
    revocationListUri: "http://pki.invalid/sub.crl",
  });
  const issuer = (): Issuer => ({ signer: lab.signers.sub, certificate: lab.subCa });

  test.each<[what: string, code: string, change: () => Partial<CertificateContent>]>([
    ["(as it should be, it is)", "done", () => ({})],
    ["with number 0", "not-in-profile", () => ({ serial: 0n })],
    ["with a number of 21 octets", "not-in-profile", () => ({ serial: 2n ** 159n })],
    ["that ends as it begins", "bad-interval", () => ({ notAfterMs: lab.now.epochMs })],
    ["without end", "bad-interval", () => ({ notAfterMs: Number.NaN })],
    ["with half seconds", "not-in-profile", () => ({ notBeforeMs: lab.now.epochMs + 500 })],
    ["that outlives its issuer", "outlives-issuer", () => ({ notAfterMs: lab.subCa.notAfterMs + 1000 })],
    ["under the name of another role", "not-in-profile", () => ({ role: "SMGW" })],
    ["for a gateway with further names", "not-in-profile", () => gateway({ reachedBy: { dnsNames: ["localhost"] } })],
    ["(for a gateway without, it is)", "done", () => gateway({ reachedBy: {} })],
    ["for a participant that cannot be reached", "not-in-profile", () => ({ reachedBy: {} })],
    ["for a participant that signs certificates", "not-in-profile", () => ({ purpose: "CA" })],
    ["without a place for the list", "not-in-profile", () => ({ revocationListUri: undefined as never })],
    [
      "on an authority's curve",
      "not-in-profile",
      () => ({ publicKey: seededKey("brainpoolP512r1", "large").publicKey }),
    ],
    [
      "in a name that nobody can see",
      "not-in-profile",
      () => ({ subject: { ...lab.subCa.subject, commonName: "a\u200b.EMT" } }),
    ],
    ["in a country of three letters", "not-in-profile", () => ({ subject: { ...content().subject, country: "DEU" } })],
  ])("%s", async (_what, code, change) => {
    // A gateway would be sent out with a certificate that every head-end refuses.
    expect(await refusal(issueCertificate({ ...content(), ...change() }, issuer()))).toBe(code);
  });

  test("with a key that is not the issuer's, or by somebody who is no authority", async () => {
    // It would be found out only where it is checked.
    expect(await refusal(issueCertificate(content(), { ...issuer(), signer: lab.emt.SIG.signer }))).toBe("other-key");
    const own = { signer: lab.emt.SIG.signer, certificate: lab.emt.SIG.certificate };
    expect(await refusal(issueCertificate(content(), own))).toBe("not-in-profile");
    const { revoked, ...list } = { number: 1n, thisUpdateMs: 0, nextUpdateMs: 1000, revoked: [] };
    const asked = issueCrl({ ...list, revoked }, { signer: lab.emt.SIG.signer, certificate: lab.subCa });
    expect(await refusal(asked)).toBe("other-key");
  });

  function gateway(more: Partial<CertificateContent>): Partial<CertificateContent> {
    return { subject: { ...lab.subCa.subject, commonName: "ESGL0000000001.SMGW" }, role: "SMGW", ...more };
  }
});

test("a list is not issued backwards in time, and names nobody twice", async () => {
  // Every reader of the list would refuse it, and with it everybody on it and not on it.
  const issuer = { signer: lab.signers.sub, certificate: lab.subCa };
  const content = { number: 1n, thisUpdateMs: 1000, nextUpdateMs: 2000, revoked: [] };
  expect(await refusal(issueCrl(content, issuer))).toBe("done");
  expect(await refusal(issueCrl({ ...content, nextUpdateMs: 1000 }, issuer))).toBe("bad-interval");
  const twice = [1, 2].map(() => ({ serial: 4n, dateMs: 0 }));
  expect(await refusal(issueCrl({ ...content, revoked: twice }, issuer))).toBe("already-revoked");
});

describe("the lab's PKI", () => {
  test("certifies what was asked for with proof, under the name that the asker has", async () => {
    // Any gateway could get the certificate of any other.
    const ask = { role: "SMGW", name: "ESGL0000000077" } as const;
    const { signer } = lab.gateway.SIG;
    const request = await CertificationRequest.parse(
      await certificationRequest({ subject: lab.pki.subjectOf(ask), ...signer }),
    ).verify();
    const certificate = await lab.pki.issue({ ...ask, purpose: "SIG", now: lab.now, request });
    expect(certificate).toMatchObject({ name: "ESGL0000000077.SMGW", role: "SMGW", purpose: "SIG" });
    expect(certificate.keyId).toEqual(signer.publicKey.keyId);
    const other = { ...ask, name: "ESGL0000000078", purpose: "SIG", now: lab.now } as const;
    expect(await refusal(lab.pki.issue({ ...other, request }))).toBe("wrong-name");
    expect(await refusal(lab.pki.issue(other))).toBe("other-key");
    expect(await refusal(lab.pki.issue({ ...other, name: "x", publicKey: signer.publicKey }))).toBe("not-in-profile");
  });

  test("goes on after a restart where it was", async () => {
    // A second start would make another root, and everything that was stored would lose its proof.
    const signers = lab.signers;
    const random = seededRandom("restart");
    const first = await LabPki.create({ signers, now: lab.now, random });
    const publicKey = lab.emt.SIG.key.publicKey;
    const ask = { role: "EMT", name: "Siegel-Lab", purpose: "SIG", now: lab.now, publicKey } as const;
    const leaf = await first.issue(ask);
    const [, before] = await first.crls(lab.now);
    first.revoke({ certificate: leaf, at: lab.now });
    const second = LabPki.open({ signers, random, state: structuredClone(first.state) });
    expect(second.root.equals(first.root)).toBe(true);
    const revocation = await second.crls(lab.now);
    expect(revocation[1]!.number).toBe((before!.number ?? 0n) + 1n);
    const question = {
      leaf,
      others: second.others,
      anchors: second.anchors,
      at: lab.now,
      role: "EMT",
      purpose: "SIG",
    } as const;
    await expect(validatePath({ ...question, revocation })).rejects.toMatchObject({ code: "revoked" });
    const other = { ...signers, sub: signerOf(seededKey("brainpoolP384r1", "other")) };
    expect(await refusal(() => LabPki.open({ signers: other, random, state: first.state }))).toBe("other-key");
  });

  test("revokes what it issued, once", async () => {
    // A mistake at the keyboard would end on a list that everybody reads.
    const stranger = await makeLab({ seed: "stranger" });
    const pki = stranger.pki;
    const { certificate } = stranger.emt.SIG;
    pki.revoke({ certificate, at: lab.now });
    pki.revoke({ certificate: pki.subCa, at: lab.now });
    expect(await refusal(() => pki.revoke({ certificate, at: lab.now }))).toBe("already-revoked");
    expect(await refusal(() => pki.revoke({ certificate: pki.root, at: lab.now }))).toBe("unknown-certificate");
  });

  test("never lets a certificate outlive its sub-CA", async () => {
    // It would end in the middle of its life, at night.
    const publicKey = lab.emt.SIG.key.publicKey;
    const ask = { role: "EMT", name: "Siegel-Lab", purpose: "SIG", now: lab.now, publicKey } as const;
    expect((await lab.pki.issue({ ...ask, lifetimeMs: 9 * yearMs })).notAfterMs).toBe(lab.subCa.notAfterMs);
  });

  test("numbers certificates with 20 octets that differ each time, and takes no fewer", async () => {
    // A forger could work ahead on a number that he foresees.
    const serials = [lab.root, lab.subCa, ...Object.values(lab.emt).map(({ certificate }) => certificate)].map(
      ({ serial }) => serial,
    );
    expect(new Set(serials).size).toBe(serials.length);
    for (const serial of serials) expect(serial.toString(2).length).toBe(159);
    const short = LabPki.create({ signers: lab.signers, now: lab.now, random: () => new Uint8Array(8) });
    expect(await refusal(short)).toBe("bad-random");
  });

  test("is the same for the same seed, and another for another", async () => {
    // A failure could not be repeated.
    const [again, other] = [await makeLab(), await makeLab({ seed: "other" })];
    expect(again.root.serial).toBe(lab.root.serial);
    expect(again.root.keyId).toEqual(lab.root.keyId);
    expect(other.root.keyId).not.toEqual(lab.root.keyId);
    expect(Certificate.parse(again.root.der).publicKey.equals(lab.root.publicKey)).toBe(true);
  });
});
