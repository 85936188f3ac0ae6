import { constants } from "node:crypto";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as connectPlainTls, createServer as createPlainTlsServer } from "node:tls";

import { expect, onTestFinished, test } from "vitest";

import { AuthenticatedPeer, peerOf } from "../../src/index.ts";
import { defaultLimits, limitsOf } from "../../src/tls/limits.ts";
import { privateKeyPem } from "../../src/tls/private-key.ts";
import { profileOptions, secureOptions } from "../../src/tls/profile.ts";
import { codeOf, echoed, gatewayTo, headend, identityOf, lab, nodeIdentity, receivedBy, trustOf } from "./lab.ts";

test("options have the numbers of the library", () => {
  // Wrong: a number that is off by a bit leaves renegotiation on, and nobody sees it.
  expect(secureOptions).toEqual({
    NO_RENEGOTIATION: constants.SSL_OP_NO_RENEGOTIATION,
    NO_TICKET: constants.SSL_OP_NO_TICKET,
    NO_COMPRESSION: constants.SSL_OP_NO_COMPRESSION,
    CIPHER_SERVER_PREFERENCE: constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
  });
  expect(profileOptions().secureOptions).toBe(Object.values(secureOptions).reduce((sum, one) => sum + one, 0));
});

test("the profile, whole", () => {
  // Wrong: a suite, curve or hash that the rules forbid comes in unseen. A change is one line of this.
  expect(profileOptions()).toMatchInlineSnapshot(`
    {
      "ca": [],
      "ciphers": "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384",
      "ecdhCurve": "brainpoolP256r1tls13:brainpoolP384r1tls13:brainpoolP512r1tls13:brainpoolP256r1:brainpoolP384r1:P-256:brainpoolP512r1:P-384",
      "maxVersion": "TLSv1.3",
      "minVersion": "TLSv1.2",
      "secureOptions": 1078083584,
      "sigalgs": "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ecdsa_brainpoolP256r1tls13_sha256:ecdsa_brainpoolP384r1tls13_sha384:ecdsa_brainpoolP512r1tls13_sha512",
    }
  `);
  expect(profileOptions("TLSv1.2").maxVersion).toBe("TLSv1.2");
});

test("a private key's PEM is what Node makes of it", () => {
  // Wrong: one key in three, by its length, cannot be loaded.
  for (const byteLength of [0, 1, 2, 3, 47, 48, 49, 95, 96, 200, 255]) {
    const der = Uint8Array.from({ length: byteLength }, (_, at) => (at * 37 + byteLength) & 0xff);
    const lines =
      Buffer.from(der)
        .toString("base64")
        .match(/.{1,64}/g) ?? [];
    expect(privateKeyPem(der).toString("latin1")).toBe(
      ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n"),
    );
  }
});

test("certificate and key that do not belong together are told when the door is made", async () => {
  // Wrong: the port opens, and every handshake fails.
  const mixed = { ...identityOf(lab.emt.TLS), privateKey: lab.gwa.TLS.key.toPkcs8() };
  expect(await codeOf(headend({ identity: mixed }))).toBe("bad-identity");
  expect(await codeOf(gatewayTo(1, { identity: mixed }))).toBe("bad-identity");
  expect(await codeOf(headend({ identity: { ...mixed, privateKey: new Uint8Array(9) } }))).toBe("bad-identity");
});

test("a port that is taken", async () => {
  // Wrong: a second head-end ends in a stack trace.
  const { port } = await headend();
  expect(await codeOf(headend({ port }))).toBe("address-in-use");
});

test.each([
  { what: "HTTP without TLS", bytes: "GET /v1/deliveries HTTP/1.1\r\nHost: x\r\n\r\n", code: "not-tls" },
  { what: "noise", bytes: "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99", code: "not-tls" },
  { what: "a record that is too long", bytes: "\x16\x03\x01\xff\xff\x01\x00", code: "not-tls" },
])("$what to the port is refused as $code", async ({ bytes, code }) => {
  // Wrong: the log cannot tell a browser from an attack, or the port falls.
  const { port, admitted, nextRefusal } = await headend();
  const socket = rawTo(port);
  socket.write(bytes, "latin1");
  const received = await receivedBy(socket);
  expect(received === "" || received.startsWith("\x15\x03")).toBe(true); // at most an alert of TLS
  expect(await nextRefusal()).toMatchObject({ code, at: "handshake", remoteAddress: "127.0.0.1" });
  expect(admitted).toEqual([]);
  expect(await echoed((await gatewayTo(port)).socket)).toBe("ping"); // and it goes on
});

