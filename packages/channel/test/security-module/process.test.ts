import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { agreeEphemeral, FileKey, ModuleError, PublicKey, SecretKey } from "@siegel/crypto";
import { expect, onTestFinished, test, vi } from "vitest";

import { needs } from "../../../../scripts/testing/needs.ts";
import { spawnSecurityModule } from "../../src/security-module/spawn.ts";
import { exitOf, failureOf, freshFolder, goneOf, isAlive, messageOf, opened, startedParent } from "./running.ts";

const text = new TextEncoder();

needs("openssl")("a key lives in the process from its making to its end, and does what its slot allows", async () => {
  // Wrong: nothing could be signed or opened, or a key could be used for what it was not made for.
  const directory = freshFolder();
  const module = await opened(directory);
  const made = await module.generate({ slot: "SIG.1", purpose: "SIG", curve: "brainpoolP256r1" });
  expect(made).toMatchObject({ slot: "SIG.1", purpose: "SIG", state: "generated" });
  expect(made.publicKey).toBeInstanceOf(PublicKey);

  await module.certify({ slot: "SIG.1", certificate: certificateFor(made.publicKey, dirname(directory)) });
  await module.activate("SIG.1");
  const message = text.encode("a delivery");
  const signature = await module.sign({ slot: "SIG.1", hash: "SHA-256", message });
  expect(await made.publicKey.verify({ hash: "SHA-256", message, signature })).toBe(true);

  const enc = await module.generate({ slot: "ENC.1", purpose: "ENC", curve: "brainpoolP256r1" });
  await module.certify({ slot: "ENC.1", certificate: certificateFor(enc.publicKey, dirname(directory)) });
  await module.activate("ENC.1");
  const how = { hash: "SHA-256", sharedInfo: text.encode("info"), byteLength: 16 } as const;
  const { ephemeral, key } = await agreeEphemeral({ receiver: enc.publicKey, ...how });
  const agreed = await module.agree({ slot: "ENC.1", peer: ephemeral, ...how });
  expect(agreed).toBeInstanceOf(SecretKey);
  expect(agreed.equals(key)).toBe(true);

  const tls = await module.generate({ slot: "TLS.1", purpose: "TLS", curve: "brainpoolP256r1" });
  await module.certify({ slot: "TLS.1", certificate: certificateFor(tls.publicKey, dirname(directory)) });
  await module.activate("TLS.1");
  const exported = FileKey.fromPkcs8(await module.exportTlsKey("TLS.1"));
  expect(exported.publicKey.equals(tls.publicKey)).toBe(true);

  expect((await module.slots()).map((one) => [one.slot, one.state])).toEqual([
    ["ENC.1", "active"],
    ["SIG.1", "active"],
    ["TLS.1", "active"],
  ]);
  expect(await module.retire({ slot: "ENC.1", opensUntilMs: 4e12 })).toMatchObject({ opensUntilMs: 4e12 });
  expect(await module.revoke("SIG.1")).toMatchObject({ state: "revoked" });
  expect(await module.destroy("SIG.1")).toMatchObject({ state: "destroyed" });
  expect(await module.random(32)).toHaveLength(32);
});

test("a refusal crosses the border as what it is: class, code, whose turn; and no words", async () => {
  // Wrong: whoever maps errors to alarms sees one kind of failure only, or a text of the library with a key in it.
  const module = await opened(freshFolder());
  const error = await failureOf(module.sign({ slot: "SIG.1", hash: "SHA-256", message: new Uint8Array(1) }));
  expect(error).toBeInstanceOf(ModuleError);
  expect(error).toMatchObject({ name: "ModuleError", code: "no-such-slot", blame: "caller" });
  await module.generate({ slot: "ENC.1", purpose: "ENC", curve: "brainpoolP256r1" });
  expect(await failureOf(module.exportTlsKey("ENC.1"))).toMatchObject({ code: "wrong-purpose" });
  expect(await failureOf(module.nextNumber("../up"))).toMatchObject({ code: "bad-name" });
});

test("state outlives the process: slots and numbers go on where they were", async () => {
  // Wrong: a restarted gateway has no keys, or numbers its deliveries from 1 again.
  const directory = freshFolder();
  const first = await opened(directory);
  const { publicKey } = await first.generate({ slot: "SIG.1", purpose: "SIG", curve: "brainpoolP256r1" });
  expect([await first.nextNumber("deliveries"), await first.nextNumber("deliveries")]).toEqual([1n, 2n]);
  await first.close();
  expect(await first.exited).toBe(0);

  const second = await opened(directory);
  const [slot] = await second.slots();
  expect(slot?.publicKey.equals(publicKey)).toBe(true);
  expect(await second.currentNumber("deliveries")).toBe(2n);
  expect(await second.nextNumber("deliveries")).toBe(3n);
});

