/** Whom this gateway trusts: the files of its configuration, and what a missing one is to whoever starts it. */

import { TrustFileError, TrustFiles } from "@siegel/channel";

import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import type { Log } from "../log.ts";

/** @throws {GatewayError} "no-trust" */
export function trustFilesOf({ trust }: Pick<Config, "trust">, log: Log): TrustFiles {
  try {
    return new TrustFiles(trust, log);
  } catch (cause) {
    throw cause instanceof TrustFileError ? new GatewayError("no-trust", cause.message, { cause }) : cause;
  }
}
