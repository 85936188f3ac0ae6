/**
 * An HTTP server that speaks to authenticated peers only: a `node:http` server whose sockets come through the gate.
 *
 * In: the door's options and a handler.  Out: what `node:http` would give, so that a framework can stand on it (Fastify:
 * `serverFactory: (handler) => createTlsHttpServer({ …, handler })`). Who is asking: `peerOf(request.socket)`.
 * Not here: routes, bodies, rights.
 * Why not `node:https`: it hands a socket to the parser as soon as the handshake is through. Here the HTTP server has no port of
 * its own; the only way in is `emit("connection")`, and the only caller is the door.
 */

import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";

import { type DoorOptions, TlsDoor } from "./door.ts";
import type { TlsIdentity } from "./profile.ts";

export interface TlsHttpServerOptions extends DoorOptions {
  readonly handler: RequestListener;
  /** Of node:http: `requestTimeout`, `maxHeaderSize` … Anything lax is set back. */
  readonly http?: ServerOptions | undefined;
}

/** `listen`, `close` and `address` are those of the TLS port. */
export type TlsHttpServer = Server & {
  /** From the next connection on we are this one. @throws {TlsChannelError} "bad-identity" */
  renew(identity: TlsIdentity): void;
};

/** @throws {TlsChannelError} "bad-identity" */
export function createTlsHttpServer(options: TlsHttpServerOptions): TlsHttpServer {
  const http = createServer({ ...defaults, ...options.http, ...strict }, options.handler);
  const door = new TlsDoor(options, (socket) => void http.emit("connection", socket));
  const { server: port } = door;
  // node:http starts watching its timeouts at “listening” and stops at “close”.
  port.on("listening", () => http.emit("listening"));
  port.on("error", (error) => http.emit("error", error));
  const listen = (...args: Parameters<Server["listen"]>): Server => {
    port.listen(...args);
    return http;
  };
  const close = (done?: (error?: Error) => void): Server => {
    door.close((error) => {
      if (error === undefined) http.emit("close");
      done?.(error);
    });
    http.closeIdleConnections();
    return http;
  };
  Object.defineProperty(http, "listening", { get: () => port.listening });
  const unref = (): Server => {
    port.unref();
    return http;
  };
  const ref = (): Server => {
    port.ref();
    return http;
  };
  const renew = (identity: TlsIdentity): void => door.renew(identity);
  return Object.assign(http, { listen, close, address: () => port.address(), ref, unref, renew });
}

/** A gateway that sends every quarter of an hour comes back on a new connection; one that sends every few seconds stays. */
const defaults: ServerOptions = {
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
};

const strict: ServerOptions = { insecureHTTPParser: false, requireHostHeader: true, rejectNonStandardBodyWrites: true };
