import { once } from "node:events";
import { connect } from "node:net";
import { concatBytes } from "@siegel/wire";
import { expect, test } from "vitest";
import { serveSmlMeter, type SmlMeter } from "../../src/index.ts";
import { answerOver } from "../../src/sml/answering.ts";
import { objects } from "../../src/sml/objects.ts";
import { TcpOutlet } from "../../src/sml/tcp-outlet.ts";
import { asks, fileBytes, meterAfter, noon, virtualMeter } from "./asking.ts";
import { connected, eventually, HandTicker } from "./lines.ts";

const profile = { path: [objects.loadProfile] };

async function served() {
  const ticker = new HandTicker();
  const meter = virtualMeter();
  meter.advance(noon + 3 * 900);
  const running = await serveSmlMeter({ port: 0, seed: 7, meter, ticker });
  return { ticker, running, port: running.address?.port ?? 0 };
}

const opened = (meter: SmlMeter, maxClients: number) =>
  TcpOutlet.open({ port: 0, maxClients, welcome: answerOver(meter) });

test("every client hears every second; an answer goes to who asked, however the request was cut", async () => {
  // Two programs could not share a meter, or one would take the other's answer for its own.
  const { ticker, running, port } = await served();
  const [asking, listening] = [await connected(port), await connected(port)];
  await eventually(() => running.clientCount === 2);
  ticker.pass(1_000);
  for (const { heard } of [asking, listening]) await heard.until((events) => events.length === 1);
  for (const byte of asks().getProfilePack(profile).getList(objects.power).toBytes()) {
    asking.socket.write(Uint8Array.of(byte));
  }
  await asking.heard.until((events) => events.length === 5);
  ticker.pass(1_000);
  for (const { heard } of [asking, listening]) await heard.until(() => heard.telegrams.endsWith("v"));
  await listening.heard.until((events) => events.length === 2);
  await asking.heard.until((events) => events.length === 6);
  expect(asking.heard.telegrams).toBe("vlllrv");
  expect(listening.heard.telegrams).toBe("vv");
  await running.close();
});

test("who has closed his side of the line after asking still gets the answer, and hears the meter", async () => {
  // `nc` with a request from a file would show nothing.
  const { ticker, running, port } = await served();
  const { socket, heard } = await connected(port);
  socket.end(asks().getProfilePack(profile).toBytes());
  await heard.until((events) => events.length === 3);
  ticker.pass(1_000);
  await heard.until((events) => events.length === 4);
  expect(heard.telegrams).toBe("lllv");
  await running.close();
});

test("who does not read makes no memory grow, and misses whole files only", { timeout: 30_000 }, async () => {
  // One sleeping reader would bring the meter down for all others.
  const meter = meterAfter(400 * 900);
  const outlet = await opened(meter, 2);
  const { socket, heard } = await connected(outlet.address.port);
  socket.pause();
  await eventually(() => outlet.clientCount === 1);
  const span = { ...profile, from: { kind: "timestamp", value: noon + 20 * 900 } as const };
  const file = meter.answer(fileBytes(asks().getProfileList(span).toBytes())) ?? new Uint8Array(0);
  expect(file.length).toBeGreaterThan(20_000);
  const pushes = Math.ceil(16_000_000 / file.length); // more than the kernel keeps for the two ends
  for (let count = 0; count < pushes; count++) {
    outlet.push(file);
    expect(outlet.waitingBytes).toBeLessThanOrEqual(file.length + 65_536);
    if (count % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  await eventually(() => outlet.waitingBytes === 0);
  const before = heard.events.length;
  outlet.push(meter.pushFile() ?? new Uint8Array(0));
  await heard.until(() => heard.telegrams.endsWith("v"));
  expect(before).toBeGreaterThan(0);
  expect(heard.bytes).toBeLessThan(pushes * file.length);
  expect(new Set(heard.telegrams)).toEqual(new Set("lv")); // no damaged file between them
  await outlet.close();
});

test("requests wait while their answers are not read, and are all answered then", { timeout: 30_000 }, async () => {
  // A client that asks without reading would fill the meter's memory.
  const meter = meterAfter(200 * 900);
  const outlet = await opened(meter, 2);
  const socket = connect(outlet.address.port);
  const request = asks().getProfileList(profile).toBytes();
  const answer = meter.answer(fileBytes(request)) ?? new Uint8Array(0);
  const count = 400;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, outlet.waitingBytes)), 1);
  socket.write(concatBytes(...Array.from({ length: count }, () => request)));
  await eventually(() => outlet.waitingBytes > 0);
  let left = count * answer.length;
  socket.on("data", (chunk) => (left -= chunk.length));
  await eventually(() => left <= 0);
  clearInterval(watch);
  expect(most).toBeLessThanOrEqual(answer.length + 65_536);
  expect(left).toBe(0);
  await outlet.close();
});

