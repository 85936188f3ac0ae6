/** The steps of a proof, as a person is shown them. */

import { PathError } from "@siegel/pki";
import { MeterError } from "@siegel/wire";

/** From the block that is displayed to the root that is trusted, and to who received it when. */
export const proofStepNames = ["block", "commitment", "binding", "digest", "signature", "path", "receipt"] as const;
export type ProofStepName = (typeof proofStepNames)[number];

export interface ProofStep {
  readonly name: ProofStepName;
  readonly state: "passed" | "failed" | "skipped";
  /**
   * Stable reason of a step that did not pass. Failed: a code of `DeliveryError`, of `PathError` in step "path", or of
   * `proofCodes`; skipped: one of `skipCodes`.
   */
  readonly code?: string;
  /** Names, instants (RFC 3339) and hashes (hex) for display. Claims, as long as the step has not passed. */
  readonly detail: Readonly<Record<string, string>>;
}

/** Further reasons why a step failed. */
export const proofCodes = {
  "malformed-bundle": "the file is no proof bundle",
  "no-such-block": "the bundle holds no salt for this block, or the seal no commitment at its place",
  "not-a-block": "the octets are no day block",
} as const;

/** Why a step was not judged. */
export const skipCodes = {
  "not-reached": "what it is judged by could not be read",
  "no-block": "the bundle holds no block",
  "no-receipt": "the bundle holds no receipt",
  "no-instant": "there is neither a receipt nor another instant at which to judge",
} as const;

type Detail = ProofStep["detail"];

export function passed(name: ProofStepName, detail: Detail): ProofStep {
  return { name, state: "passed", detail };
}

export function failed(name: ProofStepName, code: string, detail: Detail = {}): ProofStep {
  return { name, state: "failed", code, detail };
}

export function skipped(name: ProofStepName, code: keyof typeof skipCodes): ProofStep {
  return { name, state: "skipped", code, detail: {} };
}

/** A step out of a check: what it gives, or `undefined` and its reason. Only errors of ours are reasons. */
export async function judged<T>(
  name: ProofStepName,
  detail: Detail,
  check: () => T | Promise<T>,
): Promise<{ step: ProofStep; value?: T }> {
  try {
    const value = await check();
    return { step: passed(name, detail), value };
  } catch (error) {
    if (!(error instanceof MeterError)) throw error;
    const about =
      error instanceof PathError && error.certificate !== undefined ? { certificate: error.certificate } : {};
    return { step: failed(name, error.code, { ...detail, ...about }) };
  }
}
