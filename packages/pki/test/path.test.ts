/** Path validation: what is accepted, and for each rule a chain that is wrong in that one place. */

import { beforeAll, describe, expect, test } from "vitest";

import { PlainName } from "../src/asn1/name.ts";
import { extensionOids, keyPurposeOids } from "../src/asn1/oids.ts";
import { keyUsageBits } from "../src/asn1/extensions.ts";
import {
  any,
  boolean,
  Certificate,
  encodeDer,
  type Der,
  ia5String,
  implicit,
  integer,
  issueCertificate,
  issueCrl,
  LabPki,
  legacyCurves,
  namedBits,
  nullValue,
  octetString,
  oid,
  optional,
  PathError,
  type PathErrorCode,
  type PathQuestion,
  RevocationList,
  sequence,
  sequenceOf,
  smallInteger,
  time,
  ValidatedPath,
  validatePath,
  withDefault,
} from "../src/index.ts";
import { type Lab, makeLab, seededKey, seededRandom, signerOf } from "../src/testing.ts";
import {
  type LooseTbs,
  reissuedCertificate,
  reissuedList,
  reissuedListWithEntries,
  withCritical,
  withExtension,
  withoutExtension,
} from "./loose.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await makeLab();
});

/** A question whose answer is yes. */
function good(): PathQuestion {
  return {
    leaf: lab.emt.TLS.certificate,
    others: lab.others,
    anchors: lab.anchors,
    revocation: lab.crls,
    at: lab.now,
    role: "EMT",
    purpose: "TLS",
  };
}

