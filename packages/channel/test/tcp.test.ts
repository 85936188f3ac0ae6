import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { type ByteLine, openSource, type SourceOptions } from "../src/index.ts";
import { allOf, failureOf, firstOf } from "./reading.ts";

test.each(["127.0.0.1", "localhost"])(
  "bytes go both ways over tcp://%s, and the peer's close is the end",
  async (host) => {
    // Wrong: a meter on the network cannot be read, or its orderly close looks like a fault.
    const { port } = await serve((socket) => {
      socket.once("data", (asked) => socket.end(Uint8Array.from(asked, (byte) => byte ^ 0xff)));
    });
    const line = await openLine(`tcp://${host}:${port}`);
    expect(line.description).toBe(`tcp://${host}:${port}`);
    await line.write(Uint8Array.of(0x00, 0x1b, 0xff));
    expect(await allOf(line.chunks())).toEqual(Uint8Array.of(0xff, 0xe4, 0x00));
  },
);

test("IPv6 in brackets (skipped where the machine has none)", async (context) => {
  // Wrong: a colon of the address is taken for the port's.
  const served = await serve((socket) => socket.end(Uint8Array.of(7)), "::1").catch(() => undefined);
  if (served === undefined) return context.skip("no IPv6 here");
  const line = await openLine(`tcp://[::1]:${served.port}`);
  expect(line.description).toBe(`tcp://[::1]:${served.port}`);
  expect(await allOf(line.chunks())).toEqual(Uint8Array.of(7));
});

test("a peer that closes its half only is an end, and our half is closed too", async () => {
  // Wrong: half-open connections pile up in ser2net until it takes no more.
  const ended = Promise.withResolvers<void>();
  const { port } = await serve((socket) => {
    socket.end(Uint8Array.of(1, 2));
    socket.once("end", ended.resolve);
    socket.resume();
  });
  expect(await allOf((await openLine(`tcp://127.0.0.1:${port}`)).chunks())).toEqual(Uint8Array.of(1, 2));
  await ended.promise;
});

test("a reset is a lost line, for the reader and for the writer", async () => {
  // Wrong: a restarted head looks like the end of the readings.
  const met = Promise.withResolvers<Socket>();
  const { port } = await serve(met.resolve);
  const line = await openLine(`tcp://127.0.0.1:${port}`);
  const reading = failureOf(allOf(line.chunks()));
  (await met.promise).resetAndDestroy();
  expect(await reading).toMatchObject({ code: "line-lost", blame: "environment", passing: true });
  expect(await failureOf(line.write(Uint8Array.of(1)))).toMatchObject({ code: "line-lost" });
});

test("a peer that falls silent is given up after the stated time", async () => {
  // Wrong: a peer that lost its power without a word is waited for until somebody looks.
  const { port } = await serve((socket) => socket.write(Uint8Array.of(5)));
  const line = await openLine(`tcp://127.0.0.1:${port}`, { silenceTimeoutMs: 20 });
  expect(await failureOf(allOf(line.chunks()))).toMatchObject({ code: "silent" });
});

test("nobody listens: connection-refused", async () => {
  // Wrong: a wrong port number is answered with “io-failed”.
  const { port, server } = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  expect(await failureOf(openSource(`tcp://127.0.0.1:${port}`))).toMatchObject({ code: "connection-refused" });
  expect(await failureOf(openSource(`tcp://localhost:${port}`))).toMatchObject({ code: "connection-refused" });
});

test("a name that cannot exist: host-unknown", async () => {
  // Wrong: a typing error in a host's name looks like a dead meter. `.invalid` never resolves: RFC 6761, 6.4.
  expect(await failureOf(openSource("tcp://meter.invalid:2000"))).toMatchObject({ code: "host-unknown" });
});

test("a host that does not answer is given up after the stated time", async () => {
  // Wrong: the operating system's two minutes. 192.0.2.0/24 is for documents (RFC 5737); some networks answer at once.
  const opening = failureOf(openSource("tcp://192.0.2.1:2000", { connectTimeoutMs: 20 }));
  expect((await opening).code).toMatch(/^(timed-out|host-unreachable|connection-refused)$/);
});

test.each(["reading", "opening"])("an abort ends the %s, and the peer sees the connection closed", async (when) => {
  // Wrong: a program that was told to stop keeps the head's only connection.
  const stop = new AbortController();
  const closed = Promise.withResolvers<void>();
  const { port } = await serve((socket) => {
    socket.on("close", () => closed.resolve());
    socket.on("error", () => {});
    socket.resume();
  });
  if (when === "opening") {
    const opening = failureOf(openSource(`tcp://127.0.0.1:${port}`, { signal: stop.signal }));
    stop.abort();
    expect(await opening).toMatchObject({ code: "aborted", blame: "caller" });
    return;
  }
  const reading = allOf((await openLine(`tcp://127.0.0.1:${port}`)).chunks(stop.signal));
  stop.abort();
  expect((await reading).length).toBe(0);
  await closed.promise;
});

test("leaving the loop closes the connection", async () => {
  // Wrong: `--once` leaves the head occupied.
  const closed = Promise.withResolvers<void>();
  const { port } = await serve((socket) => {
    socket.on("close", () => closed.resolve());
    socket.on("error", () => {});
    socket.resume();
    socket.write(Uint8Array.of(1, 2, 3));
  });
  expect(await firstOf((await openLine(`tcp://127.0.0.1:${port}`)).chunks(), 3)).toEqual(Uint8Array.of(1, 2, 3));
  await closed.promise;
});

async function serve(answer: (socket: Socket) => void, host = "127.0.0.1"): Promise<{ server: Server; port: number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    answer(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  // A TCP server has an address of this shape; the type also covers pipes.
  return { server, port: (server.address() as AddressInfo).port };
}

async function openLine(address: string, options: SourceOptions = {}): Promise<ByteLine> {
  const source = await openSource(address, options);
  if (!("write" in source)) throw new Error("a connection goes both ways");
  onTestFinished(() => source.close());
  return source;
}
