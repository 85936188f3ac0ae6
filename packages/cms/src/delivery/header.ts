/** The signed half of a delivery: header and commitments, as everybody can read them. */

import { type Certificate, decodeDer } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { DeliveryBinding } from "../asn1/delivery.ts";
import { attempt } from "../attempt.ts";
import { DeliveryError } from "../errors.ts";
import { maxDeliveryBytes } from "../limits.ts";
import { oids } from "../oids.ts";
import { keyIdOf } from "../signed/key-id.ts";
import type { MessageKind } from "../signed/signed-message.ts";

/** What a delivery is among signed messages. */
export const deliveryKind: MessageKind = {
  contentType: oids.authEnvelopedData,
  ownAttribute: oids.deliveryBinding,
  role: "SMGW",
  purpose: "SIG",
  maxBytes: maxDeliveryBytes,
};

/** @throws {DeliveryError} bad-binding */
export function readBinding(der: Uint8Array | undefined): DeliveryBinding {
  if (der === undefined) throw new DeliveryError("bad-binding");
  return attempt("bad-binding", () => decodeDer(DeliveryBinding, der));
}

/** The gateway that the header names is the one that signed. @throws {DeliveryError} sender-mismatch */
export function checkSender({ header }: DeliveryBinding, signer: Certificate): void {
  // By the key itself: what an issuer wrote as key id may be anything.
  if (!equalBytes(header.value.sender, keyIdOf(signer))) throw new DeliveryError("sender-mismatch");
}