async function answer(question: PathQuestion): Promise<string> {
  try {
    await validatePath(question);
    return "valid";
  } catch (error) {
    if (error instanceof PathError) return error.code;
    throw error;
  }
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const BasicConstraints = sequence("BasicConstraints", {
  cA: withDefault(boolean(), false),
  pathLenConstraint: optional(smallInteger()),
});
const Policies = sequenceOf(sequence("PolicyInformation", { policyIdentifier: oid() }));
const GeneralNames = sequenceOf(implicit(2, ia5String()));
const KeyUsage = namedBits(keyUsageBits);

describe("what is accepted", () => {
  test("each key of each role, for its own purpose only", async () => {
    // A stolen TLS key would sign deliveries, or a meter's gateway would administrate.
    const gwh = await lab.triple({ role: "GWH", name: "Werk" });
    const triples = { SMGW: lab.gateway, EMT: lab.emt, GWA: lab.gwa, GWH: gwh } as const;
    const allRoles = ["SMGW", "EMT", "GWA", "GWH"] as const;
    const purposes = ["TLS", "SIG", "ENC"] as const;
    for (const owner of allRoles) {
      for (const own of purposes) {
        const leaf = triples[owner][own].certificate;
        for (const role of allRoles) {
          for (const purpose of purposes) {
            const expected = role !== owner ? "wrong-role" : purpose !== own ? "wrong-purpose" : "valid";
            expect(await answer({ ...good(), leaf, role, purpose }), `${leaf.name} ${own}`).toBe(expected);
          }
        }
      }
    }
  });

  test("authorities themselves", async () => {
    // Nobody could check who wrote a list of revoked certificates.
    const authority = { ...good(), purpose: "CA" } as const;
    expect(await answer({ ...authority, leaf: lab.subCa, role: "SUB-CA" })).toBe("valid");
    expect(await answer({ ...authority, leaf: lab.root, role: "ROOT" })).toBe("valid");
    expect(await answer({ ...authority, leaf: lab.root, role: "ROOT", anchors: [] })).toBe("no-path");
  });

  test("one of several roles, certificates in any order and twice, others that do not matter", async () => {
    // A peer that sends its chain the other way round would be shut out.
    const stranger = await makeLab({ seed: "stranger" });
    const others = [lab.root, stranger.subCa, lab.subCa, lab.subCa, lab.emt.TLS.certificate, stranger.root];
    const path = await validatePath({ ...good(), others, role: ["SMGW", "EMT"] });
    expect(path.chain.map(({ name }) => name)).toEqual(["Siegel-Lab.EMT", "Siegel-Lab.CA", "SM-Root.CA"]);
    expect(path).toMatchObject({ role: "EMT", purpose: "TLS", at: { epochMs: lab.now.epochMs } });
    expect(path.leaf).toBe(path.chain[0]);
  });

  test("an extension that nobody knows, as long as it is not critical", async () => {
    // A new extension would need a new version of us everywhere.
    const leaf = await changedLeaf((tbs) => ({
      ...tbs,
      extensions: withExtension(tbs.extensions, { id: "1.2.3.4", der: nullValue(), value: null }),
    }));
    expect(await answer({ ...good(), leaf })).toBe("valid");
  });

  test("a name with a suffix behind the role", async () => {
    // A participant with several systems could not name them.
    const leaf = await renamed("Siegel-Lab.EMT.MAK");
    expect(await answer({ ...good(), leaf })).toBe("valid");
  });

  test("the second of two certificates of one authority, when the first does not hold", async () => {
    // An authority could not renew its certificate without a gap.
    const { signer } = { signer: lab.signers.root };
    const expired = await reissuedCertificate(lab.subCa, { signer }, (tbs) => ({
      ...tbs,
      serialNumber: 77n,
      validity: validity(lab.now.epochMs - 2 * dayMs, lab.now.epochMs - dayMs),
    }));
    expect(await answer({ ...good(), others: [expired, lab.subCa] })).toBe("valid");
    expect(await answer({ ...good(), others: [expired] })).toBe("expired");
  });
});

test("a few chains are tried, not all", async () => {
  // A stranger would have us check as many chains as he can think of.
  const expired = (serialNumber: bigint) =>
    reissuedCertificate(lab.subCa, { signer: lab.signers.root }, (tbs) => ({
      ...tbs,
      serialNumber,
      validity: validity(lab.now.epochMs - 2 * dayMs, lab.now.epochMs - dayMs),
    }));
  const others = await Promise.all([1n, 2n, 3n, 4n].map(expired));
  expect(await answer({ ...good(), others: [...others.slice(1), lab.subCa] })).toBe("valid");
  expect(await answer({ ...good(), others: [...others, lab.subCa] })).toBe("expired");
});

test("evidence is not to be had in another way, and does not change", async () => {
  // A delivery would be believed because an object has the right shape.
  const path = await validatePath(good());
  expect(() => {
    // @ts-expect-error The constructor is private.
    const made = new ValidatedPath([lab.emt.TLS.certificate], lab.now, "EMT", "TLS");
    // @ts-expect-error The same fields are not the same type.
    const shaped: ValidatedPath = { leaf: path.leaf, chain: path.chain, at: path.at, role: "EMT", purpose: "TLS" };
    return [made, shaped];
  }).toBeDefined();
  expect(Object.isFrozen(path.chain)).toBe(true);
  expect(Object.isFrozen(path.at)).toBe(true);
  expect(Object.isFrozen(path.leaf.subject)).toBe(true);
  path.leaf.der.fill(0);
  path.leaf.keyId.fill(0);
  expect(path.leaf.der).toEqual(Certificate.parse(path.leaf.der).der);
  expect(path.leaf.keyId).toEqual(path.leaf.publicKey.keyId);
  const at = { epochMs: lab.now.epochMs };
  const later = await validatePath({ ...good(), at });
  at.epochMs = 0;
  expect(later.at.epochMs).toBe(lab.now.epochMs);
});

test("an object of the same shape is no certificate", async () => {
  // A caller in plain JavaScript would bring a certificate of its own making.
  const { leaf } = good();
  const shaped = Object.create(leaf) as Certificate;
  await expect(validatePath({ ...good(), leaf: shaped })).rejects.toThrow(TypeError);
});

test("not a number is no instant", async () => {
  // Every comparison with it would be false, and an expired certificate would pass or not by how it was written.
  await expect(validatePath({ ...good(), at: { epochMs: Number.NaN } })).rejects.toThrow(RangeError);
});

describe("time", () => {
  test.each(["leaf", "subCa", "root"] as const)("the %s is valid to the second, at both ends", async (which) => {
    // A certificate would be believed after its end, or refused on its last day.
    const from = lab.now.epochMs - 10 * minuteMs;
    const to = lab.now.epochMs + 10 * minuteMs;
    const change = (tbs: LooseTbs) => ({ ...tbs, validity: validity(from, to) });
    const question = { ...good(), revocation: await longLists() };
    if (which === "leaf") question.leaf = await changedLeaf(change);
    if (which === "subCa")
      question.others = [await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, change)];
    if (which === "root")
      question.anchors = [await reissuedCertificate(lab.root, { signer: lab.signers.root }, change)];
    const early = await earlyChain(question, which);
    for (const [epochMs, expected] of [
      [from - 1, "not-yet-valid"],
      [from, "valid"],
      [to, "valid"],
      [to + 1, "expired"],
    ] as const) {
      expect(await answer({ ...early, at: { epochMs } }), `${epochMs - lab.now.epochMs}`).toBe(expected);
    }
  });
});

