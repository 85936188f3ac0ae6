/** The program as a process: its ends, its exit codes, and what it says in one line. */

import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { HeadendMessage } from "@siegel/contract";
import { CertificationRequest } from "@siegel/pki";
import { afterEach, beforeEach, expect, test } from "vitest";

import { HeadendWorld } from "./headend-world.ts";

const main = resolve(import.meta.dirname, "../src/main.ts");
let world: HeadendWorld;
const children: ChildProcess[] = [];
beforeEach(async () => {
  world = await HeadendWorld.make(Date.now());
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await world.close();
});

interface Run {
  readonly child: ChildProcess;
  readonly told: HeadendMessage[];
  readonly ended: Promise<{ code: number | null; stderr: string }>;
  /** When a message of this type has come. */
  has(type: HeadendMessage["type"]): Promise<HeadendMessage>;
}

function run(args: readonly string[]): Run {
  const child = fork(main, args, {
    serialization: "advanced",
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: join(tmpdir(), "siegel-compile-cache") },
  });
  children.push(child);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const told: HeadendMessage[] = [];
  const waiting: (() => void)[] = [];
  // Not "close": that is never told of a child whose channel its parent has closed.
  const ended = Promise.all([
    new Promise<number | null>((done) => void child.once("exit", (code) => done(code))),
    new Promise<void>((done) => void child.stderr?.once("end", done)),
  ]).then(([code]) => ({ code, stderr }));
  child.on("message", (message: HeadendMessage) => {
    told.push(message);
    for (const look of waiting) look();
  });
  const has = (type: HeadendMessage["type"]): Promise<HeadendMessage> =>
    new Promise((done, refuse) => {
      const look = (): void => {
        const found = told.find((one) => one.type === type);
        if (found !== undefined) done(found);
      };
      waiting.push(look);
      look();
      void ended.then(({ code, stderr: said }) => refuse(new Error(`ended with ${code}: ${said}`)));
    });
  return { child, told, ended, has };
}

function configFile(changes = {}): string {
  const path = join(world.folder, "headend.json");
  writeFileSync(path, JSON.stringify(world.config(changes)));
  return path;
}

/** As `siegel up` does it. */
async function certify({ child, has }: Run): Promise<void> {
  const asked = await has("requests");
  if (asked.type !== "requests") return;
  const { pki, now } = world.seals.lab;
  const issue = async (purpose: "TLS" | "SIG" | "ENC"): Promise<Uint8Array> => {
    const request = await CertificationRequest.parse(asked.requests[purpose]).verify();
    return (await pki.issue({ role: "EMT", name: "Siegel-Lab", purpose, now, request })).der;
  };
  child.send({
    type: "certificates",
    TLS: await issue("TLS"),
    SIG: await issue("SIG"),
    ENC: await issue("ENC"),
    chain: [],
  });
}

test("it is personalised by its parent, answers, gives links, and ends with 0 when asked to", async () => {
  // `siegel up` would not come up, or leave processes behind.
  const first = run(["--config", configFile()]);
  await certify(first);
  const ready = await first.has("ready");
  expect(ready).toMatchObject({ type: "ready", ingestPort: expect.any(Number), portalPort: expect.any(Number) });
  if (ready.type !== "ready") return;
  const health = await fetch(`http://127.0.0.1:${ready.portalPort}/v1/health`);
  expect(await health.json()).toEqual({ status: "ok" });
  first.child.send({ type: "invite", consumer: "anna" });
  expect(await first.has("link")).toMatchObject({ consumer: "anna" });
  first.child.kill("SIGTERM");
  expect((await first.ended).code).toBe(0);

  const second = run(["--config", configFile()]);
  await second.has("ready");
  expect(second.told.map(({ type }) => type)).toEqual(["ready"]);
  second.child.kill("SIGINT");
  expect((await second.ended).code).toBe(0);
});

test("it ends when its parent is gone", async () => {
  // After a crash of `siegel up` it would hold port and store.
  const one = run(["--config", configFile()]);
  await certify(one);
  await one.has("ready");
  one.child.disconnect();
  expect((await one.ended).code).toBe(0);
});

test.each([
  ["no configuration", () => [], "usage: headend --config FILE"],
  ["an unknown option", () => ["--port", "1"], "usage: headend --config FILE"],
  [
    "a file that is not there",
    () => ["--config", join(world.folder, "no.json")],
    "no.json cannot be read (no-such-file)",
  ],
  [
    "a file that is no JSON",
    () => {
      writeFileSync(join(world.folder, "x.json"), "version: 1");
      return ["--config", join(world.folder, "x.json")];
    },
    "this is no JSON",
  ],
  ["a wrong field", () => ["--config", configFile({ zone: "Nowhere/Else" })], "zone is in no tz database"],
  [
    "no root",
    () => ["--config", configFile({ trust: { root: join(world.folder, "no.pem"), chain: [], crls: world.folder } })],
    "no.pem holds no certificate",
  ],
  [
    "a portal that is not built",
    () => ["--config", configFile({ portal: { host: "127.0.0.1", port: 0, files: world.folder } })],
    "no index.html",
    3, // the keys come first: there is no certificate either
  ],
  [
    "a store of a later version",
    () => {
      mkdirSync(join(world.folder, "data"));
      const db = new DatabaseSync(join(world.folder, "data/headend.sqlite"));
      db.exec("pragma user_version = 7; pragma application_id = 1397181544");
      db.close();
      return ["--config", configFile()];
    },
    "the store has version 7",
  ],
  [
    "a security module that is damaged",
    () => {
      mkdirSync(join(world.folder, "data/module"), { recursive: true, mode: 0o700 });
      writeFileSync(join(world.folder, "data/module/security-module.sqlite"), "x".repeat(5_000), { mode: 0o600 });
      return ["--config", configFile()];
    },
    "data/module is damaged: bring back a copy",
  ],
])("%s is one line and exit 2", async (_, args, says, code = 2) => {
  // A service manager would start it again and again, and nobody would know why.
  const { ended, child, has } = run(args());
  if (code === 3) {
    await certify({ child, ended, has, told: [] });
    expect(await ended).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
    return;
  }
  const { code: ended2, stderr } = await ended;
  expect(ended2).toBe(2);
  const lines = stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("{"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(says);
});

test("a port in use is one line and exit 2", async () => {
  // Two of them would be half up.
  const blocker = createServer();
  await new Promise<void>((done) => blocker.listen(0, "127.0.0.1", done));
  const { port } = blocker.address() as AddressInfo;
  const one = run(["--config", configFile({ portal: { host: "127.0.0.1", port, files: null } })]);
  await certify(one);
  const { code, stderr } = await one.ended;
  expect(code).toBe(2);
  expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
  await new Promise((done) => blocker.close(done));
});
