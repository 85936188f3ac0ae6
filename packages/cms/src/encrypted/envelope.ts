/**
 * Reads an envelope and finds the one recipient that is us.
 *
 * In: DER whose signature, digest and path hold.  Out: which of our keys opens it, and with what.
 * Source: RFC 5083 §2.1; RFC 5652 §6.2.2; RFC 5753 §3.1.
 */

import { PublicKey, type SecurityModule } from "@siegel/crypto";
import { any, type Certificate, decodeDer, encodeDer, oid } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { type AlgorithmIdentifier, ecPublicKey, keyEncryption, sameAlgorithm } from "../asn1/algorithm.ts";
import {
  AuthEnvelopedData,
  type KeyAgreeRecipientInfo,
  type RecipientIdentifier,
} from "../asn1/auth-enveloped-data.ts";
import { attempt } from "../attempt.ts";
import { DeliveryError } from "../errors.ts";
import { oids } from "../oids.ts";
import { type Cipher, cipherFor } from "./ciphers.ts";
import { issuerOf } from "./issuer.ts";

/** One of our ENC keys: the active one, or a retired one that still opens. */
export interface Receiver {
  readonly module: Pick<SecurityModule, "agree">;
  readonly slot: string;
  readonly certificate: Certificate;
}

/** What it takes to open it. Views into the message. */
export interface Envelope {
  readonly receiver: Receiver;
  readonly ephemeral: PublicKey;
  readonly ukm: Uint8Array | undefined;
  readonly encryptedKey: Uint8Array;
  readonly cipher: Cipher;
  readonly sealed: { readonly ciphertext: Uint8Array; readonly tag: Uint8Array };
  /** Recipients named, us among them. */
  readonly recipientCount: number;
}

/** @throws {DeliveryError} bad-envelope, wrong-algorithm, not-for-us, ambiguous-recipient, bad-ephemeral-key */
export function readEnvelope(der: Uint8Array, receivers: readonly Receiver[]): Envelope {
  const { recipientInfos, authEncryptedContentInfo, mac } = attempt("bad-envelope", () =>
    decodeDer(AuthEnvelopedData, der),
  );
  const { contentType, contentEncryptionAlgorithm, encryptedContent } = authEncryptedContentInfo;
  if (contentType !== oids.data) throw new DeliveryError("bad-envelope");
  const cipher = attempt("bad-envelope", () => cipherFor(contentEncryptionAlgorithm));
  if (cipher === undefined) throw new DeliveryError("wrong-algorithm");
  const named = recipientInfos.flatMap((info) => info.recipientEncryptedKeys.map((one) => ({ info, ...one })));
  const ours = named.flatMap(({ info, rid, encryptedKey }) =>
    receivers
      .filter(({ certificate }) => isNamed(certificate, rid))
      .map((receiver) => ({ info, encryptedKey, receiver })),
  );
  const [found, second] = ours;
  if (found === undefined) throw new DeliveryError("not-for-us");
  if (second !== undefined) throw new DeliveryError("ambiguous-recipient");
  const { info, receiver, encryptedKey } = found;
  if (!sameAlgorithm(info.keyEncryptionAlgorithm, keyEncryption)) throw new DeliveryError("wrong-algorithm");
  return {
    receiver,
    ephemeral: ephemeralOf(info),
    ukm: info.ukm,
    encryptedKey,
    cipher,
    sealed: { ciphertext: encryptedContent, tag: mac },
    recipientCount: named.length,
  };
}

function isNamed(certificate: Certificate, rid: RecipientIdentifier): boolean {
  if (rid.kind === "rKeyId") return equalBytes(rid.value.subjectKeyIdentifier, certificate.keyId);
  return certificate.serial === rid.value.serialNumber && equalBytes(issuerOf(certificate), rid.value.issuer);
}

function ephemeralOf({ originator: { algorithm, publicKey } }: KeyAgreeRecipientInfo): PublicKey {
  if (!curves.some((curve) => sameAlgorithm(algorithm, curve))) throw new DeliveryError("wrong-algorithm");
  return attempt("bad-ephemeral-key", () => PublicKey.fromPoint("brainpoolP256r1", publicKey));
}

/** Left out, it is the curve of the receiver's key; or it is named. RFC 5753 §3.1.1 */
const curves: readonly AlgorithmIdentifier[] = [
  ecPublicKey,
  { algorithm: oids.ecPublicKey, parameters: encodeDer(any(), encodeDer(oid(), oids.brainpoolP256r1)) },
];
