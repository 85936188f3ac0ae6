/**
 * Whether an authority had revoked a certificate of its own at an instant.
 *
 * The list of that instant says so: the newest that the authority had written by then. Lists written later are asked too,
 * since a theft is found out afterwards and dated back; of those, what is only suspended does not count.
 * Source: RFC 5280 §5, §6.3, reduced to complete lists signed by the authority itself.
 */

import { equalBytes } from "@siegel/wire";
import type { ExtensionName } from "../asn1/extensions.ts";
import { type Certificate, partsOf } from "../certificate.ts";
import { PathError } from "../errors.ts";
import { listPartsOf, type RevocationList } from "../revocation-list.ts";
import { hasUnknownCritical } from "./profile.ts";
import type { CheckSignature } from "./signature.ts";
import type { Span } from "./span.ts";

export interface RevocationQuestion {
  readonly certificate: Certificate;
  readonly authority: Certificate;
  readonly lists: readonly RevocationList[];
  readonly atMs: number;
  /** How long past its nextUpdate a list still counts. */
  readonly graceMs: number;
  /** Is narrowed to the time in which the answer stays the same. */
  readonly span: Span;
}

/** @throws {PathError} unless the authority's lists say that the certificate was not revoked. */
export async function checkNotRevoked(question: RevocationQuestion, checkSignature: CheckSignature): Promise<void> {
  const { certificate, authority, atMs, graceMs, span } = question;
  const lists = question.lists
    .filter((list) => isListOf(list, authority))
    .sort((a, b) => b.thisUpdateMs - a.thisUpdateMs || compareNumbers(b.number, a.number));
  const current = lists.findIndex((list) => list.thisUpdateMs <= atMs);
  if (current < 0) throw new PathError("no-revocation-list", authority.name);
  if (!(atMs <= lists[current]!.nextUpdateMs + graceMs)) {
    throw new PathError("stale-revocation-list", authority.name);
  }
  span.within(lists[current]!.thisUpdateMs, lists[current]!.nextUpdateMs + graceMs);
  const next = lists[current - 1]; // the current one from its thisUpdate on
  if (next !== undefined) span.within(-Infinity, next.thisUpdateMs - 1);
  for (const [index, list] of lists.slice(0, current + 1).entries()) {
    await checkList(list, authority, checkSignature);
    const revocation = list.revocationOf(certificate.serial);
    if (revocation === undefined) continue;
    if (revocation.dateMs > atMs) {
      span.within(-Infinity, revocation.dateMs - 1);
      continue;
    }
    if (index < current && revocation.reason === "certificateHold") continue;
    throw new PathError("revoked", certificate.name);
  }
}

/** Signed by the authority, and without anything that we would have to understand. */
async function checkList(list: RevocationList, authority: Certificate, checkSignature: CheckSignature): Promise<void> {
  const { extensions, hasUnknownCriticalEntry, signed, fingerprint } = listPartsOf(list);
  if (hasUnknownCriticalEntry || hasUnknownCritical(extensions, listExtensions)) {
    throw new PathError("unknown-critical-extension", authority.name);
  }
  if (list.number === undefined || !(await checkSignature(authority, signed, fingerprint))) {
    throw new PathError("bad-revocation-list", authority.name);
  }
}

function isListOf(list: RevocationList, authority: Certificate): boolean {
  const { issuerDer, authorityKeyId } = listPartsOf(list);
  const { subjectDer, keyId } = partsOf(authority);
  return authorityKeyId !== undefined && authorityKeyId === keyId && equalBytes(issuerDer, subjectDer);
}

function compareNumbers(a: bigint | undefined, b: bigint | undefined): number {
  return Number((a ?? -1n) > (b ?? -1n)) - Number((a ?? -1n) < (b ?? -1n));
}

/** RFC 5280 §5.2: both must not be critical, and would be understood. Partial, indirect and delta lists have others. */
const listExtensions: ReadonlySet<ExtensionName> = new Set<ExtensionName>(["authorityKeyIdentifier", "cRLNumber"]);
