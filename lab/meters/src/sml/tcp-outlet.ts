/**
 * The meter on a TCP port of this machine.
 *
 * In: pushes for every client.  Not here: what a client sends is whose `welcome` it is (./answering for a meter).
 * A client that reads slowly misses whole files, never parts of one, and makes no memory grow.
 */

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Outlet } from "./outlet.ts";

export interface TcpOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly maxClients: number;
  /** Told of each client. Has to read what it sends, if only to throw it away: else its end is not seen. */
  readonly welcome: (socket: Socket) => void;
}

export class TcpOutlet implements Outlet {
  readonly #server: Server;
  readonly #clients = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws The error of Node, `EADDRINUSE` for example, when the port cannot be had. */
  static async open({ port, maxClients, welcome }: TcpOptions): Promise<TcpOutlet> {
    // Half-open: a client that has sent all its requests may close its side and still read the answers.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.maxConnections = maxClients;
    const outlet = new TcpOutlet(server);
    server.on("connection", (socket) => outlet.#take(socket, welcome));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host: localhost }, () => resolve());
    });
    return outlet;
  }

  get address(): { host: string; port: number } {
    const { address, port } = this.#server.address() as AddressInfo; // a TCP server that listens has one
    return { host: address, port };
  }

  /** Clients at this moment. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for clients. Bounded: one file or answer above Node's own mark for each client. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const socket of this.#clients) bytes += socket.writableLength;
    return bytes;
  }

  push(file: Uint8Array): void {
    for (const socket of this.#clients) if (socket.writable && !socket.writableNeedDrain) socket.write(file);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#clients) socket.destroy();
    await closed;
  }

  #take(socket: Socket, welcome: (socket: Socket) => void): void {
    this.#clients.add(socket);
    socket.on("close", () => this.#clients.delete(socket));
    socket.on("error", () => socket.destroy()); // reset by the client: there is nobody left to tell
    welcome(socket);
  }
}

const localhost = "127.0.0.1";
