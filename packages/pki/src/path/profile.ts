/**
 * What a certificate of each role must say, and must not: the profile of the SM-PKI, one rule a line.
 *
 * In: one certificate and its place in the chain.  Out: the first rule that it breaks, or nothing.
 * Not here: what takes two certificates (./validate), and instants.
 * Source: TR-03109-4 and TR-03116-3 as told in facts (smgw.md §2.2, §3.2); which line rests on what:
 * docs/formats/certificates.md.
 */

import type { CurveName } from "@siegel/crypto/verify";

import type { ExtensionName, ExtensionSet } from "../asn1/extensions.ts";
import { type Certificate, partsOf } from "../certificate.ts";
import type { PathErrorCode } from "../errors.ts";
import type { Role } from "../roles.ts";

/** Curves that the key of a role may be on. */
export type CurveRule = Readonly<Record<"ROOT" | "SUB-CA" | "endEntity", readonly CurveName[]>>;

/** TR-03116-3, certificates issued from 2025 on. */
export const currentCurves: CurveRule = {
  ROOT: ["brainpoolP512r1"],
  "SUB-CA": ["brainpoolP384r1"],
  endEntity: ["brainpoolP256r1"],
};

/** With those issued until 2025, one size less for each authority. */
export const legacyCurves: CurveRule = {
  ROOT: ["brainpoolP512r1", "brainpoolP384r1"],
  "SUB-CA": ["brainpoolP384r1", "brainpoolP256r1"],
  endEntity: ["brainpoolP256r1"],
};

export interface Profile {
  readonly curves: CurveRule;
  /** One of these policies stands in every certificate below the root. */
  readonly policies: readonly string[];
}

/** The first rule that a certificate of this role breaks. */
export function breachOf(certificate: Certificate, role: Role, profile: Profile): PathErrorCode | undefined {
  const { extensions, keyId } = partsOf(certificate);
  const { known } = extensions;
  const isCa = role === "ROOT" || role === "SUB-CA";
  if (hasUnknownCritical(extensions, certificateExtensions)) return "unknown-critical-extension";
  if (certificate.role !== role) return isCa ? "not-a-ca" : "wrong-role";
  if (isCa && certificate.purpose !== "CA") return "not-a-ca";
  if (!isCa && (certificate.purpose === "CA" || certificate.purpose === undefined)) return "wrong-purpose";
  const curves = profile.curves[role === "ROOT" || role === "SUB-CA" ? role : "endEntity"];
  if (!curves.includes(certificate.publicKey.curve)) return "wrong-curve";
  if (keyId === undefined) return "not-in-profile";
  if (neverCritical.some((name) => known[name]?.critical === true)) return "not-in-profile";
  if (role === "ROOT") return undefined;
  if (known.cRLDistributionPoints === undefined) return "not-in-profile";
  if (role === "SUB-CA" && known.basicConstraints?.value.pathLenConstraint !== 0) return "not-in-profile";
  if (role === "SMGW" && known.subjectAltName !== undefined) return "not-in-profile"; // a gateway has one name
  if (hasAlternativeName.has(role) && known.subjectAltName === undefined) return "not-in-profile";
  if (!isCa && known.privateKeyUsagePeriod !== undefined) return "not-in-profile";
  const policies = known.certificatePolicies?.value ?? [];
  if (!policies.some(({ policyIdentifier }) => profile.policies.includes(policyIdentifier))) return "wrong-policy";
  return undefined;
}

/** RFC 5280 §4.2: whoever meets a critical extension that it does not process refuses. */
export function hasUnknownCritical({ known, unknown }: ExtensionSet, processed: ReadonlySet<ExtensionName>): boolean {
  if (unknown.some(({ critical }) => critical)) return true;
  const names = Object.keys(known) as ExtensionName[]; // names of the record
  return names.some((name) => known[name]?.critical === true && !processed.has(name));
}

const certificateExtensions: ReadonlySet<ExtensionName> = new Set<ExtensionName>([
  "subjectKeyIdentifier",
  "authorityKeyIdentifier",
  "keyUsage",
  "basicConstraints",
  "extKeyUsage",
  "certificatePolicies",
  "cRLDistributionPoints",
  "subjectAltName",
  "privateKeyUsagePeriod",
]);

/** RFC 5280 §4.2.1.1, §4.2.1.2; the others by the profile. */
const neverCritical: readonly ExtensionName[] = [
  "subjectKeyIdentifier",
  "authorityKeyIdentifier",
  "certificatePolicies",
  "cRLDistributionPoints",
];

const hasAlternativeName: ReadonlySet<Role> = new Set<Role>(["GWA", "GWH", "EMT"]);
