/** scratch */
import { expect, test } from "vitest";
import { validatePath } from "../src/index.ts";
import { makeLab } from "../src/testing.ts";

test("x", async () => {
  const lab = await makeLab();
  const path = await validatePath({
    leaf: lab.gateway.SIG.certificate,
    others: lab.others,
    anchors: lab.anchors,
    revocation: lab.crls,
    at: lab.now,
    role: "SMGW",
    purpose: "SIG",
  });
  expect(path.chain.map((c) => c.name)).toEqual(["ESGL0000000001.SMGW", "Siegel-Lab.CA", "SM-Root.CA"]);
});