test("noise before a request is forgiven; a stream of garbage is cut, the others stay", async () => {
  // A port scanner would hold a place for ever, or a disturbed line could never ask again.
  const { ticker, running, port } = await served();
  const [good, bad] = [await connected(port), await connected(port)];
  for (let asked = 1; asked <= 4; asked++) {
    good.socket.write(new Uint8Array(30_000));
    good.socket.write(asks().getList(objects.power).toBytes());
    await good.heard.until((events) => events.length === asked);
  }
  const cut = once(bad.socket, "close");
  const garbage = Uint8Array.from({ length: 4_096 }, (_, index) => (index * 131) & 0xff);
  const feeding = setInterval(() => bad.socket.write(garbage), 1);
  await cut;
  clearInterval(feeding);
  ticker.pass(1_000);
  await good.heard.until((events) => events.length === 5);
  expect(good.heard.telegrams).toBe("rrrrv");
  expect(bad.heard.telegrams).toBe("");
  await running.close();
});

test("more clients than allowed are turned away", async () => {
  // Whoever opens sockets without end would take all descriptors.
  const outlet = await opened(meterAfter(0), 1);
  await connected(outlet.address.port);
  const second = await connected(outlet.address.port);
  await once(second.socket, "close");
  expect(outlet.clientCount).toBe(1);
  await outlet.close();
});

test("after close no client, no timer and no socket is left", async () => {
  // The command could not be ended, or a test would hang.
  const before = handles();
  const { ticker, running, port } = await served();
  const { socket } = await connected(port);
  expect(handles()).toBeGreaterThan(before);
  const gone = once(socket, "close");
  await running.close();
  await gone;
  expect(ticker.waiting).toBe(0);
  await eventually(() => handles() <= before);
});

test("a meter that nobody could read, or whose time stands still, is not started", async () => {
  // The command would run for ever and show nothing.
  const meter = virtualMeter();
  await expect(serveSmlMeter({ seed: 7, meter })).rejects.toMatchObject({ code: "nothing-to-serve" });
  await expect(serveSmlMeter({ seed: 7, meter, port: 0, speed: 0 })).rejects.toMatchObject({ code: "bad-speed" });
  const { running, port } = await served();
  await expect(serveSmlMeter({ seed: 7, meter, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await running.close();
});

test("the past fills registers and memory, time can run faster, and two runs are equal", async () => {
  // A demonstration would begin with an empty profile, and could not be repeated.
  const run = async () => {
    const ticker = new HandTicker();
    const running = await serveSmlMeter({ port: 0, seed: 7, start: noon, historyDays: 1, speed: 60, ticker });
    const files: unknown[] = [];
    for (let second = 0; second < 20; second++) {
      ticker.pass(1_000);
      files.push(running.meter.pushFile());
    }
    const from = { kind: "timestamp", value: noon - 86_400 } as const;
    const question = { path: [objects.loadProfile], from };
    const rows = running.meter.profilePack(question);
    await running.close();
    return { files, rows };
  };
  const [first, second] = [await run(), await run()];
  expect(second).toEqual(first);
  expect(typeof first.rows === "object" && first.rows.periodList.length).toBe(96 + 1 + 1); // both ends of the day, and one within the 20 minutes
});

function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Process|Pipe|TTY)/.test(name)).length;
}
