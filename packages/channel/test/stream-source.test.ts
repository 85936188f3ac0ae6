import { Duplex, PassThrough, Readable } from "node:stream";

import { expect, onTestFinished, test, vi } from "vitest";

import { StreamLine, StreamSource } from "../src/stream-source.ts";
import { allOf, failureOf } from "./reading.ts";

test("a slow reader slows the line: no more is fetched than one reader's cushion", async () => {
  // Wrong: a meter's concentrator fills the memory of whoever verifies slower than it sends.
  let fetched = 0;
  const stream = new Readable({
    highWaterMark: 4_096,
    read() {
      fetched += 1_024;
      this.push(new Uint8Array(1_024));
    },
  });
  const chunks = sourceOf(stream).chunks();
  await chunks.next();
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  expect(fetched).toBeLessThanOrEqual(3 * 4_096);
  await chunks.return();
});

test("silence while we wait is an error; the reader's own work is not silence", async () => {
  // Wrong: a dead head looks like a meter at rest, or a slow verification like a dead head.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const stream = new PassThrough();
  const chunks = sourceOf(stream, { silenceTimeoutMs: 1_000 }).chunks();
  stream.write(Uint8Array.of(1));
  expect((await chunks.next()).value).toEqual(Uint8Array.of(1));
  vi.advanceTimersByTime(10_000);
  stream.write(Uint8Array.of(2));
  expect((await chunks.next()).value).toEqual(Uint8Array.of(2));
  const next = failureOf(chunks.next());
  await new Promise(setImmediate);
  vi.advanceTimersByTime(999);
  expect(stream.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await next).toMatchObject({ code: "silent", blame: "environment", passing: true });
});

test("no timer stays behind", async () => {
  // Wrong: a program that has read its file waits another minute before it ends.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  await allOf(sourceOf(Readable.from([Uint8Array.of(1)]), { silenceTimeoutMs: 60_000 }).chunks());
  expect(vi.getTimerCount()).toBe(0);
});

test("a stream that breaks before anybody reads is found when somebody does", async () => {
  // Wrong: a line that breaks in a quiet moment ends the whole process.
  const stream = new PassThrough();
  const source = sourceOf(stream);
  stream.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  await new Promise(setImmediate);
  expect(await failureOf(allOf(source.chunks()))).toMatchObject({ code: "line-lost" });
});

test("a stream destroyed under its reader without a reason is a lost line", async () => {
  // Wrong: an unplugged port looks like the orderly end of a file.
  const stream = new PassThrough();
  const reading = failureOf(allOf(sourceOf(stream).chunks()));
  stream.destroy();
  expect(await reading).toMatchObject({ code: "line-lost" });
});

test("an end is an end for a file, and a loss for a port", async () => {
  // Wrong: a port that hangs up is never opened again.
  expect(await allOf(sourceOf(ended()).chunks())).toEqual(Uint8Array.of(1));
  expect(await failureOf(allOf(sourceOf(ended(), { endless: true }).chunks()))).toMatchObject({ code: "line-lost" });
});

test.each(["close", "abort"])(
  "%s while a chunk is awaited ends the loop without error, and frees the line",
  async (how) => {
    // Wrong: Ctrl-C hangs until the meter speaks again.
    const stream = new PassThrough();
    const stop = new AbortController();
    const release = vi.fn<() => Promise<void>>(async () => {});
    const source = sourceOf(stream, { endless: true, release });
    const reading = allOf(source.chunks(stop.signal));
    if (how === "close") await source.close();
    else stop.abort();
    expect((await reading).length).toBe(0);
    expect(stream.destroyed).toBe(true);
    expect(release).toHaveBeenCalledTimes(1);
  },
);

test("a signal that was aborted before the loop begins lets no byte through", async () => {
  // Wrong: a program stopped while its port was opened reads on for ever.
  expect((await allOf(sourceOf(ended()).chunks(AbortSignal.abort()))).length).toBe(0);
});

test("leaving the loop frees the line and forgets the signal", async () => {
  // Wrong: each of a service's reconnects leaves a listener and a descriptor behind.
  const stream = new PassThrough();
  const stop = new AbortController();
  const forget = vi.spyOn(stop.signal, "removeEventListener");
  stream.write(Uint8Array.of(1));
  for await (const chunk of sourceOf(stream).chunks(stop.signal)) {
    expect(chunk).toEqual(Uint8Array.of(1));
    break;
  }
  expect(stream.destroyed).toBe(true);
  expect(forget).toHaveBeenCalled();
});

test("an unknown error of the system is ours, with the cause kept", async () => {
  // Wrong: a rare errno escapes every handler.
  const cause = Object.assign(new Error("strange"), { code: "ESTRANGE" });
  const stream = new PassThrough();
  const reading = failureOf(allOf(sourceOf(stream).chunks()));
  stream.destroy(cause);
  const error = await reading;
  expect(error).toMatchObject({ code: "io-failed", source: "test" });
  expect(error.cause).toBe(cause);
});

function ended(): Readable {
  return Readable.from([Uint8Array.of(1)]);
}

function sourceOf(
  stream: Readable,
  parts: { silenceTimeoutMs?: number; endless?: boolean; release?: () => Promise<void> } = {},
): StreamSource {
  return new StreamSource({ description: "test", address: "test", stream, ...parts });
}

test("a write that falls into the end of the line is lost, not waited for", async () => {
  // Wrong: a client that asks a meter hangs for ever when the adapter is unplugged in that moment.
  const stream = new Duplex({ read() {}, write() {} }); // takes a write and never answers for it
  const line = new StreamLine({ description: "line", address: "line", stream });
  const writing = failureOf(line.write(Uint8Array.of(1)));
  stream.destroy();
  expect(await writing).toMatchObject({ code: "line-lost" });
  expect(await failureOf(line.write(Uint8Array.of(2)))).toMatchObject({ code: "line-lost" });
  expect(stream.listenerCount("close")).toBe(0);
});
