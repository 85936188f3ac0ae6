/**
 * Chains that could be meant: by names and key ids only, nothing is believed yet.
 *
 * In: a leaf, certificates that somebody handed in, trusted roots.  Out: chains leaf → … → root, the likeliest first.
 * Work is bounded: a chain has at most four certificates (so a circle ends, too), and the caller limits how many there are to
 * choose from.
 */

import { equalBytes } from "@siegel/wire";
import { type Certificate, partsOf } from "../certificate.ts";

/** Leaf, two levels of authorities, root. */
const maxChainLength = 4;

export function* chainsOf(
  leaf: Certificate,
  others: readonly Certificate[],
  anchors: readonly Certificate[],
): Generator<readonly Certificate[]> {
  // A root that came along with the leaf is no root: it is one when it is among the anchors, octet by octet.
  const trusted = new Set(anchors.map((anchor) => partsOf(anchor).fingerprint));
  const candidates = distinct([...anchors, ...others]);
  yield* extended([leaf]);

  function* extended(chain: readonly Certificate[]): Generator<readonly Certificate[]> {
    const last = chain.at(-1)!; // a chain has its leaf
    if (trusted.has(partsOf(last).fingerprint)) {
      yield chain;
      return;
    }
    if (chain.length === maxChainLength) return;
    for (const issuer of candidates) {
      if (couldHaveIssued(issuer, last)) yield* extended([...chain, issuer]);
    }
  }
}

/** RFC 5280 §6.1.3 (a)(4) and §4.2.1.1: name and key id are those that the certificate names. */
function couldHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  const { issuerDer, authorityKeyId } = partsOf(certificate);
  const { subjectDer, keyId } = partsOf(issuer);
  return authorityKeyId !== undefined && authorityKeyId === keyId && equalBytes(issuerDer, subjectDer);
}

function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(certificates.map((one) => [partsOf(one).fingerprint, one])).values()];
}
