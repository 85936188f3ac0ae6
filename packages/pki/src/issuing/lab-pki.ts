/**
 * A small SM-PKI for the lab: root, one authority, certificates below it, lists of revoked ones.
 *
 * In: two signers, instants, randomness.  Out: certificates and lists of the real profile, in a world of its own
 * (O = SM-Test-PKI-DE). Pure: state that has to survive is given out (`state`) and taken in (`open`).
 * Not here: keys, files, policy of who may have which name.
 */

import type { PublicKey } from "@siegel/crypto/verify";

import type { RevocationReason } from "../asn1/extensions.ts";
import type { DistinguishedName } from "../asn1/name.ts";
import { Certificate } from "../certificate.ts";
import { IssueError, RequestError } from "../errors.ts";
import type { At } from "../path/validate.ts";
import { RevocationList } from "../revocation-list.ts";
import type { Purpose, Role } from "../roles.ts";
import { issueCertificate } from "./certificate.ts";
import { issueCrl, type RevokedEntry } from "./list.ts";
import type { VerifiedRequest } from "./request.ts";
import type { Signer } from "./signer.ts";

export interface LabSigners {
  /** On brainpoolP512r1. */
  readonly root: Signer;
  /** On brainpoolP384r1. */
  readonly sub: Signer;
}

/** So many octets that nobody can foresee. */
export type RandomOctets = (byteLength: number) => Uint8Array;

/** What has to survive a restart, besides the keys. */
export interface LabState {
  readonly root: Uint8Array;
  readonly subCa: Uint8Array;
  /** Of the next lists. */
  readonly nextNumber: bigint;
  /** Certificates of the sub-CA. */
  readonly revoked: readonly RevokedEntry[];
  /** The sub-CA itself, by the root. */
  readonly revokedByRoot: readonly RevokedEntry[];
}

export interface LabOptions {
  readonly signers: LabSigners;
  readonly now: At;
  readonly random: RandomOctets;
  readonly rootName?: string;
  readonly subName?: string;
  readonly organization?: string;
}

export interface LabRequest {
  /** Not "ROOT" and not "SUB-CA". */
  readonly role: Exclude<Role, "ROOT" | "SUB-CA">;
  /** Without the role: `ESGL0000000001`, `Siegel-Lab`. */
  readonly name: string;
  readonly purpose: Exclude<Purpose, "CA">;
  readonly now: At;
  /** The key: asked for with proof that its private half is held, or given by somebody who knows. */
  readonly request?: VerifiedRequest;
  readonly publicKey?: PublicKey;
  /** Two years unless told, and never longer than the sub-CA. */
  readonly lifetimeMs?: number;
  /** On TLS certificates of GWA, GWH and EMT: `localhost` unless told. */
  readonly dnsNames?: readonly string[];
}

export class LabPki {
  readonly root: Certificate;
  readonly subCa: Certificate;
  readonly #signers: LabSigners;
  readonly #random: RandomOctets;
  readonly #revoked: RevokedEntry[];
  readonly #revokedByRoot: RevokedEntry[];
  #nextNumber: bigint;

  private constructor(signers: LabSigners, random: RandomOctets, state: LabState) {
    this.#signers = signers;
    this.#random = random;
    this.root = Certificate.parse(state.root);
    this.subCa = Certificate.parse(state.subCa);
    this.#revoked = [...state.revoked];
    this.#revokedByRoot = [...state.revokedByRoot];
    this.#nextNumber = state.nextNumber;
    if (!signers.root.publicKey.equals(this.root.publicKey) || !signers.sub.publicKey.equals(this.subCa.publicKey)) {
      throw new IssueError("other-key");
    }
  }

  /** A new root, valid for ten years, and a sub-CA for five. */
  static async create(options: LabOptions): Promise<LabPki> {
    const { signers, now, random, rootName = "SM-Root.CA", subName = "Siegel-Lab.CA" } = options;
    const organization = options.organization ?? labOrganization;
    const notBeforeMs = beginOf(now);
    const root = await issueCertificate(
      {
        serial: serialOf(random),
        subject: { commonName: rootName, organization, country: "DE", serialNumber: "1" },
        publicKey: signers.root.publicKey,
        role: "ROOT",
        purpose: "CA",
        notBeforeMs,
        notAfterMs: notBeforeMs + 10 * yearMs,
        revocationListUri: uriOf(rootName, ".crl"),
      },
      { signer: signers.root },
    );
    const subCa = await issueCertificate(
      {
        serial: serialOf(random),
        subject: { commonName: subName, organization, country: "DE", serialNumber: "1" },
        publicKey: signers.sub.publicKey,
        role: "SUB-CA",
        purpose: "CA",
        notBeforeMs,
        notAfterMs: notBeforeMs + 5 * yearMs,
        revocationListUri: uriOf(rootName, ".crl"),
        issuerUri: uriOf(rootName, ""),
      },
      { signer: signers.root, certificate: Certificate.parse(root) },
    );
    return new LabPki(signers, random, { root, subCa, nextNumber: 1n, revoked: [], revokedByRoot: [] });
  }

