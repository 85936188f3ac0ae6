/** One verdict from many steps. */

import { expect, test } from "vitest";

import { gravest, type Step, type StepName, verdictOf } from "../../src/core/verdict.ts";
import { texts } from "../../src/core/texts/texts.ts";
import { verdicts } from "../../src/core/verdict.ts";

const names: readonly StepName[] = [
  "subject",
  "block",
  "commitment",
  "binding",
  "digest",
  "signature",
  "gateway",
  "path",
  "receipt",
];

function steps(failed: Partial<Record<StepName, string>>): Step[] {
  return names.map((name) => ({
    name,
    state: name in failed ? "failed" : "passed",
    code: failed[name],
    detail: {},
  }));
}

test("only if every step passed it is genuine", () => {
  // A step that could not be judged would count as passed.
  expect(verdictOf(steps({}), true)).toBe("genuine");
  expect(verdictOf(steps({}), false)).not.toBe("genuine");
  expect(verdictOf([], true)).not.toBe("genuine");
  const skipped = steps({}).map((step) => (step.name === "receipt" ? { ...step, state: "skipped" as const } : step));
  expect(verdictOf(skipped, true)).not.toBe("genuine");
});

test.each([
  [{ commitment: "mismatch" }, "changed"],
  [{ signature: "bad-signature" }, "stranger"],
  [{ binding: "other-sender" }, "stranger"],
  [{ path: "wrong-role" }, "stranger"],
  [{ path: "something-new" }, "stranger"],
  [{ path: "expired" }, "invalidTime"],
  [{ path: "not-yet-valid" }, "invalidTime"],
  [{ path: "revoked" }, "revoked"],
  [{ path: "no-path" }, "otherRoot"],
  [{ digest: "mismatch" }, "damaged"],
  [{ receipt: "absent" }, "noReceipt"],
  [{ subject: "meter" }, "otherSubject"],
  [{ gateway: "other-gateway" }, "otherGateway"],
  [{ block: "not-canonical" }, "unreadable"],
  // The gravest counts.
  [{ commitment: "mismatch", path: "expired" }, "changed"],
  [{ path: "expired", receipt: "absent" }, "invalidTime"],
] as const)("%j is %s", (failed, verdict) => {
  // Somebody would do the wrong thing about it: ask for a certificate where a value was changed.
  expect(verdictOf(steps(failed), false)).toBe(verdict);
});

test("of several blocks the gravest counts; of none nothing is genuine", () => {
  // One changed block would drown among ninety good ones.
  expect(gravest(["genuine", "invalidTime", "changed", "genuine"])).toBe("changed");
  expect(gravest([])).toBe("unavailable");
});

test("every verdict reads differently, in each language", () => {
  // Two findings that need different answers would look the same.
  for (const { check } of Object.values(texts)) {
    expect(new Set(verdicts.map((verdict) => check.verdict[verdict])).size).toBe(verdicts.length);
    expect(new Set(verdicts.map((verdict) => check.verdictText[verdict])).size).toBe(verdicts.length);
  }
});
