/** Which signature algorithm: ECDSA with one of three hashes, nothing else. */

import type { HashName } from "@siegel/crypto/verify";
import { EncodeError } from "@siegel/wire";
import { mapped } from "../der/der.ts";
import { oid, sequence } from "../der/index.ts";
import { signatureOids } from "./oids.ts";

/**
 * RFC 5280 §4.1.1.2:
 * ```
 * AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
 * ```
 * RFC 5758 §3.2: for ecdsa-with-SHA2 the parameters are absent. A NULL there is refused.
 */
const AlgorithmIdentifier = sequence("AlgorithmIdentifier", { algorithm: oid() });

/** The hash of the algorithm. Whatever is no ECDSA with SHA-2 is refused as "unknown-tag". */
export const SignatureAlgorithm = mapped(
  AlgorithmIdentifier,
  "AlgorithmIdentifier",
  ({ algorithm }, refuse): HashName => {
    const hash = hashes.get(algorithm);
    if (hash === undefined) throw refuse("unknown-tag");
    return hash;
  },
  (hash) => {
    if (!Object.hasOwn(signatureOids, hash)) throw new EncodeError("out-of-range");
    return { algorithm: signatureOids[hash] };
  },
);

const hashNames: readonly HashName[] = ["SHA-256", "SHA-384", "SHA-512"];
const hashes = new Map(hashNames.map((hash) => [signatureOids[hash], hash]));