  /**
   * The PKI of an earlier run.
   *
   * @throws {IssueError} "other-key" when the signers are not those of the certificates.
   */
  static open(options: {
    readonly signers: LabSigners;
    readonly random: RandomOctets;
    readonly state: LabState;
  }): LabPki {
    return new LabPki(options.signers, options.random, options.state);
  }

  /** To be kept for `open`. */
  get state(): LabState {
    return {
      root: this.root.der,
      subCa: this.subCa.der,
      nextNumber: this.#nextNumber,
      revoked: [...this.#revoked],
      revokedByRoot: [...this.#revokedByRoot],
    };
  }

  /** What a verifier trusts. */
  get anchors(): readonly Certificate[] {
    return [this.root];
  }

  /** What it needs besides. */
  get others(): readonly Certificate[] {
    return [this.subCa];
  }

  /** The name that a certificate of this role gets, and that a request for it must carry. */
  subjectOf({ role, name }: { readonly role: LabRequest["role"]; readonly name: string }): DistinguishedName {
    const { organization, country } = this.subCa.subject;
    return { commonName: `${name}.${role}`, organization, country, serialNumber: "1" };
  }

  /**
   * A certificate for one key and one purpose.
   *
   * @throws {RequestError} "wrong-name" when the request asks for another name.
   * @throws {IssueError} "not-in-profile" and others.
   */
  async issue(ask: LabRequest): Promise<Certificate> {
    const { role, name, purpose, now, request, dnsNames = ["localhost"] } = ask;
    const publicKey = request?.publicKey ?? ask.publicKey;
    if (publicKey === undefined) throw new IssueError("other-key");
    const subject = this.subjectOf({ role, name });
    if (request !== undefined && request.subject.commonName !== subject.commonName) {
      throw new RequestError("wrong-name");
    }
    const notBeforeMs = beginOf(now);
    const subName = this.subCa.name;
    const der = await issueCertificate(
      {
        serial: serialOf(this.#random),
        subject,
        publicKey,
        role,
        purpose,
        notBeforeMs,
        notAfterMs: Math.min(notBeforeMs + (ask.lifetimeMs ?? 2 * yearMs), this.subCa.notAfterMs),
        ...(role === "SMGW" ? {} : { reachedBy: reachedBy(name, role, purpose === "TLS" ? dnsNames : []) }),
        revocationListUri: uriOf(subName, ".crl"),
        issuerUri: uriOf(subName, ""),
      },
      { signer: this.#signers.sub, certificate: this.subCa },
    );
    return Certificate.parse(der);
  }

  /**
   * Puts a certificate on the next list of its issuer.
   *
   * @throws {IssueError} "unknown-certificate", "already-revoked".
   */
  revoke(ask: { readonly certificate: Certificate; readonly at: At; readonly reason?: RevocationReason }): void {
    const { certificate, at, reason = "unspecified" } = ask;
    const list = certificate.equals(this.subCa) ? this.#revokedByRoot : this.#revoked;
    const isOurs = list === this.#revokedByRoot || certificate.issuer.commonName === this.subCa.name;
    if (!isOurs) throw new IssueError("unknown-certificate");
    if (list.some(({ serial }) => serial === certificate.serial)) throw new IssueError("already-revoked");
    list.push({ serial: certificate.serial, dateMs: wholeSecond(at.epochMs), reason });
  }

  /** The lists of root and sub-CA as of now, valid for thirty days unless told. */
  async crls(now: At, validForMs: number = 30 * dayMs): Promise<readonly RevocationList[]> {
    const thisUpdateMs = wholeSecond(now.epochMs);
    const number = this.#nextNumber++;
    const common = { number, thisUpdateMs, nextUpdateMs: thisUpdateMs + wholeSecond(validForMs) };
    const { root, sub } = this.#signers;
    return [
      RevocationList.parse(
        await issueCrl({ ...common, revoked: this.#revokedByRoot }, { signer: root, certificate: this.root }),
      ),
      RevocationList.parse(
        await issueCrl({ ...common, revoked: this.#revoked }, { signer: sub, certificate: this.subCa }),
      ),
    ];
  }
}

function reachedBy(name: string, role: string, dnsNames: readonly string[]) {
  const host = name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
  return { email: `${role.toLowerCase()}@${host}.invalid`, uri: `https://${host}.invalid/`, dnsNames };
}

/** `.invalid` leads nowhere (RFC 2606). */
function uriOf(authority: string, ending: string): string {
  return `http://pki.siegel.invalid/${encodeURIComponent(authority)}${ending}`;
}

/** Positive, 20 octets, unforeseeable (RFC 5280 §4.1.2.2). */
function serialOf(random: RandomOctets): bigint {
  const octets = random(20);
  if (octets.length !== 20) throw new IssueError("bad-random");
  const value = octets.reduce((number, octet) => (number << 8n) | BigInt(octet), 0n);
  return BigInt.asUintN(158, value) | (1n << 158n);
}

/** A minute ago, so that a clock that is a little late accepts it. */
function beginOf(now: At): number {
  return wholeSecond(now.epochMs - 60_000);
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

const labOrganization = "SM-Test-PKI-DE";
const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
