/**
 * Checking signatures: ours beside the library called bare, and the browser's form beside noble.
 *
 * In Node the difference is the reading of the signature and the promise. In the page nobody is faster than he has to be:
 * a few checks per click.
 */

import { verify } from "node:crypto";
import { brainpoolP256r1, brainpoolP512r1 } from "@noble/curves/misc.js";

import type { BenchWork } from "../../../scripts/bench/types.ts";
import * as browser from "../src/browser/index.ts";
import { type CurveName, curves, toNumber } from "../src/curves.ts";
import { libraryKeyOf } from "../src/handles.ts";
import { PublicKey } from "../src/verify/index.ts";

import { pointOfScalar, privateKeyOf, signByNode } from "../test/keys.ts";
import { derOf } from "../test/octets.ts";

const hash = "SHA-256";
const message = new Uint8Array(256).fill(7);

function signedOn(curve: CurveName): { point: Uint8Array; der: Uint8Array; raw: Uint8Array } {
  const scalar = curves[curve].n / 3n;
  const raw = signByNode(privateKeyOf(curve, scalar), { hash, message, encoding: "raw" });
  const middle = raw.length / 2;
  const der = derOf(toNumber(raw.subarray(0, middle)), toNumber(raw.subarray(middle)));
  return { point: pointOfScalar(curve, scalar), der, raw };
}

/** As many at once as the thread pool likes. */
async function inFlight(count: number, check: () => Promise<boolean>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, check));
  if (answers.includes(false)) throw new Error("a good signature was refused");
  return count;
}

const p256 = signedOn("brainpoolP256r1");
const p512 = signedOn("brainpoolP512r1");
const inNode = PublicKey.fromPoint("brainpoolP256r1", p256.point);
const bare = (): Promise<boolean> =>
  new Promise((resolve, reject) => {
    verify("sha256", message, { key: libraryKeyOf(inNode), dsaEncoding: "der" }, p256.der, (error, holds) => {
      if (error === null) resolve(holds);
      else reject(error);
    });
  });

function inPage(name: string, curve: CurveName, signed: typeof p256, noble: typeof brainpoolP256r1): BenchWork {
  const key = browser.PublicKey.fromPoint(curve, signed.point);
  const digest = browser.digest(hash, message);
  const byNoble = (): number => {
    if (!noble.verify(signed.raw, digest, signed.point, { prehash: false, lowS: false })) throw new Error("refused");
    return 1;
  };
  return {
    name,
    unit: "checks",
    ours: () => inFlight(10, () => key.verify({ hash, message, signature: signed.der })),
    others: [{ name: "@noble/curves", run: () => byNoble() + byNoble() + byNoble() }],
    atLeast: { timesOther: { "@noble/curves": 1 } },
  };
}

export const works: readonly BenchWork[] = [
  {
    name: "ECDSA brainpoolP256r1 verified in Node, 64 in flight",
    unit: "checks",
    ours: () => inFlight(64, () => inNode.verify({ hash, message, signature: p256.der })),
    others: [{ name: "node:crypto bare", run: () => inFlight(64, bare) }],
    atLeast: { timesOther: { "node:crypto bare": 0.85 } },
  },
  inPage("ECDSA brainpoolP256r1 verified in a page", "brainpoolP256r1", p256, brainpoolP256r1),
  inPage("ECDSA brainpoolP512r1 verified in a page", "brainpoolP512r1", p512, brainpoolP512r1),
];
