/**
 * Who this gateway is: three keys in its security module, and their certificates. Personalisation at the first start.
 *
 * Keys are generated, requests go to the parent or into files, certificates come back the same way. They are stored before the
 * first slot is certified, all three at once: a power cut anywhere in between goes on where it was, and never has to ask again
 * for a slot that can sign no request any more. Not here: renewal.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrustFiles } from "@siegel/channel";
import type { IssuedCertificates } from "@siegel/contract";
import type { KeyPurpose, SecurityModule, SlotInfo } from "@siegel/crypto";
import { Certificate, certificationRequest, fromPem, toPem } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";

import { type Config, nameOf } from "../config.ts";
import { codeOf, GatewayError } from "../errors.ts";
import type { Parent } from "./parent.ts";

export interface Identity {
  readonly TLS: Certificate;
  readonly SIG: Certificate;
  readonly ENC: Certificate;
  /** Authorities between them and the root, to be sent along. */
  readonly issuers: readonly Certificate[];
}

export interface IdentityPorts {
  readonly module: SecurityModule;
  readonly trust: Pick<TrustFiles, "root" | "others">;
  readonly parent: Parent | undefined;
  readonly store: CertificateStore;
}

/** Where certificates wait until their slots have them. */
export interface CertificateStore {
  setting(name: string): Uint8Array | undefined;
  keepSettings(settings: Readonly<Record<string, Uint8Array>>): void;
}

/** Slot of each purpose. */
export const slotOf = { TLS: "tls", SIG: "sig", ENC: "enc" } as const satisfies Record<KeyPurpose, string>;

type Triple = Readonly<Record<KeyPurpose, Uint8Array>>;

/**
 * The certificates of this gateway, with active slots behind them.
 *
 * @throws {GatewayError} "not-personalised" when nobody is there to certify and no file is; "bad-certificates".
 */
export async function identityOf(config: Config, ports: IdentityPorts): Promise<Identity> {
  const slots = await preparedSlots(ports.module);
  if (purposes.some((purpose) => slots[purpose].state === "generated")) {
    const stored = storedTriple(ports.store);
    // Of another module's keys they are of no use: its folder was taken away, and a new module asks anew.
    const isOurs = stored !== undefined && purposes.every((one) => isFor(slots[one], stored[one]));
    const issued = isOurs ? stored : await issuedFor(config, ports, slots);
    for (const purpose of purposes) check(certificateOf(issued[purpose]), purpose, config, slots[purpose]);
    keepTriple(ports.store, issued);
    for (const purpose of purposes) {
      if (slots[purpose].state === "generated") {
        await ports.module.certify({ slot: slotOf[purpose], certificate: issued[purpose] });
      }
    }
  }
  const active = async (purpose: KeyPurpose): Promise<Certificate> => {
    const slot = await activated(ports.module, purpose);
    const certificate = certificateOf(slot.certificate);
    check(certificate, purpose, config, slot);
    return certificate;
  };
  const [TLS, SIG, ENC] = [await active("TLS"), await active("SIG"), await active("ENC")];
  return { TLS, SIG, ENC, issuers: issuersOf(SIG, ports.trust.others) };
}

async function preparedSlots(module: SecurityModule): Promise<Record<KeyPurpose, SlotInfo>> {
  const known = await module.slots();
  const slot = async (purpose: KeyPurpose): Promise<SlotInfo> =>
    known.find((one) => one.slot === slotOf[purpose]) ??
    (await module.generate({ slot: slotOf[purpose], purpose, curve: "brainpoolP256r1" }));
  return { TLS: await slot("TLS"), SIG: await slot("SIG"), ENC: await slot("ENC") };
}

async function issuedFor(config: Config, ports: IdentityPorts, slots: Record<KeyPurpose, SlotInfo>): Promise<Triple> {
  const fromFiles = certificateFiles(config.data);
  if (fromFiles !== undefined) return fromFiles;
  const requests = await requestsOf(config, ports, slots);
  const { parent } = ports;
  if (parent !== undefined) {
    const issued = new Promise<IssuedCertificates>((resolve) => parent.onCertificates(resolve));
    parent.tell({ type: "requests", name: nameOf(config), role: "SMGW", requests });
    return issued;
  }
  const folder = join(config.data, "requests");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const purpose of purposes) {
    writeFileSync(join(folder, `${slotOf[purpose]}.csr`), toPem("CERTIFICATE REQUEST", requests[purpose]));
  }
  const wanted = `have ${folder}/{tls,sig,enc}.csr certified and put {tls,sig,enc}.pem into ${certificateFolder(config.data)}`;
  throw new GatewayError("not-personalised", `no certificates yet: ${wanted}`);
}

async function requestsOf(
  config: Config,
  { module, trust }: IdentityPorts,
  slots: Record<KeyPurpose, SlotInfo>,
): Promise<Record<KeyPurpose, Uint8Array>> {
  const { organization, country } = trust.root.subject;
  const subject = { commonName: nameOf(config), organization, country, serialNumber: "1" };
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
    throw new GatewayError("bad-certificates", `slot ${slotOf[purpose]} of the security module is not active`);
  }
  return slot;
}

function certificateOf(der: Uint8Array | undefined): Certificate {
  try {
    return Certificate.parse(der ?? new Uint8Array());
  } catch (cause) {
    throw new GatewayError("bad-certificates", `a certificate cannot be read (${codeOf(cause)})`, { cause });
  }
}

function check(certificate: Certificate, purpose: KeyPurpose, config: Config, slot: SlotInfo): void {
  const name = nameOf(config);
  if (certificate.name !== name || certificate.role !== "SMGW" || certificate.purpose !== purpose) {
    throw new GatewayError("bad-certificates", `the ${purpose} certificate is not one of ${name} for that purpose`);
  }
  if (!certificate.publicKey.equals(slot.publicKey)) {
    throw new GatewayError("bad-certificates", `the ${purpose} certificate is not for our key`);
  }
}

function isFor(slot: SlotInfo, certificate: Uint8Array): boolean {
  return certificateOf(certificate).publicKey.equals(slot.publicKey);
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

function storedTriple(store: CertificateStore): Triple | undefined {
  return triple((purpose) => store.setting(`certificate-${purpose}`));
}

function keepTriple(store: CertificateStore, { TLS, SIG, ENC }: Triple): void {
  store.keepSettings({ "certificate-TLS": TLS, "certificate-SIG": SIG, "certificate-ENC": ENC });
}

function certificateFiles(data: string): Triple | undefined {
  return triple((purpose) => {
    try {
      const text = readFileSync(join(certificateFolder(data), `${slotOf[purpose]}.pem`), "latin1");
      return fromPem(text, "CERTIFICATE")[0];
    } catch {
      return undefined; // not there yet
    }
  });
}

/** All three, or undefined. */
function triple(read: (purpose: KeyPurpose) => Uint8Array | undefined): Triple | undefined {
  const [TLS, SIG, ENC] = [read("TLS"), read("SIG"), read("ENC")];
  return TLS === undefined || SIG === undefined || ENC === undefined ? undefined : { TLS, SIG, ENC };
}

function certificateFolder(data: string): string {
  return join(data, "certificates");
}

const purposes = ["TLS", "SIG", "ENC"] as const;
const maxIssuers = 2;
