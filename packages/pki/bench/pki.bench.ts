/**
 * Reading, issuing and validating certificates, beside @peculiar/x509 (reading) and the bare signature (issuing, validating).
 *
 * Everything on the curves of the profile. What is asked of the others is less: @peculiar/x509 reads, and judges nothing.
 */

import type { PublicKey } from "@siegel/crypto";

import type { BenchWork } from "../../../scripts/bench/types.ts";
import { partsOf } from "../src/certificate.ts";
import { Certificate, PathCache, type PathQuestion, RevocationList, validatePath } from "../src/index.ts";
import { makeLab } from "../src/testing.ts";

// What the other library wants to find before it is loaded (test/interop/reflect.ts says why).
Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined, defineMetadata: () => {} });
const { X509Certificate, X509Crl } = await import("@peculiar/x509");

const lab = await makeLab();
const leaf = lab.gateway.SIG.certificate;
const leafDer = leaf.der;
const leafBuffer = Buffer.from(leafDer);
const question: PathQuestion = {
  leaf,
  others: lab.others,
  anchors: lab.anchors,
  revocation: lab.crls,
  at: lab.now,
  role: "SMGW",
  purpose: "SIG",
};
for (let count = 0; count < 1000; count++) {
  lab.pki.revoke({ certificate: await another(), at: lab.now, reason: "keyCompromise" });
}
const longList = (await lab.pki.crls(lab.now))[1]!.der;
const longBuffer = Buffer.from(longList);
const cache = new PathCache();
await validatePath({ ...question, cache });

export const works: readonly BenchWork[] = [
  {
    name: "certificate read, every rule of the encoding checked",
    unit: "certificates",
    ours: () => times(500, () => Certificate.parse(leafDer)),
    others: [
      {
        name: "@peculiar/x509",
        run: () =>
          times(500, () => {
            const certificate = new X509Certificate(leafBuffer);
            return [certificate.subject, certificate.notBefore, certificate.extensions];
          }),
      },
    ],
    atLeast: { timesOther: { "@peculiar/x509": 1 } },
  },
  {
    name: "list of 1000 revoked certificates read",
    unit: "lists",
    ours: () => times(5, () => RevocationList.parse(longList)),
    others: [{ name: "@peculiar/x509", run: () => times(5, () => new X509Crl(longBuffer).entries) }],
    atLeast: { timesOther: { "@peculiar/x509": 1 } },
  },
  {
    name: "certificate issued by the sub-CA (brainpoolP384r1)",
    unit: "certificates",
    ours: () => timesAsync(20, () => another()),
    others: [
      {
        name: "the bare signature",
        run: () => timesAsync(20, () => lab.signers.sub.sign("SHA-384", leafDer)),
      },
    ],
  },
  {
    name: "path validated, nothing remembered: five signatures",
    unit: "paths",
    ours: () => timesAsync(10, () => validatePath(question)),
    others: [
      {
        name: "the five bare checks",
        run: () =>
          timesAsync(10, async () => {
            await bareCheck(lab.root.publicKey, "SHA-512", lab.root);
            await bareCheck(lab.root.publicKey, "SHA-512", lab.subCa);
            await bareCheck(lab.root.publicKey, "SHA-512", lab.subCa);
            await bareCheck(lab.subCa.publicKey, "SHA-384", leaf);
            await bareCheck(lab.subCa.publicKey, "SHA-384", leaf);
          }),
      },
    ],
  },
  {
    name: "path validated, signatures remembered",
    unit: "paths",
    ours: () => timesAsync(500, () => validatePath({ ...question, cache })),
    others: [],
    atLeast: { perCpuSecond: 10_000 },
  },
];

async function bareCheck(key: PublicKey, hash: "SHA-384" | "SHA-512", certificate: Certificate): Promise<void> {
  const { octets, signature } = partsOf(certificate).signed;
  if (!(await key.verify({ hash, message: octets, signature }))) throw new Error("the signature does not hold");
}

function another(): Promise<Certificate> {
  const publicKey = lab.gateway.SIG.key.publicKey;
  return lab.pki.issue({ role: "SMGW", name: "ESGL0000000001", purpose: "SIG", now: lab.now, publicKey });
}

function times(count: number, act: () => unknown): number {
  for (let index = 0; index < count; index++) act();
  return count;
}

async function timesAsync(count: number, act: () => Promise<unknown>): Promise<number> {
  for (let index = 0; index < count; index++) await act();
  return count;
}
