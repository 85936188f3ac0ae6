/** `siegel pki lab`, looked at by openssl; and the authority that `siegel up` starts, asked as it asks. */

import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FileKey } from "@siegel/crypto";
import { Certificate, certificationRequest, fromPem, RevocationList, validatePath } from "@siegel/pki";
import { equalBytes, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { needs } from "../../../scripts/testing/needs.ts";
import type { PkiMessage } from "../src/pki/messages.ts";
import { siegel } from "./support.ts";

const execute = promisify(execFile);
const command = fileURLToPath(new URL("../bin/siegel.mjs", import.meta.url));
const newFolder = () => mkdtemp(join(tmpdir(), "siegel-pki-"));
const leaves = ["gateway", "administrator", "emt"].flatMap((holder) =>
  ["tls", "sig", "enc"].map((purpose) => `${holder}/${purpose}`),
);

async function lab(): Promise<string> {
  const folder = await newFolder();
  expect((await siegel(["pki", "lab", folder])).code).toBe(0);
  return folder;
}

async function certificateIn(...path: string[]): Promise<Certificate> {
  const [der] = fromPem(await readFile(join(...path), "utf8"), "CERTIFICATE");
  return Certificate.parse(der!);
}

needs("openssl")("openssl accepts every certificate, list and key of the lab", async () => {
  // A lab that only we believe in proves nothing about the real thing.
  const folder = await lab();
  const openssl = (...args: string[]) => execute("openssl", args, { cwd: folder });
  const lists = ["-CRLfile", "crls/root.crl.pem", "-CRLfile", "crls/sub-ca.crl.pem"];
  const chain = ["-CAfile", "root.pem", "-untrusted", "sub-ca.pem"];
  const all = leaves.map((leaf) => `${leaf}.pem`);
  const { stdout } = await openssl("verify", "-x509_strict", "-crl_check_all", ...chain, ...lists, ...all);
  expect(stdout).toBe(all.map((leaf) => `${leaf}: OK\n`).join(""));
  for (const list of ["root", "sub-ca"]) {
    const { stderr } = await openssl("crl", "-in", `crls/${list}.crl.pem`, "-CAfile", "chain.pem", "-noout");
    expect(stderr).toContain("verify OK");
  }
  for (const name of ["root", "sub-ca", ...leaves]) {
    const [ofKey, ofCertificate] = await Promise.all([
      openssl("pkey", "-in", `${name}.key.pem`, "-pubout"),
      openssl("x509", "-in", `${name}.pem`, "-noout", "-pubkey"),
    ]);
    expect(ofKey.stdout).toBe(ofCertificate.stdout);
  }
});

test("the tree holds a triple for each role, and only its owner reads the keys", async () => {
  // A key that others can read is nobody's.
  const folder = await lab();
  const names = (await readdir(folder, { recursive: true })).sort();
  const keys = names.filter((name) => name.endsWith(".key.pem"));
  expect(keys).toEqual(["root", "sub-ca", ...leaves].map((name) => `${name}.key.pem`).sort());
  for (const key of keys) expect((await stat(join(folder, key))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "gateway"))).mode & 0o777).toBe(0o700);
  expect((await certificateIn(folder, "gateway/sig.pem")).name).toBe("ESGL0000000001.SMGW");
  const index = await readFile(join(folder, "index.txt"), "utf8");
  for (const leaf of leaves) expect(index).toContain(`${leaf}.pem`);
});

test("our own path validation accepts the lab, for the role and the purpose that stand there", async () => {
  // What the lab issues has to be what gateway and head-end ask for.
  const folder = await lab();
  const list = async (name: string) =>
    RevocationList.parse(fromPem(await readFile(join(folder, "crls", name), "utf8"), "X509 CRL")[0]!);
  const question = {
    others: [await certificateIn(folder, "sub-ca.pem")],
    anchors: [await certificateIn(folder, "root.pem")],
    revocation: [await list("root.crl.pem"), await list("sub-ca.crl.pem")],
    at: { epochMs: Date.now() },
  };
  for (const [holder, role] of [
    ["gateway", "SMGW"],
    ["administrator", "GWA"],
    ["emt", "EMT"],
  ] as const) {
    for (const purpose of ["TLS", "SIG", "ENC"] as const) {
      const leaf = await certificateIn(folder, holder, `${purpose.toLowerCase()}.pem`);
      await validatePath({ ...question, leaf, role, purpose });
    }
  }
});

