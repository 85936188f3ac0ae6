import fc from "fast-check";
import { expect, test } from "vitest";

import {
  type ByteSource,
  type LiveEvent,
  type ReconnectPolicy,
  type ReconnectPorts,
  SourceError,
  systemPorts,
  withReconnect,
} from "../src/index.ts";
import { backoffMs } from "../src/reconnect.ts";
import { RecordedLine } from "../src/testing.ts";
import { failureOf } from "./reading.ts";

const lost = new SourceError("line-lost", "meter");
const refused = new SourceError("connection-refused", "meter");
const [one, two, three] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];

test("a lost line is opened again, and the reader learns where something is missing", async () => {
  // Wrong: after a gap the two halves of different telegrams are glued together.
  const world = virtualWorld();
  const opens = script([[one, lost], refused, refused, [two], [three, "wait"]]);
  const events: LiveEvent[] = [];
  for await (const event of withReconnect(opens.open, {}, world.ports)) {
    events.push(event);
    if (event.event === "bytes" && event.bytes[0] === 3) break;
  }
  expect(events).toEqual([
    { event: "connected", description: "line 0" },
    { event: "bytes", bytes: one },
    { event: "lost", error: lost },
    { event: "reconnecting", attempt: 1, delayMs: 500, error: lost },
    { event: "reconnecting", attempt: 2, delayMs: 1_000, error: refused },
    { event: "reconnecting", attempt: 3, delayMs: 2_000, error: refused },
    { event: "connected", description: "line 3", gapMs: 3_500 },
    { event: "bytes", bytes: two },
    { event: "lost" },
    { event: "reconnecting", attempt: 1, delayMs: 500 },
    { event: "connected", description: "line 4", gapMs: 500 },
    { event: "bytes", bytes: three },
  ]);
  expect(opens.lines.every((line) => line.closed)).toBe(true);
});

test("the row of failures ends with a byte, not with a connection", async () => {
  // Wrong: a peer that accepts and hangs up at once is called without pause.
  const world = virtualWorld();
  const opens = script([[one, lost], [], [], [lost], [two, lost], []]);
  const error = await failureOf(run(withReconnect(opens.open, { maxAttempts: 4 }, world.ports)));
  expect(error.code).toBe("is-a-directory"); // the end of the script
  expect(world.waits).toEqual([500, 1_000, 2_000, 4_000, 500, 1_000]);
});

test("after the stated number of attempts the last error is thrown", async () => {
  // Wrong: a service hangs on a meter that was taken away, and nobody hears of it.
  const world = virtualWorld();
  const opens = script([[one, lost], refused, refused, refused]);
  const policy: ReconnectPolicy = { maxAttempts: 3 };
  expect(await failureOf(run(withReconnect(opens.open, policy, world.ports)))).toBe(refused);
  expect(world.waits).toEqual([500, 1_000, 2_000]);
  const quiet = script([[], []]);
  expect(await failureOf(run(withReconnect(quiet.open, { maxAttempts: 1 }, world.ports)))).toMatchObject({
    code: "line-lost",
    source: "line 1",
  });
});

test("the first opening must succeed, unless it is a service that asks", async () => {
  // Wrong: a mistyped address is tried for ever without a word, or a service dies because it started before the network.
  const world = virtualWorld();
  expect(await failureOf(run(withReconnect(script([refused]).open, {}, world.ports)))).toBe(refused);
  expect(world.waits).toEqual([]);
  const policy: ReconnectPolicy = { firstOpen: "retry", maxAttempts: 2 };
  const opens = script([refused, refused, refused]);
  expect(await failureOf(run(withReconnect(opens.open, policy, world.ports)))).toBe(refused);
  expect(world.waits).toEqual([500, 1_000]);
});

test("what no new try can heal is thrown at once", async () => {
  // Wrong: a directory is opened again every minute, and a programming error is hidden by retries.
  const world = virtualWorld();
  const directory = new SourceError("is-a-directory", "meter");
  const policy: ReconnectPolicy = { firstOpen: "retry" };
  expect(await failureOf(run(withReconnect(script([directory]).open, policy, world.ports)))).toBe(directory);
  const bug = new TypeError("not ours");
  await expect(run(withReconnect(() => Promise.reject(bug), policy, world.ports))).rejects.toBe(bug);
  expect(world.waits).toEqual([]);
});

