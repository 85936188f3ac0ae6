/** AlgorithmIdentifier, and the comparison with the few that are allowed. Source: RFC 5652 §10.1; RFC 5280 §4.1.1.2. */

import { any, optional, sequence } from "@siegel/pki";
import { equalBytes, type Infer } from "@siegel/wire";
import { knownOid } from "./known-oid.ts";

export const AlgorithmIdentifier = sequence("AlgorithmIdentifier", {
  algorithm: knownOid(),
  parameters: optional(any({ max: 128 })),
});
export type AlgorithmIdentifier = Infer<typeof AlgorithmIdentifier>;

/** The same algorithm with the same parameters, octet by octet. Absent and NULL are different. */
export function sameAlgorithm(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  if (a.algorithm !== b.algorithm) return false;
  if (a.parameters === undefined || b.parameters === undefined) return a.parameters === b.parameters;
  return equalBytes(a.parameters, b.parameters);
}
