/**
 * `siegel up` as a stranger meets it: real processes, the portal over HTTP, a proof that is checked offline.
 *
 * One start serves many questions: each costs seconds of two cores.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { concatBytes } from "@siegel/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataFolder } from "../../src/up/data-folder.ts";
import { exampleEntries, fileOf, push, siegel } from "../support.ts";

const command = fileURLToPath(new URL("../../bin/siegel.mjs", import.meta.url));
const folder = join(mkdtempSync(join(tmpdir(), "siegel-up-")), "data");
const replayed = "0a01445a4700039e2055";

/** `siegel up` in a process, and what it has said so far. */
class Up {
  readonly process: ChildProcess;
  out = "";
  err = "";
  readonly closed: Promise<number | null>;
  #wake = () => {};

  constructor(...args: readonly string[]) {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    this.process = spawn(process.execPath, [command, "up", ...args], { stdio: [...stdio], detached: true });
    this.process.stdout!.on("data", (chunk) => ((this.out += chunk), this.#wake()));
    this.process.stderr!.on("data", (chunk) => ((this.err += chunk), this.#wake()));
    this.closed = once(this.process, "close").then(([code]) => {
      this.#wake();
      return code;
    });
  }

  /** The first match in what it said, waited for. */
  async said(pattern: RegExp, where: "out" | "err" = "out"): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[where]);
      if (match !== null) return match;
      if (this.process.exitCode !== null) throw new Error(`up ended with ${this.process.exitCode}: ${this.err}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** As Ctrl-C in a terminal does it: to the whole group of processes. */
  async end(): Promise<number | null> {
    process.kill(-this.process.pid!, "SIGINT");
    return this.closed;
  }
}

/** A person with a browser. */
class Browser {
  readonly #origin: string;
  readonly cookie: string;

  private constructor(origin: string, cookie: string) {
    this.#origin = origin;
    this.cookie = cookie;
  }

  static async signIn(link: string): Promise<{ status: number; browser: Browser }> {
    const { origin, hash } = new URL(link);
    const response = await fetch(`${origin}/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ token: hash.slice("#token=".length) }),
    });
    const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
    return { status: response.status, browser: new Browser(origin, cookie) };
  }

  at(origin: string): Browser {
    return new Browser(origin, this.cookie);
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.#origin}${path}`, { headers: { cookie: this.cookie } });
  }

  async json(path: string): Promise<any> {
    // any: the test says what it expects
    const response = await this.get(path);
    expect(response.status, path).toBe(200);
    return response.json();
  }

  async imported(meter: string, obis = "1-0:1.8.0*255"): Promise<any[]> {
    const [from, to] = [Date.now() - 25 * 3_600_000, Date.now()].map((ms) => new Date(ms).toISOString());
    const query = new URLSearchParams({ obis, from: from!, to: to! });
    return (await this.json(`/v1/meters/${meter}/series?${query.toString()}`)).values;
  }
}

let up: Up;
let link: string;
let browser: Browser;
beforeAll(async () => {
  const capture = await fileOf(concatBytes(push({ valList: exampleEntries }), push({ valList: exampleEntries })));
  up = new Up("--data", folder, "--port", "0", "--meters", "1", "--replay", capture);
  [, link = ""] = await up.said(/^portal +(http:\S+)$/m);
  ({ browser } = await Browser.signIn(link));
});
afterAll(async () => {
  if (up.process.exitCode === null) await up.end();
});

test("it says how long the first verified reading took, the root, and the address last", () => {
  // `npm start` is the first thing that anybody runs: he has to see that it works, whom he trusts, and where to go.
  expect(up.out).toMatch(
    /first verified reading after \d+\.\d s\n\ntrust root +SHA-256 [0-9a-f]{64}\nportal +http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}\n/,
  );
  expect(up.err).toBe("");
});

test("the link works once; a fresh one is for whom it was asked for, and the neighbour sees his own meter only", async () => {
  // A link in a browser's history would open the house for whoever finds it, and one lab user sees all of them.
  expect((await Browser.signIn(link)).status).toBe(401);
  const mine = (await browser.json("/v1/me")).meters.map(({ id }: { id: string }) => id);
  expect(mine).toHaveLength(6); // two households, three radio meters, one replayed
  expect(mine).toContain(replayed);
  const { out } = await siegel(["link", "--data", folder, "--for", "neighbour-1"]);
  const neighbour = (await Browser.signIn(out.trim())).browser;
  const his = (await neighbour.json("/v1/me")).meters.map(({ id }: { id: string }) => id);
  expect(his).toHaveLength(1);
  expect(mine).not.toContain(his[0]);
  for (const id of mine) expect((await neighbour.get(`/v1/meters/${id}`)).status).toBe(404);
  expect((await siegel(["link", "--data", folder, "--for", "mallory"])).code).toBe(1);
});

