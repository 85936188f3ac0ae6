import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { needs } from "../../../scripts/testing/needs.ts";
import { openSource } from "../src/index.ts";
import { allOf, failureOf, firstOf } from "./reading.ts";

const telegram = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31) & 0xff);

test.each([0, 1, 65_536, 65_537, 200_000])("a file of %i bytes is read whole", async (byteLength) => {
  // Wrong: the last telegram of a capture is missing.
  const file = join(folder(), "capture.bin");
  writeFileSync(file, telegram.subarray(0, byteLength));
  const source = await openSource(file);
  expect(source.description).toBe(file);
  expect("write" in source).toBe(false);
  expect(equal(await allOf(source.chunks()), telegram.subarray(0, byteLength))).toBe(true);
});

test("chunks are plain arrays that keep their bytes", async () => {
  // Wrong: a decoder that keeps a view finds other bytes in it a moment later.
  const file = join(folder(), "capture.bin");
  writeFileSync(file, telegram);
  const kept: Uint8Array[] = [];
  for await (const chunk of (await openSource(file)).chunks()) kept.push(chunk);
  expect(kept.length).toBeGreaterThan(1);
  expect(kept.every((chunk) => chunk.constructor === Uint8Array)).toBe(true);
  expect(equal(Uint8Array.from(kept.flatMap((chunk) => [...chunk])), telegram)).toBe(true);
});

test("what cannot be read is refused by name when it is opened", async () => {
  // Wrong: a user learns “EISDIR” or nothing, and only after the first byte.
  const place = folder();
  expect(await failureOf(openSource(place))).toMatchObject({ code: "is-a-directory", blame: "caller" });
  expect(await failureOf(openSource(join(place, "none")))).toMatchObject({ code: "no-such-file" });
  writeFileSync(join(place, "file"), "");
  expect(await failureOf(openSource(join(place, "file", "below")))).toMatchObject({ code: "no-such-file" });
  expect(await failureOf(openSource("x".repeat(5_000)))).toMatchObject({ code: "no-such-file" });
});

test("a missing file that looks like a host and port is answered with the address to write", async () => {
  // Wrong: the most likely slip of the first minute costs an hour.
  expect((await failureOf(openSource("192.168.1.5:2000"))).hint).toContain("tcp://192.168.1.5:2000");
  expect((await failureOf(openSource("meter.example:2000"))).hint).toContain("tcp://meter.example:2000");
});

test.skipIf(process.platform === "win32")("the name of a socket is no file", async () => {
  // Wrong: ENXIO on the screen.
  const name = join(folder(), "socket");
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(name, resolve));
  expect(await failureOf(openSource(name))).toMatchObject({ code: "not-readable" });
});

test.skipIf(process.platform === "win32")(
  "a file without right to read is refused, also in a closed folder",
  async () => {
    // Wrong: a user looks for a fault in the meter instead of in his rights.
    const place = folder();
    const file = join(place, "secret");
    writeFileSync(file, "x");
    chmodSync(file, 0);
    chmodSync(place, 0o755);
    await asOrdinaryUser(async () => {
      expect(await failureOf(openSource(file))).toMatchObject({ code: "permission-denied", blame: "environment" });
    });
    chmodSync(place, 0);
    await asOrdinaryUser(async () => {
      expect(await failureOf(openSource(file))).toMatchObject({ code: "permission-denied" });
    });
    chmodSync(place, 0o700);
  },
);

test("a file above the limit is refused before it is read; of that length, not", async () => {
  // Wrong: a disk image given by mistake is read for hours.
  const file = join(folder(), "capture.bin");
  writeFileSync(file, telegram);
  expect(await failureOf(openSource(file, { maxBytes: telegram.length - 1 }))).toMatchObject({ code: "too-long" });
  const source = await openSource(file, { maxBytes: telegram.length });
  expect((await allOf(source.chunks())).length).toBe(telegram.length);
});

test("a file that grows above the limit while it is read is refused", async () => {
  // Wrong: the limit holds only for honest files; those of /proc say that they are empty.
  const file = join(folder(), "capture.bin");
  writeFileSync(file, telegram.subarray(0, 10));
  const source = await openSource(file, { maxBytes: 10 });
  writeFileSync(file, telegram.subarray(0, 11));
  expect(await failureOf(allOf(source.chunks()))).toMatchObject({ code: "too-long" });
});

