/** Whom to believe, and the one question that is asked of a signer's certificate. */

import {
  type At,
  type Certificate,
  type PathCache,
  PathError,
  type Purpose,
  type RevocationList,
  type Role,
  type ValidatedPath,
  validatePath,
} from "@siegel/pki";
import { DeliveryError } from "../errors.ts";
import { maxBundleCertificates } from "../limits.ts";

export interface Trust {
  /** Roots that are trusted. */
  readonly anchors: readonly Certificate[];
  /** Certificates of authorities that may be needed. They are not trusted. */
  readonly others: readonly Certificate[];
  /** Lists of every authority in a chain. They are not trusted. */
  readonly revocation: readonly RevocationList[];
  /** One for the life of the process: signatures of authorities that held are not checked again. */
  readonly cache?: PathCache;
}

export interface PathAsk {
  readonly leaf: Certificate;
  /** That came with the message. */
  readonly others: readonly Certificate[];
  readonly trust: Trust;
  /** Roles that are accepted. */
  readonly role: Role | readonly Role[];
  readonly purpose: Purpose;
  readonly at: At;
}

/** @throws {PathError} */
export function pathOf({ leaf, others, trust, role, purpose, at }: PathAsk): Promise<ValidatedPath> {
  const { anchors, revocation, cache } = trust;
  const all = [...trust.others, ...others];
  return validatePath({
    leaf,
    others: all,
    anchors,
    revocation,
    at,
    role,
    purpose,
    // What a stranger adds is bounded where his message is read; what the caller trusts is the caller's.
    maxCount: Math.max(maxBundleCertificates, 1 + all.length + anchors.length, revocation.length),
    ...(cache !== undefined && { cache }),
  });
}

/** As `pathOf`, with the reason as one of this room. @throws {DeliveryError} path-… */
export async function acceptedPathOf(ask: PathAsk): Promise<ValidatedPath> {
  try {
    return await pathOf(ask);
  } catch (error) {
    if (error instanceof PathError) throw new DeliveryError(`path-${error.code}`, { cause: error });
    throw error;
  }
}
