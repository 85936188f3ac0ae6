import { concatBytes, fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { encodeWiredFrame, longFrame } from "../../src/framing/wired/frame.ts";
import { anyMeter, decodeSelection, encodeSelection } from "../../src/session/address.ts";
import { BusMaster, type BusLine } from "../../src/session/driver.ts";
import { identityOf } from "../../src/session/identity.ts";
import { Exchange, type Wanted } from "../../src/session/exchange.ts";
import { type BusFaults, SimulatedBus } from "./bus.ts";
import { slaveOf, type TestMeter } from "./meters.ts";

function busOf(meters: readonly TestMeter[], seed = 1, faults: BusFaults = {}) {
  const bus = new SimulatedBus(meters.map(slaveOf), seed, faults);
  return { bus, master: new BusMaster(bus, bus) };
}

const at = (address: number) => ({ by: "primary", address }) as const;

test("a meter gives all its telegrams, each once", async () => {
  // The values of every page but the first would be missing.
  for (const target of [at(5), { by: "secondary", mask: { ...anyMeter, id: "1234567F" } } as const]) {
    const { bus, master } = busOf([
      { primaryAddress: 5, pages: 4 },
      { id: "99999999", primaryAddress: 6 },
    ]);
    const frames = await bus.until(master.read(target));
    expect(frames.map(({ data }) => data[14])).toEqual([0, 1, 2, 3]);
    const counts = bus.sent.flatMap(([start, c]) => (start === 0x10 && (c! & 0x0f) === 0x0b ? [c] : []));
    expect(counts).toEqual([0x7b, 0x5b, 0x7b, 0x5b]);
  }
});

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "no page is lost or read twice on a bad line, seed %i",
  async (seed) => {
    // A disturbed answer would cost a page, or a lost one make the meter skip it.
    const { bus, master } = busOf([{ primaryAddress: 5, pages: 5 }], seed, {
      loss: 0.15,
      damage: 0.15,
      echo: seed % 3 === 0,
    });
    const result = await bus.until(master.run({ do: "read", target: at(5) }));
    if (result.outcome === "failed") {
      expect(["no-answer", "garbled-answer"]).toContain(result.code);
      expect(result.frames.map(({ data }) => data[14])).toEqual([0, 1, 2, 3, 4].slice(0, result.frames.length));
      return;
    }
    const frames = result.outcome === "telegrams" ? result.frames : [];
    expect(frames.map(({ data }) => data[14])).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(frames.map(({ data }) => data[8])).size).toBe(1); // one readout
  },
);

test("twice read is read anew", async () => {
  // The second reading of a day would show the first one's values.
  const { bus, master } = busOf([{ primaryAddress: 5 }]);
  const access = async () => (await bus.until(master.read(at(5))))[0]!.data[8];
  expect([await access(), await access(), await access()]).toEqual([1, 2, 3]);
});

test("nobody at an address is told after three repeats", async () => {
  // A missing meter would stop the bus, or be asked so often that the others wait.
  const { bus, master } = busOf([{ primaryAddress: 5 }]);
  await expect(bus.until(master.read(at(9)))).rejects.toMatchObject({ code: "no-answer" });
  expect(bus.sent).toHaveLength(4);
  expect(bus.elapsedMs).toBeLessThan(4 * 400);
});

test("a selection that is not alone is told", async () => {
  // The values of one meter would be booked on the other.
  const { bus, master } = busOf([{ version: 1 }, { version: 2, access: 9 }], 3, { delayBits: [11, 40] });
  const result = await bus.until(
    master.run({ do: "read", target: { by: "secondary", mask: { ...anyMeter, id: "12345678" } } }),
  );
  expect(result.outcome).toBe("failed");
});

test("an application is selected before the readout", async () => {
  // A meter would go on giving what another master selected.
  const { bus, master } = busOf([{ primaryAddress: 5 }]);
  const [selected] = await bus.until(master.read(at(5), { application: Uint8Array.of(0x20) }));
  expect(selected!.data[15]).toBe(0x20);
  const [reset] = await bus.until(master.read(at(5), { application: new Uint8Array(0) }));
  expect(reset!.data[15]).toBe(0x99);
});

