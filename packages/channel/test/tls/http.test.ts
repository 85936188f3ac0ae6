import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, connect as connectPlain, type Socket } from "node:net";
import { connect as connectTlsPlain } from "node:tls";

import { expect, onTestFinished, test } from "vitest";

import {
  type ConnectOptions,
  createTlsHttpServer,
  peerOf,
  type Refusal,
  requestOverTls,
  type TlsHttpServer,
  type TlsHttpServerOptions,
  TlsHttpClient,
} from "../../src/index.ts";
import { profileOptions } from "../../src/tls/profile.ts";
import { codeOf, headend, identityOf, lab, nodeIdentity, trustOf } from "./lab.ts";

const tell = (body: Uint8Array): string => new TextDecoder().decode(body);

test("a request and its answer, with the name of who asks", async () => {
  // Wrong: a delivery does not arrive whole, or nobody knows whose it is.
  const { port } = await httpHeadend(async (request, response) => {
    const body = await bodyOf(request);
    response.setHeader("x-name", peerOf(request.socket)?.name ?? "nobody");
    response.statusCode = 201;
    response.end(Uint8Array.from(body).toReversed());
  });
  const body = Uint8Array.from({ length: 100_000 }, (_, at) => at & 0xff);
  const answer = await requestOverTls({ ...to(port), method: "POST", path: "/v1/deliveries?a=1", body });
  expect(answer.status).toBe(201);
  expect(answer.headers["x-name"]).toBe("ESGL0000000001.SMGW");
  expect(answer.body).toEqual(body.toReversed());
});

test("requests follow each other on one connection", async () => {
  // Wrong: each delivery costs a handshake, which is all that a head-end does then.
  const sockets = new Set<Socket>();
  const { port } = await httpHeadend((request, response) => {
    sockets.add(request.socket);
    response.end(request.url);
  });
  const client = clientTo(port);
  for (const path of ["/1", "/2", "/3"]) expect(tell((await client.request({ method: "GET", path })).body)).toBe(path);
  const both = await Promise.all(["/4", "/5"].map((path) => client.request({ method: "GET", path })));
  expect(both.map(({ body }) => tell(body))).toEqual(["/4", "/5"]);
  expect(sockets.size).toBe(1);
  client.close();
  expect(tell((await client.request({ method: "GET", path: "/6" })).body)).toBe("/6");
  expect(sockets.size).toBe(2);
});

test("a stranger's request reaches no handler, and is answered with nothing", async () => {
  // Wrong: HTTP is spoken before it is known with whom.
  let asked = 0;
  const { port, refused } = await httpHeadend((_, response) => {
    asked += 1;
    response.end();
  });
  const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  expect(await spoken(port, request, nodeIdentity(identityOf(lab.emt.TLS)))).toBe("");
  expect(await spoken(port, request, {})).toBe("");
  expect(refused.map(({ code }) => code)).toEqual(["wrong-role", "no-certificate"]);
  expect(asked).toBe(0);
  expect(await spoken(port, request, nodeIdentity(identityOf(lab.gateway.TLS)))).toMatch(/^HTTP\/1\.1 200 /); // and with the right one it is
  expect(asked).toBe(1);
});

