/**
 * The meter's side: puts a signature into a list. For virtual meters and tests; a real meter does this inside its seal.
 */

import { ByteWriter, concatBytes } from "@siegel/wire";
import type { GetListResponse } from "../messages/bodies.ts";
import { type Curve, logIndexBytes, signatureBytes } from "./layouts.ts";
import { signedBuffer } from "./signed-buffer.ts";

/** A meter's private key, behind whatever holds it. */
export interface ListSigner {
  readonly curve: Curve;
  /** r‖s over the SHA-256 of the message. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * The same list with its signature.
 *
 * @param unsigned  Objects of one of the known layouts; a signature in it is replaced.
 * @param logIndex  Entry of the meter's log book that the signature refers to, 0 to 65,535.
 * @throws {SignatureError} The list is in none of the known layouts.
 * @throws {EncodeError} "out-of-range" for a log index that two bytes cannot hold.
 */
export function signList(unsigned: GetListResponse, signer: ListSigner, logIndex: number): GetListResponse {
  const writer = new ByteWriter();
  writer.uint(logIndex, logIndexBytes);
  const index = writer.toBytes();
  const slot = concatBytes(new Uint8Array(signatureBytes[signer.curve]), index);
  const { bytes } = signedBuffer({ ...unsigned, listSignature: slot });
  return { ...unsigned, listSignature: concatBytes(signer.sign(bytes), index) };
}