test("memory does not grow with the file", async () => {
  // Wrong: a capture of a year ends the process.
  const file = join(folder(), "huge.bin");
  writeFileSync(file, "");
  truncateSync(file, 400 * mebibyte);
  const before = process.memoryUsage().arrayBuffers;
  let [byteLength, peak] = [0, 0];
  for await (const chunk of (await openSource(file)).chunks()) {
    byteLength += chunk.length;
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  }
  expect(byteLength).toBe(400 * mebibyte);
  expect(peak).toBeLessThan(150 * mebibyte);
});

test("a source is read once; closing twice is closing once; a closed one ends without error", async () => {
  // Wrong: a second reader gets every other chunk, or a tidy end looks like a fault.
  const file = join(folder(), "capture.bin");
  writeFileSync(file, telegram);
  const source = await openSource(file);
  await firstOf(source.chunks(), 1);
  expect(await failureOf(allOf(source.chunks()))).toMatchObject({ code: "already-read", blame: "bug" });
  await source.close();
  await source.close();
  const closed = await openSource(file);
  await closed.close();
  expect((await allOf(closed.chunks())).length).toBe(0);
});

test("an aborted signal ends the reading without error, and refuses an opening", async () => {
  // Wrong: Ctrl-C prints a stack trace.
  const file = join(folder(), "capture.bin");
  writeFileSync(file, telegram);
  const stop = new AbortController();
  const chunks = (await openSource(file)).chunks(stop.signal)[Symbol.asyncIterator]();
  expect((await chunks.next()).done).toBe(false);
  stop.abort();
  expect((await chunks.next()).done).toBe(true);
  expect(await failureOf(openSource(file, { signal: stop.signal }))).toMatchObject({ code: "aborted" });
});

test.skipIf(process.platform === "win32")("/dev/null is a file without bytes, not a broken serial port", async () => {
  // Wrong: the emptiest input is answered with advice on baud rates.
  expect((await allOf((await openSource("/dev/null")).chunks())).length).toBe(0);
});

needs("mkfifo")("a named pipe waits for its writer and ends with it", async () => {
  // Wrong: a reader that starts before its writer sees an empty line, or blocks the process for ever.
  const pipe = fifo();
  const source = await openSource(pipe);
  const reading = allOf(source.chunks());
  const writer = await open(pipe, "w");
  await writer.writeFile(telegram);
  await writer.close();
  expect(equal(await reading, telegram)).toBe(true);
});

needs("mkfifo")("a named pipe without a writer can be left", async () => {
  // Wrong: a program that waits on a pipe cannot be ended.
  const stop = new AbortController();
  const source = await openSource(fifo());
  const reading = allOf(source.chunks(stop.signal));
  stop.abort();
  expect((await reading).length).toBe(0);
});

needs("mkfifo")("a limit holds for a pipe too", async () => {
  // Wrong: `yes | siegel read` with a limit never ends.
  const pipe = fifo();
  const reading = failureOf(allOf((await openSource(pipe, { maxBytes: 100 })).chunks()));
  const writer = await open(pipe, "w");
  await writer.write(telegram.subarray(0, 101));
  expect(await reading).toMatchObject({ code: "too-long" });
  await writer.close();
});

test("“-” is standard input, and neither it nor a file loads the driver for serial ports", async () => {
  // Wrong: where no native module runs, nothing can be read at all.
  const door = JSON.stringify(new URL("../src/index.ts", import.meta.url).href);
  const program = `
    import { createRequire } from "node:module";
    import { openSource } from ${door};
    let byteLength = 0;
    for await (const chunk of (await openSource("-")).chunks()) byteLength += chunk.length;
    const drivers = Object.keys(createRequire(${door}).cache).filter((name) => name.includes("serialport"));
    console.log(JSON.stringify({ byteLength, drivers: drivers.length }));`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(telegram);
  const answer = new TextDecoder().decode(await allOf(child.stdout));
  expect(JSON.parse(answer)).toEqual({ byteLength: telegram.length, drivers: 0 });
});

test.skipIf(!existsSync("/dev/urandom"))("a device that is no serial port is read like a file", async () => {
  // Wrong: whoever names it is told to mend the baud rate.
  const source = await openSource("/dev/urandom");
  expect("write" in source).toBe(false);
  expect((await firstOf(source.chunks(), 16)).length).toBeGreaterThanOrEqual(16);
});

function folder(): string {
  const place = mkdtempSync(join(tmpdir(), "siegel-channel-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  return place;
}

/** Root may read all: as root, the work is done as the user "nobody". */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

function fifo(): string {
  const pipe = join(folder(), "pipe");
  spawnSync("mkfifo", [pipe]);
  return pipe;
}

/** Compared by hand: a matcher that prints 200,000 differing bytes helps nobody. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

const mebibyte = 2 ** 20;
