/**
 * The lab's certificate authority in a folder: keys, certificates, lists of revoked certificates, and what it has to remember.
 *
 * In: a folder.  Out: `LabPki` with its keys, and files in PEM that openssl reads.
 * `authority.json` is written after keys and certificates and before the first list: where neither it nor a list is there, a
 * creation was cut short, and is done anew. A list without it is of an authority that lost its memory: no other takes its place.
 * Keys are in files that only their owner reads. A real authority has them in hardware; this one is a lab's.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeWhole } from "@siegel/channel";
import { FileKey, randomBytes } from "@siegel/crypto";
import { type At, fromPem, LabPki, type LabState, type Signer, toPem } from "@siegel/pki";
import { CommandError, exitCode } from "../exit.ts";

/** Files below the folder. */
export const authorityFiles = {
  root: "root.pem",
  rootKey: "root.key.pem",
  subCa: "sub-ca.pem",
  subCaKey: "sub-ca.key.pem",
  lists: "crls",
  state: "authority.json",
} as const;

const listFiles = ["root.crl.pem", "sub-ca.crl.pem"] as const;

/** The authority of this folder, made if there is none. */
export async function openAuthority(folder: string, now: At): Promise<LabPki> {
  const wasMade = [authorityFiles.state, ...listFiles.map((name) => join(authorityFiles.lists, name))];
  const isThere = wasMade.some((file) => existsSync(join(folder, file)));
  return isThere ? loadAuthority(folder) : createAuthority(folder, now);
}

/** Makes root and sub-CA. What stands at their paths is written over. */
export async function createAuthority(folder: string, now: At): Promise<LabPki> {
  makeFolder(join(folder, authorityFiles.lists));
  const [root, sub] = await Promise.all([FileKey.generate("brainpoolP512r1"), FileKey.generate("brainpoolP384r1")]);
  const pki = await LabPki.create({
    signers: { root: signerOf(root), sub: signerOf(sub) },
    now,
    random: (byteLength) => randomBytes(byteLength),
  });
  writeKey(join(folder, authorityFiles.rootKey), root);
  writeKey(join(folder, authorityFiles.subCaKey), sub);
  writePublic(join(folder, authorityFiles.root), toPem("CERTIFICATE", pki.root.der));
  writePublic(join(folder, authorityFiles.subCa), toPem("CERTIFICATE", pki.subCa.der));
  await renewLists(folder, pki, now);
  return pki;
}

/** Writes fresh lists, and what the authority remembers. A reader sees the old list or the new one, whole. */
export async function renewLists(folder: string, pki: LabPki, now: At): Promise<void> {
  const lists = await pki.crls(now);
  try {
    // First the number, then what bears it: no number is given to two lists.
    writeWhole(join(folder, authorityFiles.state), `${JSON.stringify(toJson(pki.state), undefined, 2)}\n`);
    makeFolder(join(folder, authorityFiles.lists));
    for (const list of lists) {
      const name = listFiles[list.issuer.commonName === pki.root.name ? 0 : 1];
      writePublic(join(folder, authorityFiles.lists, name), toPem("X509 CRL", list.der));
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown";
    throw new CommandError(exitCode.usage, `the certificate authority cannot write its files (${reason})`, { cause });
  }
}

/** PKCS #8 in PEM, for its owner only. */
export function writeKey(path: string, key: FileKey): void {
  const der = key.toPkcs8();
  const pem = new TextEncoder().encode(toPem("PRIVATE KEY", der));
  writeWhole(path, pem, 0o600);
  der.fill(0);
  pem.fill(0);
}

export function writePublic(path: string, text: string): void {
  writeWhole(path, text, 0o644);
}

function signerOf(key: FileKey): Signer {
  return { publicKey: key.publicKey, sign: (hash, message) => key.sign({ hash, message }) };
}

function loadAuthority(folder: string): LabPki {
  let last = "";
  try {
    const read = (file: string) => readFileSync(join(folder, (last = file)));
    const kept = JSON.parse(read(authorityFiles.state).toString()) as StateJson; // written by us, whole
    const [root, sub] = [keyIn(read(authorityFiles.rootKey)), keyIn(read(authorityFiles.subCaKey))];
    return LabPki.open({
      signers: { root: signerOf(root), sub: signerOf(sub) },
      random: (byteLength) => randomBytes(byteLength),
      state: fromJson(kept, {
        root: onlyPem(read(authorityFiles.root), "CERTIFICATE"),
        subCa: onlyPem(read(authorityFiles.subCa), "CERTIFICATE"),
      }),
    });
  } catch (cause) {
    // To make a new one would leave everything that the old one certified without an issuer.
    const cure = "bring back a copy of this folder, or begin anew in another data folder";
    throw new CommandError(exitCode.usage, `the certificate authority in ${folder} is damaged at ${last}; ${cure}`, {
      cause,
    });
  }
}

function keyIn(pem: Buffer): FileKey {
  const der = onlyPem(pem, "PRIVATE KEY");
  try {
    return FileKey.fromPkcs8(der);
  } finally {
    der.fill(0);
    pem.fill(0);
  }
}

function onlyPem(text: Buffer, label: string): Uint8Array {
  const [der] = fromPem(text.toString("latin1"), label);
  if (der === undefined) throw new TypeError(`no ${label}`);
  return der;
}

interface StateJson {
  readonly version: 1;
  readonly nextNumber: string;
  readonly revoked: readonly RevokedJson[];
  readonly revokedByRoot: readonly RevokedJson[];
}

interface RevokedJson extends Omit<LabState["revoked"][number], "serial"> {
  /** Hex. */
  readonly serial: string;
}

function toJson({ nextNumber, revoked, revokedByRoot }: LabState): StateJson {
  const entries = (list: LabState["revoked"]) => list.map((entry) => ({ ...entry, serial: entry.serial.toString(16) }));
  return {
    version: 1,
    nextNumber: nextNumber.toString(),
    revoked: entries(revoked),
    revokedByRoot: entries(revokedByRoot),
  };
}

function fromJson(kept: StateJson, certificates: Pick<LabState, "root" | "subCa">): LabState {
  if (kept.version !== 1) throw new TypeError("of another version");
  const entries = (list: readonly RevokedJson[]) =>
    list.map((entry) => ({ ...entry, serial: BigInt(`0x${entry.serial}`) }));
  return {
    ...certificates,
    nextNumber: BigInt(kept.nextNumber),
    revoked: entries(kept.revoked),
    revokedByRoot: entries(kept.revokedByRoot),
  };
}
