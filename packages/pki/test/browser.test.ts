/** The same code over the browser's form of the algorithms: the page that checks a proof judges as the head-end did. */

import { PublicKey } from "@siegel/crypto/browser";
import { fromHex } from "@siegel/wire";
import { expect, test, vi } from "vitest";

import { seeds } from "../fuzz/seeds.ts";
import { Certificate, CertificationRequest, type PathQuestion, RevocationList, validatePath } from "../src/index.ts";

// What a bundler does by the condition "browser" of that door.
vi.mock("@siegel/crypto/verify", () => import("@siegel/crypto/browser"));

function question(): PathQuestion {
  return {
    leaf: Certificate.parse(fromHex(seeds.gatewaySig)),
    others: [Certificate.parse(fromHex(seeds.subCa))],
    anchors: [Certificate.parse(fromHex(seeds.root))],
    revocation: [seeds.list, seeds.emptyList].map((hex) => RevocationList.parse(fromHex(hex))),
    at: { epochMs: Date.UTC(2026, 0, 1) },
    role: "SMGW",
    purpose: "SIG",
  };
}

test("a path is validated, and one that is wrong is refused, by arithmetic in JavaScript", async () => {
  // A consumer would be shown a proof as good that is not, or the other way round.
  expect(question().leaf.publicKey).toBeInstanceOf(PublicKey);
  const path = await validatePath(question());
  expect(path.chain.map(({ name }) => name)).toEqual(["ESGL0000000001.SMGW", "Siegel-Lab.CA", "SM-Root.CA"]);
  for (const [part, code] of [
    ["gatewaySig", "bad-signature"],
    ["subCa", "bad-signature"],
    ["root", "bad-signature"],
    ["list", "bad-revocation-list"],
  ] as const) {
    const der = fromHex(seeds[part]);
    der[der.length - 1]! ^= 1;
    const changed = { ...question() };
    if (part === "list") changed.revocation = [RevocationList.parse(der), question().revocation[1]!];
    else if (part === "gatewaySig") changed.leaf = Certificate.parse(der);
    else if (part === "subCa") changed.others = [Certificate.parse(der)];
    else changed.anchors = [Certificate.parse(der)];
    await expect(validatePath(changed), part).rejects.toMatchObject({ code });
  }
});

test("a request is verified", async () => {
  // The page would be another program than the authority's.
  const request = CertificationRequest.parse(fromHex(seeds.request));
  expect((await request.verify()).subject.commonName).toBe("ESGL0000000001.SMGW");
});