describe("one thing wrong", () => {
  const cases: Record<string, [code: PathErrorCode, ask: () => Promise<Partial<PathQuestion>>]> = {
    "no authority": ["no-path", async () => ({ others: [] })],
    "no root": ["no-path", async () => ({ anchors: [] })],
    "root came along but is not trusted": ["no-path", async () => ({ anchors: [], others: [lab.subCa, lab.root] })],
    "another root with the same name": [
      "no-path",
      async () => ({ anchors: [(await makeLab({ seed: "stranger" })).root] }),
    ],
    "root of the same key and name, other octets": [
      "no-path",
      async () => {
        const twin = await reissuedCertificate(lab.root, { signer: lab.signers.root }, (tbs) => ({
          ...tbs,
          serialNumber: 5n,
        }));
        return { anchors: [], others: [lab.subCa, twin] };
      },
    ],
    "issuer's name is another": [
      "no-path",
      async () => ({ leaf: await changedLeaf((tbs) => ({ ...tbs, issuer: name("Other-Lab.CA") })) }),
    ],
    "issuer's key id is another": [
      "no-path",
      async () => ({
        leaf: await changedLeaf((tbs) => ({
          ...tbs,
          extensions: withExtension(tbs.extensions, {
            id: extensionOids.authorityKeyIdentifier,
            der: sequence("A", { k: implicit(0, octetString()) }),
            value: { k: new Uint8Array(20) },
          }),
        })),
      }),
    ],
    "neither key id is there": [
      "no-path",
      async () => {
        const { subjectKeyIdentifier, authorityKeyIdentifier } = extensionOids;
        const sub = await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, (tbs) => ({
          ...tbs,
          extensions: withoutExtension(tbs.extensions, subjectKeyIdentifier),
        }));
        const leaf = await changedLeaf((tbs) => ({
          ...tbs,
          extensions: withoutExtension(tbs.extensions, authorityKeyIdentifier),
        }));
        return { leaf, others: [sub] };
      },
    ],
    "a chain of five": ["no-path", () => belowAnotherAuthority(2)],
    "issuer's key id is absent": ["no-path", () => leafWithout("authorityKeyIdentifier")],
    "an end entity is trusted as root": ["no-path", async () => ({ anchors: [lab.emt.TLS.certificate] })],
    "sixteen certificates and the leaf": [
      "too-many",
      async () => ({ others: Array.from({ length: 15 }, () => lab.subCa) }),
    ],
    "seventeen lists": ["too-many", async () => ({ revocation: Array.from({ length: 17 }, () => lab.crls[0]!) })],
    "an authority below an authority": ["path-too-long", () => belowAnotherAuthority()],
    "root allows no authority below": [
      "path-too-long",
      async () => ({
        anchors: [
          await reissuedCertificate(lab.root, { signer: lab.signers.root }, (tbs) => ({
            ...tbs,
            extensions: withExtension(tbs.extensions, {
              id: extensionOids.basicConstraints,
              critical: true,
              der: BasicConstraints,
              value: { cA: true, pathLenConstraint: 0 },
            }),
          })),
        ],
      }),
    ],
    "leaf signed by somebody else": [
      "bad-signature",
      async () => ({
        leaf: await reissuedCertificate(
          lab.emt.TLS.certificate,
          { signer: signerOf(seededKey("brainpoolP384r1", "thief")) },
          same,
        ),
      }),
    ],
    "authority signed by somebody else": [
      "bad-signature",
      async () => ({
        others: [
          await reissuedCertificate(lab.subCa, { signer: signerOf(seededKey("brainpoolP512r1", "thief")) }, same),
        ],
      }),
    ],
    "trusted root that did not sign itself": [
      "bad-signature",
      async () => ({
        anchors: [
          await reissuedCertificate(lab.root, { signer: signerOf(seededKey("brainpoolP512r1", "thief")) }, same),
        ],
      }),
    ],
    "another role": ["wrong-role", async () => ({ role: "SMGW" })],
    "none of the roles": ["wrong-role", async () => ({ role: [] })],
    "a name without role": ["wrong-role", async () => ({ leaf: await renamed("Siegel-Lab") })],
    "a name with two roles": [
      "wrong-role",
      async () => ({ leaf: await renamed("Siegel-Lab.EMT.SMGW"), role: ["EMT", "SMGW"] }),
    ],
    "a name with a role in front": [
      "wrong-role",
      async () => ({ leaf: await renamed("ESGL0000000001.SMGW.EMT"), role: ["EMT", "SMGW"] }),
    ],
    "a role in small letters": ["wrong-role", async () => ({ leaf: await renamed("Siegel-Lab.emt") })],
    "another purpose": ["wrong-purpose", async () => ({ purpose: "SIG" })],
    "an authority's certificate as leaf": [
      "wrong-role",
      async () => ({ leaf: lab.subCa, role: ["EMT", "SMGW"], purpose: "CA" }),
    ],
    "key usage is not critical": ["wrong-purpose", () => leafCritical("keyUsage", false)],
    "basic constraints are not critical": ["wrong-purpose", () => leafCritical("basicConstraints", false)],
    "extended key usage is not critical": ["wrong-purpose", () => leafCritical("extKeyUsage", false)],
    "no key usage": ["wrong-purpose", () => leafWithout("keyUsage")],
    "no basic constraints": ["wrong-purpose", () => leafWithout("basicConstraints")],
    "a TLS key that may also encrypt": [
      "wrong-purpose",
      () => leafWith("keyUsage", KeyUsage, ["digitalSignature", "keyEncipherment"], true),
    ],
    "a TLS key for servers only": [
      "wrong-purpose",
      () => leafWith("extKeyUsage", sequenceOf(oid()), [keyPurposeOids.serverAuth], true),
    ],
    "a TLS key for one purpose more": [
      "wrong-purpose",
      () => leafWith("extKeyUsage", sequenceOf(oid()), [...Object.values(keyPurposeOids), "1.3.6.1.5.5.7.3.3"], true),
    ],
    "an encryption key that serves TLS": [
      "wrong-purpose",
      async () => ({
        leaf: await reissuedCertificate(lab.emt.ENC.certificate, { signer: lab.signers.sub }, (tbs) => ({
          ...tbs,
          extensions: withExtension(tbs.extensions, {
            id: extensionOids.extKeyUsage,
            critical: true,
            der: sequenceOf(oid()),
            value: Object.values(keyPurposeOids),
          }),
        })),
        purpose: "ENC",
      }),
    ],
    "an end entity with a path length": [
      "wrong-purpose",
      () => leafWith("basicConstraints", BasicConstraints, { cA: false, pathLenConstraint: 0 }, true),
    ],
    "an end entity that is an authority": [
      "wrong-purpose",
      async () => ({
        leaf: await changedLeaf((tbs) => ({
          ...tbs,
          extensions: withoutExtension(
            withExtension(
              withExtension(tbs.extensions, {
                id: extensionOids.basicConstraints,
                critical: true,
                der: BasicConstraints,
                value: { cA: true },
              }),
              { id: extensionOids.keyUsage, critical: true, der: KeyUsage, value: ["keyCertSign", "cRLSign"] },
            ),
            extensionOids.extKeyUsage,
          ),
        })),
        purpose: "CA",
      }),
    ],
    "an authority that is none": ["not-a-ca", () => subWith("basicConstraints", BasicConstraints, { cA: false }, true)],
    "an authority that may not sign certificates": ["not-a-ca", () => subWith("keyUsage", KeyUsage, ["cRLSign"], true)],
    "an authority that may not sign lists": ["not-a-ca", () => subWith("keyUsage", KeyUsage, ["keyCertSign"], true)],
    "an authority that may sign other things": [
      "not-a-ca",
      () => subWith("keyUsage", KeyUsage, ["digitalSignature", "keyCertSign", "cRLSign"], true),
    ],
    "an authority that serves TLS": [
      "not-a-ca",
      () => subWith("extKeyUsage", sequenceOf(oid()), Object.values(keyPurposeOids), true),
    ],
    "an authority without an authority's name": ["not-a-ca", () => byAuthorityNamed("Siegel-Lab.EMT")],
    "an authority with a root's name": ["not-a-ca", () => byAuthorityNamed("Other-Root.CA")],
    "a participant that signs": ["not-a-ca", () => byAnEndEntity()],
    "unknown critical extension in the leaf": [
      "unknown-critical-extension",
      async () => ({ leaf: await changedLeaf(withCriticalUnknown) }),
    ],
    "unknown critical extension in the authority": [
      "unknown-critical-extension",
      async () => ({
        others: [await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, withCriticalUnknown)],
      }),
    ],
    "unknown critical extension in the root": [
      "unknown-critical-extension",
      async () => ({
        anchors: [await reissuedCertificate(lab.root, { signer: lab.signers.root }, withCriticalUnknown)],
      }),
    ],
    "name constraints": [
      "unknown-critical-extension",
      async () => ({
        others: [
          await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, (tbs) => ({
            ...tbs,
            extensions: withExtension(tbs.extensions, {
              id: "2.5.29.30",
              critical: true,
              der: sequence("NameConstraints", {}),
              value: {},
            }),
          })),
        ],
      }),
    ],
    "critical extension of a list in a certificate": [
      "unknown-critical-extension",
      () => leafWith("cRLNumber", integer(), 1n, true),
    ],
    "unknown critical extension in a list": [
      "unknown-critical-extension",
      async () => ({
        revocation: [
          lab.crls[0]!,
          RevocationList.parse(
            await reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => ({
              ...tbs,
              crlExtensions: withExtension(tbs.crlExtensions, {
                id: "2.5.29.28", // issuingDistributionPoint: for some certificates only
                critical: true,
                der: sequence("IssuingDistributionPoint", {}),
                value: {},
              }),
            })),
          ),
        ],
      }),
    ],
    "unknown critical extension of an entry": ["unknown-critical-extension", () => listWithCriticalEntry()],
    "leaf's key on the authority's curve": ["wrong-curve", () => leafOn("brainpoolP384r1")],
    "authority's key on the old curve": ["wrong-curve", () => legacySub()],
    "root's key on the old curve": ["wrong-curve", () => legacyRoot()],
    "leaf's key on P-256": [
      "wrong-curve",
      async () => ({
        leaf: await changedLeaf((tbs) => ({ ...tbs, subjectPublicKeyInfo: p256Spki })),
      }),
    ],
    "leaf signed over a shorter hash": [
      "wrong-algorithm",
      async () => ({
        leaf: await reissuedCertificate(lab.emt.TLS.certificate, { signer: lab.signers.sub, hash: "SHA-256" }, same),
      }),
    ],
    "authority signed over a shorter hash": [
      "wrong-algorithm",
      async () => ({
        others: [await reissuedCertificate(lab.subCa, { signer: lab.signers.root, hash: "SHA-384" }, same)],
      }),
    ],
    "no key id": ["not-in-profile", () => leafWithout("subjectKeyIdentifier")],
    "nowhere to find the list": ["not-in-profile", () => leafWithout("cRLDistributionPoints")],
    "a participant that cannot be reached": ["not-in-profile", () => leafWithout("subjectAltName")],
    "an administrator that cannot be reached": [
      "not-in-profile",
      async () => ({
        leaf: await reissuedCertificate(lab.gwa.TLS.certificate, { signer: lab.signers.sub }, (tbs) => ({
          ...tbs,
          extensions: withoutExtension(tbs.extensions, extensionOids.subjectAltName),
        })),
        role: "GWA",
      }),
    ],
    "a manufacturer that cannot be reached": [
      "not-in-profile",
      async () => ({
        leaf: await reissuedCertificate(
          (await lab.triple({ role: "GWH", name: "Werk" })).TLS.certificate,
          { signer: lab.signers.sub },
          (tbs) => ({ ...tbs, extensions: withoutExtension(tbs.extensions, extensionOids.subjectAltName) }),
        ),
        role: "GWH",
      }),
    ],
    "a gateway with another name": [
      "not-in-profile",
      async () => ({
        leaf: await reissuedCertificate(lab.gateway.TLS.certificate, { signer: lab.signers.sub }, (tbs) => ({
          ...tbs,
          extensions: withExtension(tbs.extensions, {
            id: extensionOids.subjectAltName,
            der: GeneralNames,
            value: ["localhost"],
          }),
        })),
        role: "SMGW",
      }),
    ],
    "a period for the private key": [
      "not-in-profile",
      () => leafWith("privateKeyUsagePeriod", sequence("PrivateKeyUsagePeriod", {}), {}, false),
    ],
    "critical subject key id": ["not-in-profile", () => leafCritical("subjectKeyIdentifier", true)],
    "critical authority key id": ["not-in-profile", () => leafCritical("authorityKeyIdentifier", true)],
    "critical policies": ["not-in-profile", () => leafCritical("certificatePolicies", true)],
    "critical distribution points": ["not-in-profile", () => leafCritical("cRLDistributionPoints", true)],
    "authority without a path length": [
      "not-in-profile",
      () => subWith("basicConstraints", BasicConstraints, { cA: true }, true),
    ],
    "leaf without policy": ["wrong-policy", () => leafWithout("certificatePolicies")],
    "leaf under another policy": [
      "wrong-policy",
      () => leafWith("certificatePolicies", Policies, [{ policyIdentifier: "1.2.3" }], false),
    ],
    "authority under another policy": [
      "wrong-policy",
      () => subWith("certificatePolicies", Policies, [{ policyIdentifier: "1.2.3" }], false),
    ],
    "no list of the authority": ["no-revocation-list", async () => ({ revocation: [lab.crls[0]!] })],
    "no list of the root": ["no-revocation-list", async () => ({ revocation: [lab.crls[1]!] })],
    "lists of another authority of the same name": [
      "no-revocation-list",
      async () => ({ revocation: (await makeLab({ seed: "stranger" })).crls }),
    ],
    "list under another name": [
      "no-revocation-list",
      async () => ({
        revocation: [
          lab.crls[0]!,
          RevocationList.parse(
            await reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => ({
              ...tbs,
              issuer: name("Other.CA"),
            })),
          ),
        ],
      }),
    ],
    "list without the authority's key id": [
      "no-revocation-list",
      async () => ({
        revocation: [
          lab.crls[0]!,
          RevocationList.parse(
            await reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => ({
              ...tbs,
              crlExtensions: withoutExtension(tbs.crlExtensions, extensionOids.authorityKeyIdentifier),
            })),
          ),
        ],
      }),
    ],
    "lists written later only": [
      "no-revocation-list",
      async () => ({ revocation: await lab.pki.crls({ epochMs: lab.now.epochMs + 1000 }) }),
    ],
    "lists that ran out": [
      "stale-revocation-list",
      async () => ({ at: { epochMs: lab.now.epochMs + 30 * dayMs + 1 } }),
    ],
    "list signed by somebody else": [
      "bad-revocation-list",
      async () => ({ revocation: [lab.crls[0]!, await listBy(signerOf(seededKey("brainpoolP384r1", "thief")))] }),
    ],
    "list signed over a shorter hash": [
      "bad-revocation-list",
      async () => ({
        revocation: [
          lab.crls[0]!,
          RevocationList.parse(
            await reissuedList(lab.crls[1]!, { signer: lab.signers.sub, hash: "SHA-256" }, (tbs) => tbs),
          ),
        ],
      }),
    ],
    "list without number": [
      "bad-revocation-list",
      async () => ({
        revocation: [
          lab.crls[0]!,
          RevocationList.parse(
            await reissuedList(lab.crls[1]!, { signer: lab.signers.sub }, (tbs) => ({
              ...tbs,
              crlExtensions: withoutExtension(tbs.crlExtensions, extensionOids.cRLNumber),
            })),
          ),
        ],
      }),
    ],
  };

  test.each(Object.entries(cases))("%s", async (_what, [code, ask]) => {
    // A certificate would be believed that nobody meant to be.
    expect(await answer(good())).toBe("valid");
    expect(await answer({ ...good(), ...(await ask()) })).toBe(code);
  });
});

