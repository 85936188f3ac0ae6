/**
 * From blocks to a sealed delivery: encrypted for one receiver, then signed by the gateway.
 *
 * The header stands inside and outside, the commitments outside: so nobody can strip the signature and put his own, nobody
 * can send the same to somebody else, and each block can be checked against the seal without the receiver's key.
 * Format byte by byte: docs/formats/delivery.md.
 */

import { digest } from "@siegel/crypto";
import { encodeDer, type ValidatedPath } from "@siegel/pki";
import { EncodeError } from "@siegel/wire";
import { DeliveryHeader } from "../asn1/delivery.ts";
import { tag, type Tlv, tlv } from "../asn1/tlv.ts";
import type { ContentCipher } from "../encrypted/ciphers.ts";
import { encrypt, type Fresh } from "../encrypted/encrypt.ts";
import { maxBlockBytes, maxBlocks, maxDeliveryBytes, saltBytes } from "../limits.ts";
import { keyIdOf } from "../signed/key-id.ts";
import { type Sender, signMessage } from "../signed/sign.ts";
import { commitmentOf } from "./commitments.ts";
import { paddedContent } from "./padding.ts";
import { DeliveryError } from "../errors.ts";

export interface ToDeliver {
  /** Evaluation profile: 1 to 64 characters. In the clear. */
  readonly profile: string;
  readonly kind: DeliveryHeader["kind"];
  /** Of this gateway, strictly rising, never given twice: from the security module. */
  readonly number: bigint;
  /** 16 octets. */
  readonly messageId: Uint8Array;
  /** Salts of 32 octets, fresh for each block. 1 to 4,096 blocks of up to 1 MiB. */
  readonly blocks: readonly { readonly salt: Uint8Array; readonly block: Uint8Array }[];
  readonly sender: Sender;
  /** Whose ENC key it is was validated: role EMT, purpose ENC. */
  readonly receiver: ValidatedPath;
  readonly cipher: ContentCipher;
}

/** Ready to be sent, as often as it takes, as the same octets. Only `seal` can make one. */
export class SealedDelivery {
  readonly header: DeliveryHeader;
  readonly #der: Uint8Array;
  readonly #hash: Uint8Array;

  private constructor(header: DeliveryHeader, der: Uint8Array) {
    this.header = header;
    this.#der = der;
    this.#hash = digest("SHA-256", der);
  }

  /** A copy. */
  get der(): Uint8Array {
    return this.#der.slice();
  }

  /** SHA-256 of the DER, which the receipt names. A copy. */
  get hash(): Uint8Array {
    return this.#hash.slice();
  }

  /** As `sealDelivery`. @param fresh  Where keys and nonces come from. */
  static async seal(a: ToDeliver, fresh?: Fresh): Promise<SealedDelivery> {
    const { profile, kind, number, messageId, blocks, sender, receiver, cipher } = a;
    if (receiver.role !== "EMT" || receiver.purpose !== "ENC") {
      throw new RangeError("the receiver is no market participant's ENC key");
    }
    if (blocks.length < 1 || blocks.length > maxBlocks) throw new EncodeError("wrong-length", "blocks");
    const header: DeliveryHeader = Object.freeze({
      version: 1,
      sender: keyIdOf(sender.certificate).slice(),
      receiver: keyIdOf(receiver.leaf).slice(),
      messageId: messageId.slice(),
      number,
      profile,
      kind,
    });
    const headerDer = encodeDer(DeliveryHeader, header);
    const commitments = blocks.map((block) => tlv(tag.octetString, commitmentOf(block)));
    const binding = tlv(tag.sequence, headerDer, tlv(tag.sequence, ...commitments));
    const content = paddedContent(headerDer, tlv(tag.sequence, ...blocks.map(saltedBlock)));
    const envelope = await encrypt({ content, receiver: receiver.leaf, cipher }, fresh);
    const der = await signMessage(
      {
        contentType: "authEnvelopedData",
        content: envelope,
        ownAttribute: { type: "deliveryBinding", value: binding },
      },
      sender,
    );
    if (der.length > maxDeliveryBytes) throw new DeliveryError("too-large");
    return new SealedDelivery(header, der);
  }
}

/**
 * @throws {EncodeError} for a value that the format cannot carry: a number, a profile, a salt, a block out of its limits.
 * @throws {RangeError} for a sender or receiver whose certificate is for something else.
 * @throws {DeliveryError} "too-large" when all of it is above 4 MiB.
 * @throws {ModuleError} of the security module.
 */
export function sealDelivery(a: ToDeliver): Promise<SealedDelivery> {
  return SealedDelivery.seal(a);
}

function saltedBlock({ salt, block }: ToDeliver["blocks"][number]): Tlv {
  if (salt.length !== saltBytes) throw new EncodeError("wrong-length", "salt");
  if (block.length < 1 || block.length > maxBlockBytes) throw new EncodeError("wrong-length", "block");
  return tlv(tag.sequence, tlv(tag.octetString, salt), tlv(tag.octetString, block));
}
