import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { constants, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { Instant } from "@siegel/readings";
import { type TestContext, expect, test } from "vitest";
import { serveSmlMeter } from "../../src/index.ts";
import { objects } from "../../src/sml/objects.ts";
import { PseudoTerminal } from "../../src/sml/pseudo-terminal.ts";
import { asks, meterAfter, noon, virtualMeter } from "./asking.ts";
import { eventually, HandTicker, Listener } from "./lines.ts";

const hasScript = spawnSync("script", ["--version"]).error === undefined;
function needsScript({ skip }: TestContext): void {
  skip(!hasScript, "a pseudo terminal needs `script` of util-linux");
}

const profile = { path: [objects.loadProfile] };

/** Opens the path as a program opens a serial line. */
function opened(path: string): { heard: Listener; write: (bytes: Uint8Array) => void; close: () => void } {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  const stream = new ReadStream(descriptor);
  const heard = new Listener();
  stream.on("data", (chunk: Uint8Array) => heard.take(chunk));
  stream.on("error", () => {}); // the meter hung up
  return { heard, write: (bytes) => void writeSync(descriptor, bytes), close: () => stream.destroy() };
}

test("a program that opens the path hears the meter and may ask, however the request was cut", async (context) => {
  // A reader for serial lines could not be tried without a meter in the cellar.
  needsScript(context);
  const ticker = new HandTicker();
  const meter = virtualMeter();
  meter.advance(noon + 3 * 900);
  const running = await serveSmlMeter({ pty: true, seed: 7, meter, ticker });
  const line = opened(running.ptyPath ?? "");
  ticker.pass(1_000);
  await line.heard.until((events) => events.length === 1);
  for (const byte of asks().getProfilePack(profile).toBytes()) line.write(Uint8Array.of(byte));
  await line.heard.until((events) => events.length === 4);
  ticker.pass(1_000);
  await line.heard.until((events) => events.length === 5);
  expect(line.heard.telegrams).toBe("vlllv");
  line.close();
  await running.close();
});

test("every octet passes both ways unchanged", async (context) => {
  // Files with an octet 03, 0d or 11 would be damaged, and only those.
  needsScript(context);
  const meter = meterAfter(0);
  const terminal = await PseudoTerminal.open(meter, { now: () => 0 });
  const line = opened(terminal.path);
  const every = Uint8Array.from({ length: 256 }, (_, index) => index);
  const request = asks({ clientId: every.slice(0, 128), reqFileId: every.slice(128) }).getList(objects.power);
  line.write(request.toBytes());
  await line.heard.until((events) => events.length === 1);
  expect(line.heard.telegrams).toBe("r");
  line.close();
  await terminal.close();
});

test(
  "what nobody reads is thrown away: who opens the line later hears the present",
  { timeout: 30_000 },
  async (context) => {
    // The kernel would keep the first minute for a reader who comes after an hour, and then the meter would hang.
    needsScript(context);
    const virtual = virtualMeter();
    const meter = meterAfter(0, { meter: virtual, time: "local" });
    let now = 0;
    const terminal = await PseudoTerminal.open(meter, { now: () => now });
    let pushed = 0;
    const push = (file: Uint8Array) => {
      now += 1_000;
      terminal.push(file);
      pushed += file.length;
    };
    for (let second = 0; second < 60; second++) {
      virtual.advance(virtual.second + 1);
      push(meter.pushFile() ?? new Uint8Array(0));
      await eventually(() => (push(new Uint8Array(0)), terminal.unreadBytes === pushed));
    }
    virtual.advance(virtual.second + 1);
    push(meter.pushFile() ?? new Uint8Array(0));
    const line = opened(terminal.path);
    await line.heard.until((events) => events.length === 1);
    const [first] = line.heard.events;
    expect(first?.kind === "telegram" && first.telegram.at?.toJSON()).toBe(
      Instant.ofEpochSeconds(virtual.clock).toJSON(),
    );
    line.close();
    await terminal.close();
  },
);

test("close ends the child, and so does the death of the process", { timeout: 30_000 }, async (context) => {
  // Each run would leave a process behind.
  needsScript(context);
  const terminal = await PseudoTerminal.open(meterAfter(0), { now: () => 0 });
  terminal.push(new Uint8Array(1_000)); // not read by anyone
  const { pid = 0 } = terminal;
  expect(isAlive(pid)).toBe(true);
  await terminal.close();
  expect(isAlive(pid)).toBe(false);

  const parent = spawn(process.execPath, ["--input-type=module", "--eval", serveAndTell], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(parent.stdout, "data")) as [Uint8Array]; // of a readable stream
  const child = Number(new TextDecoder().decode(said));
  expect(isAlive(child)).toBe(true);
  parent.kill("SIGKILL");
  await eventually(() => !isAlive(child));
});

test("without the command the meter says what is missing, and frees the port", async () => {
  // The user would see that a file was not found, and no word which.
  const { PATH } = process.env;
  process.env["PATH"] = "/nonexistent";
  try {
    const refused = serveSmlMeter({ port: 0, pty: true, seed: 7, meter: virtualMeter(), ticker: new HandTicker() });
    await expect(refused).rejects.toMatchObject({ code: "no-pseudo-terminal", blame: "environment" });
  } finally {
    process.env["PATH"] = PATH;
  }
});

const serveAndTell = `
  import { PseudoTerminal } from "../../src/sml/pseudo-terminal.ts";
  const terminal = await PseudoTerminal.open({ answer() {} }, { now: () => 0 });
  console.log(terminal.pid);
  setInterval(() => {}, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process: that is the answer
  }
}