test("an error says whose certificate it is, whose turn it is, and nothing else", async () => {
  // The log would not tell which gateway is meant, or would tell a key.
  const error: unknown = await validatePath({ ...good(), purpose: "SIG" }).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "wrong-purpose", certificate: "Siegel-Lab.EMT", blame: "peer" });
  const stale: unknown = await validatePath({ ...good(), revocation: [] }).catch((cause: unknown) => cause);
  expect(stale).toMatchObject({ code: "no-revocation-list", certificate: "SM-Root.CA", blame: "environment" });
});

describe("what the caller may allow", () => {
  test("curves of certificates that were issued until 2025", async () => {
    // A sub-CA of last year would be shut out before its end, or accepted for ever.
    expect(await answer({ ...good(), ...(await legacySub()), curves: legacyCurves })).toBe("valid");
    expect(await answer({ ...good(), ...(await legacyRoot()), curves: legacyCurves })).toBe("valid");
    expect(await answer({ ...good(), ...(await leafOn("brainpoolP384r1")), curves: legacyCurves })).toBe("wrong-curve");
  });

  test("another policy", async () => {
    // Real participants' certificates carry a policy of their authority's own.
    const ask = await leafWith("certificatePolicies", Policies, [{ policyIdentifier: "1.2.3" }], false);
    expect(await answer({ ...good(), ...ask, policies: ["1.2.3", "0.4.0.127.0.7.3.4.1.1.1"] })).toBe("valid");
    expect(await answer({ ...good(), policies: [] })).toBe("wrong-policy");
  });

  test("a list that is late by so much", async () => {
    // An authority's broken web server would stop the whole country in one minute.
    const at = { epochMs: lab.now.epochMs + 30 * dayMs + minuteMs };
    expect(await answer({ ...good(), at, graceMs: minuteMs })).toBe("valid");
    expect(await answer({ ...good(), at, graceMs: minuteMs - 1 })).toBe("stale-revocation-list");
    expect(await answer({ ...good(), at, graceMs: Number.NaN })).toBe("stale-revocation-list");
  });

  test("more certificates", async () => {
    // A head-end that knows many authorities could not check anything.
    const others = Array.from({ length: 40 }, () => lab.subCa);
    expect(await answer({ ...good(), others, maxCount: 64 })).toBe("valid");
  });
});

