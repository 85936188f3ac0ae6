/** Whom this head-end trusts: the files of its configuration, and what a missing one is to whoever starts it. */

import { TrustFileError, TrustFiles } from "@siegel/channel";

import type { Config } from "../config.ts";
import { HeadendError } from "../errors.ts";
import type { Log } from "../log.ts";

/** @throws {HeadendError} "no-trust" */
export function trustFilesOf({ trust }: Pick<Config, "trust">, log: Log): TrustFiles {
  try {
    return new TrustFiles(trust, log);
  } catch (cause) {
    throw cause instanceof TrustFileError ? new HeadendError("no-trust", cause.message, { cause }) : cause;
  }
}
