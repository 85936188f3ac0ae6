/**
 * A private key that a person keeps in a file: the lab's certificate authorities, and the commands that seal and open files.
 *
 * In: PKCS #8 in DER, or a fresh key.  Out: signatures and agreed keys, and PKCS #8 to be written to a file.
 * Not here: keys of gateway and head-end. Those are in a security module and do not leave.
 * Source: RFC 5208 (PKCS #8), RFC 5915 (EC private keys).
 */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

import type { CurveName } from "./curves.ts";
import { agreed, isOwnCurve, keyPairOn } from "./ecdh.ts";
import { KeyError } from "./errors.ts";
import type { Derivation, ToSign } from "./names.ts";
import type { SecretKey } from "./secret-key.ts";
import { signed } from "./signing.ts";
import { PublicKey } from "./verify/public-key.ts";

/** Prints as nothing. */
export class FileKey {
  readonly publicKey: PublicKey;
  readonly #handle: KeyObject;

  private constructor(publicKey: PublicKey, handle: KeyObject) {
    this.publicKey = publicKey;
    this.#handle = handle;
  }

  /** A fresh key. @throws {KeyError} "verify-only" for P-256 and P-192. */
  static async generate(curve: CurveName): Promise<FileKey> {
    if (!isOwnCurve(curve)) throw new KeyError("verify-only");
    const { publicKey, privateKey } = await keyPairOn(curve);
    return new FileKey(publicKey, privateKey);
  }

  /**
   * The key in one whole PrivateKeyInfo. The octets stay the caller's, who fills them with zeros.
   *
   * @throws {KeyError} "bad-private-key", "other-key" on a curve that is none of ours, "verify-only" for P-256 and P-192.
   */
  static fromPkcs8(der: Uint8Array): FileKey {
    const handle = privateKeyOf(der);
    const publicKey = PublicKey.fromSpki(createPublicKey(handle).export({ format: "der", type: "spki" }));
    if (!isOwnCurve(publicKey.curve)) throw new KeyError("verify-only");
    return new FileKey(publicKey, handle);
  }

  /** PrivateKeyInfo in DER. A copy: the secret itself, for a file that only its owner reads. */
  toPkcs8(): Uint8Array {
    const exported = this.#handle.export({ format: "der", type: "pkcs8" });
    const octets = new Uint8Array(exported);
    exported.fill(0);
    return octets;
  }

  /** DER Ecdsa-Sig-Value. */
  sign(a: ToSign): Promise<Uint8Array> {
    return signed(this.#handle, a);
  }

  /**
   * The receiver's half of ECKA-EG.
   *
   * @throws {KeyError} "other-curve" when the peer's key is on another curve; {RangeError} as `x963Kdf`.
   */
  async agree(a: { readonly peer: PublicKey } & Derivation): Promise<SecretKey> {
    const { peer, hash, byteLength } = a;
    if (peer.curve !== this.publicKey.curve) throw new KeyError("other-curve");
    return agreed({ privateKey: this.#handle, peer, hash, sharedInfo: Uint8Array.from(a.sharedInfo), byteLength });
  }
}

/** As the library reads it: a file of its owner, not of a stranger. */
function privateKeyOf(der: Uint8Array): KeyObject {
  const copy = Buffer.from(der);
  try {
    const handle = createPrivateKey({ key: copy, format: "der", type: "pkcs8" });
    if (handle.asymmetricKeyType !== "ec") throw new KeyError("bad-private-key");
    return handle;
  } catch {
    throw new KeyError("bad-private-key"); // without the library's words, which could tell of the key
  } finally {
    copy.fill(0);
  }
}
