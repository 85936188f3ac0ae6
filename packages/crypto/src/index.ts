/** The few algorithms allowed; the only importer of `node:crypto`. Now: the check of what meters sign. */

export { KeyError, type KeyErrorCode, keyErrorCodes } from "./errors.ts";
export type { MeterCurve } from "./meter-curves.ts";
export { MeterPublicKey } from "./meter-public-key.ts";
