/**
 * A listening port whose connections have passed the gate before anybody sees them. Bytes and HTTP servers both stand on it.
 *
 * In: who we are, whom we accept, limits.  Out: sockets with their evidence, one call each; refusals with their reason.
 * Not here: the judgement itself (./gate), what is said over the connection.
 * The other side of a refused connection learns that it was closed. During the handshake TLS sends its own alerts: they tell
 * which versions and algorithms we do not share, and nothing about certificates.
 */

import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";

import type { RevocationList, Role } from "@siegel/pki";

import { gateErrorOf, handshakeErrorOf, TlsChannelError } from "./errors.ts";
import { AuthenticatedPeer, forgetPeer, peerOf, type TlsTrust } from "./gate.ts";
import { limitsOf, type TlsLimits } from "./limits.ts";
import { withoutLegacyCertificates } from "./peer-certificates.ts";
import { profileOptions, type TlsIdentity, type TlsVersion, withKey } from "./profile.ts";

/** A connection that was not let in, or was ended by us. For the log; carries nothing that the other side said. */
export interface Refusal {
  /** Of `TlsChannelError`; stable. */
  readonly code: TlsChannelError["code"];
  readonly at: "handshake" | "gate" | "open";
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly error: TlsChannelError;
}

export interface DoorOptions {
  readonly identity: TlsIdentity;
  readonly trust: TlsTrust;
  readonly peerRoles: readonly Role[];
  /** Lower it for peers that offer TLS 1.3 without brainpool. 1.3 unless told. */
  readonly maxVersion?: TlsVersion | undefined;
  readonly limits?: Partial<TlsLimits> | undefined;
  /** For the log. A flood of strangers is a flood of calls. */
  onRefused(refusal: Refusal): void;
}

/** How many connections are in which state. */
export interface DoorCounts {
  readonly handshakes: number;
  readonly open: number;
  readonly refused: number;
}

export class TlsDoor {
  readonly server: Server;
  readonly #options: DoorOptions;
  readonly #limits: TlsLimits;
  readonly #deliver: (socket: TLSSocket, peer: AuthenticatedPeer) => void;
  /** Sockets before TLS, by remote address and port: in the order in which they came. */
  readonly #handshakes = new Map<string, Socket>();
  readonly #open = new Map<TLSSocket, OpenConnection>();
  readonly #rounds: NodeJS.Timeout;
  #onRounds = false;
  #refused = 0;

