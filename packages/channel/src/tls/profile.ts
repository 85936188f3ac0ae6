/**
 * What two of our programs, or one of ours and a stranger's, may agree on in a TLS handshake. Everything else is refused.
 *
 * In: our certificate and key.  Out: the options that every context of this room is made with, on both sides.
 * Not here: who the other one is (./gate); time and size (./limits).
 * Why numbers for the options: `node:crypto` has the names, and only the room `crypto` imports it; a test compares them.
 * Why the groups of TLS 1.3 come first: a client of OpenSSL sends the share of the first that fits, and then uses it.
 * Source: BSI TR-03116-3 (2025), TLS in WAN and market; RFC 8422, RFC 7027 (brainpool in 1.2), RFC 8734 (in 1.3).
 */

import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";

import { toPem } from "@siegel/pki";

import { privateKeyPem } from "./private-key.ts";

/** Our side of a handshake. */
export interface TlsIdentity {
  /** DER, of purpose TLS. */
  readonly certificate: Uint8Array;
  /** DER of the CAs above it, without the root. Sent along, so that the other side need not have them. */
  readonly chain: readonly Uint8Array[];
  /** PKCS #8 DER. The named exception to “keys stay in the security module”: docs/limits.md. */
  readonly privateKey: Uint8Array;
}

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** Everything but identity. `maxVersion` is lowered for a peer that offers 1.3 but knows brainpool in 1.2 only. */
export function profileOptions(maxVersion: TlsVersion = "TLSv1.3") {
  return {
    minVersion: "TLSv1.2",
    maxVersion,
    ciphers: [...suites13, ...suites12].join(":"),
    ecdhCurve: [...groups13, ...groups12].join(":"),
    sigalgs: [...schemes12, ...schemes13].join(":"),
    secureOptions: Object.values(secureOptions).reduce((all, one) => all | one, 0),
    ca: [], // the stack trusts nobody: the gate decides. And no list of names goes to the peer
  } as const satisfies Omit<SecureContextOptions, "ca"> & { ca: readonly string[] };
}

/** A context with our certificate and key. Made once for each identity, since that takes a tenth of a handshake. */
export function contextOf(identity: TlsIdentity, maxVersion: TlsVersion = "TLSv1.3"): SecureContext {
  const known = contexts.get(identity)?.[maxVersion];
  if (known !== undefined) return known;
  const made = withKey(identity, (own) => createSecureContext({ ...profileOptions(maxVersion), ...own, ca: [] }));
  contexts.set(identity, { ...contexts.get(identity), [maxVersion]: made });
  return made;
}

/** Lends certificate chain and key as the library wants them. The key is zeros afterwards. */
export function withKey<T>(identity: TlsIdentity, use: (options: { cert: string; key: Buffer }) => T): T {
  const cert = [identity.certificate, ...identity.chain].map((der) => toPem("CERTIFICATE", der)).join("");
  const key = privateKeyPem(identity.privateKey);
  try {
    return use({ cert, key });
  } finally {
    key.fill(0);
  }
}

/** A connection, and any resumption of it, ends after this time at the latest. Ours are not resumed at all. */
export const longestSessionMs = 48 * 60 * 60 * 1000;

/** AES-128 must, AES-256 should. GCM first; CBC stands because it must, with encrypt-then-MAC offered. */
const suites12 = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-SHA384",
];

const suites13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_AES_128_CCM_SHA256"];

/** Must: 31, 32 and (below) 23; should: 33 and 24. */
const groups13 = ["brainpoolP256r1tls13", "brainpoolP384r1tls13", "brainpoolP512r1tls13"];

/** Must: 26, 27, 23; should: 28 and 24. The curve of our own certificate has to be among them. */
const groups12 = ["brainpoolP256r1", "brainpoolP384r1", "P-256", "brainpoolP512r1", "P-384"];

/** For 1.2, and for P-256 and P-384 in 1.3. Without this line SHA-224 would be accepted. */
const schemes12 = ["ECDSA+SHA256", "ECDSA+SHA384", "ECDSA+SHA512"];

const schemes13 = [
  "ecdsa_brainpoolP256r1tls13_sha256",
  "ecdsa_brainpoolP384r1tls13_sha384",
  "ecdsa_brainpoolP512r1tls13_sha512",
];

/** SSL_OP_… of OpenSSL 3. Positive 32-bit numbers all. */
export const secureOptions = {
  /** Forbidden by the profile; Node would accept it. */
  NO_RENEGOTIATION: 0x4000_0000,
  /** No resumption: each connection proves possession and passes the whole gate. docs: README, “No resumption”. */
  NO_TICKET: 0x0000_4000,
  NO_COMPRESSION: 0x0002_0000,
  /** The server's order of suites holds: GCM before CBC. */
  CIPHER_SERVER_PREFERENCE: 0x0040_0000,
} as const;

const contexts = new WeakMap<TlsIdentity, Partial<Record<TlsVersion, SecureContext>>>();