test("nobody else may read the folder or the file", async () => {
  // Wrong: every user of the machine can take the keys.
  const directory = freshFolder();
  const module = await opened(directory);
  await module.nextNumber("deliveries");
  expect(modeOf(directory)).toBe("700");
  const files = readdirSync(directory);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(`${file} ${modeOf(join(directory, file))}`).toBe(`${file} 600`);
});

test("a folder of the user's own that is open to others is closed while it is empty", async () => {
  // Wrong: `mkdir keys` before the first start, and the keys are everybody's.
  const directory = freshFolder();
  mkdirSync(directory, { mode: 0o755 });
  chmodSync(directory, 0o755);
  await opened(directory);
  expect(modeOf(directory)).toBe("700");
});

test.each(["folder", "file"])("a %s with keys that others could read is refused", async (which) => {
  // Wrong: keys that strangers may have copied are used on, and nobody is told.
  const directory = freshFolder();
  await (await opened(directory)).close();
  chmodSync(which === "folder" ? directory : join(directory, fileName), 0o740);
  expect(await failureOf(spawnSecurityModule({ directory }))).toMatchObject({ code: "not-private" });
});

test("two processes never have the same state open", async () => {
  // Wrong: both give the same delivery number.
  const directory = freshFolder();
  const first = await opened(directory);
  const second = failureOf(spawnSecurityModule({ directory }));
  expect(await second).toMatchObject({ code: "in-use", blame: "caller" });
  expect(await first.nextNumber("deliveries")).toBe(1n);
  await first.close();
  expect(await (await opened(directory)).nextNumber("deliveries")).toBe(2n);
});

test.each([
  { what: "of another version of the file", sql: "PRAGMA user_version = 2", code: "unsupported-version" },
  { what: "of another program", sql: "PRAGMA application_id = 7", code: "damaged-state" },
  {
    what: "of another version of the state",
    sql: "UPDATE state SET octets = CAST(substr(octets, 1, 8) || x'0009' || substr(octets, 11) AS BLOB)",
    code: "unsupported-version",
  },
  {
    what: "with one octet changed",
    sql: "UPDATE state SET octets = CAST(substr(octets, 1, 12) || x'5a' || substr(octets, 14) AS BLOB)",
    code: "damaged-state",
  },
])("a state $what is refused with a clear code, and left as it is", async ({ sql, code }) => {
  // Wrong: an older program reads nonsense out of a newer one's keys, or writes over them.
  const directory = freshFolder();
  const module = await opened(directory);
  await module.nextNumber("deliveries");
  await module.close();
  const file = join(directory, fileName);
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
  const before = readFileSync(file);
  expect(await failureOf(spawnSecurityModule({ directory }))).toMatchObject({ code });
  expect(readFileSync(file)).toEqual(before);
});

test("a file that is no state of ours is refused", async () => {
  // Wrong: the module starts empty, and numbers begin at 1.
  const directory = freshFolder();
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(directory, fileName), "x".repeat(5_000), { mode: 0o600 });
  expect(await failureOf(spawnSecurityModule({ directory }))).toMatchObject({ code: "damaged-state" });
});

test("a file where the folder should be", async () => {
  // Wrong: a typing error in a path ends in a stack trace.
  const directory = freshFolder();
  writeFileSync(directory, "");
  expect(await failureOf(spawnSecurityModule({ directory }))).toMatchObject({ code: "not-a-folder", blame: "caller" });
});

test("a module that was closed, or has died, says so to everybody who waits", async () => {
  // Wrong: a gateway waits for ever for a signature.
  const module = await opened(freshFolder());
  process.kill(module.pid ?? 0, "SIGSTOP"); // so that it cannot answer before it dies
  const waiting = [module.random(8), module.nextNumber("deliveries")].map(failureOf);
  process.kill(module.pid ?? 0, "SIGKILL");
  expect(await module.exited).toBe(128 + 9);
  for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: "unavailable" });
  expect(await failureOf(module.random(8))).toMatchObject({ code: "unavailable", blame: "environment" });
  const other = await opened(freshFolder());
  const last = other.random(8);
  await other.close();
  expect(await last).toHaveLength(8); // what was asked before is still answered
  expect(await failureOf(other.random(8))).toMatchObject({ code: "unavailable" });
});