test("a folder with something in it is not written over unless told, and then only files of these names", async () => {
  // A second call would make every certificate of the first worthless, or take somebody's files.
  const folder = await lab();
  await writeFile(join(folder, "notes.txt"), "mine");
  const before = await readFile(join(folder, "root.pem"), "utf8");
  const refused = await siegel(["pki", "lab", folder]);
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/^siegel: .* is not empty; .*--force.*\n$/);
  expect(await readFile(join(folder, "root.pem"), "utf8")).toBe(before);
  expect((await siegel(["pki", "lab", folder, "--force", "--gateway", "ESGL0000000009"])).code).toBe(0);
  expect(await readFile(join(folder, "root.pem"), "utf8")).not.toBe(before);
  expect(await readFile(join(folder, "notes.txt"), "utf8")).toBe("mine");
  expect((await certificateIn(folder, "gateway/tls.pem")).name).toBe("ESGL0000000009.SMGW");
});

test.each([
  [["pki", "lab"], 2],
  [["pki", "lab", "/tmp/x", "--gateway", "a.b"], 2],
  [["pki", "lab", "/tmp/x", "--emt", "../x"], 2],
  [["pki", "lab", "/dev/null"], 1],
  [["pki", "lab", "/dev/null/x"], 1],
  [["pki", "lab", "/proc/siegel"], 1],
  [["pki", "serve", "/tmp/x"], 2],
])("%j is refused in one line", async (args, expected) => {
  // Certificates for a name that no program accepts, or a stack instead of a sentence.
  const env = { ...process.env };
  const { code, stderr } = await execute(process.execPath, [command, ...args], { env }).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(code).toBe(expected);
  expect(stderr).toMatch(/^siegel: \S.*\n$/);
});

// --- the authority as a process --------------------------------------------------------------------------------------

class Authority {
  readonly process: ChildProcess;
  readonly #messages: PkiMessage[] = [];
  #wake = () => {};

  constructor(folder: string) {
    this.process = fork(command, ["pki", "serve", folder], { serialization: "advanced" });
    this.process.on("message", (message) => {
      this.#messages.push(message as PkiMessage);
      this.#wake();
    });
  }

