/**
 * Object identifiers of this room: those of the standards, and our own.
 *
 * Our arc is 2.25 with the UUID a1ccfebc-8cda-49e3-bef4-9ba70fd450ea (X.667), drawn at random for Siegel. What stands
 * under it once keeps its meaning; a changed format gets a new last number.
 */

export const oids = {
  /** RFC 5652 */
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  /** RFC 6211 */
  cmsAlgorithmProtection: "1.2.840.113549.1.9.52",
  /** RFC 5083 */
  authEnvelopedData: "1.2.840.113549.1.9.16.1.23",
  /** RFC 5754; RFC 5758 */
  sha256: "2.16.840.1.101.3.4.2.1",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  /** RFC 5480; RFC 5639 */
  ecPublicKey: "1.2.840.10045.2.1",
  brainpoolP256r1: "1.3.36.3.3.2.8.1.1.7",
  /** BSI TR-03111: ECKA-EG with the X9.63 KDF over SHA-256. */
  eckaEgX963KdfSha256: "0.4.0.127.0.7.1.1.5.1.1.3",
  /** RFC 3565; RFC 5084 */
  aes128Wrap: "2.16.840.1.101.3.4.1.5",
  aes128Gcm: "2.16.840.1.101.3.4.1.6",
  /** BSI, as the CMS dissector of Wireshark has it. Others used 0.4.0.127.0.7.1.1.1.2: docs/formats/delivery.md. */
  aesCbcCmac128: "0.4.0.127.0.7.1.3.1.1.2",
  /** Ours: signed attribute that binds header and commitments. */
  deliveryBinding: "2.25.215070102551038236717304555045460922602.1",
  /** Ours: type of what a receipt signs. */
  receipt: "2.25.215070102551038236717304555045460922602.2",
} as const;
