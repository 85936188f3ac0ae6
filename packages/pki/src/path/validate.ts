/**
 * From a certificate to evidence of whose it is: chain to a trusted root, at an instant, for one role and one purpose.
 *
 * In: what a stranger handed in, and what we trust.  Out: `ValidatedPath`, which nothing else makes, or one typed reason.
 * Shell model: every certificate of the chain is valid at the instant, and was not revoked by then.
 * Order: cheap before dear, and from the root down, so that no key is used before it is believed.
 * Source: RFC 5280 §6.1, reduced to the profile (no name constraints, no policy mapping: they are refused as unknown).
 */

import { type Certificate, partsOf } from "../certificate.ts";
import { PathError } from "../errors.ts";
import type { RevocationList } from "../revocation-list.ts";
import type { Purpose, Role } from "../roles.ts";
import { smPkiPolicy } from "../asn1/oids.ts";
import { hashOf } from "../signed.ts";
import { chainsOf } from "./build.ts";
import { cacheAccess, type HeldPath, type PathCache } from "./cache.ts";
import { breachOf, currentCurves, type CurveRule, type Profile } from "./profile.ts";
import { checkNotRevoked } from "./revocation.ts";
import { type CheckSignature, signatureChecker } from "./signature.ts";
import { Span } from "./span.ts";

/** An instant. `Instant` of readings is one. */
export interface At {
  /** Milliseconds since 1970, UTC. */
  readonly epochMs: number;
}

export interface PathQuestion {
  readonly leaf: Certificate;
  /** Certificates of authorities that may be needed. They are not trusted. */
  readonly others: readonly Certificate[];
  /** Roots that are trusted, compared octet by octet. */
  readonly anchors: readonly Certificate[];
  /** Lists of every authority in the chain. They are not trusted. */
  readonly revocation: readonly RevocationList[];
  readonly at: At;
  /** Roles that are accepted. */
  readonly role: Role | readonly Role[];
  readonly purpose: Purpose;
  /** How long past its nextUpdate a list of revoked certificates still counts: 0 unless told. */
  readonly graceMs?: number;
  /** `currentCurves` unless told. */
  readonly curves?: CurveRule;
  /** Certificate policies, one of which is asked for: that of the SM-PKI unless told. */
  readonly policies?: readonly string[];
  /** Remembers signatures that held. Nothing is remembered without. */
  readonly cache?: PathCache;
  /** Most certificates (leaf, others and anchors together) and most lists that are looked at: 16 of each unless told. */
  readonly maxCount?: number;
}

/** A chain was valid at an instant, for a role and a purpose. Only `validatePath` can make one. */
export class ValidatedPath {
  readonly #chain: readonly Certificate[];
  readonly #at: At;
  readonly #role: Role;
  readonly #purpose: Purpose;

  private constructor(chain: readonly Certificate[], at: At, role: Role, purpose: Purpose) {
    this.#chain = Object.freeze([...chain]);
    this.#at = Object.freeze({ epochMs: at.epochMs });
    this.#role = role;
    this.#purpose = purpose;
  }

  get leaf(): Certificate {
    return this.#chain[0]!; // never empty: a chain begins with its leaf
  }

  /** From the leaf to the root. */
  get chain(): readonly Certificate[] {
    return this.#chain;
  }

  /** The instant at which it was judged. */
  get at(): At {
    return this.#at;
  }

  get role(): Role {
    return this.#role;
  }

  get purpose(): Purpose {
    return this.#purpose;
  }

