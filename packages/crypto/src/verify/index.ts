/** What it takes to check others' signatures. In a browser this door leads to ../browser, which answers the same. */

export type { CurveName, MeterCurve } from "../curves.ts";
export { KeyError, type KeyErrorCode, keyErrorCodes } from "../errors.ts";
export { MeterPublicKey } from "../meter-public-key.ts";
export type { HashName, SignatureCheck } from "../names.ts";
export { digest, equalSecrets } from "./digest.ts";
export { PublicKey } from "./public-key.ts";
