/**
 * The one gate: from a finished handshake to evidence of who the other side is. Server and client pass the same one.
 *
 * In: a socket whose handshake is through, and whom we accept.  Out: `AuthenticatedPeer`, which nothing else makes.
 * Not here: closing what is refused, and telling the log (./door, ./connect); what makes a path valid (pki).
 * What the handshake has proved already: the other side holds the private key of the certificate that it sent
 * (CertificateVerify on the server's side, the signed key exchange on the client's). Node is told to let every certificate pass,
 * so that the reason of a refusal is known here; until this function has returned, nobody is given the socket.
 */

import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import {
  type At,
  Certificate,
  PathCache,
  type RevocationList,
  type Role,
  validatePath,
  type ValidatedPath,
} from "@siegel/pki";

import { gateErrorOf, TlsChannelError } from "./errors.ts";
import { takeCertificates } from "./peer-certificates.ts";

/** By what we judge the other side. Lists and time are asked for at each connection, so they may change meanwhile. */
export interface TlsTrust {
  readonly anchors: readonly Certificate[];
  /** CAs between root and other side, for those who do not send theirs. */
  readonly others: readonly Certificate[];
  revocation(): readonly RevocationList[];
  now(): At;
  /** Remembers signatures that held; one of its own unless told. Shared with `openDelivery`, each is checked once. */
  readonly cache?: PathCache | undefined;
}

/** Whom we accept. */
export interface PeerDemand {
  readonly trust: TlsTrust;
  readonly roles: readonly Role[];
  /** The name that its certificate must have, such as `Siegel-Lab.EMT`. Any of the role, unless told. */
  readonly name?: string | undefined;
}

/** The other side of a connection proved who it is. Only `admit` can make one. */
export class AuthenticatedPeer {
  readonly #path: ValidatedPath;
  readonly #demand: PeerDemand;

  private constructor(path: ValidatedPath, demand: PeerDemand) {
    this.#path = path;
    this.#demand = demand;
  }

  /** Chain, role, purpose TLS, and the instant at which it was judged. */
  get path(): ValidatedPath {
    return this.#path;
  }

  /** The name in its certificate, such as `ESGL0000000001.SMGW`. */
  get name(): string {
    return this.#path.leaf.name;
  }

  /**
   * The gate. Refuses unless everything holds, whatever goes wrong in here.
   *
   * @throws {TlsChannelError} "no-certificate", "bad-certificate", "chain-too-long", "wrong-name", "session-resumed",
   *   "closed-by-peer", or the code of pki's `PathError`. The caller destroys the socket.
   */
  static async admit(socket: TLSSocket, demand: PeerDemand): Promise<AuthenticatedPeer> {
    try {
      // A resumed session proves possession of its secret only, and carries no chain. The profile offers none.
      if (socket.isSessionReused()) throw new TlsChannelError("session-resumed");
      const [leaf, ...sent] = takeCertificates(socket).map((der) => Certificate.parse(der));
      if (leaf === undefined) throw new TlsChannelError("no-certificate");
      const path = await pathOf(leaf, sent, demand);
      if (socket.destroyed) throw new TlsChannelError("closed-by-peer");
      return remembered(socket, new AuthenticatedPeer(path, demand));
    } catch (cause) {
      throw gateErrorOf(cause);
    }
  }

  /**
   * Judges the other side of an open connection again, now: lists may be newer, and time has passed.
   *
   * @throws {TlsChannelError} as `admit`. The caller destroys the socket.
   */
  static async admitAgain(socket: Socket): Promise<AuthenticatedPeer> {
    try {
      const known = peers.get(socket);
      if (known === undefined) throw new TlsChannelError("no-certificate");
      const { leaf, chain } = known.#path;
      const path = await pathOf(leaf, chain.slice(1), known.#demand);
      return remembered(socket, new AuthenticatedPeer(path, known.#demand));
    } catch (cause) {
      throw gateErrorOf(cause);
    }
  }
}

/** Who is at the other end of this socket: undefined for any that has not passed the gate, and for one that was ended by us. */
export function peerOf(socket: Socket): AuthenticatedPeer | undefined {
  return peers.get(socket);
}

/** Takes the evidence back, so that nobody acts on it any more. */
export function forgetPeer(socket: Socket): void {
  peers.delete(socket);
}

function remembered(socket: Socket, peer: AuthenticatedPeer): AuthenticatedPeer {
  peers.set(socket, peer);
  return peer;
}

const peers = new WeakMap<Socket, AuthenticatedPeer>();

async function pathOf(leaf: Certificate, sent: readonly Certificate[], demand: PeerDemand): Promise<ValidatedPath> {
  const { trust } = demand;
  const path = await validatePath({
    leaf,
    others: [...sent, ...trust.others],
    anchors: trust.anchors,
    revocation: trust.revocation(),
    at: trust.now(),
    role: demand.roles,
    purpose: "TLS",
    cache: cacheOf(trust),
    maxCount: mostCertificates,
  });
  if (demand.name !== undefined && path.leaf.name !== demand.name) throw new TlsChannelError("wrong-name");
  return path;
}

/** CAs sign for all, so the second connection has one signature to check instead of five. */
function cacheOf(trust: TlsTrust): PathCache {
  const cache = trust.cache ?? caches.get(trust) ?? new PathCache();
  caches.set(trust, cache);
  return cache;
}

const caches = new WeakMap<TlsTrust, PathCache>();

/** Ours and the few that the other side may send (./peer-certificates). */
const mostCertificates = 64;
