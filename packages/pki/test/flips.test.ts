/** Hostility: every bit of every artefact flipped, every prefix. Nothing of it validates, and nothing ends the program. */

import { DecodeError } from "@siegel/wire";
import { beforeAll, expect, test } from "vitest";

import {
  Certificate,
  CertificationRequest,
  certificationRequest,
  PathCache,
  PathError,
  type PathQuestion,
  RequestError,
  RevocationList,
  validatePath,
} from "../src/index.ts";
import { type Lab, makeLab } from "../src/testing.ts";

let lab: Lab;
let good: PathQuestion;
beforeAll(async () => {
  lab = await makeLab();
  lab.pki.revoke({ certificate: lab.gateway.ENC.certificate, at: lab.now, reason: "superseded" });
  good = {
    leaf: lab.gateway.SIG.certificate,
    others: lab.others,
    anchors: lab.anchors,
    revocation: await lab.pki.crls(lab.now),
    at: lab.now,
    role: "SMGW",
    purpose: "SIG",
    cache: new PathCache(), // what is not flipped need not be checked a thousand times
  };
  await validatePath(good);
});

test("every flipped bit of the leaf is refused", async () => {
  // A gateway could give itself another name, or a longer life.
  await everyFlip(good.leaf.der, (der) => validatePath({ ...good, leaf: Certificate.parse(der) }));
});

test("every flipped bit of the authority's certificate is refused", async () => {
  // Somebody could put a key of his own between root and gateway.
  await everyFlip(lab.subCa.der, (der) => validatePath({ ...good, others: [Certificate.parse(der)] }));
});

test("every flipped bit of the trusted root is refused", async () => {
  // A damaged trust store would go on as if it were whole.
  await everyFlip(lab.root.der, (der) => validatePath({ ...good, anchors: [Certificate.parse(der)] }));
});

test("every flipped bit of a list of revoked certificates is refused", async () => {
  // A thief would take himself off the list.
  const [ofRoot, ofSub] = good.revocation;
  await everyFlip(ofSub!.der, (der) => validatePath({ ...good, revocation: [ofRoot!, RevocationList.parse(der)] }));
});

test("every flipped bit of a request is refused", async () => {
  // An authority would certify a key that nobody holds, or another name than was asked for.
  const subject = lab.pki.subjectOf({ role: "SMGW", name: "ESGL0000000001" });
  const der = await certificationRequest({ subject, ...lab.gateway.SIG.signer });
  await everyFlip(der, (flipped) => CertificationRequest.parse(flipped).verify());
});

test("every prefix of every artefact is refused as what it is: cut off", async () => {
  // Half a certificate would be read with what stood in memory behind it.
  const request = await certificationRequest({ subject: lab.subCa.subject, ...lab.gateway.SIG.signer });
  const all: [Uint8Array, (der: Uint8Array) => unknown][] = [
    [good.leaf.der, (der) => Certificate.parse(der)],
    [lab.root.der, (der) => Certificate.parse(der)],
    [good.revocation[1]!.der, (der) => RevocationList.parse(der)],
    [request, (der) => CertificationRequest.parse(der)],
  ];
  for (const [der, parse] of all) {
    parse(der);
    for (let length = 0; length < der.length; length++) {
      expect(() => parse(der.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => parse(Uint8Array.of(...der, 0))).toThrow(expect.objectContaining({ code: "trailing-bytes" }));
  }
});

/** Each flip ends in one of our errors. Checks of signatures run beside each other, as many as there are cores anyway. */
async function everyFlip(der: Uint8Array, judge: (flipped: Uint8Array) => Promise<unknown>): Promise<void> {
  await judge(der);
  const bits = Array.from({ length: der.length * 8 }, (_, bit) => bit);
  const accepted: string[] = [];
  const worker = async (): Promise<void> => {
    for (let bit = bits.pop(); bit !== undefined; bit = bits.pop()) {
      const flipped = der.slice();
      flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
      try {
        await judge(flipped);
        accepted.push(`bit ${bit & 7} of octet ${bit >> 3}`);
      } catch (error) {
        if (error instanceof DecodeError || error instanceof PathError || error instanceof RequestError) continue;
        throw error;
      }
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  expect(accepted).toEqual([]);
}
