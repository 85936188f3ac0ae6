/**
 * From the steps of a proof to one verdict that a person can act on.
 *
 * In: each step of the check of each block.  Out: the gravest finding, and the sign that goes with it.
 * A changed value, a seal of a stranger and an expired chain are different things to do, so they are different words. The
 * order of gravity: first what is wrong with the values, then who sealed them, then whom to ask about certificates.
 */

/** Names and states as `checkProof` of @siegel/cms gives them; "subject" and "gateway" are the page's own. */
export type StepName =
  | "subject"
  | "block"
  | "commitment"
  | "binding"
  | "digest"
  | "signature"
  | "gateway"
  | "path"
  | "receipt";

export interface Step {
  readonly name: StepName;
  readonly state: "passed" | "failed" | "skipped";
  /** Stable reason of a failure. */
  readonly code?: string | undefined;
  /** Names, instants and hashes for whoever opens the detail. */
  readonly detail: Readonly<Record<string, string>>;
}

/** Gravest first; "genuine" is the only good one. */
export const verdicts = [
  "changed",
  "otherSubject",
  "stranger",
  "damaged",
  "otherGateway",
  "otherRoot",
  "revoked",
  "invalidTime",
  "noReceipt",
  "unreadable",
  "unavailable",
  "genuine",
] as const;
export type Verdict = (typeof verdicts)[number];

/** The verdict on one block. Only if every step passed it is genuine: what was not judged does not count as good. */
export function verdictOf(steps: readonly Step[], passed: boolean): Verdict {
  const found = steps.filter(({ state }) => state === "failed").map(verdictOfFailure);
  if (found.length > 0) return gravest(found);
  return passed && steps.length > 0 && steps.every(({ state }) => state === "passed") ? "genuine" : "noReceipt";
}

/** The verdict on several blocks; of none there is none. */
export function gravest(found: readonly Verdict[]): Verdict {
  return verdicts.find((verdict) => found.includes(verdict)) ?? "unavailable";
}

function verdictOfFailure({ name, code }: Step): Verdict {
  switch (name) {
    case "subject":
      return "otherSubject";
    case "block":
      return "unreadable";
    case "commitment":
      return "changed";
    case "digest":
      return "damaged";
    case "signature":
    case "binding":
      return "stranger";
    case "gateway":
      return "otherGateway";
    case "receipt":
      return "noReceipt";
    case "path":
      return verdictOfPath[(code ?? "").replace(/^path-/, "")] ?? "stranger";
  }
}

/** Codes of `PathError` in @siegel/pki; what is not listed is a chain that is not sound. */
const verdictOfPath: Readonly<Record<string, Verdict>> = {
  expired: "invalidTime",
  "not-yet-valid": "invalidTime",
  revoked: "revoked",
  "no-revocation-list": "revoked",
  "stale-revocation-list": "revoked",
  "no-path": "otherRoot",
};
