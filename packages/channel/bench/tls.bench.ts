/**
 * Mutual handshakes with the gate, and requests over a kept connection, beside bare `node:tls` with the same profile.
 *
 * Both ends run in this process, so a handshake costs about twice what a server pays. Bare: the same certificates and suites, nobody
 * asks for the other's path. What the gate adds is one signature check for each new certificate, and parsing.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";

import { makeLab } from "@siegel/pki/testing";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import { createTlsHttpServer, createTlsServer, connectTls, TlsHttpClient, type TlsIdentity } from "../src/index.ts";
import { contextOf, profileOptions, type TlsVersion, withKey } from "../src/tls/profile.ts";

const lab = await makeLab();
const trust = { anchors: lab.anchors, others: lab.others, revocation: () => lab.crls, now: () => lab.now };
const identityOf = (of: "emt" | "gateway"): TlsIdentity => ({
  certificate: lab[of].TLS.certificate.der,
  chain: [lab.subCa.der],
  privateKey: lab[of].TLS.key.toPkcs8(),
});
const [headend, gateway] = [identityOf("emt"), identityOf("gateway")];
const perRound = 32;
const inFlight = 8;

async function many(task: () => Promise<void>): Promise<number> {
  let left = perRound;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await task();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return perRound;
}

async function ours(maxVersion: TlsVersion): Promise<() => Promise<number>> {
  const server = await createTlsServer({
    host: "127.0.0.1",
    port: 0,
    identity: headend,
    trust,
    peerRoles: ["SMGW"],
    onRefused: ({ error }) => {
      throw error;
    },
    onConnection: (socket) => socket.end("x"),
  });
  process.once("disconnect", () => void server.close());
  const to = { host: "127.0.0.1", port: server.port, identity: gateway, trust, peerRole: "EMT", maxVersion } as const;
  return () =>
    many(async () => {
      const { socket } = await connectTls(to);
      await once(socket, "data");
      socket.destroy();
    });
}

async function bare(maxVersion: TlsVersion): Promise<() => Promise<number>> {
  const judged = { requestCert: true, rejectUnauthorized: false };
  const server = withKey(headend, (own) => createServer({ ...profileOptions(), ca: [], ...judged, ...own }));
  server.on("secureConnection", (socket) => socket.on("error", () => {}).end("x"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.once("disconnect", () => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return () =>
    many(async () => {
      const secureContext = contextOf(gateway, maxVersion);
      const socket = connect({ host: "127.0.0.1", port, secureContext, rejectUnauthorized: false });
      await once(socket, "data");
      socket.destroy();
    });
}

async function requests(): Promise<() => Promise<number>> {
  const server = createTlsHttpServer({
    identity: headend,
    trust,
    peerRoles: ["SMGW"],
    onRefused: ({ error }) => {
      throw error;
    },
    handler: (request, response) => void request.resume().on("end", () => response.end("x")),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const client = new TlsHttpClient({ host: "127.0.0.1", port, identity: gateway, trust, peerRole: "EMT" });
  process.once("disconnect", () => {
    client.close();
    server.close();
  });
  const body = new Uint8Array(2_660);
  return async () => {
    for (let index = 0; index < perRound; index++) await client.request({ method: "POST", path: "/", body });
    return perRound;
  };
}

export const works: BenchWork[] = [
  {
    name: "TLS 1.2 handshake, mutual, both ends",
    unit: "handshakes",
    ours: await ours("TLSv1.2"),
    others: [{ name: "bare node:tls", run: await bare("TLSv1.2") }],
    atLeast: { timesOther: { "bare node:tls": 0.6 } },
  },
  {
    name: "TLS 1.3 handshake, mutual, both ends",
    unit: "handshakes",
    ours: await ours("TLSv1.3"),
    others: [{ name: "bare node:tls", run: await bare("TLSv1.3") }],
    atLeast: { timesOther: { "bare node:tls": 0.6 } },
  },
  { name: "HTTP request over a kept TLS connection, both ends", unit: "requests", ours: await requests(), others: [] },
];
