/**
 * Whose certificate it is and what its key is for.
 *
 * In: name and extensions.  Out: role and purpose, or `undefined`: there is no role by default.
 * A role is said twice, by the end of the common name and by the extensions, and both have to agree.
 * Source: CP of the SM-PKI as far as facts say (smgw.md §3.1, §3.2); what is ours is told in docs/formats/certificates.md.
 */

import type { DistinguishedName } from "./asn1/name.ts";
import { keyPurposeOids } from "./asn1/oids.ts";
import type { ExtensionValues } from "./asn1/extensions.ts";

/** Smart meter gateway, its administrator, its manufacturer, external market participant, and the two authorities. */
export type Role = "ROOT" | "SUB-CA" | "SMGW" | "GWA" | "GWH" | "EMT";
/** One key, one purpose. */
export type Purpose = "TLS" | "SIG" | "ENC" | "CA";

export const roles: readonly Role[] = ["ROOT", "SUB-CA", "SMGW", "GWA", "GWH", "EMT"];

/** The role that a common name ends in. A name that could be read as two roles has none. */
export function roleOfName({ commonName }: DistinguishedName): Role | undefined {
  if (/^[\p{L}\p{N} _-]{1,48}\.CA$/u.test(commonName)) return /(^|-)Root\.CA$/.test(commonName) ? "ROOT" : "SUB-CA";
  const [, holder, role, suffix] =
    /^([\p{L}\p{N} _-]{1,48})\.(SMGW|GWA|GWH|EMT)(?:\.([A-Za-z0-9-]{1,16}))?$/u.exec(commonName) ?? [];
  if (holder === undefined || role === undefined) return undefined;
  if (suffix !== undefined && suffixesThatAreRoles.has(suffix.toUpperCase())) return undefined;
  if (role === "SMGW" && !/^[A-Za-z0-9]{12,14}$/.test(holder)) return undefined;
  return role as Role; // one of the four of the expression
}

/** The purpose that key usage, extended key usage and basic constraints say together. */
export function purposeOf(extensions: ExtensionValues): Purpose | undefined {
  const { keyUsage, basicConstraints, extKeyUsage } = extensions;
  if (keyUsage?.critical !== true || basicConstraints?.critical !== true) return undefined;
  const usage = keyUsage.value.join();
  if (basicConstraints.value.cA) {
    return usage === "keyCertSign,cRLSign" && extKeyUsage === undefined ? "CA" : undefined;
  }
  if (basicConstraints.value.pathLenConstraint !== undefined) return undefined;
  if (usage === "keyEncipherment,keyAgreement") return extKeyUsage === undefined ? "ENC" : undefined;
  if (usage !== "digitalSignature") return undefined;
  if (extKeyUsage === undefined) return "SIG";
  const purposes = extKeyUsage.value.toSorted().join();
  return extKeyUsage.critical && purposes === tlsPurposes ? "TLS" : undefined;
}

const suffixesThatAreRoles = new Set(["CA", "SMGW", "GWA", "GWH", "EMT"]);
const tlsPurposes = [keyPurposeOids.serverAuth, keyPurposeOids.clientAuth].sort().join();