test("a day of history is there, and its proof holds offline for siegel verify, and not for a changed block", async () => {
  // The promise of the whole system: check it yourself, without asking us.
  const { meters } = await browser.json("/v1/me");
  const virtual = meters.find(({ id }: { id: string }) => id !== replayed);
  let values: any[] = [];
  while (values.filter(({ value }) => value !== null).length < 90) values = await browser.imported(virtual.id);
  const { blockId } = values.find(({ value }) => value !== null);
  const response = await browser.get(`/v1/blocks/${blockId}/proof`);
  expect(response.headers.get("content-disposition")).toContain(".siegel-proof");
  const proof = await fileOf(new Uint8Array(await response.arrayBuffer()), "day.siegel-proof");
  const root = join(folder, "pki", "root.pem");
  const verified = await siegel(["verify", proof, "--root", root]);
  expect(verified.out).toContain("Every step holds");
  expect(verified.code).toBe(0);
  const { bytes } = await browser.json(`/v1/blocks/${blockId}`);
  const block = Buffer.from(bytes, "base64");
  expect((await siegel(["verify", proof, "--root", root, "--block", await fileOf(block, "block")])).code).toBe(0);
  block[block.length - 1]! ^= 1;
  expect((await siegel(["verify", proof, "--root", root, "--block", await fileOf(block, "block")])).code).toBe(1);
});

test.each([
  ["gas", "03", "7-0:3.0.0*255", "m3", "authenticated"],
  ["water", "07", "8-0:1.0.0*255", "m3", "encrypted"],
  ["heat", "04", "6-0:1.0.0*255", "Wh", "authenticated"],
])("a %s meter is heard by radio, and its reading has a proof like any other", async (_, type, obis, unit, trust) => {
  // What comes over the air would be believed less, or more, than the seal around it says.
  const { meters } = await browser.json("/v1/me");
  const meter = meters.find(({ id }: { id: string }) => id.startsWith("01ec4c") && id.endsWith(type));
  let values: any[] = [];
  while (values.length === 0) values = await browser.imported(meter.id, obis);
  const { blockId, trust: protectedBy } = values[0];
  expect(protectedBy).toBe(trust);
  const { registers } = await browser.json(`/v1/meters/${meter.id}`);
  expect(registers).toContainEqual(expect.objectContaining({ obis, unit, kind: "total" }));
  const response = await browser.get(`/v1/blocks/${blockId}/proof`);
  const proof = await fileOf(new Uint8Array(await response.arrayBuffer()), "radio.siegel-proof");
  const verified = await siegel(["verify", proof, "--root", join(folder, "pki", "root.pem")]);
  expect(verified.out).toContain("Every step holds");
});

test("a second up on the same folder is refused and leaves the first alone", async () => {
  // Two gateways would count with one counter.
  const second = new Up("--data", folder, "--port", "0");
  expect(await second.closed).toBe(1);
  expect(second.out).toBe("");
  expect(second.err).toMatch(/^siegel: another siegel up runs on \S+; .*\n$/);
  expect((await browser.get("/v1/me")).status).toBe(200);
});

test("a program that dies is named and started again, and deliveries go on", async () => {
  // A lab without its gateway looks like a house without electricity.
  const before = await deliveries();
  for (const [name, script] of [
    ["gateway", "gateway/src/main.ts"],
    ["head-end", "headend/src/main.ts"],
    ["meter-household", "meters/household.json"],
    ["pki", "pki serve"],
  ] as const) {
    const [pid] = processesOf(folder).filter(({ command }) => command.includes(script));
    process.kill(pid!.pid, "SIGKILL");
    await up.said(new RegExp(`the ${name} ended \\(signal SIGKILL\\) and is started again in 0\\.25 s`), "err");
  }
  // The head-end may still be on its way back: no answer is none yet.
  while ((await deliveries().catch(() => before)) <= before + 2)
    await new Promise((resolve) => setTimeout(resolve, 100));
});

test("a link that is asked for while the head-end is away comes when it is back, and so does the next", async () => {
  // Each lost question took the answer of the next: until the end of the lab nobody got a link.
  const [headend] = processesOf(folder).filter(({ command }) => command.includes("headend/src/main.ts"));
  process.kill(headend!.pid, "SIGKILL");
  for (let count = 0; count < 2; count++) {
    expect(await siegel(["link", "--data", folder])).toMatchObject({ code: 0, err: "" });
  }
});

