/**
 * Personalisation: from a security module without certificates to three active slots, and back to them at every start.
 *
 * In: the module, whose name is asked for, a folder, perhaps somebody to ask.  Out: the three certificates and their issuers.
 * Requests go to whoever started the program, or into files; certificates come back the same way, are checked, and are kept in
 * files before the first slot is certified. A slot that has its certificate signs no request any more: so a power cut anywhere in
 * between goes on where it was. Not here: renewal; how one talks to a parent.
 */

import { join } from "node:path";
import type { KeyPurpose, SecurityModule, SlotInfo } from "@siegel/crypto";
import { Certificate, certificationRequest, type Role, toPem } from "@siegel/pki";
import { type Blame, equalBytes, MeterError } from "@siegel/wire";

import { SourceError } from "../errors.ts";
import { makeFolder, writeWhole } from "../own-files.ts";
import { dersIn } from "../trust/documents.ts";
import { readSmallFile } from "../trust/small-file.ts";

/** "not-personalised": nobody is there to certify, and no file is. One line that says what to do. */
export class PersonalisationError extends MeterError {
  override readonly name = "PersonalisationError";
  override readonly code: "not-personalised" | "bad-certificates";
  override readonly blame: Blame = "caller";

  constructor(code: "not-personalised" | "bad-certificates", what: string, options?: { cause?: unknown }) {
    super(what, options);
    this.code = code;
  }
}

/** DER of requests or certificates, one for each purpose. */
export type Triple = Readonly<Record<KeyPurpose, Uint8Array>>;

export interface Personalisation {
  readonly module: SecurityModule;
  /** Common name and role that the certificates must have. */
  readonly name: string;
  readonly role: Role;
  readonly trust: { readonly root: Certificate; readonly others: readonly Certificate[] };
  /** Folder for `requests/*.csr` and `certificates/*.pem`. */
  readonly folder: string;
  /** Has requests certified; absent when the program runs alone. */
  readonly ask: ((requests: Triple) => Promise<Triple>) | undefined;
}

/** Certificates with active slots behind them. */
export interface ModuleIdentity extends Readonly<Record<KeyPurpose, Certificate>> {
  /** Authorities between them and the root, to be sent along. */
  readonly issuers: readonly Certificate[];
}

/** Slot of each purpose. */
export const slotOf = { TLS: "tls", SIG: "sig", ENC: "enc" } as const satisfies Record<KeyPurpose, string>;

/**
 * The certificates of this program.
 *
 * @throws {PersonalisationError}
 */
export async function personalise(a: Personalisation): Promise<ModuleIdentity> {
  const slots = await preparedSlots(a.module);
  if (purposes.some((purpose) => slots[purpose].state === "generated")) {
    const issued = await issuedFor(a, slots);
    for (const purpose of purposes) check(certificateOf(issued[purpose]), purpose, a, slots[purpose]);
    keep(a.folder, issued);
    for (const purpose of purposes) {
      if (slots[purpose].state !== "generated") continue;
      await a.module.certify({ slot: slotOf[purpose], certificate: issued[purpose] });
    }
  }
  const active = async (purpose: KeyPurpose): Promise<Certificate> => {
    const slot = await activated(a.module, purpose);
    const certificate = certificateOf(slot.certificate);
    check(certificate, purpose, a, slot);
    return certificate;
  };
  const [TLS, SIG, ENC] = [await active("TLS"), await active("SIG"), await active("ENC")];
  return { TLS, SIG, ENC, issuers: issuersOf(SIG, a.trust.others) };
}

async function preparedSlots(module: SecurityModule): Promise<Record<KeyPurpose, SlotInfo>> {
  const known = await module.slots();
  const slot = async (purpose: KeyPurpose): Promise<SlotInfo> =>
    known.find((one) => one.slot === slotOf[purpose]) ??
    (await module.generate({ slot: slotOf[purpose], purpose, curve: "brainpoolP256r1" }));
  return { TLS: await slot("TLS"), SIG: await slot("SIG"), ENC: await slot("ENC") };
}

async function issuedFor(a: Personalisation, slots: Record<KeyPurpose, SlotInfo>): Promise<Triple> {
  const kept = certificateFiles(a.folder);
  // Of another module's keys they are of no use: its folder was taken away, and the new one asks anew, if it can.
  const isOurs = kept !== undefined && purposes.every((one) => isFor(slots[one], kept[one]));
  if (kept !== undefined && (isOurs || a.ask === undefined)) return kept;
  const requests = await requestsOf(a, slots);
  if (a.ask !== undefined) return a.ask(requests);
  const folder = join(a.folder, "requests");
  makeFolder(folder);
  for (const purpose of purposes) {
    writeWhole(join(folder, `${slotOf[purpose]}.csr`), toPem("CERTIFICATE REQUEST", requests[purpose]));
  }
  const wanted = `have ${folder}/{tls,sig,enc}.csr certified and put {tls,sig,enc}.pem into ${certificateFolder(a.folder)}`;
  throw new PersonalisationError("not-personalised", `no certificates yet: ${wanted}`);
}

