/** The fact behind a step. */

import { expect, test } from "vitest";

import { stepFact } from "../../src/core/step-fact.ts";
import type { Step } from "../../src/core/verdict.ts";
import { zone } from "./totals.ts";

test.each<[Partial<Step> & Pick<Step, "name">, string | undefined]>([
  [{ name: "signature", detail: { signer: "ESGL0000000001.SMGW" } }, "Sealed by ESGL0000000001.SMGW"],
  [{ name: "binding", detail: { number: "17" } }, "Delivery no. 17"],
  [{ name: "receipt", detail: { committedAt: "2026-06-15T22:00:03.000Z" } }, "Received 16 June 2026 at 00:00:03"],
  [
    {
      name: "path",
      state: "failed",
      code: "expired",
      detail: { certificate: "A.SMGW", at: "2026-06-15T22:00:03.000Z" },
    },
    "A.SMGW had expired by 16 June 2026 at 00:00:03",
  ],
  [{ name: "path", state: "failed", code: "toString", detail: {} }, undefined],
  [{ name: "path", detail: {} }, undefined],
  [{ name: "receipt", detail: {} }, undefined],
  [{ name: "block", detail: {} }, undefined],
])("%j", (step, fact) => {
  // A step would say that something holds, but not who, which or when.
  expect(stepFact({ state: "passed", detail: {}, ...step }, zone, "en")).toBe(fact);
});
