/** The memory of signatures that held: it saves work and changes no answer. */

import { PublicKey } from "@siegel/crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Certificate, PathCache, PathError, type PathQuestion, RevocationList, validatePath } from "../src/index.ts";
import { type Lab, makeLab, seededKey, signerOf } from "../src/testing.ts";
import { reissuedCertificate } from "./loose.ts";

let lab: Lab;
beforeEach(async () => {
  lab = await makeLab();
  vi.spyOn(PublicKey.prototype, "verify");
});
afterEach(() => vi.restoreAllMocks());

/** Signatures checked since the last call. */
function checked(): number {
  const { calls } = vi.mocked(PublicKey.prototype.verify).mock;
  return calls.splice(0).length;
}

function good(cache?: PathCache): PathQuestion {
  return {
    leaf: lab.emt.SIG.certificate,
    others: lab.others,
    anchors: lab.anchors,
    revocation: lab.crls,
    at: lab.now,
    role: "EMT",
    purpose: "SIG",
    ...(cache === undefined ? {} : { cache }),
  };
}

test("a chain that was checked is not checked again, and only the leaf of the next one", async () => {
  // A head-end would spend three quarters of its time on the same four signatures.
  const cache = new PathCache();
  await validatePath(good(cache));
  expect(checked()).toBe(5); // root, sub-CA, leaf and two lists
  await validatePath(good(cache));
  expect(checked()).toBe(0);
  await validatePath({ ...good(cache), leaf: Certificate.parse(lab.emt.SIG.certificate.der) });
  expect(checked()).toBe(0);
  await validatePath({ ...good(cache), leaf: lab.gateway.SIG.certificate, role: "SMGW" });
  expect(checked()).toBe(1);
  await validatePath({ ...good(cache), revocation: await lab.pki.crls(lab.now) });
  expect(checked()).toBe(2);
});

test("without a memory nothing is remembered", async () => {
  // Two programs in one process would share what they believe.
  await validatePath(good());
  await validatePath(good());
  expect(checked()).toBe(10);
});

test("what a memory says holds for that issuer only, and for those octets only", async () => {
  // A signature that one authority made would count as another's.
  const cache = new PathCache();
  await validatePath(good(cache));
  const stranger = await makeLab({ seed: "stranger" });
  await expect(validatePath({ ...good(cache), anchors: stranger.anchors })).rejects.toThrow(PathError);
  // A root of the same name and key id, trusted, but of another key.
  const signer = signerOf(seededKey("brainpoolP512r1", "twin"));
  const twin = await reissuedCertificate(lab.root, { signer }, (tbs) => ({
    ...tbs,
    subjectPublicKeyInfo: signer.publicKey.toSpki(),
  }));
  await expect(validatePath({ ...good(cache), anchors: [twin] })).rejects.toMatchObject({
    code: "bad-signature",
    certificate: "Siegel-Lab.CA",
  });
  const forged = lab.emt.SIG.certificate.der;
  forged[forged.length - 1]! ^= 1;
  const leaf = Certificate.parse(forged);
  for (let time = 0; time < 2; time++) {
    await expect(validatePath({ ...good(cache), leaf })).rejects.toMatchObject({ code: "bad-signature" });
  }
});

test("time, role, purpose and revocation are judged every time", async () => {
  // A revoked gateway would be let in for as long as the head-end runs.
  const cache = new PathCache();
  await validatePath(good(cache));
  const late = { epochMs: lab.now.epochMs + 800 * 86_400_000 };
  await expect(validatePath({ ...good(cache), at: late })).rejects.toMatchObject({ code: "expired" });
  await expect(validatePath({ ...good(cache), role: "GWA" })).rejects.toMatchObject({ code: "wrong-role" });
  await expect(validatePath({ ...good(cache), purpose: "ENC" })).rejects.toMatchObject({ code: "wrong-purpose" });
  await expect(validatePath({ ...good(cache), revocation: [] })).rejects.toMatchObject({ code: "no-revocation-list" });
  lab.pki.revoke({ certificate: lab.emt.SIG.certificate, at: lab.now });
  const revocation = await lab.pki.crls(lab.now);
  await expect(validatePath({ ...good(cache), revocation })).rejects.toMatchObject({ code: "revoked" });
});

test("a memory has an end, forgeries take no place in it, and what is used stays", async () => {
  // A stranger could fill our memory, or make us forget the authorities.
  const cache = new PathCache(6);
  const anew = () => ({
    ...good(cache),
    leaf: Certificate.parse(lab.emt.SIG.certificate.der),
    others: [Certificate.parse(lab.subCa.der)],
    anchors: [Certificate.parse(lab.root.der)],
    revocation: lab.crls.map(({ der }) => RevocationList.parse(der)),
  });
  await validatePath(anew());
  expect(cache.size).toBe(5);
  const forged = lab.emt.SIG.certificate.der;
  forged[forged.length - 1]! ^= 1;
  await expect(validatePath({ ...good(cache), leaf: Certificate.parse(forged) })).rejects.toThrow(PathError);
  expect(cache.size).toBe(5);
  for (const number of [2, 3, 4]) {
    const { SIG } = await lab.anotherGateway(number);
    checked();
    await validatePath({ ...anew(), leaf: SIG.certificate, role: "SMGW" });
    expect(cache.size).toBe(6);
    expect(checked()).toBe(1); // the authorities are still known
  }
  await validatePath(anew());
  expect(checked()).toBe(1); // of all it is the leaf that went
  expect(() => new PathCache(0)).toThrow(RangeError);
});