test("alarms are asked for without disturbing the readout", async () => {
  // A tampered meter would not be noticed before its next bill.
  const alarm = { ci: 0x71, data: Uint8Array.of(0x04) };
  const { bus, master } = busOf([{ primaryAddress: 5, alarm }, { primaryAddress: 6 }]);
  expect(await bus.until(master.run({ do: "readAlarm", target: at(5) }))).toMatchObject({
    outcome: "alarm",
    frame: { c: 0x28, ci: 0x71, data: Uint8Array.of(0x04) },
  });
  expect(await bus.until(master.run({ do: "readAlarm", target: at(6) }))).toEqual({
    outcome: "alarm",
    frame: undefined,
  });
});

test("what is sent arrives once, also when the acknowledgement is lost", async () => {
  // A valve would be told twice to move by a step.
  for (let seed = 0; seed < 40; seed++) {
    const received: Uint8Array[] = [];
    const { bus, master } = busOf([{ primaryAddress: 5, received }], seed, { loss: 0.4 });
    const result = await bus.until(master.run({ do: "send", target: at(5), ci: 0x51, data: fromHex("0c0801") }));
    expect(received.length, `seed ${seed}`).toBeLessThanOrEqual(1);
    if (result.outcome === "done") expect(received).toEqual([fromHex("0c0801")]);
  }
});

test("to all is sent once, and nobody answers", async () => {
  // Every meter of the bus would answer at once.
  const received: Uint8Array[] = [];
  const { bus, master } = busOf([
    { primaryAddress: 5, received },
    { primaryAddress: 6, received },
  ]);
  const result = await bus.until(master.run({ do: "send", target: at(255), ci: 0x54, data: new Uint8Array(0) }));
  expect(result).toEqual({ outcome: "done" });
  expect([bus.sent.length, received.length]).toEqual([1, 2]);
});

test("a meter is given its primary address", async () => {
  // A new meter could not be put on the bus.
  const { bus, master } = busOf([{ primaryAddress: 0 }]);
  const target = { by: "secondary", mask: { ...anyMeter, id: "12345678" } } as const;
  await bus.until(master.run({ do: "send", target, ci: 0x51, data: fromHex("017a2a") }));
  expect(await bus.until(master.read(at(42)))).toHaveLength(1);
});

test("the speed changes when the meter follows, and goes back when not", async () => {
  // Meter and master would talk at different speeds from then on.
  const { bus, master } = busOf([{ primaryAddress: 5, bauds: [2_400, 9_600] }, { primaryAddress: 6 }]);
  expect(await bus.until(master.run({ do: "switchBaud", target: at(5), baud: 9_600 }))).toEqual({ outcome: "done" });
  expect([master.baud, bus.slaves[0]!.baud]).toEqual([9_600, 9_600]);
  expect(await bus.until(master.read(at(5)))).toHaveLength(1);
  expect(await bus.until(master.run({ do: "switchBaud", target: at(5), baud: 2_400 }))).toEqual({ outcome: "done" });

  const refused = await bus.until(master.run({ do: "switchBaud", target: at(6), baud: 38_400 }));
  expect(refused).toMatchObject({ outcome: "failed", code: "baud-refused" });
  expect(master.baud).toBe(2_400);
  expect(await bus.until(master.read(at(6)))).toHaveLength(1);
});

test("a meter that lost its master comes back to the old speed", async () => {
  // One lost frame would make the meter unreachable until somebody drives there.
  const { bus, master } = busOf([{ primaryAddress: 5, bauds: [300] }]);
  bus.slaves[0]!.push(encodeWiredFrame(longFrame({ c: 0x53, a: 5, ci: 0xb8, data: new Uint8Array(0) })));
  expect(bus.slaves[0]!.baud).toBe(300);
  await expect(bus.until(master.read(at(5)))).rejects.toMatchObject({ code: "no-answer" });
  bus.slaves[0]!.quiet();
  expect(await bus.until(master.read(at(5)))).toHaveLength(1);
});

