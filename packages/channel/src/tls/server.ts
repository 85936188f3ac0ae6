/** A TLS server of ours: sockets of authenticated peers, and nothing else, reach the caller. Judgement: ./gate, port: ./door. */

import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

import { type DoorCounts, type DoorOptions, TlsDoor } from "./door.ts";
import { handshakeErrorOf } from "./errors.ts";
import type { AuthenticatedPeer } from "./gate.ts";
import type { TlsIdentity } from "./profile.ts";

export interface TlsServerOptions extends DoorOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The socket is paused, and no byte of it was read. When it breaks it closes; an error needs no listener. */
  onConnection(socket: TLSSocket, peer: AuthenticatedPeer): void;
}

export interface RunningTlsServer {
  readonly port: number;
  readonly counts: DoorCounts;
  /** From the next connection on we are this one. @throws {TlsChannelError} "bad-identity" */
  renew(identity: TlsIdentity): void;
  /** Ends the port and every connection. Twice is once. */
  close(): Promise<void>;
}

/** @throws {TlsChannelError} "bad-identity", "address-in-use", "cannot-listen" */
export async function createTlsServer(options: TlsServerOptions): Promise<RunningTlsServer> {
  const door = new TlsDoor(options, (socket, peer) => options.onConnection(socket, peer));
  const { server } = door;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(handshakeErrorOf(cause)));
    server.listen({ host: options.host, port: options.port }, resolve);
  }).catch((error: unknown) => {
    door.destroy();
    throw error;
  });
  const closed = new Promise<void>((resolve) => void server.once("close", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    get counts() {
      return door.counts;
    },
    renew: (identity) => door.renew(identity),
    close: () => {
      door.destroy();
      return closed;
    },
  };
}
