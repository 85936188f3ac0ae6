import { encodeFile, type ListEntry, type SmlMessage, wrapFile } from "@siegel/sml";
import { concatBytes, fromHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { captureOf, serveReplay } from "../../src/index.ts";
import { connected, eventually, HandTicker, type Listener } from "./lines.ts";

const meterA = fromHex("0a01445a4700039e2055");
const meterB = fromHex("0a0149534b0004f1c2aa");

/** What a meter pushes: its import register. */
function pushed(serverId: Uint8Array, wattHours: number): Uint8Array {
  const entry: ListEntry = {
    objName: fromHex("0100010800ff"),
    unit: 30,
    scaler: 0,
    value: { type: "unsigned", byteLength: 4, value: wattHours },
  };
  const bodies: readonly SmlMessage["body"][] = [
    { kind: "PublicOpenResponse", value: { reqFileId: Uint8Array.of(1), serverId } },
    { kind: "GetListResponse", value: { serverId, valList: [entry] } },
    { kind: "PublicCloseResponse", value: {} },
  ];
  const messages = bodies.map((body, at) => ({ transactionId: Uint8Array.of(at), groupNo: 0, abortOnError: 0, body }));
  return wrapFile(encodeFile(messages));
}

function valuesOf(heard: Listener): string[] {
  return heard.events.map((event) =>
    event.kind === "telegram" ? `${event.telegram.meter?.id.slice(-2)} ${valueOf(event)}` : event.kind,
  );
}

function valueOf({ telegram }: Extract<Listener["events"][number], { kind: "telegram" }>): string {
  const reading = telegram.values[0]?.reading;
  return reading?.kind === "number" ? reading.value.toString() : "–";
}

async function replayed(capture: Uint8Array, options: { atEnd?: "hold" | "again"; intervalMs?: number } = {}) {
  const ticker = new HandTicker();
  const running = await serveReplay({ capture, port: 0, ticker, ...options });
  return { ticker, running, port: running.address.port };
}

test("the files of a capture come one after the other, from the first, whenever somebody begins to listen", async () => {
  // A short capture would be over before its reader is there, or come in one burst that no meter sends.
  const { ticker, running, port } = await replayed(concatBytes(pushed(meterA, 100), pushed(meterA, 101)));
  ticker.pass(60_000);
  const { heard } = await connected(port);
  await heard.until((events) => events.length === 1);
  ticker.pass(1_000);
  await heard.until((events) => events.length === 2);
  expect(valuesOf(heard)).toEqual(["55 100", "55 101"]);
  await running.close();
});

test("after the last file each meter stays at its last values: no register falls", async () => {
  // A register that steps back looks like fraud, or like an exchanged meter.
  const capture = concatBytes(pushed(meterA, 100), pushed(meterB, 5), pushed(meterA, 101));
  const { ticker, running, port } = await replayed(capture);
  const { heard } = await connected(port);
  for (let count = 1; count <= 6; count++) {
    await heard.until((events) => events.length === count);
    ticker.pass(1_000);
  }
  expect(valuesOf(heard).slice(0, 6)).toEqual(["55 100", "aa 5", "55 101", "aa 5", "55 101", "aa 5"]);
  await running.close();
});

test("on wish it begins again, in the pace asked for", async () => {
  // A demonstration needs movement, and whoever wants it knows that the registers step back.
  const capture = concatBytes(pushed(meterA, 100), pushed(meterA, 101));
  const { ticker, running, port } = await replayed(capture, { atEnd: "again", intervalMs: 10 });
  const { heard } = await connected(port);
  for (let count = 1; count <= 4; count++) {
    await heard.until((events) => events.length === count);
    ticker.pass(10);
  }
  expect(valuesOf(heard).slice(0, 4)).toEqual(["55 100", "55 101", "55 100", "55 101"]);
  await running.close();
});

test("damaged files and noise are left out and counted; the meters are told", () => {
  // A gateway that is shown a recording would look as if it had a bad line.
  const broken = pushed(meterB, 7);
  broken[30]! ^= 0x10;
  const good = pushed(meterA, 100);
  const capture = captureOf(concatBytes(fromHex("00ff"), good, broken, fromHex("55"), pushed(meterA, 101)));
  expect(capture.meters.map(({ label }) => label)).toEqual(["1DZG0060694613"]);
  expect(capture.files.map(({ bytes }) => bytes)).toEqual([good, pushed(meterA, 101)]);
  expect(capture.damagedCount).toBe(1);
});

test.each([
  ["nothing", new Uint8Array(0)],
  ["noise", new Uint8Array(5_000).fill(0x55)],
  ["a cut file", pushed(meterA, 1).subarray(0, 60)],
])("%s holds no telegram and is refused", async (_, capture) => {
  // A port that never says anything sends a person to look for a fault in his reader.
  await expect(serveReplay({ capture, port: 0 })).rejects.toMatchObject({ code: "no-telegram" });
});

test("requests are read and not answered, and a gone client is seen", async () => {
  // A gateway asks every meter for its past: its question must neither pile up nor end the replay.
  const { ticker, running, port } = await replayed(pushed(meterA, 100));
  const { socket, heard } = await connected(port);
  await heard.until((events) => events.length === 1);
  socket.write(new Uint8Array(200_000));
  ticker.pass(1_000);
  await heard.until((events) => events.length === 2);
  socket.destroy();
  const next = await connected(port);
  ticker.pass(1_000);
  await next.heard.until((events) => events.length === 1);
  await running.close();
  await eventually(() => ticker.waiting === 0);
});

test("an interval that is no time is refused", async () => {
  // It would fill the line as fast as the machine can.
  await expect(serveReplay({ capture: pushed(meterA, 1), port: 0, intervalMs: 0 })).rejects.toMatchObject({
    code: "bad-speed",
  });
});