test("a scan lists the primary addresses that answer", async () => {
  // Meters without secondary address would not be found.
  const { bus, master } = busOf([{ primaryAddress: 1 }, { primaryAddress: 4 }, { primaryAddress: 5 }]);
  const told: number[] = [];
  const result = await bus.until(
    master.run({ do: "scan", from: 0, to: 6 }, (progress) => {
      if (progress.tell === "called" && progress.answered) told.push(progress.address);
    }),
  );
  expect(result).toEqual({ outcome: "scan", addresses: [1, 4, 5] });
  expect(told).toEqual([1, 4, 5]);
});

test("one job at a time; what is called off ends", async () => {
  // Two readers on one bus would take each other's answers.
  const { bus, master } = busOf([{ primaryAddress: 5 }]);
  const search = master.run({ do: "search", options: {} });
  await expect(master.read(at(5))).rejects.toMatchObject({ code: "busy", blame: "caller" });
  master.abort();
  expect(await bus.until(search)).toMatchObject({ outcome: "failed", code: "aborted" });
  expect(await bus.until(master.read(at(5)))).toHaveLength(1);
  await expect(master.run({ do: "read", target: at(256) })).rejects.toMatchObject({ code: "bad-job" });
});

test("a lost line ends the job with the line's own error", async () => {
  // A gateway would wait for a port that is gone.
  const lost = new Error("unplugged");
  const broken = {
    write: () => new Promise<void>(() => {}),
    chunks: async function* () {
      yield Uint8Array.of(0x00);
      throw lost;
    },
    close: () => Promise.resolve(),
  } satisfies BusLine;
  const master = new BusMaster(broken, { after: () => () => {} });
  await expect(master.read(at(5))).rejects.toBe(lost);
  await expect(master.read(at(5))).rejects.toBe(lost);
  await expect(master.run({ do: "switchBaud", target: at(5), baud: 300 })).rejects.toBe(lost);

  const { master: closing } = busOf([]);
  const waiting = closing.read(at(5));
  const refused = expect(waiting).rejects.toMatchObject({ code: "line-closed" });
  await closing.close();
  await refused;
  const fixed = { ...broken, chunks: () => busOf([]).bus.chunks() };
  const onTcp = new BusMaster(fixed, { after: () => () => {} });
  await expect(onTcp.run({ do: "switchBaud", target: at(5), baud: 300 })).rejects.toMatchObject({
    code: "no-baud-switch",
  });
});

const request = { kind: "short", c: 0x7b, a: 5 } as const;
const answer = encodeWiredFrame(longFrame({ c: 0x08, a: 5, ci: 0x72, data: fromHex("785634122d2c010701000000") }));
const ack = Uint8Array.of(0xe5);
const echo = encodeWiredFrame(request);

test.each([
  ["nothing", [], "silent"],
  ["E5", [ack], "acknowledged"],
  ["an answer", [answer], "answered"],
  ["an echo alone", [echo], "silent"],
  ["an echo and an answer", [echo, answer], "answered"],
  ["an echo and E5", [echo, ack], "acknowledged"],
  ["an echo in pieces", [echo.subarray(0, 2), echo.subarray(2), ack], "acknowledged"],
  ["half an echo", [echo.subarray(0, 3)], "garbled"],
  ["a broken echo and an answer", [echo.subarray(0, 3), answer], "garbled"],
  ["noise", [fromHex("0042")], "garbled"],
  ["noise and E5", [fromHex("0042"), ack], "garbled"],
  ["half an answer", [answer.subarray(0, 12)], "garbled"],
  ["a short frame", [fromHex("1008050d16")], "garbled"],
  ["another master", [encodeWiredFrame({ kind: "short", c: 0x5b, a: 9 })], "garbled"],
] as const)("%s is an answer of its kind", (_, chunks, expected) => {
  // A collision would count as silence and hide meters, or an echo as an answer.
  for (const linger of [false, true]) {
    const exchange = new Exchange();
    const wanted: Wanted[] = [exchange.ask({ frame: request, baud: 2_400, linger })];
    for (const chunk of chunks) wanted.push(exchange.bytes(chunk));
    wanted.push(exchange.timeout());
    expect(wanted.flatMap(({ reply }) => (reply === undefined ? [] : [reply.on]))).toEqual([expected]);
  }
});