describe("revocation", () => {
  const at = (days: number) => ({ epochMs: lab.now.epochMs + days * dayMs });
  const list = (content: {
    number: bigint;
    day: number;
    revokedDay?: number;
    reason?: "keyCompromise" | "certificateHold";
  }) =>
    ofSub(
      content.number,
      at(content.day).epochMs,
      content.revokedDay === undefined
        ? []
        : [
            {
              serial: lab.emt.TLS.certificate.serial,
              dateMs: at(content.revokedDay).epochMs,
              reason: content.reason ?? ("keyCompromise" as const),
            },
          ],
    );
  const judge = async (day: number, ...lists: readonly RevocationList[]) =>
    answer({ ...good(), at: at(day), revocation: [lab.crls[0]!, ...lists] });

  test("counts from its date on", async () => {
    // What a gateway signed before its key was stolen would be lost, or what the thief signed would be believed.
    const revoked = await list({ number: 5n, day: 2, revokedDay: 3 }); // in force from a later day on
    expect(await judge(2, revoked)).toBe("valid");
    const exactly = { ...good(), revocation: [lab.crls[0]!, revoked] };
    expect(await answer({ ...exactly, at: { epochMs: at(3).epochMs - 1 } })).toBe("valid");
    expect(await answer({ ...exactly, at: at(3) })).toBe("revoked");
  });

  test("is found in the newest list of that instant, wherever it stands among the lists", async () => {
    // An old list, shown again, would bring a revoked gateway back.
    const clean = await list({ number: 1n, day: 0 });
    const revoked = await list({ number: 2n, day: 1, revokedDay: 1 });
    expect(await judge(2, clean)).toBe("valid");
    expect(await judge(2, clean, revoked)).toBe("revoked");
    expect(await judge(2, revoked, clean)).toBe("revoked");
  });

  test("is found in the newest list even when its number is lower", async () => {
    // An authority that lost count after a repair would have nobody revoked any more.
    const clean = await list({ number: 2n, day: 0 });
    const revoked = await list({ number: 1n, day: 1, revokedDay: 1 });
    expect(await judge(2, clean, revoked)).toBe("revoked");
  });

  test("of two lists of one instant the higher number counts", async () => {
    // A list that was replaced at once would still be believed.
    const clean = await list({ number: 1n, day: 0 });
    const revoked = await list({ number: 2n, day: 0, revokedDay: 0 });
    expect(await judge(0, clean, revoked)).toBe("revoked");
    expect(await judge(0, revoked, clean)).toBe("revoked");
  });

  test("is lifted by a newer list that has it no more", async () => {
    // A gateway that was suspended would never come back.
    const held = await list({ number: 1n, day: 0, revokedDay: 0, reason: "certificateHold" });
    const released = await list({ number: 2n, day: 1 });
    expect(await judge(0, held)).toBe("revoked");
    expect(await judge(2, held, released)).toBe("valid");
  });

  test("that was found out later and dated back counts, a later suspension does not", async () => {
    // A theft that is discovered late would leave what the thief signed believed for ever.
    const then = await list({ number: 1n, day: 0 });
    const theft = await list({ number: 2n, day: 5, revokedDay: 1 });
    const hold = await list({ number: 2n, day: 5, revokedDay: 1, reason: "certificateHold" });
    expect(await judge(2, then, theft)).toBe("revoked");
    expect(await judge(0, then, theft)).toBe("valid");
    expect(await judge(2, then, hold)).toBe("valid");
  });

  test("of an authority ends everything below it", async () => {
    // A stolen authority's key would go on making gateways.
    const root = await listOf(
      { number: 9n, serial: lab.subCa.serial, dateMs: lab.now.epochMs },
      lab.signers.root,
      lab.root,
    );
    expect(await answer({ ...good(), revocation: [root, lab.crls[1]!] })).toBe("revoked");
  });

  test("by another authority is none", async () => {
    // One authority could shut out the certificates of another.
    const root = await listOf(
      { number: 9n, serial: lab.emt.TLS.certificate.serial, dateMs: lab.now.epochMs },
      lab.signers.root,
      lab.root,
    );
    expect(await answer({ ...good(), revocation: [root, lab.crls[1]!] })).toBe("valid");
  });
});

