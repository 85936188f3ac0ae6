/**
 * Any octets, sealed and opened the same way as a delivery: for files, `siegel cms seal` and `siegel cms open`.
 *
 * Here no header binds inside and outside. What does is the sender's key id as `ukm`, which goes into the key derivation:
 * whoever strips the signature and puts his own would have to change it, and then the key no longer unwraps.
 * A delivery is never taken for such a content, nor the other way: the signed attributes differ.
 */

import type { At, Certificate, Purpose, Role, ValidatedPath } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { decrypt } from "./encrypted/decrypt.ts";
import { type Receiver, readEnvelope } from "./encrypted/envelope.ts";
import { encrypt } from "./encrypted/encrypt.ts";
import type { ContentCipher } from "./encrypted/ciphers.ts";
import { DeliveryError } from "./errors.ts";
import { maxDeliveryBytes } from "./limits.ts";
import { oids } from "./oids.ts";
import { keyIdOf } from "./signed/key-id.ts";
import { type Sender, signMessage } from "./signed/sign.ts";
import { SignedMessage } from "./signed/signed-message.ts";
import type { Trust } from "./signed/trust.ts";

/**
 * DER of SignedData around AuthEnvelopedData.
 *
 * @throws {RangeError} for certificates of another kind of key; {DeliveryError} "too-large"; {ModuleError}.
 */
export async function sealContent(a: {
  readonly content: Uint8Array;
  readonly sender: Sender;
  /** Of an ENC key. Whether to trust it is the caller's question. */
  readonly receiver: Certificate;
  readonly cipher: ContentCipher;
}): Promise<Uint8Array> {
  const { content, sender, receiver, cipher } = a;
  const ukm = keyIdOf(sender.certificate);
  const envelope = await encrypt({ content, receiver, cipher, ukm });
  const der = await signMessage({ contentType: "authEnvelopedData", content: envelope }, sender);
  if (der.length > maxDeliveryBytes) throw new DeliveryError("too-large");
  return der;
}

/** What was opened, and who sealed it. */
export interface OpenedContent {
  readonly content: Uint8Array;
  readonly sender: ValidatedPath;
}

/**
 * @param a.role  Whose seal is accepted.
 * @throws {DeliveryError} with a typed code; {ModuleError}.
 */
export async function openContent(a: {
  readonly der: Uint8Array;
  readonly receiver: Receiver;
  readonly trust: Trust;
  readonly role: Role | readonly Role[];
  readonly at: At;
}): Promise<OpenedContent> {
  if (a.der.length > maxDeliveryBytes) throw new DeliveryError("too-large");
  const der = a.der.slice();
  const kind = { contentType: oids.authEnvelopedData, role: a.role, purpose: sig, maxBytes: maxDeliveryBytes };
  const message = await SignedMessage.verify({ der, kind, trust: a.trust, at: a.at });
  const envelope = readEnvelope(message.content, [a.receiver]);
  const bound = envelope.ukm !== undefined && equalBytes(envelope.ukm, keyIdOf(message.signer.leaf));
  if (!bound) throw new DeliveryError("sender-mismatch");
  return { content: await decrypt(envelope), sender: message.signer };
}

const sig: Purpose = "SIG";