test.each(["reading", "waiting"])("an abort while %s ends without error", async (when) => {
  // Wrong: a stopped service prints a fault, or waits out its minute.
  const stop = new AbortController();
  const world = virtualWorld((signal) => {
    stop.abort();
    expect(signal?.aborted).toBe(true);
  });
  const opens = script(when === "reading" ? [[one, "wait"]] : [[one, lost], refused]);
  const seen: string[] = [];
  for await (const event of withReconnect(opens.open, {}, world.ports, stop.signal)) {
    seen.push(event.event);
    if (when === "reading" && event.event === "bytes") stop.abort();
  }
  expect(seen).toEqual(when === "reading" ? ["connected", "bytes"] : ["connected", "bytes", "lost", "reconnecting"]);
  expect(opens.lines.every((line) => line.closed)).toBe(true);
});

test("an abort before the start opens nothing", async () => {
  // Wrong: a stopped program still seizes the port.
  const opens = script([]);
  await run(withReconnect(opens.open, {}, virtualWorld().ports, AbortSignal.abort()));
  expect(opens.lines).toEqual([]);
});

test("waits double up to the longest, spread over their upper half, and come again from the same seed", () => {
  // Wrong: a thousand readers of a restarted concentrator come back in the same instant.
  const policy: ReconnectPolicy = { firstDelayMs: 100, maxDelayMs: 1_000 };
  const schedule = (seed: number): number[] => {
    const random = seeded(seed);
    return Array.from({ length: 7 }, (_, at) => backoffMs(at + 1, policy, random()));
  };
  expect([1, 2, 3, 4, 5, 6].map((attempt) => backoffMs(attempt, policy, 0))).toEqual([50, 100, 200, 400, 500, 500]);
  expect(schedule(7)).toEqual(schedule(7));
  expect(schedule(7)).not.toEqual(schedule(8));
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fraction, (attempt, spread) => {
      const longest = Math.min(1_000, 100 * 2 ** (attempt - 1));
      const delayMs = backoffMs(attempt, policy, spread);
      expect(delayMs).toBeGreaterThanOrEqual(longest / 2);
      expect(delayMs).toBeLessThanOrEqual(longest);
    }),
  );
});

test("the real clock goes forward, an aborted wait is over, and the spread is in [0, 1)", async () => {
  // Wrong: a stopped service sits out its wait, or a wait becomes NaN.
  const before = systemPorts.clock.nowMs();
  await systemPorts.clock.sleep(1);
  await systemPorts.clock.sleep(3_600_000, AbortSignal.abort());
  expect(systemPorts.clock.nowMs()).toBeGreaterThan(before);
  const fraction = systemPorts.random.next();
  expect(fraction >= 0 && fraction < 1).toBe(true);
});

test("a recorded line keeps what is written, and refuses it when closed", async () => {
  // Wrong: a test that uses it cannot see what its subject sent.
  const line = new RecordedLine([one, two]);
  const written = Uint8Array.of(9);
  await line.write(written);
  written[0] = 0;
  const read: number[] = [];
  for await (const chunk of line.chunks()) read.push(...chunk);
  expect({ read, written: line.written, closed: line.closed }).toEqual({
    read: [1, 2],
    written: [Uint8Array.of(9)],
    closed: true,
  });
  expect(await failureOf(line.write(one))).toMatchObject({ code: "line-lost" });
  expect(await failureOf(run(line.chunks()))).toMatchObject({ code: "already-read" });
});

type Opening = ConstructorParameters<typeof RecordedLine>[0] | SourceError;

/** Each opening in turn: a line with these steps, or this failure. After the last one there is no meter any more. */
function script(openings: readonly Opening[]): { open: () => Promise<ByteSource>; lines: RecordedLine[] } {
  const lines: RecordedLine[] = [];
  let at = 0;
  const open = async (): Promise<ByteSource> => {
    const opening = openings[at] ?? new SourceError("is-a-directory", "end of the script");
    const description = `line ${at++}`;
    if (opening instanceof SourceError) throw opening;
    const line = new RecordedLine(opening, description);
    lines.push(line);
    return line;
  };
  return { open, lines };
}

/** A clock that jumps: waiting takes no time. No spread, so waits are half of the longest. */
function virtualWorld(whileWaiting: (signal?: AbortSignal) => void = () => {}): {
  ports: ReconnectPorts;
  waits: number[];
} {
  let nowMs = 0;
  const waits: number[] = [];
  const sleep = async (delayMs: number, signal?: AbortSignal): Promise<void> => {
    waits.push(delayMs);
    if (waits.length > 100) throw new Error("tried for ever");
    nowMs += delayMs;
    whileWaiting(signal);
  };
  return { ports: { clock: { nowMs: () => nowMs, sleep }, random: { next: () => 0 } }, waits };
}

async function run(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

/** A small generator (mulberry32): the spread of a test repeats from its seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
