import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeadendMessage, IssuedCertificates } from "@siegel/contract";
import { type KeyPurpose, SoftwareModule } from "@siegel/crypto";
import { CertificationRequest, fromPem, toPem } from "@siegel/pki";
import { type Lab, makeLab } from "@siegel/pki/testing";
import { afterEach, beforeEach, expect, test } from "vitest";

import { identityOf } from "../src/adapters/identity.ts";
import type { Parent } from "../src/adapters/parent.ts";
import type { Config } from "../src/config.ts";

let folder: string;
let lab: Lab;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "siegel-identity-"));
  lab = await makeLab();
});
afterEach(() => rmSync(folder, { recursive: true }));

// Only these fields are looked at.
const config = (): Config => ({ name: "Siegel-Lab.EMT", data: folder }) as Config;
const purposes = ["TLS", "SIG", "ENC"] as const;

/** State that survives a restart. */
function memory() {
  let kept: Uint8Array | undefined;
  return { load: () => kept, save: (state: Uint8Array) => void (kept = state.slice()) };
}
const moduleOn = (store: ReturnType<typeof memory>) => SoftwareModule.open(store, { nowMs: () => lab.now.epochMs });

async function certify(requests: Record<KeyPurpose, Uint8Array>, name = "Siegel-Lab"): Promise<IssuedCertificates> {
  const issue = async (purpose: KeyPurpose): Promise<Uint8Array> => {
    const request = await CertificationRequest.parse(requests[purpose]).verify();
    const { publicKey } = request;
    const ask = name === "Siegel-Lab" ? { request } : { publicKey };
    return (await lab.pki.issue({ role: "EMT", name, purpose, now: lab.now, ...ask })).der;
  };
  return { type: "certificates", TLS: await issue("TLS"), SIG: await issue("SIG"), ENC: await issue("ENC"), chain: [] };
}

/** A parent that certifies what it is asked for. */
function parentOf(answer: (message: HeadendMessage & { type: "requests" }) => Promise<IssuedCertificates>) {
  const told: HeadendMessage[] = [];
  const waiting = Promise.withResolvers<IssuedCertificates>();
  const parent: Parent = {
    tell: (message) => {
      told.push(message);
      if (message.type === "requests") void answer(message).then(waiting.resolve, waiting.reject);
    },
    onRequest: () => undefined,
    onGone: () => undefined,
  };
  return { told, ports: { parent, received: () => waiting.promise } };
}

test("at the first start the parent certifies, at the next it is not asked", async () => {
  // Each start would make new keys, for which no gateway seals.
  const store = memory();
  const first = parentOf(({ requests }) => certify(requests));
  const identity = await identityOf(config(), { module: moduleOn(store), trust: trust(), ...first.ports });
  expect(purposes.map((purpose) => [identity[purpose].name, identity[purpose].purpose])).toEqual([
    ["Siegel-Lab.EMT", "TLS"],
    ["Siegel-Lab.EMT", "SIG"],
    ["Siegel-Lab.EMT", "ENC"],
  ]);
  expect(first.told).toHaveLength(1);
  expect(first.told[0]).toMatchObject({ type: "requests", name: "Siegel-Lab.EMT", role: "EMT" });

  const second = parentOf(() => Promise.reject(new Error("not asked")));
  const again = await identityOf(config(), { module: moduleOn(store), trust: trust(), ...second.ports });
  expect(again.ENC.equals(identity.ENC)).toBe(true);
  expect(second.told).toEqual([]);
});

test("a start that was cut off goes on with the same keys", async () => {
  // The authority would have certified keys that are gone.
  const store = memory();
  let asked: Record<KeyPurpose, Uint8Array> | undefined;
  const cutOff = parentOf(({ requests }) => {
    asked = requests;
    return Promise.reject(new Error("power cut"));
  });
  await expect(identityOf(config(), { module: moduleOn(store), trust: trust(), ...cutOff.ports })).rejects.toThrow();
  const later = parentOf(({ requests }) => certify(requests));
  const identity = await identityOf(config(), { module: moduleOn(store), trust: trust(), ...later.ports });
  const first = CertificationRequest.parse(asked?.SIG ?? new Uint8Array());
  expect(identity.SIG.publicKey.equals(first.publicKey)).toBe(true);
});