test.each(["end", "reset"])("a peer that leaves in the middle of the handshake (%s)", async (how) => {
  // Wrong: half-made connections stay and fill the table.
  const { port, server, nextRefusal } = await headend();
  const socket = rawTo(port);
  socket.write("\x16\x03\x01\x02", "latin1", () => {
    if (how === "end") socket.end();
    else socket.resetAndDestroy();
  });
  expect(await nextRefusal()).toMatchObject({ code: "closed-by-peer", at: "handshake", remoteAddress: "127.0.0.1" });
  expect(server.counts).toEqual({ handshakes: 0, open: 0, refused: 1 });
});

test("who only holds the door open is shut out after the stated time", async () => {
  // Wrong: some hundred connections of one slow stranger keep every gateway out. Node itself only reports the time.
  const { port, nextRefusal } = await headend({ limits: { handshakeMs: 30 } });
  const silent = receivedBy(rawTo(port));
  expect(await nextRefusal()).toMatchObject({ code: "handshake-timeout", at: "handshake" });
  expect(await silent).toBe("");
});

test("one handshake too many ends the oldest", async () => {
  // Wrong: whoever comes first and says nothing has the door for himself.
  const { port, nextRefusal } = await headend({ limits: { maxHandshakes: 2 } });
  const oldest = rawTo(port);
  await connected(oldest);
  const second = rawTo(port);
  await connected(second);
  const ended = receivedBy(oldest);
  const { socket } = await gatewayTo(port);
  expect(await echoed(socket)).toBe("ping");
  await ended;
  expect(await nextRefusal()).toMatchObject({ code: "too-many-handshakes", error: { passing: true } });
  expect(second.destroyed).toBe(false);
});

test("one connection too many of a gateway ends its oldest, and nobody else's", async () => {
  // Wrong: one stolen key opens connections until no other gateway gets through.
  const { TLS } = await lab.triple({ role: "SMGW", name: "ESGL0000000019" });
  const { port, nextRefusal } = await headend({ limits: { maxOfPeer: 2 } });
  const { socket: other } = await gatewayTo(port);
  await echoed(other);
  const { socket: oldest } = await gatewayTo(port, { identity: identityOf(TLS) });
  await echoed(oldest);
  const { socket: second } = await gatewayTo(port, { identity: identityOf(TLS) });
  await echoed(second);
  const ended = receivedBy(oldest);
  const { socket: third } = await gatewayTo(port, { identity: identityOf(TLS) });
  expect(await nextRefusal()).toMatchObject({ code: "too-many-connections", at: "open" });
  await ended;
  for (const socket of [other, second, third]) expect(await echoed(socket)).toBe("ping");
});

test("more connections than are allowed are closed at once", async () => {
  // Wrong: memory for as many connections as anybody likes.
  const { port, nextRefusal } = await headend({ limits: { maxConnections: 1 } });
  const { socket } = await gatewayTo(port);
  await echoed(socket);
  expect(await codeOf(gatewayTo(port))).toBe("closed-by-peer");
  expect(await nextRefusal()).toMatchObject({ code: "too-many-connections" });
});

test.each([
  { limits: { idleMs: 40 }, code: "idle" },
  { limits: { sessionMs: 40 }, code: "session-too-long" },
  { limits: { maxBytes: 3, idleMs: 200 }, code: "too-many-bytes" },
])("an open connection ends at its limit: $code", async ({ limits, code }) => {
  // Wrong: a connection lives on although its time or amount is used up; 48 h are the most that the rules allow.
  const { port, admitted, nextRefusal } = await headend({ limits });
  const { socket } = await gatewayTo(port);
  await echoed(socket);
  const ended = receivedBy(socket);
  expect(await nextRefusal()).toMatchObject({ code, at: "open" });
  await ended;
  expect(admitted[0] && peerOf(admitted[0].socket)).toBeUndefined();
});

