/**
 * The few algorithms allowed; the only importer of `node:crypto`.
 *
 * Checking signatures is also the door `./verify`, which has a second form for browsers.
 */

export { agreeEphemeral } from "./agreement.ts";
export {
  CipherError,
  type CipherErrorCode,
  cipherErrorCodes,
  ModuleError,
  type ModuleErrorCode,
  moduleErrorCodes,
} from "./errors.ts";
export { FileKey } from "./file-key.ts";
export { generateSecretKey, randomBytes } from "./random.ts";
export type { Derivation, ToSign } from "./names.ts";
export { exportSecretKey, joinKeys, SecretKey, splitKey } from "./secret-key.ts";
export type { SecurityModule, SlotInfo } from "./security-module/port.ts";
export { type ModuleStore, SoftwareModule } from "./security-module/software-module.ts";
export type { KeyPurpose, SlotState } from "./security-module/slot-life.ts";
export { aesCbcCmacOpen, aesCbcCmacSeal } from "./symmetric/aes-cbc-cmac.ts";
export { aesCmac } from "./symmetric/aes-cmac.ts";
export { aesGcmOpen, aesGcmSeal, type Sealed } from "./symmetric/aes-gcm.ts";
export { aesGcm96Open, aesGcm96Seal, aesGcmOpenWithoutTag } from "./symmetric/aes-gcm-96.ts";
export { unwrapKey, wrapKey } from "./symmetric/key-wrap.ts";
export { desCbcOpenLegacy } from "./symmetric/legacy-des.ts";
export { shortCcmOpen, shortCcmSeal } from "./symmetric/short-ccm.ts";
export { ShortKey } from "./symmetric/short-key.ts";
export {
  type CurveName,
  digest,
  equalSecrets,
  type HashName,
  KeyError,
  type KeyErrorCode,
  keyErrorCodes,
  type MeterCurve,
  MeterPublicKey,
  PublicKey,
  type SignatureCheck,
} from "./verify/index.ts";
export { x963Kdf } from "./x963-kdf.ts";
