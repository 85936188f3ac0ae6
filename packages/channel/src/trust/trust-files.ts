/**
 * Whom a program trusts, from files: the root, the authorities below it, their revocation lists; and the certificate of a peer.
 *
 * Lists and certificate are read again when their files change. A file that cannot be read is told and passed over; a list that
 * was good stays until a newer one of the same authority is there. Nothing here is believed: path validation judges each time.
 */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { digest } from "@siegel/crypto";
import { Certificate, PathCache, RevocationList } from "@siegel/pki";
import { type Blame, MeterError, toHex } from "@siegel/wire";

import { sourceErrorOf } from "../errors.ts";
import { dersIn } from "./documents.ts";
import { readSmallFile } from "./small-file.ts";

/** A file of the configuration that holds no certificate to start from. One line that names field and file. */
export class TrustFileError extends MeterError {
  override readonly name = "TrustFileError";
  override readonly code = "no-trust";
  override readonly blame: Blame = "caller";
}

export interface TrustPaths {
  /** Of the root's certificate. */
  readonly root: string;
  /** Of the authorities below it. */
  readonly chain: readonly string[];
  /** Folder of revocation lists: `*.pem`, `*.crl`, `*.der`. */
  readonly crls: string;
}

/** Told what happened to files: codes, names and counts. */
export type TrustLog = (
  level: "info" | "warn" | "alarm",
  event: string,
  fields?: Readonly<Record<string, string | number>>,
) => void;

export class TrustFiles {
  readonly root: Certificate;
  /** Authorities below the root. */
  readonly others: readonly Certificate[];
  readonly cache = new PathCache();
  /** Counts up when the lists have changed. */
  generation = 0;
  readonly #folder: string;
  readonly #log: TrustLog;
  #seen = "";
  #lists: readonly RevocationList[] = [];

  /** @throws {TrustFileError} */
  constructor(paths: TrustPaths, log: TrustLog) {
    this.#folder = paths.crls;
    this.#log = log;
    this.root = firstIn(paths.root, "trust.root");
    this.others = paths.chain.flatMap((path) => certificatesIn(path, "trust.chain"));
    this.refresh();
    if (this.#lists.length === 0) log("warn", "no-revocation-lists"); // nobody is believed until there are some
  }

  get anchors(): readonly Certificate[] {
    return [this.root];
  }

  /** The newest lists of each authority. */
  revocation(): readonly RevocationList[] {
    return this.#lists;
  }

  /** Reads the folder when something in it has changed. */
  refresh(): void {
    let files: string[];
    try {
      files = readdirSync(this.#folder)
        .filter((name) => /\.(pem|crl|der)$/.test(name))
        .sort();
    } catch (error) {
      this.#log("alarm", "revocation-lists-unreadable", { code: codeOf(error) });
      return;
    }
    const seen = files.map((name) => signOf(join(this.#folder, name))).join("\n");
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#lists = newestOf([...this.#lists, ...files.flatMap((name) => this.#read(name))]);
    this.generation++;
    this.#log("info", "revocation-lists-read", { count: this.#lists.length });
  }

  #read(name: string): RevocationList[] {
    try {
      const octets = readSmallFile(join(this.#folder, name), { maxBytes: maxListBytes });
      const lists = dersIn(octets, "X509 CRL").map((der) => RevocationList.parse(der));
      if (lists.length === 0) this.#log("alarm", "revocation-list-refused", { file: name, code: "no-list" });
      return lists;
    } catch (error) {
      this.#log("alarm", "revocation-list-refused", { file: name, code: codeOf(error) });
      return [];
    }
  }
}

/** The certificate in a file, read again when the file changes. */
export class CertificateFile {
  readonly #path: string;
  readonly #field: string;
  #seen = "";
  #certificate: Certificate | undefined;

  constructor(path: string, field: string) {
    this.#path = path;
    this.#field = field;
  }

  /** @throws {TrustFileError} */
  read(): Certificate {
    const seen = signOf(this.#path);
    if (this.#certificate !== undefined && seen === this.#seen) return this.#certificate;
    const certificate = firstIn(this.#path, this.#field);
    this.#seen = seen;
    return (this.#certificate = certificate);
  }
}

function firstIn(path: string, field: string): Certificate {
  const [first] = certificatesIn(path, field);
  if (first === undefined) throw new TrustFileError(`${field}: no certificate in ${path}`);
  return first;
}

function certificatesIn(path: string, field: string): readonly Certificate[] {
  try {
    const octets = readSmallFile(path, { maxBytes: maxCertificateFileBytes });
    return dersIn(octets, "CERTIFICATE").map((der) => Certificate.parse(der));
  } catch (cause) {
    throw new TrustFileError(`${field}: ${path} holds no certificate that can be read (${codeOf(cause)})`, { cause });
  }
}

/** Of an error of ours its own code, of another that of a source: never its text. */
function codeOf(error: unknown): string {
  return error instanceof MeterError ? error.code : sourceErrorOf(error, "").code;
}

function signOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return `${path} ${stat?.mtimeMs ?? 0} ${stat?.size ?? 0}`;
}

/**
 * The newest of each authority, by its name: a few, since an authority that got a new key has two lists for a while. Which of
 * them counts is for path validation to say.
 */
function newestOf(lists: readonly RevocationList[]): RevocationList[] {
  const distinct = [...new Map(lists.map((list) => [toHex(digest("SHA-256", list.der)), list])).values()];
  const byAuthority = Object.groupBy(distinct, ({ issuer }) => JSON.stringify(issuer));
  return Object.values(byAuthority).flatMap((own = []) =>
    own.sort((a, b) => b.thisUpdateMs - a.thisUpdateMs).slice(0, keptOfAuthority),
  );
}

const keptOfAuthority = 3;
const maxCertificateFileBytes = 1 << 20;
/** As long as a list may be (pki). */
const maxListBytes = 8 << 20;