test("limits are numbers above 0, and no session is longer than 48 h", () => {
  // Wrong: a typing error in a configuration switches a limit off.
  expect(limitsOf()).toEqual(defaultLimits);
  expect(defaultLimits.sessionMs).toBe(48 * 3600 * 1000);
  for (const bad of [
    { idleMs: 0 },
    { maxBytes: -1 },
    { handshakeMs: Number.NaN },
    { sessionMs: 48 * 3600 * 1000 + 1 },
  ]) {
    expect(() => limitsOf(bad)).toThrow(RangeError);
  }
});

test("an open connection ends when its certificate is revoked", async () => {
  // Wrong: a stolen gateway goes on for as long as it does not hang up.
  const { TLS } = await lab.triple({ role: "SMGW", name: "ESGL0000000017" });
  let lists = lab.crls;
  const { port, admitted, nextRefusal } = await headend({
    trust: trustOf({ revocation: () => lists }),
    limits: { againMs: 20 },
  });
  const { socket } = await gatewayTo(port, { identity: identityOf(TLS) });
  await echoed(socket);
  const first = admitted[0];
  const judgedAgain = (): boolean => first !== undefined && peerOf(first.socket) !== first.peer;
  while (!judgedAgain()) await echoed(socket);
  expect(first && peerOf(first.socket)?.name).toBe("ESGL0000000017.SMGW");
  lab.pki.revoke({ certificate: TLS.certificate, at: lab.now });
  lists = await lab.pki.crls(lab.now);
  const ended = receivedBy(socket);
  expect(await nextRefusal()).toMatchObject({ code: "revoked", at: "open" });
  await ended;
  expect(first && peerOf(first.socket)).toBeUndefined();
});

test("new lists are asked about open connections at once, not when their time comes", async () => {
  // A stolen gateway that hears of its own revocation opens a connection before the head-end does, and has a quarter of an hour.
  const { TLS } = await lab.triple({ role: "SMGW", name: "ESGL0000000018" });
  let lists = lab.crls;
  const { port, nextRefusal } = await headend({
    trust: trustOf({ revocation: () => lists }),
    limits: { idleMs: 2_000, againMs: 900_000 },
  });
  const { socket } = await gatewayTo(port, { identity: identityOf(TLS) });
  await echoed(socket);
  lab.pki.revoke({ certificate: TLS.certificate, at: lab.now });
  lists = await lab.pki.crls(lab.now);
  const ended = receivedBy(socket);
  expect(await nextRefusal()).toMatchObject({ code: "revoked", at: "open" });
  await ended;
});

test("a new certificate serves the next connection; open ones stay", async () => {
  // Wrong: every renewal of a certificate is an outage.
  const { port, server } = await headend();
  const before = await gatewayTo(port, { peerName: "Siegel-Lab.EMT" });
  await echoed(before.socket);
  const renewed = await lab.triple({ role: "EMT", name: "Renewed" });
  server.renew(identityOf(renewed.TLS));
  expect((await gatewayTo(port)).peer.name).toBe("Renewed.EMT");
  expect(await echoed(before.socket)).toBe("ping");
});

test("closing ends all: port, handshakes, connections", async () => {
  // Wrong: a program that was told to end hangs on a connection.
  const { port, server } = await headend();
  const { socket } = await gatewayTo(port);
  await echoed(socket);
  const half = rawTo(port);
  await connected(half);
  const ends = [receivedBy(socket), receivedBy(half)];
  await server.close();
  await server.close();
  await Promise.all(ends);
  expect(await codeOf(gatewayTo(port))).toBe("connection-refused");
});

test("a connection that we opened ends after its time, too", async () => {
  // Wrong: a gateway keeps one session for months, whatever the head-end does.
  const { port } = await headend();
  const { socket } = await gatewayTo(port, { sessionMs: 40 });
  await receivedBy(socket);
  expect(peerOf(socket)).toBeUndefined();
});