test("a caller that does not wait is stopped", async () => {
  // Wrong: a loop without `await` fills the memory of both processes.
  const module = await opened(freshFolder());
  const results = await Promise.allSettled(Array.from({ length: 1_100 }, () => module.random(1)));
  const refused = results.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(1_100 - 1_024);
  expect(refused[0]?.reason).toMatchObject({ code: "too-many-requests", blame: "caller" });
  expect(await module.random(4)).toHaveLength(4);
});

test("signals of a terminal do not end it", async () => {
  // Wrong: Ctrl-C takes the keys away from a gateway that is just signing its last delivery.
  const module = await opened(freshFolder());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(module.pid ?? 0, signal);
  expect(await module.nextNumber("deliveries")).toBe(1n);
  expect(isAlive(module.pid ?? 0)).toBe(true);
});

test("it cannot be debugged by a signal", async () => {
  // Wrong: `kill -USR1` opens a door to the keys on a port of this machine.
  const module = await opened(freshFolder());
  expect(commandLine(module.pid)).toContain("--disable-sigusr1");
});

test("it may write into its folder and do nothing else", async () => {
  // Wrong: whoever finds a fault in the parsing of a certificate runs programs beside the keys.
  vi.stubEnv("NODE_COMPILE_CACHE", undefined);
  vi.stubEnv("NODE_OPTIONS", "--no-warnings");
  onTestFinished(() => void vi.unstubAllEnvs());
  const module = await opened(freshFolder());
  const line = commandLine(module.pid);
  expect(line).toContain("--permission");
  expect(line.filter((one) => /^--allow-(?!fs-)/.test(one))).toEqual([]);
  const environment = readFileSync(`/proc/${module.pid}/environ`, "utf8").split("\0").filter(Boolean);
  expect(environment.filter((one) => !one.startsWith("NODE_CHANNEL_"))).toEqual([]); // what fork itself needs
});

test("a cache of compiled code that the user has set serves it, too", async () => {
  // Wrong: a start costs three times as much on a small machine.
  const cache = join(dirname(freshFolder()), "cache");
  mkdirSync(cache);
  vi.stubEnv("NODE_COMPILE_CACHE", cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  await (await opened(freshFolder())).close();
  expect(readdirSync(cache)).not.toEqual([]);
});

test("after Ctrl-C to the whole group the parent still gets what it needs, and all end", async () => {
  // Wrong: the last delivery is neither signed nor numbered, or a process is left over.
  const directory = freshFolder();
  const parent = spawn(process.execPath, [join(import.meta.dirname, "parent.ts"), directory, "interrupt"], {
    detached: true, // a group of its own, as a terminal makes it
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const { pid } = await messageOf<{ pid: number }>(parent);
  const last = messageOf<{ number: bigint }>(parent);
  process.kill(-(parent.pid ?? 0), "SIGINT");
  expect((await last).number).toBe(1n);
  await exitOf(parent);
  await goneOf(pid);
});

test("it ends with a parent that is killed, and the state is free again", async () => {
  // Wrong: a process with keys that nobody owns, and a gateway that cannot start again.
  const directory = freshFolder();
  const parent = startedParent(directory, "idle");
  const { pid } = await messageOf<{ pid: number }>(parent);
  parent.kill("SIGKILL");
  await goneOf(pid);
  await opened(directory);
});

test("a program that forgets to close it ends all the same", async () => {
  // Wrong: a command that is done hangs until somebody presses Ctrl-C.
  await exitOf(startedParent(freshFolder(), "end"));
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function commandLine(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
}

/** What the module asks of a certificate is that it is one, for this key. Who issued it is pki's question. */
function certificateFor(key: PublicKey, folder: string): Uint8Array {
  const openssl = (...args: string[]): Uint8Array =>
    new Uint8Array(execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] }));
  writeFileSync(join(folder, "key.der"), key.toSpki());
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key");
  openssl("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Any.CA", "-out", "ca.crt");
  openssl("pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-out", "key.pem");
  return openssl(
    "x509",
    "-new",
    "-force_pubkey",
    "key.pem",
    "-subj",
    "/CN=x",
    "-CA",
    "ca.crt",
    "-CAkey",
    "ca.key",
    "-days",
    "9",
    "-outform",
    "DER",
  );
}

const fileName = "security-module.sqlite";
