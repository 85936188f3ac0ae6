/**
 * Words that several messages share: ids, instants, exact numbers, quality and trust.
 *
 * A number of a meter is a decimal text ("1234.50"), never a JSON number: a reader's double would lose its last digits.
 * The value lists are those of `readings`; ./words.test.ts compares them.
 */

import { qualities, seriesKinds, trustLevels } from "@siegel/readings";
import { type Static, Type } from "typebox";

/** A meter's id: the octets it calls itself by, in lower-case hex. */
export const MeterKey = Type.String({ pattern: "^([0-9a-f]{2}){1,64}$", description: "Meter id, octets in hex" });

/** A stored block. Opaque: 16 octets in base64url. */
export const BlockKey = Type.String({ pattern: "^[A-Za-z0-9_-]{22}$", description: "Opaque id of a stored block" });

/** A gateway: the common name of its certificates, `ESGL00000001.SMGW`. */
export const GatewayKey = Type.String({ pattern: "^[A-Za-z0-9.-]{1,64}$", description: "Name of a gateway" });

/** RFC 3339. Answers are in UTC with `Z`; requests may carry any offset. */
export const InstantText = Type.String({ maxLength: 64, format: "date-time", description: "RFC 3339" });

/** `2026-03-29`: a day of the meter's zone. */
export const DateText = Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });

/** `1-0:1.8.0*255` in answers; requests may leave out what OBIS allows to leave out. */
export const ObisText = Type.String({ maxLength: 24, description: "OBIS code, A-B:C.D.E*F" });

/** Exact decimal: `-12.50`. */
export const DecimalText = Type.String({ pattern: "^-?[0-9]+(\\.[0-9]+)?$", description: "Exact decimal number" });

/** Symbol of the DLMS unit table, `Wh`; null for a count or a state. */
export const UnitText = Type.Union([Type.String(), Type.Null()], { description: "Symbol of the unit, null = none" });

/** Octets as text. */
export const Base64Text = Type.String({ contentEncoding: "base64" });
export const Sha256Hex = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 in hex" });

export const QualityWord = Type.Enum([...qualities]);
export const TrustWord = Type.Enum([...trustLevels]);
/** total: register at the instant; interval: amount of the period that ends there; sample: momentary. */
export const KindWord = Type.Enum([...seriesKinds]);

/** What is measured, from the medium in the meter's id; null when the id does not say. */
export const MediumWord = Type.Enum([
  "electricity",
  "heat-cost",
  "cooling",
  "heat",
  "gas",
  "water",
  "hot-water",
  "other",
]);
export type Medium = Static<typeof MediumWord>;

/** A value that may be unknown. */
export function orNull<T extends Type.TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** An object with just these fields. */
export function exactly<T extends Type.TProperties>(title: string, fields: T) {
  return Type.Object(fields, { title, additionalProperties: false });
}