test("Ctrl-C ends everything in order; the next start goes on, with the browser still signed in and the same values", async () => {
  // What a person has seen must be there again; what he has stopped must not run on.
  const [{ id }] = (await browser.json("/v1/me")).meters.filter(({ id }: { id: string }) => id !== replayed);
  const before = await browser.imported(id);
  const port = new URL(link).port;
  expect(await up.end()).toBe(0);
  expect(up.out).toContain("goes on with the same data");
  expect(processesOf(folder)).toEqual([]);

  up = new Up("--data", folder, "--port", port, "--meters", "1");
  await up.said(/^portal +http/m);
  expect((await browser.json("/v1/me")).name).toBe("Lab household");
  const after = await browser.imported(id);
  const known = new Map(after.map(({ at, value }) => [at, value]));
  for (const { at, value } of before) if (value !== null && known.has(at)) expect(known.get(at), at).toBe(value);
  expect(before.filter(({ at, value }) => value !== null && known.has(at)).length).toBeGreaterThan(80);
  expect(await up.end()).toBe(0);
  expect(up.err).toBe("");
  for (const name of readdirSync(join(folder, "logs"))) {
    expect(readFileSync(join(folder, "logs", name), "utf8"), name).not.toMatch(/PRIVATE KEY|token/i);
  }
});

test("a killed up leaves no process behind, and the folder can be used at once", async () => {
  // A gateway that nobody knows of holds its data and its meters until the machine restarts.
  up = new Up("--data", folder, "--port", "0");
  await up.said(/head-end/);
  up.process.kill("SIGKILL");
  await up.closed;
  while (processesOf(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  up = new Up("--data", folder, "--port", "0");
  await up.said(/^portal +http/m);
  expect(await up.end()).toBe(0);
});

test("Ctrl-C before the first reading ends at once", async () => {
  // It waited on for the reading that would not come, and complained of it after its end.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-up-")), "data");
  const early = new Up("--data", path, "--port", "0");
  await early.said(/household on/);
  expect(await early.end()).toBe(0);
  expect(early.err).toBe("");
});

// --- what it refuses -------------------------------------------------------------------------------------------------

test("data of another version, a folder of something else and a taken port are refused in one line", async () => {
  // An older program must not touch what a newer one wrote; and nobody reads a stack.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-up-")), "data");
  DataFolder.open(path).close();
  writeFileSync(join(path, "version"), "9\n");
  const other = await siegel(["up", "--data", path]);
  expect(other).toMatchObject({ code: 2, out: "", err: expect.stringMatching(/^siegel: .*version 9.*--data\n$/) });
  const busy = createServer().listen(0, "127.0.0.1");
  await once(busy, "listening");
  const { port } = busy.address() as { port: number }; // a TCP server's address is an object
  const taken = await siegel(["up", "--data", join(path, "..", "new"), "--port", `${port}`]);
  expect(taken).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/^siegel: port \d+ is taken; .*\n$/) });
  busy.close();
});

test("a program whose data is damaged ends it at once, with one line that says what to do", async () => {
  // The lab stood for a quarter of a minute with nothing in it, and then said that no reading had come.
  const data = join(mkdtempSync(join(tmpdir(), "siegel-up-damaged-")), "data");
  DataFolder.open(data).close();
  mkdirSync(join(data, "headend/module"), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, "headend/module/security-module.sqlite"), "x".repeat(5_000), { mode: 0o600 });
  const up = new Up("--data", data, "--port", "0");
  await up.said(/the head-end ended \(exit code 2\) and is not started again/, "err");
  const toldMs = performance.now();
  expect(await up.closed).toBe(1);
  expect(performance.now() - toldMs).toBeLessThan(10_000);
  expect(up.err).toMatch(/siegel: the head-end does not start .* is damaged: bring back a copy/);
  expect(up.err).not.toContain("no reading has been verified yet");
});

test("a folder where a file of ours should be is told in one line", async () => {
  // A stack tells nobody what to mend.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-up-")), "data");
  DataFolder.open(path).close();
  mkdirSync(join(path, "control.sock"));
  const { code, err } = await siegel(["up", "--data", path, "--port", "0"]);
  expect(code).toBe(1);
  expect(err).toMatch(/^siegel: .*control\.sock; mend that, .*--data\n$/);
});

test.each([
  [["up", "--meters", "-1"]],
  [["up", "--meters", "51"]],
  [["up", "--port", "99999"]],
  [["up", "x"]],
  [["link", "--for"]],
])("%j is wrong usage", async (args) => {
  // A script must be able to tell its own mistake from a lab that does not start.
  const { code, out, err } = await siegel(args);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: \S.*\n$/);
});

test("a capture without a telegram is refused before anything is started", async () => {
  // The person would wait for a meter that never speaks.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-up-")), "data");
  const { code, out, err } = await siegel(["up", "--data", path, "--port", "0", "--replay", await fileOf("no meter")]);
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: no telegram in .*\n$/);
});

async function deliveries(): Promise<number> {
  const [{ id }] = (await browser.json("/v1/me")).meters;
  const { gateway } = await browser.json(`/v1/meters/${id}`);
  return (await browser.json(`/v1/gateways/${gateway.id}`)).deliveries.count;
}

/** Processes whose command line names the folder, but for this one and `up` itself. */
function processesOf(path: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(path) && !command.includes(" up ") ? [{ pid: Number(name), command }] : [];
      } catch {
        return []; // it has just ended
      }
    });
}