test("waits are those of the standard, at every speed", () => {
  // A slow meter would be given up before it may answer, or the bus be idle for seconds.
  const waits = [300, 2_400, 38_400].map((baud) => {
    const exchange = new Exchange({ slackMs: 0 });
    const asked = exchange.ask({ frame: request, baud }).waitMs;
    return [baud, asked, exchange.bytes(Uint8Array.of(0x68)).waitMs];
  });
  // 330 + 5 · 11 bit times and 50 ms; 33 bit times and 20 ms.
  expect(waits).toEqual([
    [300, Math.ceil(385_000 / 300) + 50, 130],
    [2_400, Math.ceil(385_000 / 2_400) + 50, 34],
    [38_400, Math.ceil(385_000 / 38_400) + 50, 21],
  ]);
});

test("a line that never falls silent ends the question", () => {
  // One broken meter would hold the bus, and the gateway's memory with it.
  for (const linger of [false, true]) {
    const exchange = new Exchange();
    exchange.ask({ frame: request, baud: 2_400, linger });
    const replies: string[] = [];
    let chunks = 0;
    for (; replies.length === 0 && chunks < 1_000; chunks++) {
      const { reply } = exchange.bytes(new Uint8Array(100).fill(0x42));
      if (reply !== undefined) replies.push(reply.on);
    }
    expect([replies, chunks]).toEqual([["garbled"], 11]);
    expect(exchange.bytes(ack)).toEqual({});
    expect(exchange.timeout()).toEqual({});
  }
});

test("a meter that always has more is cut off", async () => {
  // A broken or hostile meter would be read for ever.
  const { bus, master } = busOf([{ primaryAddress: 5, pages: 1_000 }]);
  const result = await bus.until(master.run({ do: "read", target: at(5), maxTelegrams: 7 }));
  expect(result).toMatchObject({ outcome: "telegrams", cut: true });
  expect(result.outcome === "telegrams" ? result.frames.length : 0).toBe(7);
  expect(await bus.until(master.read(at(5)))).toHaveLength(32);
});

test("who answers is known by the header, old ones too", () => {
  // A search would list old meters under a number that nobody can select.
  const known = { id: "12345678", manufacturer: 0x2c2d, version: 1, deviceType: 7 };
  const of = (ci: number, hex: string) => identityOf(longFrame({ c: 0x08, a: 5, ci, data: fromHex(hex) }));
  expect(of(0x72, "785634122d2c010701000000")).toEqual(known);
  expect(of(0x76, "123456782c2d010701000000")).toEqual(known);
  expect(of(0x73, "785634120a00e97e0100000035010000")).toEqual({ ...anyMeter, id: "12345678" });
  expect(of(0x77, "123456780a007ee90000000100000135")).toEqual({ ...anyMeter, id: "12345678" });
  for (const short of [of(0x72, "78563412"), of(0x76, "1234"), of(0x73, "7856"), of(0x70, "08")]) {
    expect(short).toBeUndefined();
  }
});

test("a selection is written as the standard shows it", () => {
  // No meter of another maker would feel addressed.
  const mask = { id: "12345678", manufacturer: 0x2c2d, version: 1, deviceType: 0xff };
  expect(toHex(encodeSelection(mask))).toBe("785634122d2c01ff");
  const enhanced = { ...mask, fabrication: "00FF1234" };
  expect(toHex(encodeSelection(enhanced))).toBe("785634122d2c01ff0c783412ff00");
  expect([decodeSelection(encodeSelection(mask)), decodeSelection(encodeSelection(enhanced))]).toEqual([
    mask,
    enhanced,
  ]);
  expect(decodeSelection(concatBytes(encodeSelection(mask), Uint8Array.of(1)))).toBeUndefined();
  for (const wrong of [
    { ...mask, id: "1234567" },
    { ...mask, id: "1234567x" },
    { ...mask, version: 256 },
  ]) {
    expect(() => encodeSelection(wrong)).toThrow(expect.objectContaining({ name: "EncodeError" }));
  }
});
