/**
 * Extensions of certificates, lists and list entries.
 *
 * In: the DER of Extensions.  Out: the known ones read, the unknown ones kept with their mark of being critical.
 * Not here: which have to be there (path/profile). Each may be there once.
 */

import { EncodeError } from "@siegel/wire";
import { decodeDer, type Der, encodeDer, mapped, type Tagged } from "../der/der.ts";
import {
  any,
  boolean,
  choice,
  enumerated,
  explicit,
  generalizedTime,
  implicit,
  integer,
  namedBits,
  octetString,
  oid,
  optional,
  sequence,
  sequenceOf,
  smallInteger,
  withDefault,
} from "../der/index.ts";
import { GeneralNames, UnreadGeneralNames } from "./general-names.ts";
import { extensionOids } from "./oids.ts";

/** RFC 5280 §4.2.1.2: `SubjectKeyIdentifier ::= KeyIdentifier`, an OCTET STRING; 20 octets in the SM-PKI. */
const KeyIdentifier = octetString({ min: 20, max: 20 });

/**
 * RFC 5280 §4.2.1.1:
 * ```
 * AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] KeyIdentifier OPTIONAL,
 *   authorityCertIssuer [1] GeneralNames OPTIONAL, authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }
 * ```
 */
const AuthorityKeyIdentifier = sequence("AuthorityKeyIdentifier", {
  keyIdentifier: implicit(0, KeyIdentifier), // a must (§4.2.1.1): the path is built by it
  authorityCertIssuer: optional(implicit(1, UnreadGeneralNames)),
  authorityCertSerialNumber: optional(implicit(2, integer({ maxBytes: 20 }))),
});

/** RFC 5280 §4.2.1.3: bit 0 first. */
export const keyUsageBits = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;
export type KeyUsageBit = (typeof keyUsageBits)[number];

/**
 * RFC 5280 §4.2.1.4:
 * ```
 * PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers SEQUENCE OF … OPTIONAL }
 * ```
 */
const PolicyInformation = sequence("PolicyInformation", {
  policyIdentifier: oid(),
  policyQualifiers: optional(sequenceOf(any({ max: 2048 }), { min: 1, max: 8 })),
});

/**
 * RFC 5280 §4.2.1.9:
 * ```
 * BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
 * ```
 */
const BasicConstraints = sequence("BasicConstraints", {
  cA: withDefault(boolean(), false),
  pathLenConstraint: optional(smallInteger({ max: 16 })),
});

/**
 * RFC 5280 §4.2.1.13:
 * ```
 * DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL,
 *   reasons [1] ReasonFlags OPTIONAL, cRLIssuer [2] GeneralNames OPTIONAL }
 * DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] … }
 * ```
 * `reasons` (a list for some reasons only) and the relative name are refused; `cRLIssuer` says who signs the list.
 */
const DistributionPoint = sequence("DistributionPoint", {
  distributionPoint: optional(explicit(0, choice("DistributionPointName", { fullName: implicit(0, GeneralNames) }))),
  cRLIssuer: optional(implicit(2, UnreadGeneralNames)),
});

/** RFC 5280 §5.3.1. Removal from a list occurs in delta lists only, which we do not read. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;
export type RevocationReason = keyof typeof revocationReasons;

/** What the octets of each known extension say. */
export const extensionTypes = {
  subjectKeyIdentifier: KeyIdentifier,
  keyUsage: namedBits(keyUsageBits),
  privateKeyUsagePeriod: any({ max: 64 }),
  subjectAltName: GeneralNames,
  issuerAltName: GeneralNames,
  basicConstraints: BasicConstraints,
  cRLNumber: integer({ min: 0n, maxBytes: 20 }),
  reasonCode: enumerated(revocationReasons),
  invalidityDate: generalizedTime(),
  cRLDistributionPoints: sequenceOf(DistributionPoint, { min: 1, max: 8 }),
  certificatePolicies: sequenceOf(PolicyInformation, { min: 1, max: 16 }),
  authorityKeyIdentifier: AuthorityKeyIdentifier,
  extKeyUsage: sequenceOf(oid(), { min: 1, max: 16 }),
} satisfies Record<keyof typeof extensionOids, Der<any>>; // any: each of its own type

type Known = typeof extensionTypes;
export type ExtensionName = keyof Known;

/** Known extensions by name. */
export type ExtensionValues = {
  readonly [N in ExtensionName]?: {
    readonly critical: boolean;
    readonly value: Known[N] extends Der<infer T> ? T : never;
  };
};

export interface ExtensionSet {
  readonly known: ExtensionValues;
  /** Those that nobody here understands: object identifiers. */
  readonly unknown: readonly { readonly id: string; readonly critical: boolean }[];
}

/**
 * RFC 5280 §4.1:
 * ```
 * Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
 * ```
 */
const Extension = sequence("Extension", {
  extnID: oid(),
  critical: withDefault(boolean(), false),
  extnValue: octetString({ max: 8192 }),
});

/** `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`. A second one of the same kind is refused (§4.2). */
export const Extensions: Tagged<ExtensionSet> = (() => {
  const list = sequenceOf(Extension, { min: 1, max: 32 });
  return mapped(
    list,
    "Extensions",
    (extensions, refuse) => {
      const values: Partial<Record<ExtensionName, unknown>> = {};
      const unknown: { id: string; critical: boolean }[] = [];
      const seen = new Set<string>();
      for (const { extnID, critical, extnValue } of extensions) {
        if (seen.has(extnID)) throw refuse("wrong-length").within(extnID);
        seen.add(extnID);
        const name = names.get(extnID);
        if (name === undefined) unknown.push({ id: extnID, critical });
        else {
          const base = extnValue.byteOffset; // certificates and lists are parsed from a buffer of their own
          values[name] = { critical, value: decodeDer<unknown>(extensionTypes[name], extnValue, { base }) };
        }
      }
      return { known: values as ExtensionValues, unknown }; // each was read by the declaration of its name
    },
    ({ known: values, unknown }) => {
      if (unknown.length > 0) throw new EncodeError("wrong-type"); // their content is not kept
      return order.flatMap((name) => {
        const extension = values[name];
        if (extension === undefined) return [];
        const der: Der<any> = extensionTypes[name]; // any: of the type that belongs to the name
        return [
          { extnID: extensionOids[name], critical: extension.critical, extnValue: encodeDer(der, extension.value) },
        ];
      });
    },
  );
})();

const order = Object.keys(extensionTypes) as ExtensionName[]; // its keys
const names = new Map<string, ExtensionName>(order.map((name) => [extensionOids[name], name]));