  /** As `validatePath`. */
  static async validate(question: PathQuestion): Promise<ValidatedPath> {
    const { leaf, others, anchors, revocation, at, purpose, cache, maxCount = 16 } = question;
    const atMs = at.epochMs; // read once
    if (!Number.isFinite(atMs)) throw new RangeError("not an instant");
    if (1 + others.length + anchors.length > maxCount || revocation.length > maxCount) throw new PathError("too-many");
    const roles = typeof question.role === "string" ? [question.role] : question.role;
    const role = leaf.role;
    if (role === undefined || !roles.includes(role)) throw new PathError("wrong-role", leaf.name);
    if (leaf.purpose !== purpose) throw new PathError("wrong-purpose", leaf.name);
    const { curves = currentCurves, policies = smPki, graceMs = 0 } = question;
    const lists = [...revocation];
    const judgedBy = [others.length, ...others, anchors.length, ...anchors, ...lists, curves, policies, graceMs];
    const known = cache === undefined ? undefined : cacheAccess.pathOf(cache, leaf);
    if (known !== undefined && answers(known, judgedBy, atMs)) {
      return new ValidatedPath(known.chain, { epochMs: atMs }, role, purpose);
    }
    let refusal: unknown;
    let tried = 0;
    for (const chain of chainsOf(leaf, [...others], [...anchors])) {
      if (++tried > maxChains) break;
      const span = new Span();
      const rules: Rules = {
        profile: { curves, policies },
        lists,
        atMs,
        graceMs,
        checkSignature: signatureChecker(cache),
        span,
      };
      try {
        checkEach(chain, role, rules);
        await checkLinks(chain, rules);
        // Another chain was likelier and did not hold now; it may at another instant.
        if (cache !== undefined && refusal === undefined) {
          cacheAccess.keepPath(cache, leaf, { chain, judgedBy, fromMs: span.fromMs, toMs: span.toMs });
        }
        return new ValidatedPath(chain, { epochMs: atMs }, role, purpose);
      } catch (error) {
        if (!(error instanceof PathError)) throw error;
        refusal ??= error; // the likeliest chain gives the reason
      }
    }
    throw refusal ?? new PathError("no-path", leaf.name);
  }
}

/**
 * Builds and checks leaf → … → root.
 *
 * @throws {PathError} with the reason. Its blame is "environment" when only a list of revoked certificates is missing or late.
 */
export function validatePath(question: PathQuestion): Promise<ValidatedPath> {
  return ValidatedPath.validate(question);
}

interface Rules {
  readonly profile: Profile;
  readonly lists: readonly RevocationList[];
  readonly atMs: number;
  readonly graceMs: number;
  readonly checkSignature: CheckSignature;
  /** Is narrowed to the time in which all of it stays so. */
  readonly span: Span;
}

/** Role and purpose of a leaf are its own, so they need no comparison. */
function answers(path: HeldPath, judgedBy: readonly unknown[], atMs: number): boolean {
  if (!(atMs >= path.fromMs && atMs <= path.toMs) || path.judgedBy.length !== judgedBy.length) return false;
  return judgedBy.every((one, index) => one === path.judgedBy[index]);
}

/** What each certificate says, and what it takes no key to see. */
function checkEach(chain: readonly Certificate[], leafRole: Role, { profile, atMs, span }: Rules): void {
  for (const [index, certificate] of chain.entries()) {
    const isRoot = index === chain.length - 1;
    const role = index === 0 ? leafRole : isRoot ? "ROOT" : "SUB-CA";
    if (isRoot && role !== "ROOT") throw new PathError("no-path", certificate.name); // only a root is an anchor
    const { basicConstraints } = partsOf(certificate).extensions.known;
    // RFC 5280 §4.2.1.9: authorities that may stand between this one and the leaf.
    const below = Math.max(0, index - 1);
    if (below > (basicConstraints?.value.pathLenConstraint ?? Infinity)) {
      throw new PathError("path-too-long", certificate.name);
    }
    const breach = breachOf(certificate, role, profile);
    if (breach !== undefined) throw new PathError(breach, certificate.name);
    if (!(atMs >= certificate.notBeforeMs)) throw new PathError("not-yet-valid", certificate.name);
    if (!(atMs <= certificate.notAfterMs)) throw new PathError("expired", certificate.name);
    span.within(certificate.notBeforeMs, certificate.notAfterMs);
  }
}

/** What each authority says of the next: from the root down. */
async function checkLinks(chain: readonly Certificate[], rules: Rules): Promise<void> {
  const { checkSignature, lists, atMs, graceMs, span } = rules;
  for (let index = chain.length - 1; index >= 0; index--) {
    const certificate = chain[index]!; // within the chain
    const authority = chain[index + 1] ?? certificate; // the root has signed itself
    const { signed, fingerprint } = partsOf(certificate);
    if (signed.hash !== hashOf(authority.publicKey)) throw new PathError("wrong-algorithm", certificate.name);
    if (!(await checkSignature(authority, signed, fingerprint))) throw new PathError("bad-signature", certificate.name);
    if (authority === certificate) continue; // nobody revokes a root: it is taken out of the anchors
    await checkNotRevoked({ certificate, authority, lists, atMs, graceMs, span }, checkSignature);
  }
}

const smPki: readonly string[] = [smPkiPolicy];
/** More than one only when an authority has several certificates for one key. */
const maxChains = 4;