test("a request that comes at once with the handshake, and in pieces, is read whole", async () => {
  // Wrong: what arrives while the gate decides is lost to the parser.
  const { port } = await httpHeadend(async (request, response) => response.end(String((await bodyOf(request)).length)));
  const size = 2_000_000;
  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`;
  const answer = await spoken(port, head + "x".repeat(size), nodeIdentity(identityOf(lab.gateway.TLS)));
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain(String(size));
});

test("who asks is known for as long as the connection lives, and no longer", async () => {
  // Wrong: a handler that waits acts in the name of a peer that was ended by us meanwhile.
  const names: (string | undefined)[] = [];
  const ended = Promise.withResolvers<void>();
  const { port } = await httpHeadend(
    async ({ socket }) => {
      names.push(peerOf(socket)?.name);
      await once(socket, "close");
      names.push(peerOf(socket)?.name);
      ended.resolve();
    },
    { limits: { sessionMs: 60 } },
  );
  expect(await codeOf(requestOverTls({ ...to(port), method: "GET", path: "/" }))).toBe("closed-by-peer");
  await ended.promise;
  expect(names).toEqual(["ESGL0000000001.SMGW", undefined]);
});

test("it is a server as frameworks expect one: listen, address, listening, close", async () => {
  // Wrong: Fastify cannot stand on it.
  const server = made(() => {});
  expect(server.listening).toBe(false);
  expect(server.address()).toBeNull();
  const listening = once(server, "listening");
  expect(server.listen({ host: "127.0.0.1", port: 0 })).toBe(server);
  await listening;
  expect(server.listening).toBe(true);
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const second = made(() => {});
  const failure = once(second, "error");
  second.listen(port, "127.0.0.1");
  expect((await failure)[0]).toMatchObject({ code: "EADDRINUSE" });
  const closed = once(server, "close");
  await new Promise<void>((done, refuse) => server.close((error) => (error ? refuse(error) : done())));
  await closed;
  expect(server.listening).toBe(false);
});

test("closing waits for the request under way and ends the connections that wait for one", async () => {
  // Wrong: the last delivery before a restart is lost, or the restart waits for ever.
  const arrived = Promise.withResolvers<ServerResponse>();
  const { port, server } = await httpHeadend((_, response) => arrived.resolve(response));
  const answer = requestOverTls({ ...to(port), method: "GET", path: "/" });
  const response = await arrived.promise;
  const closed = once(server, "close");
  server.close();
  response.end("done");
  expect(tell((await answer).body)).toBe("done");
  await closed;
});

test("slow headers end at their time", async () => {
  // Wrong: an authenticated but broken gateway holds a connection with half a request for ever.
  const { port } = await httpHeadend(() => {}, {
    http: { headersTimeout: 50, requestTimeout: 80, connectionsCheckingInterval: 10 },
  });
  const answer = await spoken(port, "GET / HTTP/1.1\r\nHost", nodeIdentity(identityOf(lab.gateway.TLS)));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test.each<{ what: string; answer: string; code: string; most?: number }>([
  { what: "one byte more than allowed", answer: ok("123456789", 9), code: "response-too-long", most: 8 },
  { what: "chunks beyond what is allowed", answer: chunked("123456789"), code: "response-too-long", most: 8 },
  { what: "less than it announces", answer: ok("1234", 9), code: "closed-by-peer" },
  { what: "a last chunk missing", answer: chunked("1234").slice(0, -5), code: "closed-by-peer" },
  { what: "no announced end", answer: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n1234", code: "bad-response" },
  { what: "something else than HTTP", answer: "ESMTP ready\r\n", code: "bad-response" },
  {
    what: "two lengths",
    answer: `HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n1234`,
    code: "bad-response",
  },
  { what: "a header without end", answer: `HTTP/1.1 200 OK\r\nx: ${"y".repeat(20_000)}`, code: "bad-response" },
  { what: "nothing", answer: "", code: "closed-by-peer" },
])("an answer with $what is refused as $code", async ({ answer, code, most }) => {
  // Wrong: half a receipt is taken for a whole one, or an answer without end fills the memory.
  const { port } = await headend({
    onConnection: (socket) => void socket.once("data", () => socket.end(answer, "latin1")),
  });
  const asked = { ...to(port), method: "GET", path: "/", ...(most && { maxResponseBytes: most }) };
  expect(await codeOf(requestOverTls(asked))).toBe(code);
});

test("exactly the allowed number of bytes is an answer", async () => {
  // Wrong: the limit is one byte short, and only the longest receipts fail.
  const { port } = await headend({
    onConnection: (socket) => void socket.once("data", () => socket.end(ok("12345678", 8), "latin1")),
  });
  const { body } = await requestOverTls({ ...to(port), method: "GET", path: "/", maxResponseBytes: 8 });
  expect(tell(body)).toBe("12345678");
});

test("a redirect is an answer, and leads nowhere", async () => {
  // Wrong: whoever answers sends a delivery on to an address of his choice.
  const { port } = await httpHeadend((_, response) =>
    response.writeHead(302, { location: "https://127.0.0.1:1/" }).end(),
  );
  expect((await requestOverTls({ ...to(port), method: "GET", path: "/" })).status).toBe(302);
});

test("no answer in the stated time: timed-out; an abort: aborted; nobody there: connection-refused", async () => {
  // Wrong: a gateway hangs on a head-end that hangs.
  const { port } = await httpHeadend(() => {});
  const asked = { ...to(port), method: "GET", path: "/" };
  expect(await codeOf(requestOverTls({ ...asked, timeoutMs: 120 }))).toBe("timed-out");
  const stop = new AbortController();
  const stopped = codeOf(requestOverTls({ ...asked, signal: stop.signal }));
  setTimeout(() => stop.abort(), 60);
  expect(await stopped).toBe("aborted");
  expect(await codeOf(requestOverTls({ ...asked, signal: AbortSignal.abort() }))).toBe("aborted");
  const silent = connectPlain(port, "127.0.0.1"); // keeps the port from being given to somebody else
  onTestFinished(() => void silent.destroy());
  expect(await codeOf(requestOverTls({ ...asked, port: 1 }))).toBe("connection-refused");
});

test("the wrong head-end gets no request", async () => {
  // Wrong: a delivery goes to whoever took over the address.
  const heard: string[] = [];
  const { port } = await httpHeadend((request, response) => {
    heard.push(request.url ?? "");
    response.end();
  });
  const asked = { ...to(port), method: "GET", path: "/secret" };
  expect(await codeOf(requestOverTls({ ...asked, peerName: "Other.EMT" }))).toBe("wrong-name");
  expect(await codeOf(requestOverTls({ ...asked, peerRole: "GWA" }))).toBe("wrong-role");
  expect(heard).toEqual([]);
});

test("a client that is closed while it connects leaves nothing behind", async () => {
  // Wrong: each attempt that timed out leaves a connection open at the head-end.
  const { port, server } = await headend({ identity: identityOf(lab.emt.TLS) });
  const client = clientTo(port);
  const asked = codeOf(client.request({ method: "GET", path: "/" }));
  client.close();
  expect(await asked).toBe("aborted");
  while (server.counts.open + server.counts.handshakes > 0) await new Promise((done) => setTimeout(done, 5));
});

function to(port: number): ConnectOptions {
  return {
    host: "127.0.0.1",
    port,
    identity: identityOf(lab.gateway.TLS),
    trust: trustOf(),
    peerRole: "EMT",
    peerName: "Siegel-Lab.EMT",
  };
}

function clientTo(port: number): TlsHttpClient {
  const client = new TlsHttpClient(to(port));
  onTestFinished(() => client.close());
  return client;
}

function made(handler: RequestListener, options: Partial<TlsHttpServerOptions> = {}): TlsHttpServer {
  const server = createTlsHttpServer({
    identity: identityOf(lab.emt.TLS),
    trust: trustOf(),
    peerRoles: ["SMGW"],
    onRefused: () => {},
    handler,
    ...options,
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

async function httpHeadend(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: Partial<TlsHttpServerOptions> = {},
): Promise<{ port: number; server: TlsHttpServer; refused: Refusal[] }> {
  const refused: Refusal[] = [];
  const server = made((request, response) => void handler(request, response), {
    onRefused: (refusal) => void refused.push(refusal),
    ...options,
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { port: (server.address() as AddressInfo).port, server, refused }; // it listens on TCP
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer); // no encoding was set
  return Buffer.concat(pieces);
}

/** Sends these characters over TLS without waiting for anything. What came back until the connection closed. */
async function spoken(port: number, characters: string, own: { cert?: string; key?: Buffer }): Promise<string> {
  const options = { host: "127.0.0.1", port, ...profileOptions(), ca: [], rejectUnauthorized: false, ...own };
  const socket = connectTlsPlain(options);
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write(characters);
  let answer = "";
  socket.setEncoding("latin1");
  socket.on("data", (piece: string) => {
    answer += piece;
    if (!characters.includes("Connection: close")) socket.end();
  });
  await new Promise((done) => socket.once("close", done));
  return answer;
}

function ok(body: string, length: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

function chunked(body: string): string {
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
