/** What the TLS tests have in common: a lab PKI, servers and clients of ours, and others that keep no rules. */

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type ConnectionOptions, type TlsOptions, type TLSSocket } from "node:tls";

import { toPem } from "@siegel/pki";
import { type Lab, type LabIdentity, makeLab } from "@siegel/pki/testing";
import { onTestFinished } from "vitest";

import {
  type AuthenticatedPeer,
  type ConnectOptions,
  connectTls,
  createTlsServer,
  type Refusal,
  type RunningTlsServer,
  TlsChannelError,
  type TlsConnection,
  type TlsIdentity,
  type TlsServerOptions,
  type TlsTrust,
} from "../../src/index.ts";
import { privateKeyPem } from "../../src/tls/private-key.ts";
import { profileOptions } from "../../src/tls/profile.ts";

export const lab = await makeLab();

export function identityOf({ certificate, key }: LabIdentity, chain = [lab.subCa.der]): TlsIdentity {
  return { certificate: certificate.der, chain, privateKey: key.toPkcs8() };
}

export function trustOf(trusted: Partial<TlsTrust> = {}, of: Lab = lab): TlsTrust {
  return { anchors: of.anchors, others: of.others, revocation: () => of.crls, now: () => of.now, ...trusted };
}

/** A head-end of ours, for gateways. What it lets in and what it refuses is kept. */
export async function headend(options: Partial<TlsServerOptions> = {}): Promise<{
  server: RunningTlsServer;
  port: number;
  admitted: { socket: TLSSocket; peer: AuthenticatedPeer }[];
  refused: Refusal[];
  /** The next refusal, or the first that nobody has asked for yet. */
  nextRefusal(): Promise<Refusal>;
}> {
  const admitted: { socket: TLSSocket; peer: AuthenticatedPeer }[] = [];
  const refused: Refusal[] = [];
  const waiting: ((refusal: Refusal) => void)[] = [];
  let asked = 0;
  const server = await createTlsServer({
    host: "127.0.0.1",
    port: 0,
    identity: identityOf(lab.emt.TLS),
    trust: trustOf(),
    peerRoles: ["SMGW"],
    onRefused: (refusal) => {
      refused.push(refusal);
      waiting.shift()?.(refusal);
    },
    onConnection: (socket, peer) => {
      admitted.push({ socket, peer });
      socket.pipe(socket);
    },
    ...options,
  });
  onTestFinished(() => server.close());
  const nextRefusal = (): Promise<Refusal> => {
    const there = refused[asked++];
    return there ? Promise.resolve(there) : new Promise((done) => waiting.push(done));
  };
  return { server, port: server.port, admitted, refused, nextRefusal };
}

/** A gateway of ours that connects to the head-end. */
export async function gatewayTo(port: number, options: Partial<ConnectOptions> = {}): Promise<TlsConnection> {
  const connection = await connectTls({
    host: "127.0.0.1",
    port,
    identity: identityOf(lab.gateway.TLS),
    trust: trustOf(),
    peerRole: "EMT",
    ...options,
  });
  onTestFinished(() => void connection.socket.destroy());
  return connection;
}

/** Certificate and key as Node's TLS takes them. */
export function nodeIdentity({ certificate, chain, privateKey }: TlsIdentity): { cert: string; key: Buffer } {
  const cert = [certificate, ...chain].map((der) => toPem("CERTIFICATE", der)).join("");
  return { cert, key: privateKeyPem(privateKey) };
}

/**
 * A client that keeps no rules: it believes every server, speaks at once, and says what came back.
 *
 * @returns What it received until the connection closed.
 */
export async function lawlessClient(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    ...profileOptions(),
    ca: [],
    rejectUnauthorized: false,
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write("open sesame");
  return receivedBy(socket);
}

/** A server that keeps no rules: it believes every client and says hello. What it hears is kept. */
export async function lawlessServer(options: TlsOptions): Promise<{ port: number; heard: () => Promise<string> }> {
  const heard = Promise.withResolvers<string>();
  const server = createServer({ ...profileOptions(), ca: [], ...options }, (socket) => {
    socket.on("error", () => {});
    socket.write("hello");
    void receivedBy(socket).then(heard.resolve);
  });
  server.on("tlsClientError", () => heard.resolve("")); // left before the handshake was through: nothing was heard
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { port, heard: () => heard.promise };
}

/** All that comes until the other side closes. */
export async function receivedBy(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (piece: string) => (text += piece));
  if (!socket.closed) await new Promise((done) => socket.once("close", done));
  return text;
}

/** Says something and waits until it has come back: then both sides have passed the gate. */
export async function echoed(socket: Socket, text = "ping"): Promise<string> {
  const back = once(socket, "data");
  socket.write(text);
  return String((await back)[0]);
}

export async function codeOf(doing: Promise<unknown>): Promise<string> {
  return doing.then(
    () => "it did not fail",
    (error: unknown) => (error instanceof TlsChannelError ? error.code : String(error)),
  );
}

/** A folder that goes with the test, with these files. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "siegel-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  return folder;
}
