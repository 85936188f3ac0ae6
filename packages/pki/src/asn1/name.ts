/**
 * Names of people, programs and authorities.
 *
 * In: the DER of a Name.  Out: the attributes that the SM-PKI uses, each at most once. Names are compared as octets: the
 * issuer writes the name of its own certificate, so nothing has to be folded or normalised.
 */

import { EncodeError } from "@siegel/wire";
import { mapped, type Tagged } from "../der/der.ts";
import { choice, oid, printableString, sequence, sequenceOf, setOf, utf8String, withRaw } from "../der/index.ts";
import { attributeOids } from "./oids.ts";

/** A name as the SM-PKI writes it. What is not listed here is refused. */
export interface DistinguishedName {
  /** Ends in the role: `ESGL0000000001.SMGW`. */
  readonly commonName: string;
  readonly organization: string;
  /** Two letters. */
  readonly country: string;
  /** Decimal digits that tell apart who has the same name. */
  readonly serialNumber?: string;
  /** Of market roles: their GLN. */
  readonly organizationalUnit?: string;
  readonly locality?: string;
  readonly state?: string;
  readonly street?: string;
  readonly postalCode?: string;
}

type Attribute = keyof DistinguishedName;

/** RFC 5280 §4.1.2.4: `DirectoryString`; its other alternatives are for old certificates only. */
const DirectoryString = choice("DirectoryString", {
  printableString: printableString({ min: 1, max: 128 }),
  utf8String: utf8String({ min: 1, max: 128 }),
});

/**
 * RFC 5280 §4.1.2.4:
 * ```
 * AttributeTypeAndValue ::= SEQUENCE { type AttributeType, value AttributeValue }
 * ```
 */
const AttributeTypeAndValue = sequence("AttributeTypeAndValue", { type: oid(), value: DirectoryString });

/** `RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue`; of the SM-PKI: exactly one. */
const RelativeDistinguishedName = setOf(AttributeTypeAndValue, { min: 1, max: 1 });

/** `RDNSequence ::= SEQUENCE OF RelativeDistinguishedName` */
const RdnSequence = sequenceOf(RelativeDistinguishedName, { min: 1, max: 9 });

/** `Name ::= CHOICE { rdnSequence RDNSequence }`: commonName, organization and country are there. */
export const PlainName: Tagged<DistinguishedName> = mapped(
  RdnSequence,
  "Name",
  (rdns, refuse) => {
    const found: Partial<Record<Attribute, string>> = {};
    for (const [{ type, value } = missing] of rdns) {
      const attribute = attributes.get(type);
      if (attribute === undefined) throw refuse("unknown-tag");
      if (found[attribute] !== undefined) throw refuse("wrong-length");
      if (!isVisible(value.value) || !formOf[attribute]?.test(value.value)) throw refuse("out-of-range");
      found[attribute] = value.value;
    }
    const { commonName, organization, country, ...rest } = found;
    if (commonName === undefined || organization === undefined || country === undefined) throw refuse("wrong-length");
    return { commonName, organization, country, ...rest };
  },
  (name) =>
    order.flatMap((attribute) => {
      const value = name[attribute];
      if (value === undefined) return [];
      if (!isVisible(value) || !formOf[attribute].test(value)) throw new EncodeError("out-of-range", attribute);
      // RFC 5280 appendix A.1: these two are PrintableString; for the rest §4.1.2.4 leaves the choice.
      const kind = attribute === "country" || attribute === "serialNumber" ? "printableString" : "utf8String";
      return [[{ type: attributeOids[attribute], value: { kind, value } } as const]];
    }),
);

/** With the octets it was read from, which is what names are compared by. */
export const Name = withRaw(PlainName);

/** No control, direction or other invisible characters, so that what a person reads is what was signed. */
function isVisible(text: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(text) && text.trim() === text;
}

const missing = { type: "", value: { kind: "utf8String", value: "" } } as const;

/** From the general to the particular, as openssl and the samples have it. */
const order: readonly Attribute[] = [
  "country",
  "state",
  "locality",
  "postalCode",
  "street",
  "organization",
  "organizationalUnit",
  "serialNumber",
  "commonName",
];

const attributes = new Map<string, Attribute>(order.map((attribute) => [attributeOids[attribute], attribute]));

/** Upper bounds of RFC 5280 appendix A.1. */
const formOf: Readonly<Record<Attribute, RegExp>> = {
  commonName: /^.{1,64}$/u,
  organization: /^.{1,64}$/u,
  country: /^[A-Z]{2}$/,
  serialNumber: /^[0-9A-Za-z-]{1,64}$/,
  organizationalUnit: /^.{1,64}$/u,
  locality: /^.{1,128}$/u,
  state: /^.{1,128}$/u,
  street: /^.{1,128}$/u,
  postalCode: /^.{1,40}$/u,
};
