import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import type { Readable, Writable } from "node:stream";

import { expect, onTestFinished, test, vi } from "vitest";

import { needs } from "../../../scripts/testing/needs.ts";
import { type ByteLine, openSource, SourceError, type SourceOptions } from "../src/index.ts";
import { parseLineSettings } from "../src/serial.ts";
import { allOf, failureOf, firstOf } from "./reading.ts";

test.each([
  ["9600-8N1", { baud: 9600, dataBits: 8, parity: "none", stopBits: 1 }],
  ["300-7E1", { baud: 300, dataBits: 7, parity: "even", stopBits: 1 }],
  ["115200", { baud: 115200, dataBits: 8, parity: "none", stopBits: 1 }],
  ["2400,8o2", { baud: 2400, dataBits: 8, parity: "odd", stopBits: 2 }],
  ["2400 8E1", { baud: 2400, dataBits: 8, parity: "even", stopBits: 1 }],
])("line settings %s", (text, settings) => {
  // Wrong: every character of the meter arrives damaged.
  expect(parseLineSettings(text)).toEqual(settings);
});

test.each([
  "",
  "fast",
  "0",
  "49-8N1",
  "9600-",
  "9600-9N1",
  "9600-8X1",
  "9600-8N3",
  "9600-8N1x",
  "-9600",
  "96e2",
  "99999999",
])("“%s” is no line setting", (text) => {
  // Wrong: a slip opens the port at another speed than meant.
  expect(() => parseLineSettings(text)).toThrow(SourceError);
});

test("a port that does not exist is refused by name, with advice", async () => {
  // Wrong: an unplugged adapter looks like a silent meter.
  for (const path of ["/dev/ttyUSB99", "COM99"]) {
    const error = await failureOf(openSource(path));
    expect(error).toMatchObject({ code: "no-such-file", source: path });
    expect(error.hint).not.toBe("");
  }
});

// `script` makes pseudo terminals. One pair serves one test: a hang-up of the one must not reach the other.
const onTerminal = needs("script");

onTerminal("every octet passes a port both ways", async () => {
  // Wrong: a terminal's habits (echo, line ends, Ctrl-S, Ctrl-D) eat bytes of the telegram.
  const { path, master } = await pseudoTerminal();
  const octets = Uint8Array.from({ length: 256 }, (_, at) => at);
  const line = await openLine(path);
  expect(line.description).toBe(`${path} (9600-8N1)`);
  const reading = firstOf(line.chunks(), octets.length);
  master.stdin.write(octets);
  expect(await reading).toEqual(octets);

  const again = await openLine(path);
  const received = firstOf(master.stdout, octets.length);
  await again.write(octets);
  expect(await received).toEqual(octets);
});

onTerminal("the port gets the stated speed", async () => {
  // Wrong: 300 baud was asked for, and 9600 is listened to.
  const { path } = await pseudoTerminal();
  const line = await openLine(path, { serial: "300-7E1" });
  expect(line.description).toBe(`${path} (300-7E1)`);
  expect(spawnSync("stty", ["-F", path], { encoding: "utf8" }).stdout).toMatch(/^speed 300 baud/);
  expect(await failureOf(openSource(path, { serial: "300-7Q1" }))).toMatchObject({ code: "bad-line-settings" });
});

onTerminal("an open port changes its speed and keeps the rest", async () => {
  // Wrong: a meter that was asked to talk faster is listened to at the old speed, or without its parity bit.
  const { path, master } = await pseudoTerminal();
  const line = await openLine(path, { serial: "2400-8E1" });
  const settings = () => spawnSync("stty", ["-F", path, "-a"], { encoding: "utf8" }).stdout;
  const before = settings();
  await line.setBaud?.(9_600);
  expect(settings()).toMatch(/^speed 9600 baud/);
  expect(settings().replace("speed 9600 baud", "speed 2400 baud")).toBe(before);
  const received = firstOf(master.stdout, 1);
  await line.write(Uint8Array.of(0x68));
  expect(await received).toEqual(Uint8Array.of(0x68));
  expect(await failureOf(Promise.resolve(line.setBaud?.(-1)))).toMatchObject({ code: "bad-line-settings" });
  await line.close();
  expect(await failureOf(Promise.resolve(line.setBaud?.(300)))).toMatchObject({ code: "line-lost" });
});

