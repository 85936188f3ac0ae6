/**
 * The program openssl as a second opinion on signatures of meters: it checks ours, and signs for us to check.
 *
 * It reads and writes signatures as DER, SEQUENCE of two INTEGERs; meters write r‖s.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes } from "@siegel/wire";

/** Whether openssl takes `signature` (r‖s) for one over SHA-256 of the message by this key (SPKI in DER). */
export function opensslBelieves(check: {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}): boolean {
  return inFolder((file) => {
    const key = file("key.der", check.publicKey);
    const signature = file("signature.der", derOf(check.signature));
    const options = ["-sha256", "-keyform", "DER", "-verify", key, "-signature", signature];
    return spawnSync("openssl", ["dgst", ...options, file("message", check.message)]).status === 0;
  });
}

/** A fresh key pair of openssl's. */
export class OpensslKey {
  /** SPKI in DER. */
  readonly publicKey: Uint8Array;
  readonly #pem: Uint8Array;
  readonly #octets: number;

  constructor(curve: "P-192" | "P-256") {
    const name = curve === "P-192" ? "prime192v1" : "prime256v1";
    this.#octets = curve === "P-192" ? 24 : 32;
    this.#pem = openssl(["ecparam", "-name", name, "-genkey", "-noout"]);
    this.publicKey = inFolder((file) =>
      openssl(["pkey", "-in", file("key.pem", this.#pem), "-pubout", "-outform", "DER"]),
    );
  }

  /** r‖s over SHA-256 of the message. */
  sign(message: Uint8Array): Uint8Array {
    const der = inFolder((file) =>
      openssl(["dgst", "-sha256", "-sign", file("key.pem", this.#pem), file("message", message)]),
    );
    const r = der.subarray(4, 4 + der[3]!);
    const s = der.subarray(4 + r.length + 2);
    return concatBytes(this.#padded(r), this.#padded(s));
  }

  #padded(integer: Uint8Array): Uint8Array {
    const kept = integer.subarray(Math.max(0, integer.length - this.#octets)); // DER puts a zero before a high bit
    return concatBytes(new Uint8Array(this.#octets - kept.length), kept);
  }
}

function openssl(options: readonly string[]): Uint8Array {
  return Uint8Array.from(execFileSync("openssl", options, { stdio: ["ignore", "pipe", "ignore"] }));
}

/** Runs with files that are gone afterwards; the function given writes one and tells its name. */
function inFolder<T>(act: (file: (name: string, content: Uint8Array) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "siegel-openssl-"));
  try {
    return act((name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function derOf(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  const content = concatBytes(integer(signature.subarray(0, half)), integer(signature.subarray(half)));
  return concatBytes(Uint8Array.of(0x30, content.length), content);
}

/** Fewest octets, and never one that reads as negative. */
function integer(octets: Uint8Array): Uint8Array {
  const first = octets.findIndex((octet) => octet !== 0);
  const kept = octets.subarray(first < 0 ? octets.length - 1 : first);
  const sign = kept[0]! >= 0x80 ? [0] : [];
  return Uint8Array.of(0x02, sign.length + kept.length, ...sign, ...kept);
}
