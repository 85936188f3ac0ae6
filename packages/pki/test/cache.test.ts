/** The memory of signatures that held: it saves work and changes no answer. */

import { PublicKey } from "@siegel/crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import {
  Certificate,
  issueCrl,
  PathCache,
  PathError,
  type PathQuestion,
  RevocationList,
  validatePath,
} from "../src/index.ts";
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

test("a path that was remembered is judged as one that was not, at every edge of time and by every list", async () => {
  // What held once would go on to hold after a certificate ran out, a list grew old, or a theft was found out.
  const day = 86_400_000;
  const { emt, signers, subCa, crls } = lab;
  const start = lab.now.epochMs;
  const { serial } = emt.SIG.certificate;
  const list = async (number: bigint, fromDay: number, revoked: { dayOf: number; reason?: "certificateHold" }[]) =>
    RevocationList.parse(
      await issueCrl(
        {
          number,
          thisUpdateMs: start + fromDay * day,
          nextUpdateMs: start + (fromDay + 30) * day,
          revoked: revoked.map(({ dayOf, ...reason }) => ({ serial, dateMs: start + dayOf * day, ...reason })),
        },
        { signer: signers.sub, certificate: subCa },
      ),
    );
  const ofRoot = crls.filter(({ issuer }) => issuer.commonName === lab.root.name);
  const lists = {
    clean: await list(2n, 0, []),
    laterClean: await list(3n, 10, []),
    laterHold: await list(4n, 12, [{ dayOf: 5, reason: "certificateHold" }]),
    laterRevoked: await list(5n, 15, [{ dayOf: 8 }]),
    datedAhead: await list(6n, 0, [{ dayOf: 20 }]),
  };
  const revocations = [
    [lists.clean],
    [lists.clean, lists.laterClean],
    [lists.clean, lists.laterHold],
    [lists.clean, lists.laterRevoked],
    [lists.datedAhead],
    [lists.clean, lists.laterClean, lists.laterHold, lists.laterRevoked],
  ].map((own) => [...ofRoot, ...own]);
  const edges = [0, 5, 8, 10, 12, 15, 20, 30, 40, 42, 45, 365, 730].flatMap((at) =>
    [-1, 0, 1].map((ms) => ({ epochMs: start + at * day + ms })),
  );
  const outcome = (question: PathQuestion) =>
    validatePath(question).then(
      ({ at, chain }) => `${at.epochMs} ${chain.map(({ name }) => name).join(" ")}`,
      (error: unknown) => (error instanceof PathError ? error.code : error),
    );
  const seen = new Set<unknown>();
  for (const revocation of revocations) {
    const cache = new PathCache();
    const plain = new Map<number, unknown>();
    for (const at of edges) plain.set(at.epochMs, await outcome({ ...good(), revocation, at }));
    for (const first of [0, 6, 11, 13, 16].map((at) => ({ epochMs: start + at * day }))) {
      for (const at of edges) {
        await outcome({ ...good(cache), revocation, at: first });
        const remembered = await outcome({ ...good(cache), revocation, at });
        expect(remembered).toBe(plain.get(at.epochMs));
        seen.add(typeof remembered === "string" && remembered.includes(" ") ? "held" : remembered);
      }
    }
  }
  expect(seen).toEqual(new Set(["expired", "held", "no-revocation-list", "revoked", "stale-revocation-list"]));
});

test("a path that was remembered is the answer to its own question only", async () => {
  // A head-end that takes an authority out of its roots, or asks for another policy, would go on believing.
  const cache = new PathCache();
  const graceful = { ...good(cache), at: { epochMs: lab.crls[0]!.nextUpdateMs + 1 }, graceMs: 60_000 };
  await validatePath(graceful);
  await expect(validatePath({ ...graceful, graceMs: 0 })).rejects.toMatchObject({ code: "stale-revocation-list" });
  const { notAfterMs } = lab.emt.SIG.certificate;
  const long = { ...good(cache), graceMs: notAfterMs, at: { epochMs: notAfterMs } };
  await validatePath(long);
  await expect(validatePath({ ...long, at: { epochMs: notAfterMs + 1 } })).rejects.toMatchObject({ code: "expired" });
  await validatePath(good(cache));
  const without = [{ anchors: [] }, { others: [] }, { policies: ["1.2.3"] }, { curves: legacyAlone }];
  for (const change of without) {
    await validatePath(good(cache));
    await expect(validatePath({ ...good(cache), ...change })).rejects.toThrow(PathError);
  }
});

const legacyAlone = {
  ROOT: ["brainpoolP384r1"],
  "SUB-CA": ["brainpoolP256r1"],
  endEntity: ["brainpoolP256r1"],
} as const;