  /** @throws {TlsChannelError} "bad-identity" */
  constructor(options: DoorOptions, deliver: (socket: TLSSocket, peer: AuthenticatedPeer) => void) {
    this.#options = options;
    this.#limits = limitsOf(options.limits);
    this.#deliver = deliver;
    this.server = this.#serverOf(options.identity);
    this.server.maxConnections = this.#limits.maxConnections;
    this.server.on("connection", (socket: Socket) => this.#arrived(socket));
    this.server.on("secureConnection", (socket) => void this.#admit(socket));
    this.server.on("tlsClientError", (error, socket) => this.#refuse(socket, "handshake", handshakeErrorOf(error)));
    this.server.on("drop", (remote) =>
      this.#note(remote ?? {}, "handshake", new TlsChannelError("too-many-connections")),
    );
    this.#rounds = setInterval(() => void this.#makeRounds(), roundsMs(this.#limits)).unref();
  }

  get counts(): DoorCounts {
    return { handshakes: this.#handshakes.size, open: this.#open.size, refused: this.#refused };
  }

  /** From the next connection on we are this one: a new certificate, without a pause. @throws {TlsChannelError} */
  renew(identity: TlsIdentity): void {
    made(() => withKey(identity, (own) => this.server.setSecureContext({ ...this.#profile(), ...own })));
  }

  /** Ends the port and the handshakes under way. `done` is told when the last open connection has ended, too. */
  close(done?: (error?: Error) => void): void {
    this.server.close((error) => {
      clearInterval(this.#rounds);
      done?.(error);
    });
    for (const socket of this.#handshakes.values()) socket.destroy();
  }

  /** As `close`, and ends every connection. */
  destroy(): void {
    this.close();
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #serverOf(identity: TlsIdentity): Server {
    const { handshakeMs } = this.#limits;
    const judgedLater = { requestCert: true, rejectUnauthorized: false, handshakeTimeout: handshakeMs };
    return made(() => withKey(identity, (own) => createServer({ ...this.#profile(), ...judgedLater, ...own })));
  }

  #profile() {
    return { ...profileOptions(this.#options.maxVersion), ca: [] };
  }

  #arrived(socket: Socket): void {
    this.#handshakes.set(nameOf(socket), socket);
    // A peer that leaves in the middle: TLS tells it without an address, the socket below knows whose it was.
    const { remoteAddress, remotePort } = socket;
    socket.once("close", () => this.#settle({ remoteAddress, remotePort }, "handshake", "closed-by-peer"));
    if (this.#handshakes.size <= this.#limits.maxHandshakes) return;
    const [oldest] = this.#handshakes.values();
    if (oldest) this.#refuse(oldest, "handshake", new TlsChannelError("too-many-handshakes"));
  }

  async #admit(socket: TLSSocket): Promise<void> {
    socket.on("error", () => {}); // what breaks a connection ends it: its holder sees “close”
    withoutLegacyCertificates(socket);
    const remote = { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort };
    const { trust, peerRoles: roles } = this.#options;
    try {
      const lists = trust.revocation();
      const peer = await AuthenticatedPeer.admit(socket, { trust, roles });
      this.#handshakes.delete(nameOf(remote));
      const now = performance.now();
      this.#makeRoomFor(peer.name);
      this.#open.set(socket, { since: now, heard: now, judged: now, bytes: 0, lists });
      socket.once("close", () => this.#open.delete(socket));
      this.#deliver(socket, peer);
    } catch (cause) {
      this.#refuse(socket, "gate", gateErrorOf(cause));
    }
  }

  /** Connections are in the order in which they came. A gateway that lost some without knowing has the newest. */
  #makeRoomFor(name: string): void {
    const own = [...this.#open.keys()].filter((socket) => peerOf(socket)?.name === name);
    for (const socket of own.slice(0, Math.max(0, own.length + 1 - this.#limits.maxOfPeer))) {
      this.#open.delete(socket);
      this.#end(socket, "too-many-connections");
    }
  }

  /** One round at a time, however long the judging takes. */
  async #makeRounds(): Promise<void> {
    if (this.#onRounds) return;
    this.#onRounds = true;
    for (const [socket, state] of this.#open) await this.#visit(socket, state);
    this.#onRounds = false;
  }

  async #visit(socket: TLSSocket, state: OpenConnection): Promise<void> {
    const now = performance.now();
    const bytes = socket.bytesRead + socket.bytesWritten;
    if (bytes !== state.bytes) state.heard = now;
    state.bytes = bytes;
    const { idleMs, sessionMs, maxBytes, againMs } = this.#limits;
    if (now - state.since > sessionMs) return this.#end(socket, "session-too-long");
    if (now - state.heard > idleMs) return this.#end(socket, "idle");
    if (socket.bytesRead > maxBytes) return this.#end(socket, "too-many-bytes");
    const lists = this.#options.trust.revocation();
    if (now - state.judged < againMs && areSame(lists, state.lists)) return;
    state.judged = now;
    state.lists = lists;
    try {
      await AuthenticatedPeer.admitAgain(socket);
    } catch (cause) {
      this.#refuse(socket, "open", gateErrorOf(cause));
    }
  }

  #end(socket: TLSSocket, code: TlsChannelError["code"]): void {
    this.#refuse(socket, "open", new TlsChannelError(code));
  }

  /** Ends it without a word. The evidence is taken back, so that nobody acts on it any more. */
  #refuse(socket: Socket, at: Refusal["at"], error: TlsChannelError): void {
    const remote = { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort };
    forgetPeer(socket);
    socket.destroy();
    if (at === "open") this.#note(remote, at, error);
    else this.#settle(remote, at, error);
  }

  /** Notes the end of a handshake once, whoever hears of it first. */
  #settle(remote: Remote, at: Refusal["at"], error: TlsChannelError | "closed-by-peer"): void {
    if (!this.#handshakes.delete(nameOf(remote))) return;
    this.#note(remote, at, typeof error === "string" ? new TlsChannelError(error) : error);
  }

  #note({ remoteAddress, remotePort }: Remote, at: Refusal["at"], error: TlsChannelError): void {
    this.#refused += 1;
    this.#options.onRefused({ code: error.code, at, remoteAddress, remotePort, error });
  }
}

/** Milliseconds of a clock that is never set. */
interface OpenConnection {
  readonly since: number;
  heard: number;
  judged: number;
  bytes: number;
  /** By which it was judged. */
  lists: readonly RevocationList[];
}

interface Remote {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** A look at each connection in each round: by identity, which costs nothing. */
function areSame(some: readonly RevocationList[], others: readonly RevocationList[]): boolean {
  return some === others || (some.length === others.length && some.every((list, index) => list === others[index]));
}

function nameOf({ remoteAddress, remotePort }: Remote): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Often enough for the shortest limit, and for a sender that means to overrun the number of bytes. */
function roundsMs({ idleMs, sessionMs, againMs }: TlsLimits): number {
  return Math.min(Math.max(Math.min(idleMs, sessionMs, againMs) / 4, 10), 1_000);
}

function made<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new TlsChannelError("bad-identity", { cause });
  }
}
