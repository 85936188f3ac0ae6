/**
 * The line to the one receiver of the configuration: HTTPS over mutual TLS that we open.
 *
 * In: a delivery.  Out: what the receiver said, in the words of ../core/ports.
 * Not here: TLS and who the other side is (channel), when to try again (../core/outbox).
 * Connections are kept and used again, one request at a time each. They are given up when a revocation list came, so that the
 * other side is judged anew, and after some minutes in any case. A kept connection that the other side has closed meanwhile is no
 * failure: the same bytes go over a fresh one, which a receiver that has them already answers with the same receipt.
 */

import { TlsChannelError, TlsHttpClient, type TlsIdentity, type TlsResponse, type TrustFiles } from "@siegel/channel";
import { ingest } from "@siegel/contract";

import type { Answer, Link } from "../core/ports.ts";

export interface LinkPorts {
  readonly url: string;
  /** Common name of the receiver's TLS certificate. */
  readonly peerName: string;
  readonly identity: TlsIdentity;
  readonly trust: TrustFiles;
  readonly clock: { wallMs(): number; monoMs(): number };
}

interface Kept {
  readonly client: TlsHttpClient;
  readonly sinceMs: number;
  readonly generation: number;
  used: boolean;
}

export class TlsLink implements Link {
  readonly #ports: LinkPorts;
  readonly #url: URL;
  readonly #idle: Kept[] = [];
  #closed = false;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
    this.#url = new URL(ports.url);
  }

  /** @throws {TlsChannelError} when there is no connection or no whole answer. */
  async send(der: Uint8Array): Promise<Answer> {
    const kept = this.#take();
    try {
      return await this.#sendOver(kept, der);
    } catch (error) {
      kept.client.close();
      const isStale = kept.used && error instanceof TlsChannelError && error.code === "closed-by-peer";
      if (!isStale || this.#closed) throw error;
    }
    const fresh = this.#opened();
    try {
      return await this.#sendOver(fresh, der);
    } catch (error) {
      fresh.client.close();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const { client } of this.#idle.splice(0)) client.close();
  }

  async #sendOver(kept: Kept, der: Uint8Array): Promise<Answer> {
    const response = await kept.client.request({
      method: ingest.method,
      path: `${this.#url.pathname}${this.#url.search}`,
      headers: { "content-type": ingest.contentType, accept: ingest.receiptType },
      body: der,
      timeoutMs: answerMs,
      maxResponseBytes: maxAnswerBytes,
    });
    kept.used = true;
    if (this.#closed) kept.client.close();
    else this.#idle.push(kept);
    return answerOf(response);
  }

  #take(): Kept {
    const { trust, clock } = this.#ports;
    trust.refresh();
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      if (kept.generation === trust.generation && clock.monoMs() - kept.sinceMs < keptMs) return kept;
      kept.client.close();
    }
    return this.#opened();
  }

  #opened(): Kept {
    const { peerName, identity, trust, clock } = this.#ports;
    const client = new TlsHttpClient({
      host: this.#url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(this.#url.port || 443),
      identity,
      trust: {
        anchors: trust.anchors,
        others: trust.others,
        revocation: () => trust.revocation(),
        now: () => ({ epochMs: clock.wallMs() }),
        cache: trust.cache,
      },
      peerRole: "EMT",
      peerName,
      timeoutMs: connectMs,
    });
    return { client, sinceMs: clock.monoMs(), generation: trust.generation, used: false };
  }
}

/** A receipt is a receipt only with the type that says so; what a proxy on the way may say is no refusal by the receiver. */
export function answerOf({ status, headers, body }: TlsResponse): Answer {
  if (status === 200) {
    const type = String(headers["content-type"] ?? "")
      .split(";", 1)[0]
      ?.trim();
    return type === ingest.receiptType ? { kind: "receipt", bytes: body } : { kind: "refused", code: "not-a-receipt" };
  }
  if (status >= 500 || status === 429 || status === 408) {
    const seconds = Number(headers["retry-after"] ?? 0);
    const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, maxRetryAfterSeconds) * 1000 : 0;
    return { kind: "busy", retryAfterMs };
  }
  return { kind: "refused", code: `http-${status}` };
}

const connectMs = 10_000;
const answerMs = 30_000;
const keptMs = 10 * 60_000;
/** A receipt with its certificates has some kilobytes. */
const maxAnswerBytes = 65_536;
const maxRetryAfterSeconds = 600;