const versions = ["TLSv1.2", "TLSv1.3"] as const;

test.each(versions)("a connection cannot be resumed: each one proves itself (%s)", async (version) => {
  // Wrong: who was revoked comes back on an old session, without a certificate.
  const { port, admitted } = await headend();
  expect(await resumed(port, version)).toEqual([false, false]);
  expect(admitted).toHaveLength(2);
});

test.each(versions)("the gate refuses a resumed session, should a server ever offer one (%s)", async (version) => {
  // Wrong: the line of the profile that forbids tickets is lost, and with it every check of the second connection.
  const own = nodeIdentity(identityOf(lab.emt.TLS));
  const lax = { ...profileOptions(version), secureOptions: 0, ca: [], requestCert: true, rejectUnauthorized: false };
  const codes: string[] = [];
  const server = createPlainTlsServer({ ...lax, ...own }, (socket) => {
    socket.on("error", () => {});
    void codeOf(AuthenticatedPeer.admit(socket, { trust: trustOf(), roles: ["SMGW"] })).then((code) => {
      codes.push(code);
      socket.end("x");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  expect(await resumed((server.address() as AddressInfo).port, version)).toEqual([false, true]); // it listens on TCP
  expect(codes).toEqual(["it did not fail", "session-resumed"]);
});

test("who shows a certificate without its key does not get through the handshake", async () => {
  // Wrong: certificates are public; whoever has seen a gateway's could deliver in its name.
  const { port, admitted, nextRefusal } = await headend({ maxVersion: "TLSv1.2" });
  const between = await withOtherProof(port);
  expect(await codeOf(gatewayTo(between, { maxVersion: "TLSv1.2" }))).not.toBe("it did not fail");
  expect(await nextRefusal()).toMatchObject({ code: "no-possession", at: "handshake" });
  expect(admitted).toEqual([]);
});

function rawTo(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

function connected(socket: Socket): Promise<void> {
  return new Promise((done) => socket.once("connect", () => done()));
}

/** Connects twice, the second time with the session of the first. Was it resumed? */
async function resumed(port: number, version: "TLSv1.2" | "TLSv1.3"): Promise<boolean[]> {
  const own = nodeIdentity(identityOf(lab.gateway.TLS));
  const options = {
    host: "127.0.0.1",
    port,
    ...profileOptions(version),
    secureOptions: 0,
    ca: [],
    rejectUnauthorized: false,
  };
  const answers: boolean[] = [];
  let session: Buffer | undefined;
  for (let round = 0; round < 2; round++) {
    const socket = connectPlainTls({ ...options, ...own, ...(session && { session }) });
    socket.on("error", () => {});
    socket.on("session", (one: Buffer) => (session = one));
    await new Promise((done) => socket.once("secureConnect", done));
    answers.push(socket.isSessionReused());
    session ??= socket.getSession();
    socket.write("x");
    await new Promise((done) => socket.once("data", done));
    socket.destroy();
  }
  return answers;
}

/** A line to the server on which one bit of the client's signature in CertificateVerify is turned. TLS 1.2 sends it in the clear. */
async function withOtherProof(port: number): Promise<number> {
  const server = createServer((client) => {
    const onward = rawTo(port);
    client.on("error", () => {});
    client.on("data", (flight: Buffer) => void onward.write(turned(flight)));
    onward.pipe(client);
    onward.on("close", () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // it listens on TCP
}

function turned(flight: Buffer): Buffer {
  for (let record = 0; record + 5 <= flight.length; record += 5 + flight.readUInt16BE(record + 3)) {
    if (flight[record] !== 22) break; // from ChangeCipherSpec on it is encrypted
    const end = record + 5 + flight.readUInt16BE(record + 3);
    for (let message = record + 5; message < end; message += 4 + flight.readUIntBE(message + 1, 3)) {
      const last = message + 3 + flight.readUIntBE(message + 1, 3);
      if (flight[message] === 15) flight.writeUInt8((flight[last] ?? 0) ^ 1, last);
    }
  }
  return flight;
}
