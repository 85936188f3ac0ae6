/** Who this head-end is: the certificates of its security module, got from the parent or from files at the first start. */

import { type ModuleIdentity, PersonalisationError, personalise, type TrustFiles } from "@siegel/channel";
import type { IssuedCertificates } from "@siegel/contract";
import type { SecurityModule } from "@siegel/crypto";

import type { Config } from "../config.ts";
import { HeadendError } from "../errors.ts";
import type { Parent } from "./parent.ts";

export interface IdentityPorts {
  readonly module: SecurityModule;
  readonly trust: Pick<TrustFiles, "root" | "others">;
  readonly parent: Parent | undefined;
  /** Waits for the parent's certificates. */
  readonly received: () => Promise<IssuedCertificates>;
}

/** @throws {HeadendError} "not-personalised" when nobody is there to certify and no file is; "bad-certificates". */
export async function identityOf(
  { name, data }: Pick<Config, "name" | "data">,
  { module, trust, parent, received }: IdentityPorts,
): Promise<ModuleIdentity> {
  const ask = (requests: Omit<IssuedCertificates, "type" | "chain">): Promise<IssuedCertificates> => {
    const issued = received();
    parent?.tell({ type: "requests", name, role: "EMT", requests });
    return issued;
  };
  try {
    return await personalise({
      module,
      name,
      role: "EMT",
      trust,
      folder: data,
      ask: parent === undefined ? undefined : ask,
    });
  } catch (cause) {
    throw cause instanceof PersonalisationError ? new HeadendError(cause.code, cause.message, { cause }) : cause;
  }
}