test("a power cut between two slots: the next start goes on with the certificates that came", async () => {
  // A slot that has its certificate signs no request any more: the head-end could never be set up.
  for (const cutAfter of [1, 2]) {
    rmSync(join(folder, "certificates"), { recursive: true, force: true });
    const store = memory();
    let certified = 0;
    const whole = moduleOn(store);
    const cutModule = new Proxy(whole, {
      get: (target, name: keyof SoftwareModule) => {
        const value: unknown = target[name];
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (name === "certify" && ++certified > cutAfter) throw new Error("power cut");
          return Reflect.apply(value, target, args);
        };
      },
    });
    const first = parentOf(({ requests }) => certify(requests));
    await expect(identityOf(config(), { module: cutModule, trust: trust(), ...first.ports })).rejects.toThrow();
    const later = parentOf(({ requests }) => certify(requests));
    const identity = await identityOf(config(), { module: moduleOn(store), trust: trust(), ...later.ports });
    expect(identity.ENC.name).toBe("Siegel-Lab.EMT");
    expect(later.told).toEqual([]);
  }
});

test("certificates of an authority that is not configured any more are told at the start", async () => {
  // A folder of trust that was made anew: every delivery would be refused for ever, and only a log would know why.
  const store = memory();
  const first = parentOf(({ requests }) => certify(requests));
  await identityOf(config(), { module: moduleOn(store), trust: trust(), ...first.ports });
  const stranger = await makeLab({ seed: "another authority" });
  const others = [
    { root: stranger.root, others: stranger.others },
    { root: lab.root, others: [] },
  ];
  for (const changed of others) {
    const later = parentOf(() => Promise.reject(new Error("not asked")));
    await expect(
      identityOf(config(), { module: moduleOn(store), trust: changed, ...later.ports }),
    ).rejects.toMatchObject({ code: "bad-certificates", message: expect.stringContaining("trust.chain") });
  }
});

test("without a parent, requests are files and certificates come as files", async () => {
  // A head-end that is run by a service manager could not be set up.
  const store = memory();
  const alone = { trust: trust(), parent: undefined, received: () => Promise.reject(new Error("nobody")) };
  const start = () => identityOf(config(), { module: moduleOn(store), ...alone });
  await expect(start()).rejects.toMatchObject({ code: "not-personalised", message: expect.stringContaining(folder) });
  const request = (slot: string): Uint8Array =>
    fromPem(readFileSync(join(folder, `requests/${slot}.csr`), "utf8"), "CERTIFICATE REQUEST")[0] ?? new Uint8Array();
  const issued = await certify({ TLS: request("tls"), SIG: request("sig"), ENC: request("enc") });
  mkdirSync(join(folder, "certificates"));
  writeFileSync(join(folder, "certificates/tls.pem"), toPem("CERTIFICATE", issued.TLS));
  writeFileSync(join(folder, "certificates/sig.pem"), toPem("CERTIFICATE", issued.SIG));
  await expect(start()).rejects.toMatchObject({ code: "not-personalised" }); // one is missing
  writeFileSync(join(folder, "certificates/enc.pem"), toPem("CERTIFICATE", issued.ENC));
  expect((await start()).TLS.name).toBe("Siegel-Lab.EMT");
  expect(existsSync(join(folder, "requests/tls.csr"))).toBe(true);
});

test.each([
  [
    "of another key",
    async (requests: Record<KeyPurpose, Uint8Array>) => ({
      ...(await certify(requests)),
      SIG: lab.emt.SIG.certificate.der,
    }),
  ],
  [
    "of another purpose",
    async (requests: Record<KeyPurpose, Uint8Array>) => certify({ ...requests, TLS: requests.SIG, SIG: requests.TLS }),
  ],
  ["of another name", (requests: Record<KeyPurpose, Uint8Array>) => certify(requests, "Other")],
])("a certificate %s is refused", async (_, answer) => {
  // Receipts would be signed, or deliveries sealed, with a key that nobody accepts.
  const parent = parentOf(({ requests }) => answer(requests));
  await expect(
    identityOf(config(), { module: moduleOn(memory()), trust: trust(), ...parent.ports }),
  ).rejects.toMatchObject({ code: "bad-certificates" });
});

function trust() {
  return { root: lab.root, others: lab.others };
}
