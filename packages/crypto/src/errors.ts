/**
 * Errors of this room, in the same anatomy as everywhere: a stable `code`, and whose turn it is.
 *
 * This room imports nothing of ours, so the base class of the codec rooms is not used here; the shape is the same, and
 * whoever maps errors to the outside maps by `code` and `blame`. Octets of keys and messages never enter an error.
 */

/** Why octets are no key for us, or a key does not serve. */
export const keyErrorCodes = {
  "bad-length":
    "a public key is a point x‖y or 04‖x‖y or SPKI DER of one of our curves; these octets have another length",
  "bad-encoding": "a point of this length begins with 04 (uncompressed)",
  "other-key": "the DER is not one whole named-curve, uncompressed key on one of our curves",
  "coordinate-out-of-range": "a coordinate is not below the field's prime",
  "not-on-curve": "the point does not lie on the curve",
  "verify-only": "keys on P-256 and P-192 are only verified here; nothing of ours is made with them",
  "bad-private-key": "these octets are no PKCS #8 private key on an elliptic curve",
  "other-curve": "two keys that are to agree are on different curves",
} as const;

export type KeyErrorCode = keyof typeof keyErrorCodes;

/** Octets that are no key for us. The one who handed the key in has to change something. */
export class KeyError extends Error {
  override readonly name = "KeyError";
  readonly code: KeyErrorCode;
  readonly blame = "caller";

  constructor(code: KeyErrorCode) {
    super(`${code}: ${keyErrorCodes[code]}`);
    this.code = code;
  }
}

/** Why octets were not opened, or could not be sealed. */
export const cipherErrorCodes = {
  "authentication-failed": { blame: "peer", text: "the tag does not hold: another key, or something was changed" },
  "bad-length": { blame: "peer", text: "a nonce or a wrapped key has another length than the algorithm says" },
  "bad-key-length": { blame: "caller", text: "the algorithm takes keys of another length" },
} as const;

export type CipherErrorCode = keyof typeof cipherErrorCodes;

/** A symmetric operation that gave nothing. Has no `cause`: what the library said could tell attempts apart. */
export class CipherError extends Error {
  override readonly name = "CipherError";
  readonly code: CipherErrorCode;
  readonly blame: "peer" | "caller";

  constructor(code: CipherErrorCode) {
    super(`${code}: ${cipherErrorCodes[code].text}`);
    this.code = code;
    this.blame = cipherErrorCodes[code].blame;
  }
}

/** Why a security module did not do it. */
export const moduleErrorCodes = {
  "no-such-slot": { blame: "caller", text: "no key was ever generated in this slot" },
  "wrong-state": { blame: "caller", text: "the slot is in a state that does not allow this" },
  "wrong-purpose": { blame: "caller", text: "one key, one purpose: the slot's is another" },
  "bad-name": { blame: "caller", text: "names of slots and counters are 1 to 64 of a-z A-Z 0-9 . _ -" },
  "bad-certificate": { blame: "caller", text: "these octets are no X.509 certificate" },
  "other-key": { blame: "caller", text: "the certificate is for another key than the slot's" },
  "other-curve": { blame: "peer", text: "the peer's key is on another curve than the slot's" },
  "verify-only": { blame: "caller", text: "keys on P-256 and P-192 are only verified here" },
  "not-a-request": {
    blame: "caller",
    text: "a key without certificate signs only a certification request (PKCS #10) for itself",
  },
  "closed-for-good": { blame: "caller", text: "the time for which the retired key still opens is over" },
  "out-of-range": { blame: "caller", text: "a number of octets or an instant outside of what the module does" },
  "too-many": { blame: "caller", text: "the module holds as many slots or counters as it can" },
  exhausted: { blame: "environment", text: "the counter stands at its last number" },
  "store-failed": { blame: "environment", text: "the state could not be stored, so nothing was changed or given" },
  "damaged-state": { blame: "environment", text: "the stored state is not as it was written" },
  "unsupported-version": { blame: "environment", text: "the stored state was written by another version" },
  unavailable: { blame: "environment", text: "the security module does not answer" },
} as const;

export type ModuleErrorCode = keyof typeof moduleErrorCodes;

/** What a security module refused, or could not do. `cause` is the store's error, if that is why. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  readonly code: ModuleErrorCode;
  readonly blame: "caller" | "peer" | "environment";

  constructor(code: ModuleErrorCode, options?: { cause?: unknown }) {
    super(`${code}: ${moduleErrorCodes[code].text}`, options);
    this.code = code;
    this.blame = moduleErrorCodes[code].blame;
  }
}