onTerminal("a port is ours alone until it is closed", async () => {
  // Wrong: two programs each get half of every telegram, and both report damaged meters.
  const { path } = await pseudoTerminal();
  const line = await openLine(path);
  const error = await failureOf(openSource(path));
  expect(error).toMatchObject({ code: "device-busy", blame: "environment", passing: true });
  expect(error.hint).toContain("vzlogger");
  await line.close();
  await (await openLine(path)).close();
});

onTerminal("a port that goes away is a lost line", async () => {
  // Wrong: after the adapter was unplugged the reader waits for ever, or spins.
  const { path, master } = await pseudoTerminal();
  const line = await openLine(path);
  const chunks = line.chunks()[Symbol.asyncIterator]();
  master.stdin.write(Uint8Array.of(1));
  expect((await chunks.next()).value).toEqual(Uint8Array.of(1));
  const next = failureOf(chunks.next());
  master.kill("SIGKILL");
  expect(await next).toMatchObject({ code: "line-lost", passing: true });
  expect(await failureOf(line.write(Uint8Array.of(1)))).toMatchObject({ code: "line-lost" });
});

for (const state of ["unread", "written to"]) {
  onTerminal(`a port that went away while ${state} is a lost line for who reads then`, async () => {
    // Wrong: the reader waits for an opening that never comes, or the driver uses a whole core on a port that is gone.
    const { path, master } = await pseudoTerminal();
    const line = await openLine(path);
    const gone = new Promise((resolve) => master.once("exit", resolve));
    master.kill("SIGKILL");
    await gone;
    if (state === "written to") {
      expect(await failureOf(line.write(Uint8Array.of(1)))).toMatchObject({ code: "line-lost" });
    }
    expect(await failureOf(allOf(line.chunks()))).toMatchObject({ code: "line-lost" });
  });
}

onTerminal("who answers the last telegram of a port that is gone learns so", async () => {
  // Wrong: a client that asks and waits hangs in its question, because the driver waits for the port to open again.
  const { path, master } = await pseudoTerminal();
  const line = await openLine(path);
  const gone = new Promise((resolve) => master.once("exit", resolve));
  master.stdin.write(Uint8Array.of(1));
  for await (const chunk of line.chunks()) {
    expect(chunk).toEqual(Uint8Array.of(1));
    master.kill("SIGKILL");
    await gone;
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(await failureOf(line.write(chunk))).toMatchObject({ code: "line-lost" });
    break;
  }
});

onTerminal("an abort frees the port", async () => {
  // Wrong: after Ctrl-C the port stays locked.
  const { path } = await pseudoTerminal();
  const stop = new AbortController();
  const reading = allOf((await openLine(path)).chunks(stop.signal));
  stop.abort();
  expect((await reading).length).toBe(0);
  await (await openLine(path)).close();
});

test("without its driver a port is refused by name", async () => {
  // Wrong: on a machine without a prebuilt driver the user sees a stack trace of a module loader.
  vi.doMock("serialport", () => {
    throw new Error("no prebuilt binary");
  });
  onTestFinished(() => vi.doUnmock("serialport"));
  const error = await failureOf(openSource("COM3"));
  expect(error).toMatchObject({ code: "serial-unavailable", blame: "environment", passing: false });
});

interface PseudoTerminal {
  readonly path: string;
  /** Its standard input and output are the meter's side of the line. */
  readonly master: ChildProcessByStdio<Writable, Readable, null>;
}

async function pseudoTerminal(): Promise<PseudoTerminal> {
  const master = spawn("script", ["-qec", "stty raw -echo; tty; exec sleep 60", "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  master.stdin.on("error", () => {}); // a killed `script` closes its end
  onTestFinished(() => void master.kill("SIGKILL"));
  const path = await new Promise<string>((resolve) => {
    let said = "";
    const listen = (bytes: Uint8Array): void => {
      said += new TextDecoder().decode(bytes);
      const name = /(\/dev\/\S+)\s*\n/.exec(said)?.[1];
      if (name === undefined) return;
      master.stdout.off("data", listen);
      resolve(name);
    };
    master.stdout.on("data", listen);
  });
  return { path, master };
}

async function openLine(path: string, options: SourceOptions = {}): Promise<ByteLine> {
  const source = await openSource(path, options);
  if (!("write" in source)) throw new Error("a port goes both ways");
  onTestFinished(() => source.close());
  return source;
}
