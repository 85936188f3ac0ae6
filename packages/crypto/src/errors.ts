/**
 * Errors of this room, in the same anatomy as everywhere: a stable `code`, and whose turn it is.
 *
 * This room imports nothing of ours, so the base class of the codec rooms is not used here; the shape is the same, and
 * whoever maps errors to the outside maps by `code` and `blame`. Key octets never enter a message.
 */

/** Why octets are no public key for us. */
export const keyErrorCodes = {
  "bad-length": "a public key is x‖y, 04‖x‖y or SPKI DER of P-192 or P-256; these octets have another length",
  "bad-encoding": "a point of this length begins with 04 (uncompressed)",
  "other-key": "the DER is not one whole named-curve, uncompressed P-192 or P-256 key",
  "coordinate-out-of-range": "a coordinate is not below the field's prime",
  "not-on-curve": "the point does not lie on the curve",
} as const;

export type KeyErrorCode = keyof typeof keyErrorCodes;

/** Octets that are no public key for us. The one who handed the key in has to change something. */
export class KeyError extends Error {
  override readonly name = "KeyError";
  readonly code: KeyErrorCode;
  readonly blame = "caller";

  constructor(code: KeyErrorCode) {
    super(`${code}: ${keyErrorCodes[code]}`);
    this.code = code;
  }
}