  async next(): Promise<PkiMessage> {
    while (this.#messages.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#messages.shift()!;
  }

  async end(): Promise<number | null> {
    const exited = once(this.process, "exit");
    this.process.disconnect();
    const [code] = await exited;
    return code;
  }
}

async function requests(name: string, role: string, signer?: FileKey) {
  const one = async () => {
    const key = await FileKey.generate("brainpoolP256r1");
    const subject = { commonName: `${name}.${role}`, organization: "SM-Test-PKI-DE", country: "DE", serialNumber: "1" };
    const sign = (hash: "SHA-256" | "SHA-384" | "SHA-512", message: Uint8Array) =>
      (signer ?? key).sign({ hash, message });
    return certificationRequest({ subject, publicKey: key.publicKey, sign });
  };
  return { TLS: await one(), SIG: await one(), ENC: await one() };
}

test("the authority issues what it is asked for, goes on after a restart, and ends with its parent", async () => {
  // Without it no gateway gets a name; with a new root at each start, all that was sealed before would be worthless.
  const folder = join(await newFolder(), "pki");
  const first = new Authority(folder);
  const ready = await first.next();
  first.process.send({
    type: "issue",
    id: 7,
    role: "SMGW",
    name: "ESGL0000000001.SMGW",
    requests: await requests("ESGL0000000001", "SMGW"),
  });
  const issued = await first.next();
  if (issued.type !== "issued") throw new Error(`not issued: ${JSON.stringify(issued)}`);
  expect(issued.id).toBe(7);
  const { TLS, SIG, ENC, chain } = issued.certificates;
  expect([TLS, SIG, ENC].map((der) => Certificate.parse(der).purpose)).toEqual(["TLS", "SIG", "ENC"]);
  expect(equalBytes(chain[0]!, (await certificateIn(folder, "sub-ca.pem")).der)).toBe(true);
  const list = await readFile(join(folder, "crls/sub-ca.crl.pem"), "utf8");
  expect(await first.end()).toBe(0);

  const second = new Authority(folder);
  expect(await second.next()).toEqual(ready);
  expect(ready).toMatchObject({ fingerprint: toHex((await certificateIn(folder, "root.pem")).fingerprint) });
  const numberOf = (pem: string) => RevocationList.parse(fromPem(pem, "X509 CRL")[0]!).number!;
  const renewed = await readFile(join(folder, "crls/sub-ca.crl.pem"), "utf8");
  expect(numberOf(renewed)).toBeGreaterThan(numberOf(list));
  expect(await second.end()).toBe(0);
});

test("a request that proves nothing, for another name, or that is none, is refused by a code, and the next is answered", async () => {
  // A certificate for a key that the asker does not hold lets him be somebody else.
  const authority = new Authority(join(await newFolder(), "pki"));
  await authority.next();
  const ask = async (id: number, name: string, all: object) => {
    authority.process.send({ type: "issue", id, role: "EMT", name, requests: all });
    return authority.next();
  };
  const stranger = await FileKey.generate("brainpoolP256r1");
  const good = await requests("Siegel-Lab", "EMT");
  expect(await ask(1, "Siegel-Lab.EMT", await requests("Siegel-Lab", "EMT", stranger))).toMatchObject({
    id: 1,
    code: "bad-signature",
  });
  expect(await ask(2, "Other.EMT", good)).toMatchObject({ id: 2, code: "wrong-name" });
  expect(await ask(3, "Siegel-Lab.EMT", { ...good, ENC: Uint8Array.of(0x30, 3, 1) })).toMatchObject({
    id: 3,
    type: "refused",
  });
  authority.process.send({ type: "nonsense" });
  expect(await ask(4, "Siegel-Lab.EMT", good)).toMatchObject({ id: 4, type: "issued" });
  expect(await authority.end()).toBe(0);
});

test.each([
  ["root.key.pem", "garbage"],
  ["sub-ca.pem", "garbage"],
  ["authority.json", "garbage"],
  ["authority.json", undefined],
])("an authority whose %s is %s says so, and makes no new one", async (file, text) => {
  // A new root would leave all that the old one certified without an issuer, and overwrite the old one's key.
  const folder = join(await newFolder(), "pki");
  const first = new Authority(folder);
  await first.next();
  await first.end();
  const root = await readFile(join(folder, "root.pem"), "utf8");
  if (text === undefined) await rm(join(folder, file));
  else await writeFile(join(folder, file), text);
  const child = fork(command, ["pki", "serve", folder], { silent: true });
  let err = "";
  child.stderr!.on("data", (chunk) => (err += chunk));
  const [code] = await once(child, "close");
  expect(code).toBe(2); // the next start would say the same
  expect(err).toMatch(/^siegel: the certificate authority in .* is damaged at .*; bring back .*\n$/);
  expect(err).toContain(`at ${file};`);
  expect(await readFile(join(folder, "root.pem"), "utf8")).toBe(root);
});

test("an authority that cannot write its lists says so in one line", async () => {
  // A stack trace four times over, for a folder that somebody made where a file belongs.
  const folder = join(await newFolder(), "pki");
  const first = new Authority(folder);
  await first.next();
  await first.end();
  await rm(join(folder, "crls/root.crl.pem"));
  await mkdir(join(folder, "crls/root.crl.pem"));
  const child = fork(command, ["pki", "serve", folder], { silent: true });
  let err = "";
  child.stderr!.on("data", (chunk) => (err += chunk));
  const [code] = await once(child, "close");
  expect(code).toBe(2);
  expect(err).toMatch(/^siegel: the certificate authority cannot write its files \(EISDIR.*root\.crl\.pem.*\)\n$/);
});

test("an authority whose making was cut short is made anew", async () => {
  // `siegel up` would never start on that folder.
  const folder = join(await newFolder(), "pki");
  await mkdir(join(folder, "crls"), { recursive: true });
  await writeFile(join(folder, "root.key.pem"), "half");
  const authority = new Authority(folder);
  expect(await authority.next()).toMatchObject({ type: "ready" });
  await authority.end();
});
