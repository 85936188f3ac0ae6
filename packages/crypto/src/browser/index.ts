/**
 * The door `verify` for browsers: own arithmetic on `bigint`, no module of Node, no Buffer, public data only.
 *
 * Exports the same names as ../verify and gives the same answers; a test compares the two.
 */

export type { CurveName, MeterCurve } from "../curves.ts";
export { KeyError, type KeyErrorCode, keyErrorCodes } from "../errors.ts";
export type { HashName, SignatureCheck } from "../names.ts";
export { digest, equalSecrets } from "./digest.ts";
export { MeterPublicKey } from "./meter-public-key.ts";
export { PublicKey } from "./public-key.ts";