async function listOf(
  entry: { number: bigint; serial: bigint; dateMs: number },
  signer: Lab["signers"]["root"],
  certificate: Certificate,
): Promise<RevocationList> {
  const { number, serial, dateMs } = entry;
  const content = { number, thisUpdateMs: lab.now.epochMs, nextUpdateMs: lab.now.epochMs + dayMs };
  return RevocationList.parse(await issueCrl({ ...content, revoked: [{ serial, dateMs }] }, { signer, certificate }));
}

async function ofSub(
  number: bigint,
  thisUpdateMs: number,
  revoked: Parameters<typeof issueCrl>[0]["revoked"],
): Promise<RevocationList> {
  const content = { number, thisUpdateMs, nextUpdateMs: thisUpdateMs + 20 * dayMs, revoked };
  return RevocationList.parse(await issueCrl(content, { signer: lab.signers.sub, certificate: lab.subCa }));
}

async function listBy(signer: Lab["signers"]["root"]): Promise<RevocationList> {
  return RevocationList.parse(await reissuedList(lab.crls[1]!, { signer }, (tbs) => tbs));
}

async function listWithCriticalEntry(): Promise<Partial<PathQuestion>> {
  const revoked = [{ serial: 1n, dateMs: lab.now.epochMs }];
  const list = await ofSub(3n, lab.now.epochMs, revoked);
  const der = await reissuedListWithEntries(list, { signer: lab.signers.sub }, (tbs) => ({
    ...tbs,
    revokedCertificates: tbs.revokedCertificates.map((entry) => ({
      ...entry,
      // certificateIssuer: the entry is about a certificate of another authority
      crlEntryExtensions: withExtension([], {
        id: "2.5.29.29",
        critical: true,
        der: sequence("GeneralNames", {}),
        value: {},
      }),
    })),
  }));
  return { revocation: [lab.crls[0]!, RevocationList.parse(der)] };
}

