import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { codeOf, gatewayTo, identityOf, lab, lawlessServer, nodeIdentity } from "./lab.ts";

test("a host that takes the connection and says nothing is given up after the stated time", async () => {
  // Wrong: a gateway waits for ever for a head-end that hangs.
  const port = await saying(() => {});
  expect(await codeOf(gatewayTo(port, { timeoutMs: 40 }))).toBe("timed-out");
});

test("an abort ends the attempt, before it and in its middle, and nothing stays open", async () => {
  // Wrong: a program that was told to end waits for a head-end first.
  const met = Promise.withResolvers<Socket>();
  const port = await saying(met.resolve);
  expect(await codeOf(gatewayTo(port, { signal: AbortSignal.abort() }))).toBe("aborted");
  const stop = new AbortController();
  const code = codeOf(gatewayTo(port, { signal: stop.signal }));
  const socket = await met.promise; // the first that came is of the second attempt: the first made none
  stop.abort();
  expect(await code).toBe("aborted");
  if (!socket.closed) await once(socket, "close");
});

test.each([
  { what: "another protocol", bytes: "HTTP/1.1 400 Bad Request\r\n\r\n", code: "not-tls" },
  { what: "a refusal of our versions", bytes: "\x15\x03\x03\x00\x02\x02\x46", code: "no-common-version" },
  { what: "a refusal without reason", bytes: "\x15\x03\x03\x00\x02\x02\x28", code: "handshake-failed" },
  { what: "nothing, and hangs up", bytes: "", code: "closed-by-peer" },
])("a host that answers with $what: $code", async ({ bytes, code }) => {
  // Wrong: whoever looks for the fault looks at the wrong side.
  const port = await saying((socket) => void socket.once("data", () => socket.end(bytes, "latin1")));
  expect(await codeOf(gatewayTo(port))).toBe(code);
});

test("a host name that does not exist, and one that nobody answers on", async () => {
  // Wrong: a typing error looks like a fault of TLS. `.invalid` never resolves: RFC 6761, 6.4.
  expect(await codeOf(gatewayTo(1, { host: "headend.invalid" }))).toBe("host-unknown");
  expect(await codeOf(gatewayTo(1))).toBe("connection-refused");
});

test.each([
  { what: "older than TLS 1.2", options: { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } },
  { what: "another suite", options: { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305" } },
  { what: "another curve", options: { maxVersion: "TLSv1.2", ecdhCurve: "P-521" } },
  { what: "another hash in its signature", options: { maxVersion: "TLSv1.2", sigalgs: "ECDSA+SHA224" } },
] as const)("a server that knows only $what gets no handshake", async ({ options }) => {
  // Wrong: a gateway is talked down to what somebody on the line can break.
  const { port } = await lawlessServer({ ...nodeIdentity(identityOf(lab.emt.TLS)), ...options });
  expect(await codeOf(gatewayTo(port))).toMatch(/^(handshake-failed|no-common-(version|suite|signature))$/);
});

async function saying(connected: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
    connected(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // it listens on TCP
}