async function requestsOf(
  { module, trust, name }: Personalisation,
  slots: Record<KeyPurpose, SlotInfo>,
): Promise<Triple> {
  const { organization, country } = trust.root.subject;
  const subject = { commonName: name, organization, country, serialNumber: "1" };
  const request = (purpose: KeyPurpose): Promise<Uint8Array> =>
    certificationRequest({
      subject,
      publicKey: slots[purpose].publicKey,
      sign: (hash, message) => module.signRequest({ slot: slotOf[purpose], hash, message }),
    });
  return { TLS: await request("TLS"), SIG: await request("SIG"), ENC: await request("ENC") };
}

async function activated(module: SecurityModule, purpose: KeyPurpose): Promise<SlotInfo> {
  let slot = (await module.slots()).find((one) => one.slot === slotOf[purpose]);
  if (slot?.state === "certified") slot = await module.activate(slot.slot);
  if (slot?.state !== "active") {
    throw new PersonalisationError("bad-certificates", `slot ${slotOf[purpose]} of the security module is not active`);
  }
  return slot;
}

function certificateOf(der: Uint8Array | undefined): Certificate {
  try {
    return Certificate.parse(der ?? new Uint8Array());
  } catch (cause) {
    const why = cause instanceof MeterError ? cause.code : "unreadable";
    throw new PersonalisationError("bad-certificates", `a certificate cannot be read (${why})`, { cause });
  }
}

function check(
  certificate: Certificate,
  purpose: KeyPurpose,
  { name, role, trust }: Personalisation,
  { publicKey }: SlotInfo,
): void {
  if (certificate.name !== name || certificate.role !== role || certificate.purpose !== purpose) {
    throw new PersonalisationError(
      "bad-certificates",
      `the ${purpose} certificate is not one of ${name} for that purpose`,
    );
  }
  if (!certificate.publicKey.equals(publicKey)) {
    const cure = "the security module is another one: bring it back, or take the certificates away to have new ones";
    throw new PersonalisationError("bad-certificates", `the ${purpose} certificate is not for our key; ${cure}`);
  }
  const { authorityKeyId } = certificate;
  // Whether it holds is asked each time; that its authority is not even known would be asked for ever.
  if (
    ![trust.root, ...trust.others].some(
      ({ keyId }) => authorityKeyId !== undefined && equalBytes(keyId, authorityKeyId),
    )
  ) {
    const cure = "name its certificate there, or have new certificates issued";
    throw new PersonalisationError(
      "bad-certificates",
      `the ${purpose} certificate is of an authority that is not in trust.chain; ${cure}`,
    );
  }
}

function isFor({ publicKey }: SlotInfo, certificate: Uint8Array): boolean {
  return certificateOf(certificate).publicKey.equals(publicKey);
}

/** From the leaf's issuer upwards, the root left out: whoever checks us has it or has no reason to believe ours. */
function issuersOf(leaf: Certificate, others: readonly Certificate[]): readonly Certificate[] {
  const issuers: Certificate[] = [];
  for (let below = leaf; issuers.length < maxIssuers;) {
    const { authorityKeyId } = below;
    if (authorityKeyId === undefined) break;
    const issuer = others.find((one) => equalBytes(one.keyId, authorityKeyId) && !issuers.includes(one));
    if (issuer === undefined) break;
    issuers.push(issuer);
    below = issuer;
  }
  return issuers;
}

function keep(folder: string, issued: Triple): void {
  makeFolder(certificateFolder(folder));
  for (const purpose of purposes) writeWhole(fileOf(folder, purpose), toPem("CERTIFICATE", issued[purpose]));
}

/** All three, or undefined while one is not there. */
function certificateFiles(folder: string): Triple | undefined {
  const [TLS, SIG, ENC] = [
    certificateFile(folder, "TLS"),
    certificateFile(folder, "SIG"),
    certificateFile(folder, "ENC"),
  ];
  return TLS === undefined || SIG === undefined || ENC === undefined ? undefined : { TLS, SIG, ENC };
}

function certificateFile(folder: string, purpose: KeyPurpose): Uint8Array | undefined {
  const path = fileOf(folder, purpose);
  try {
    return dersIn(readSmallFile(path, { maxBytes: maxCertificateFileBytes }), "CERTIFICATE")[0];
  } catch (cause) {
    if (cause instanceof SourceError && cause.code === "no-such-file") return undefined;
    const why = cause instanceof MeterError ? cause.code : "unreadable";
    throw new PersonalisationError("bad-certificates", `${path} holds no certificate (${why})`, { cause });
  }
}

function certificateFolder(folder: string): string {
  return join(folder, "certificates");
}

function fileOf(folder: string, purpose: KeyPurpose): string {
  return join(certificateFolder(folder), `${slotOf[purpose]}.pem`);
}

const purposes = ["TLS", "SIG", "ENC"] as const;
const maxIssuers = 2;
const maxCertificateFileBytes = 1 << 20;