const same = (tbs: LooseTbs): LooseTbs => tbs;

function changedLeaf(change: (tbs: LooseTbs) => LooseTbs): Promise<Certificate> {
  return reissuedCertificate(lab.emt.TLS.certificate, { signer: lab.signers.sub }, change);
}

function withCriticalUnknown(tbs: LooseTbs): LooseTbs {
  const extension = { id: "1.2.3.4", critical: true, der: nullValue(), value: null };
  return { ...tbs, extensions: withExtension(tbs.extensions, extension) };
}

async function leafWithout(extension: keyof typeof extensionOids): Promise<Partial<PathQuestion>> {
  const id = extensionOids[extension];
  return { leaf: await changedLeaf((tbs) => ({ ...tbs, extensions: withoutExtension(tbs.extensions, id) })) };
}

async function leafCritical(extension: keyof typeof extensionOids, critical: boolean): Promise<Partial<PathQuestion>> {
  const id = extensionOids[extension];
  return { leaf: await changedLeaf((tbs) => ({ ...tbs, extensions: withCritical(tbs.extensions, id, critical) })) };
}

async function leafWith<T>(
  extension: keyof typeof extensionOids,
  der: Der<T>,
  value: T,
  critical: boolean,
): Promise<Partial<PathQuestion>> {
  const made = { id: extensionOids[extension], critical, der, value };
  return { leaf: await changedLeaf((tbs) => ({ ...tbs, extensions: withExtension(tbs.extensions, made) })) };
}

async function subWith<T>(
  extension: keyof typeof extensionOids,
  der: Der<T>,
  value: T,
  critical: boolean,
): Promise<Partial<PathQuestion>> {
  const made = { id: extensionOids[extension], critical, der, value };
  const sub = await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, (tbs) => ({
    ...tbs,
    extensions: withExtension(tbs.extensions, made),
  }));
  return { others: [sub] };
}

function name(commonName: string): Uint8Array {
  return encodeDer(PlainName, { ...lab.subCa.subject, commonName });
}

function renamed(commonName: string): Promise<Certificate> {
  return changedLeaf((tbs) => ({ ...tbs, subject: name(commonName) }));
}

function validity(fromMs: number, toMs: number): Uint8Array {
  return encodeDer(sequence("Validity", { from: time(), to: time() }), { from: fromMs, to: toMs });
}

/** Lists that hold a day before and after. */
async function longLists(): Promise<readonly RevocationList[]> {
  return lab.pki.crls({ epochMs: lab.now.epochMs - dayMs });
}

