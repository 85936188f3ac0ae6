/** A gateway as one of its consumers sees it, and the root that everything is checked against. */

import { type Static, Type } from "typebox";

import { Base64Text, exactly, InstantText, MeterKey, orNull, Sha256Hex } from "./words.ts";

export const CertificateInfo = exactly("CertificateInfo", {
  name: Type.String(),
  /** SM-PKI role: ROOT, SUB-CA, SMGW, GWA, GWH, EMT; null when none is recognised. */
  role: orNull(Type.String()),
  purpose: orNull(Type.String()),
  notBefore: InstantText,
  notAfter: InstantText,
  /** SHA-256 of the DER. */
  fingerprint: Sha256Hex,
});
export type CertificateInfo = Static<typeof CertificateInfo>;

export const GatewayDetail = exactly("GatewayDetail", {
  id: Type.String(),
  name: Type.String(),
  /** SIG certificate of the newest delivery, then its issuers up to the root; empty before the first. */
  chain: Type.Array(CertificateInfo),
  deliveries: exactly("DeliveryCount", {
    count: Type.Integer({ minimum: 0 }),
    lastNumber: orNull(Type.String()),
    lastAt: orNull(InstantText),
  }),
  /** Those of the consumer who asks; others of the gateway are not told. */
  registeredMeters: Type.Array(MeterKey),
});
export type GatewayDetail = Static<typeof GatewayDetail>;

export const TrustRoot = exactly("TrustRoot", {
  name: Type.String(),
  /** DER of the root certificate. */
  certificate: Base64Text,
  fingerprint: Sha256Hex,
  notAfter: InstantText,
});
export type TrustRoot = Static<typeof TrustRoot>;
