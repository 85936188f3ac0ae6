/** Where somebody can be reached: names beside the name. */

import { any, choice, explicit, ia5String, implicit, octetString, oid, sequenceOf } from "../der/index.ts";
import { PlainName } from "./name.ts";

/**
 * RFC 5280 §4.2.1.6:
 * ```
 * GeneralName ::= CHOICE { otherName [0] …, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] …,
 *   directoryName [4] Name, ediPartyName [5] …, uniformResourceIdentifier [6] IA5String, iPAddress [7] OCTET STRING,
 *   registeredID [8] OBJECT IDENTIFIER }
 * ```
 * Not read: otherName, x400Address, ediPartyName. No profile of ours has them.
 */
const GeneralName = choice("GeneralName", {
  rfc822Name: implicit(1, ia5String({ min: 1, max: 254 })),
  dNSName: implicit(2, ia5String({ min: 1, max: 253 })),
  directoryName: explicit(4, PlainName),
  uniformResourceIdentifier: implicit(6, ia5String({ min: 1, max: 1024 })),
  iPAddress: implicit(7, octetString({ min: 4, max: 16 })),
  registeredID: implicit(8, oid()),
});

/** `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName` */
export const GeneralNames = sequenceOf(GeneralName, { min: 1, max: 16 });

/** The same, not looked into. */
export const UnreadGeneralNames = sequenceOf(any({ max: 2048 }), { min: 1, max: 16 });