/** The rest of the chain valid earlier than the lab's own, so that only the certificate in question ends the chain. */
async function earlyChain(question: PathQuestion, kept: "leaf" | "subCa" | "root"): Promise<PathQuestion> {
  const early = (tbs: LooseTbs) => ({ ...tbs, validity: validity(lab.now.epochMs - dayMs, lab.now.epochMs + dayMs) });
  return {
    ...question,
    leaf: kept === "leaf" ? question.leaf : await changedLeaf(early),
    others:
      kept === "subCa" ? question.others : [await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, early)],
    anchors:
      kept === "root" ? question.anchors : [await reissuedCertificate(lab.root, { signer: lab.signers.root }, early)],
  };
}

/** The leaf signed by an authority of another key and name, which the root signed. */
async function by(
  authority: { certificate: Certificate; signer: Lab["signers"]["sub"] },
  others: readonly Certificate[],
): Promise<Partial<PathQuestion>> {
  const { certificate, signer } = authority;
  const leaf = await reissuedCertificate(lab.emt.TLS.certificate, { signer }, (tbs) => ({
    ...tbs,
    issuer: encodeDer(PlainName, certificate.subject),
    extensions: withExtension(tbs.extensions, keyIdOf(certificate)),
  }));
  const list = await listOf({ number: 1n, serial: 1n, dateMs: lab.now.epochMs }, signer, certificate);
  return { leaf, others: [certificate, ...others], revocation: [...lab.crls, list] };
}

function keyIdOf(certificate: Certificate) {
  return {
    id: extensionOids.authorityKeyIdentifier,
    der: sequence("AuthorityKeyIdentifier", { keyIdentifier: implicit(0, octetString()) }),
    value: { keyIdentifier: certificate.keyId },
  };
}

async function byAuthorityNamed(commonName: string): Promise<Partial<PathQuestion>> {
  const certificate = await reissuedCertificate(lab.subCa, { signer: lab.signers.root }, (tbs) => ({
    ...tbs,
    subject: name(commonName),
  }));
  return by({ certificate, signer: lab.signers.sub }, []);
}

async function byAnEndEntity(): Promise<Partial<PathQuestion>> {
  return by(lab.emt.SIG, [lab.subCa]);
}

/** Authorities one below the other, the first below the sub-CA, and the leaf below the last. */
async function belowAnotherAuthority(count = 1): Promise<Partial<PathQuestion>> {
  let above = { certificate: lab.subCa, signer: lab.signers.sub };
  const others = [lab.subCa];
  for (let level = 1; level <= count; level++) {
    const { certificate: issuer, signer: issuedBy } = above;
    const signer = signerOf(seededKey("brainpoolP384r1", `below ${level}`));
    const certificate = await reissuedCertificate(lab.subCa, { signer: issuedBy }, (tbs) => ({
      ...tbs,
      issuer: encodeDer(PlainName, issuer.subject),
      subject: name(`Below-${level}.CA`),
      subjectPublicKeyInfo: signer.publicKey.toSpki(),
      extensions: withExtension(withExtension(tbs.extensions, keyIdOf(issuer)), {
        id: extensionOids.subjectKeyIdentifier,
        der: octetString(),
        value: signer.publicKey.keyId,
      }),
    }));
    others.push(certificate);
    above = { certificate, signer };
  }
  return by(above, others);
}

async function leafOn(curve: "brainpoolP384r1"): Promise<Partial<PathQuestion>> {
  const key = seededKey(curve, "other curve");
  return { leaf: await changedLeaf((tbs) => ({ ...tbs, subjectPublicKeyInfo: key.publicKey.toSpki() })) };
}

/** A sub-CA of the time before 2025: brainpoolP256r1. */
async function legacySub(): Promise<Partial<PathQuestion>> {
  const signer = signerOf(seededKey("brainpoolP256r1", "legacy sub"));
  const certificate = Certificate.parse(
    await issueCertificate(
      {
        serial: 4n,
        subject: { ...lab.subCa.subject, commonName: "Legacy-Lab.CA" },
        publicKey: signer.publicKey,
        role: "SUB-CA",
        purpose: "CA",
        notBeforeMs: lab.subCa.notBeforeMs,
        notAfterMs: lab.subCa.notAfterMs,
        revocationListUri: "http://pki.invalid/root.crl",
      },
      { signer: lab.signers.root, certificate: lab.root },
    ),
  );
  return by({ certificate, signer }, []);
}

/** A root of the time before 2025: brainpoolP384r1, with everything below it made anew. */
async function legacyRoot(): Promise<Partial<PathQuestion>> {
  const key = seededKey("brainpoolP384r1", "legacy root");
  const pki = await LabPki.create({
    signers: { root: signerOf(key), sub: lab.signers.sub },
    now: lab.now,
    random: seededRandom("legacy"),
  });
  const publicKey = lab.emt.TLS.key.publicKey;
  const leaf = await pki.issue({ role: "EMT", name: "Siegel-Lab", purpose: "TLS", now: lab.now, publicKey });
  return { leaf, others: pki.others, anchors: pki.anchors, revocation: await pki.crls(lab.now) };
}

/** The generator of P-256 as a public key. */
const p256Spki = encodeDer(
  any(),
  Uint8Array.from(
    Buffer.from(
      "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
      "hex",
    ),
  ),
);
