/**
 * Certificates, lists of revoked certificates and keys from files that a person names on the command line.
 *
 * In: paths.  Out: what was read strictly, or one line that names the option and the file.
 * A key is never an argument, and neither is a passphrase: it comes from a file that only its owner should be able to read.
 */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { dersIn, readSmallFile, SourceError } from "@siegel/channel";
import { FileKey, KeyError } from "@siegel/crypto";
import { Certificate, RevocationList } from "@siegel/pki";
import { DecodeError } from "@siegel/wire";
import { CommandError, exitCode } from "../exit.ts";

/** All certificates in a file, PEM or DER; at least one. @throws {CommandError} */
export function certificatesIn(path: string, option: string): readonly Certificate[] {
  return read(path, option, "no certificate", (octets) =>
    dersIn(octets, "CERTIFICATE").map((der) => Certificate.parse(der)),
  );
}

/** The first certificate in a file. @throws {CommandError} */
export function certificateIn(path: string, option: string): Certificate {
  return certificatesIn(path, option)[0]!; // one at least
}

/** Lists of revoked certificates in files, or in all files of folders. @throws {CommandError} */
export function revocationListsIn(paths: readonly string[], option: string): readonly RevocationList[] {
  return paths
    .flatMap(filesAt)
    .flatMap((path) =>
      read(path, option, "no list of revoked certificates", (octets) =>
        dersIn(octets, "X509 CRL").map((der) => RevocationList.parse(der)),
      ),
    );
}

/**
 * The private key in a file, PKCS #8 in PEM or DER.
 *
 * @param warn  Told when others than the owner can read the file.
 * @throws {CommandError}
 */
export function keyIn(path: string, option: string, warn: (text: string) => void): FileKey {
  const octets = bytesOf(path, option);
  try {
    if (Buffer.from(octets.buffer).includes("BEGIN ENCRYPTED PRIVATE KEY")) {
      throw refusal(option, `${path} is encrypted; openssl pkey -in ${path} -out plain.pem asks for its passphrase`);
    }
    const [der] = dersIn(octets, "PRIVATE KEY");
    if (der === undefined) throw refusal(option, `no private key (PKCS #8) in ${path}`);
    const key = FileKey.fromPkcs8(der);
    der.fill(0);
    if ((statSync(path).mode & 0o077) !== 0) warn(`others than you can read the key in ${path}; chmod 600 ${path}`);
    return key;
  } catch (error) {
    if (error instanceof KeyError || error instanceof DecodeError) {
      throw refusal(option, `no private key of a brainpool curve (PKCS #8) in ${path}`, error);
    }
    throw error;
  } finally {
    octets.fill(0);
  }
}

function read<T>(
  path: string,
  option: string,
  nothing: string,
  parse: (octets: Uint8Array) => readonly T[],
): readonly T[] {
  const octets = bytesOf(path, option);
  try {
    const all = parse(octets);
    if (all.length > 0) return all;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refusal(option, `${nothing} that can be read in ${path} (${error.code} in ${error.where.path})`, error);
  }
  throw refusal(option, `${nothing} in ${path}`);
}

function bytesOf(path: string, option: string): Uint8Array {
  try {
    return readSmallFile(path, { maxBytes: maxFileBytes, alsoPipes: true }); // as in --root <(…)
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    if (cause.code === "too-long") throw refusal(option, `${path} is larger than any file of this kind`, cause);
    throw refusal(option, `${path} cannot be read (${cause.code})`, cause);
  }
}

function filesAt(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((name) => /\.(pem|crl|der)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

function refusal(option: string, message: string, cause?: unknown): CommandError {
  return new CommandError(exitCode.usage, `${option}: ${message}`, { cause });
}

const maxFileBytes = 8 << 20;
