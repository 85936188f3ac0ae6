/** Who this gateway is: the certificates of its security module, got from the parent or from files at the first start. */

import { type ModuleIdentity, PersonalisationError, personalise, type TrustFiles } from "@siegel/channel";
import type { IssuedCertificates } from "@siegel/contract";
import type { SecurityModule } from "@siegel/crypto";

import { type Config, nameOf } from "../config.ts";
import { GatewayError } from "../errors.ts";
import type { Parent } from "./parent.ts";

export interface IdentityPorts {
  readonly module: SecurityModule;
  readonly trust: Pick<TrustFiles, "root" | "others">;
  readonly parent: Parent | undefined;
}

/** @throws {GatewayError} "not-personalised" when nobody is there to certify and no file is; "bad-certificates". */
export async function identityOf(config: Config, { module, trust, parent }: IdentityPorts): Promise<ModuleIdentity> {
  const name = nameOf(config);
  const ask = (requests: Omit<IssuedCertificates, "type" | "chain">): Promise<IssuedCertificates> => {
    const issued = new Promise<IssuedCertificates>((resolve) => parent?.onCertificates(resolve));
    parent?.tell({ type: "requests", name, role: "SMGW", requests });
    return issued;
  };
  try {
    return await personalise({
      module,
      name,
      role: "SMGW",
      trust,
      folder: config.data,
      ask: parent === undefined ? undefined : ask,
    });
  } catch (cause) {
    throw cause instanceof PersonalisationError ? new GatewayError(cause.code, cause.message, { cause }) : cause;
  }
}
