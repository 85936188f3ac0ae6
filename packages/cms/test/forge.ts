/**
 * Deliveries as an attacker would make them: any part another than it should be, with valid signatures where he has the keys.
 */

import { decodeDer, encodeDer } from "@siegel/pki";
import type { LabIdentity } from "@siegel/pki/testing";
import type { Infer } from "@siegel/wire";
import type { AuthEnvelopedData } from "../src/asn1/auth-enveloped-data.ts";
import { AuthEnvelopedData as AuthEnvelopedDataDer } from "../src/asn1/auth-enveloped-data.ts";
import { DeliveryBinding, DeliveryContent, DeliveryHeader } from "../src/asn1/delivery.ts";
import { SignedAttributes, SignedContentInfo } from "../src/asn1/signed-data.ts";
import { commitmentOf } from "../src/delivery/commitments.ts";
import { paddedContent } from "../src/delivery/padding.ts";
import { encrypt } from "../src/encrypted/encrypt.ts";
import { oids } from "../src/oids.ts";
import { withLowS } from "../src/signed/low-s.ts";
import { type Sender, signMessage } from "../src/signed/sign.ts";
import { letter, senderOf, type World } from "./world.ts";

export type Message = Infer<typeof SignedContentInfo>;
export type Attributes = Infer<typeof SignedAttributes>;

/** The envelope, changed. */
export type Envelope = (envelope: AuthEnvelopedData) => AuthEnvelopedData;

export interface Forgery {
  /** The header inside, as far as it is another. */
  readonly inside?: Partial<DeliveryHeader>;
  /** The header in the signed attribute, as far as it is another. */
  readonly outside?: Partial<DeliveryHeader>;
  /** Who signs. */
  readonly signer?: Sender;
  /** Whose key it is encrypted for. */
  readonly recipient?: LabIdentity;
  readonly cipher?: "gcm" | "cbc-cmac";
  readonly ukm?: Uint8Array;
  /** The plaintext, changed. */
  readonly content?: (content: Uint8Array) => Uint8Array;
  readonly commitments?: (commitments: readonly Uint8Array[]) => readonly Uint8Array[];
  readonly envelope?: Envelope;
}

/** A delivery of the world's gateway for the world's receiver, with one thing or another changed. */
export async function forged(world: World, forgery: Forgery = {}): Promise<Uint8Array> {
  const { lab } = world;
  const { blocks, ...said } = letter(1n);
  const honest: DeliveryHeader = {
    version: 1,
    sender: lab.gateway.SIG.certificate.publicKey.keyId,
    receiver: lab.emt.ENC.certificate.publicKey.keyId,
    ...said,
  };
  const headerDer = (change: Partial<DeliveryHeader> = {}) => encodeDer(DeliveryHeader, { ...honest, ...change });
  const whole = paddedContent(headerDer(forgery.inside), blocksDer(blocks));
  const content = forgery.content?.(whole) ?? whole;
  const commitments = blocks.map(commitmentOf);
  const binding = encodeDer(DeliveryBinding, {
    header: { value: honest, raw: headerDer(forgery.outside) },
    commitments: forgery.commitments?.(commitments) ?? commitments,
  });
  const { cipher = "gcm", recipient = lab.emt.ENC, ukm } = forgery;
  const envelope = await encrypt({ content, receiver: recipient.certificate, cipher, ...(ukm && { ukm }) });
  const changed =
    forgery.envelope === undefined
      ? envelope
      : encodeDer(AuthEnvelopedDataDer, forgery.envelope(decodeDer(AuthEnvelopedDataDer, envelope)));
  return signMessage(
    {
      contentType: "authEnvelopedData",
      content: changed,
      ownAttribute: { type: "deliveryBinding", value: binding },
    },
    forgery.signer ?? world.sender,
  );
}

/** DER of the blocks as they stand in the content. */
export function blocksDer(blocks: readonly { salt: Uint8Array; block: Uint8Array }[]): Uint8Array {
  const header = { value: {}, raw: new Uint8Array() } as never; // nothing is written for it
  const whole = encodeDer(DeliveryContent, { header, blocks });
  return whole.subarray(whole[1]! < 0x80 ? 2 : 2 + (whole[1]! & 0x7f));
}

/** The outer structure, changed; the signature stays as it is. */
export function changed(der: Uint8Array, change: (message: Message) => Message): Uint8Array {
  return encodeDer(SignedContentInfo, change(decodeDer(SignedContentInfo, der)));
}

/** The same with other signed attributes or content, signed again by the holder of this key. */
export async function resigned(
  der: Uint8Array,
  signer: LabIdentity,
  change: (attributes: Attributes) => Attributes,
): Promise<Uint8Array> {
  const message = decodeDer(SignedContentInfo, der);
  const [info] = message.content.signerInfos;
  const set = info!.signedAttrs.slice();
  set[0] = 0x31;
  const signedAttrs = encodeDer(SignedAttributes, change(decodeDer(SignedAttributes, set)));
  const signature = withLowS(await signer.key.sign({ hash: "SHA-256", message: signedAttrs }));
  signedAttrs[0] = 0xa0;
  return encodeDer(SignedContentInfo, {
    ...message,
    content: { ...message.content, signerInfos: [{ ...info!, signedAttrs, signature }] },
  });
}

/** Signed by a key whose certificate is for something else: `signMessage` would refuse. */
export async function signedBy(world: World, identity: LabIdentity): Promise<Uint8Array> {
  const der = changed(
    await forged(world, { outside: { sender: identity.certificate.publicKey.keyId } }),
    (message) => ({
      ...message,
      content: {
        ...message.content,
        certificates: [identity.certificate.der, world.lab.subCa.der],
        signerInfos: message.content.signerInfos.map((info) => ({ ...info, sid: identity.certificate.keyId })),
      },
    }),
  );
  return resigned(der, identity, (attributes) => attributes);
}

/** The attribute of this type, with another value. */
export function withValue(attributes: Attributes, type: keyof typeof oids, value: Uint8Array): Attributes {
  return attributes.map((one) => (one.attrType === oids[type] ? { ...one, attrValues: [value] } : one));
}

export function otherGateway(world: World): Promise<{ sender: Sender; identity: LabIdentity }> {
  return world.lab.anotherGateway(2).then(({ SIG }) => ({ sender: senderOf(world.lab, SIG), identity: SIG }));
}
