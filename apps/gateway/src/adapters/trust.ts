/**
 * Whom this gateway trusts, from files: the root, the authorities below it, their revocation lists, the receiver's certificate.
 *
 * Lists and certificate are read again when their files change. A file that cannot be read is told and passed over; a list that
 * was good stays until a newer one of the same authority is there. Nothing here is believed: path validation judges each time.
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { digest } from "@siegel/crypto";
import { Certificate, fromPem, PathCache, RevocationList } from "@siegel/pki";
import { toHex } from "@siegel/wire";

import type { Config } from "../config.ts";
import { codeOf, GatewayError } from "../errors.ts";
import type { Log } from "../log.ts";

export class TrustFiles {
  readonly root: Certificate;
  /** Authorities below the root. */
  readonly others: readonly Certificate[];
  readonly cache = new PathCache();
  /** Counts up when the lists have changed. */
  generation = 0;
  readonly #folder: string;
  readonly #log: Log;
  #seen = "";
  #lists: readonly RevocationList[] = [];

  /** @throws {GatewayError} "no-trust" */
  constructor({ trust }: Pick<Config, "trust">, log: Log) {
    this.#folder = trust.crls;
    this.#log = log;
    const [root] = certificatesIn(trust.root, "trust.root");
    if (root === undefined) throw new GatewayError("no-trust", `trust.root: no certificate in ${trust.root}`);
    this.root = root;
    this.others = trust.chain.flatMap((path) => certificatesIn(path, "trust.chain"));
    this.refresh();
    if (this.#lists.length === 0) log("warn", "no-revocation-lists"); // nothing is sealed or sent until there are some
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
      return dersIn(readFileSync(join(this.#folder, name)), "X509 CRL").map((der) => RevocationList.parse(der));
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

  /** @throws {GatewayError} "no-trust" */
  read(): Certificate {
    const seen = signOf(this.#path);
    if (this.#certificate !== undefined && seen === this.#seen) return this.#certificate;
    const [certificate] = certificatesIn(this.#path, this.#field);
    if (certificate === undefined)
      throw new GatewayError("no-trust", `${this.#field}: no certificate in ${this.#path}`);
    this.#seen = seen;
    return (this.#certificate = certificate);
  }
}

function certificatesIn(path: string, field: string): Certificate[] {
  try {
    return dersIn(readFileSync(path), "CERTIFICATE").map((der) => Certificate.parse(der));
  } catch (cause) {
    const what = `${field}: ${path} holds no certificate that can be read (${codeOf(cause)})`;
    throw new GatewayError("no-trust", what, { cause });
  }
}

/** PEM, or DER as it is. */
function dersIn(octets: Buffer, label: string): Uint8Array[] {
  return octets[0] === derSequence ? [new Uint8Array(octets)] : fromPem(octets.toString("latin1"), label);
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
const derSequence = 0x30;
