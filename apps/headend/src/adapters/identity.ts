/**
 * Who this head-end is: three keys in its security module, and their certificates.
 *
 * First start: keys are generated, requests go to the parent or into files, certificates come back the same way. A crash
 * anywhere in between goes on where it was: the module knows which slot is how far. Not here: renewal.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrustFiles } from "@siegel/channel";
import type { IssuedCertificates } from "@siegel/contract";
import type { KeyPurpose, SecurityModule, SlotInfo } from "@siegel/crypto";
import { Certificate, certificationRequest, fromPem, toPem } from "@siegel/pki";

import type { Config } from "../config.ts";
import { codeOf, HeadendError } from "../errors.ts";
import { makeFolder } from "../folder.ts";
import type { Parent } from "./parent.ts";

export interface Identity {
  readonly TLS: Certificate;
  readonly SIG: Certificate;
  readonly ENC: Certificate;
}

export interface IdentityPorts {
  readonly module: SecurityModule;
  readonly trust: Pick<TrustFiles, "root" | "others">;
  readonly parent: Parent | undefined;
  /** Asks the parent for certificates and waits for them. */
  readonly received: () => Promise<IssuedCertificates>;
}

/** Slot of each purpose. */
export const slotOf = { TLS: "tls", SIG: "sig", ENC: "enc" } as const satisfies Record<KeyPurpose, string>;

/**
 * The certificates of this head-end, with active slots behind them.
 *
 * @throws {HeadendError} "not-personalised" when nobody is there to certify and no file is; "bad-certificates".
 */
export async function identityOf(config: Config, ports: IdentityPorts): Promise<Identity> {
  const slots = await preparedSlots(ports.module);
  if (Object.values(slots).some(({ state }) => state === "generated")) {
    const issued = await issuedFor(config, ports, slots);
    for (const purpose of purposes) {
      if (slots[purpose].state === "generated") await certify(ports.module, purpose, issued[purpose]);
    }
  }
  const active: Partial<Record<KeyPurpose, Certificate>> = {};
  for (const purpose of purposes) active[purpose] = await activated(ports.module, purpose);
  const { TLS, SIG, ENC } = active;
  if (TLS === undefined || SIG === undefined || ENC === undefined)
    throw new HeadendError("bad-certificates", "identity");
  for (const purpose of purposes) check({ TLS, SIG, ENC }[purpose], purpose, config);
  return { TLS, SIG, ENC };
}

async function preparedSlots(module: SecurityModule): Promise<Record<KeyPurpose, SlotInfo>> {
  const known = await module.slots();
  const slot = async (purpose: KeyPurpose): Promise<SlotInfo> =>
    known.find((one) => one.slot === slotOf[purpose]) ??
    (await module.generate({ slot: slotOf[purpose], purpose, curve: "brainpoolP256r1" }));
  return { TLS: await slot("TLS"), SIG: await slot("SIG"), ENC: await slot("ENC") };
}

async function issuedFor(
  config: Config,
  ports: IdentityPorts,
  slots: Record<KeyPurpose, SlotInfo>,
): Promise<Pick<IssuedCertificates, KeyPurpose>> {
  const fromFiles = certificateFiles(config.data);
  if (fromFiles !== undefined) return fromFiles;
  const requests = await requestsOf(config, ports, slots);
  if (ports.parent !== undefined) {
    const issued = ports.received();
    ports.parent.tell({ type: "requests", name: config.name, role: "EMT", requests });
    return issued;
  }
  const folder = join(config.data, "requests");
  makeFolder(folder);
  for (const purpose of purposes) {
    writeFileSync(join(folder, `${slotOf[purpose]}.csr`), toPem("CERTIFICATE REQUEST", requests[purpose]));
  }
  throw new HeadendError(
    "not-personalised",
    `no certificates yet: have ${folder}/{tls,sig,enc}.csr certified and put {tls,sig,enc}.pem into ${certificateFolder(config.data)}`,
  );
}

async function requestsOf(
  { name }: Config,
  { module, trust }: IdentityPorts,
  slots: Record<KeyPurpose, SlotInfo>,
): Promise<Record<KeyPurpose, Uint8Array>> {
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

async function certify(module: SecurityModule, purpose: KeyPurpose, certificate: Uint8Array): Promise<void> {
  try {
    await module.certify({ slot: slotOf[purpose], certificate });
  } catch (cause) {
    throw new HeadendError("bad-certificates", `the ${purpose} certificate is not for our key (${codeOf(cause)})`, {
      cause,
    });
  }
}

async function activated(module: SecurityModule, purpose: KeyPurpose): Promise<Certificate> {
  let slot = (await module.slots()).find((one) => one.slot === slotOf[purpose]);
  if (slot?.state === "certified") slot = await module.activate(slot.slot);
  if (slot?.state !== "active" || slot.certificate === undefined) {
    throw new HeadendError("bad-certificates", `slot ${slotOf[purpose]} of the security module is not active`);
  }
  return Certificate.parse(slot.certificate);
}

function check(certificate: Certificate, purpose: KeyPurpose, { name }: Config): void {
  if (certificate.name !== name || certificate.role !== "EMT" || certificate.purpose !== purpose) {
    throw new HeadendError("bad-certificates", `the ${purpose} certificate is not one of ${name} for that purpose`);
  }
}

/** All three, or undefined. */
function certificateFiles(data: string): Record<KeyPurpose, Uint8Array> | undefined {
  const read = (purpose: KeyPurpose): Uint8Array | undefined => {
    try {
      const text = readFileSync(join(certificateFolder(data), `${slotOf[purpose]}.pem`), "latin1");
      return fromPem(text, "CERTIFICATE")[0];
    } catch {
      return undefined; // not there yet
    }
  };
  const [TLS, SIG, ENC] = [read("TLS"), read("SIG"), read("ENC")];
  return TLS === undefined || SIG === undefined || ENC === undefined ? undefined : { TLS, SIG, ENC };
}

function certificateFolder(data: string): string {
  return join(data, "certificates");
}

const purposes = ["TLS", "SIG", "ENC"] as const;
