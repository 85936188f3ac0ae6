/** What comes along with a proof to judge chains by: certificates and lists, believed by nobody yet. */

import { Certificate, RevocationList } from "@siegel/pki";
import { DecodeError } from "@siegel/wire";
import type { ProofBundle } from "../asn1/proof-bundle.ts";

export interface Material {
  readonly certificates: readonly Certificate[];
  readonly revocation: readonly RevocationList[];
}

/** What is not readable is left out: it proves nothing, and whoever needs it will miss it. */
export function materialOf({ certificates, crls }: Pick<ProofBundle, "certificates" | "crls">): Material {
  return {
    certificates: readable(certificates, (der) => Certificate.parse(der)),
    revocation: readable(crls, (der) => RevocationList.parse(der)),
  };
}

function readable<T>(all: readonly Uint8Array[], parse: (der: Uint8Array) => T): readonly T[] {
  return all.flatMap((der) => {
    try {
      return [parse(der)];
    } catch (error) {
      if (error instanceof DecodeError) return [];
      throw error;
    }
  });
}
