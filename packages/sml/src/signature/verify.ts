/**
 * A meter's signature, checked. The result is evidence: an object of `SignedByMeter` exists only when the check held.
 */

import type { GetListResponse } from "../messages/bodies.ts";
import type { ListEntry } from "../messages/entries.ts";
import type { SmlTime } from "../messages/time.ts";
import { SignatureError } from "./errors.ts";
import type { Curve, LayoutName } from "./layouts.ts";
import { type SignedBuffer, signedBuffer } from "./signed-buffer.ts";

/** A meter's public key. `MeterPublicKey` in crypto fits by structure. */
export interface SignatureVerifier {
  readonly curve: Curve;
  /** Whether `signature` (r‖s) is this key's over the SHA-256 of `message`. */
  verify(check: { readonly message: Uint8Array; readonly signature: Uint8Array }): boolean;
}

/** The list was signed with the private key that belongs to the public key given. Only `verify` can make one. */
export class SignedByMeter {
  readonly #response: GetListResponse;
  readonly #layout: LayoutName;
  readonly #covered: ReadonlySet<ListEntry>;
  readonly #time: SmlTime | undefined;

  private constructor(response: GetListResponse, { layout, covered, time }: SignedBuffer) {
    this.#response = response;
    this.#layout = layout;
    this.#covered = covered;
    this.#time = time;
  }

  get response(): GetListResponse {
    return this.#response;
  }

  get layout(): LayoutName {
    return this.#layout;
  }

  /** When the signed register was read. The list's own time (`actSensorTime`) is not under the signature. */
  get time(): SmlTime | undefined {
    return this.#time;
  }

  /**
   * Whether this entry's object, unit, scaler and value are under the signature. Of its status only the low byte
   * (eMoC: six bits) is, and of its time the local wall clock without the offset to UTC.
   */
  covers(entry: ListEntry): boolean {
    return this.#covered.has(entry);
  }

  /**
   * Checks the list signature with the meter's public key.
   *
   * @throws {SignatureError} The list is not signed, not by this key, or not in a known layout.
   */
  static verify(response: GetListResponse, key: SignatureVerifier): SignedByMeter {
    const buffer = signedBuffer(response);
    const { curve, bytes, signature } = buffer;
    if (key.curve !== curve) throw new SignatureError("wrong-curve");
    if (!key.verify({ message: bytes, signature })) throw new SignatureError("signature-mismatch");
    return new SignedByMeter(response, buffer);
  }
}
