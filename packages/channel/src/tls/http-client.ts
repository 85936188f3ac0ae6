/**
 * HTTP requests to one authenticated peer, over one connection that is kept for the next.
 *
 * In: where to, who we are, whom we expect; then requests.  Out: whole answers below a stated size, or a typed error.
 * Not here: when to try again (`error.passing` says whether it can help), what the octets mean.
 * No redirects, no cookies, no decompression: an answer comes from whom we asked, as it was sent.
 */

import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import type { Duplex } from "node:stream";

import { connectTls, type ConnectOptions } from "./connect.ts";
import { connectionErrorOf, TlsChannelError } from "./errors.ts";

export interface TlsRequest {
  readonly method: string;
  /** Path and query, such as `/v1/deliveries`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  /** From the call to the last byte of the answer, a new connection included. 30 s unless told. */
  readonly timeoutMs?: number | undefined;
  /** 1 MiB unless told. */
  readonly maxResponseBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TlsResponse {
  readonly status: number;
  /** Names in lower case; of several with one name as node:http joins them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** One peer, one connection at a time; requests are sent one after the other. */
export class TlsHttpClient {
  readonly #agent: GatedAgent;
  readonly #host: string;

  /** @param options.timeoutMs  For a connection; each request has its own, which includes it. */
  constructor(options: Omit<ConnectOptions, "signal">) {
    this.#agent = new GatedAgent(options);
    this.#host = options.peerName ?? options.host;
  }

  /**
   * One request. After an error it is not known whether the other side acted on it: send again only what may arrive twice.
   *
   * @throws {TlsChannelError} as `connectTls`; "timed-out", "closed-by-peer", "bad-response", "response-too-long", "aborted".
   */
  async request(asked: TlsRequest): Promise<TlsResponse> {
    const { method, path, body, timeoutMs = 30_000, maxResponseBytes = 2 ** 20, signal } = asked;
    if (signal?.aborted) throw new TlsChannelError("aborted");
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const headers = { host: this.#host, ...asked.headers, ...length };
    const sent = httpRequest({ agent: this.#agent, method, path, headers, maxHeaderSize: 16_384 });
    const ending = Promise.withResolvers<never>();
    const end = (error: TlsChannelError): void => {
      ending.reject(error);
      sent.destroy();
    };
    const timer = setTimeout(() => end(new TlsChannelError("timed-out")), timeoutMs);
    const abort = (): void => end(new TlsChannelError("aborted"));
    signal?.addEventListener("abort", abort, { once: true });
    sent.on("error", (cause) => end(requestErrorOf(cause)));
    try {
      sent.end(body);
      return await Promise.race([answerTo(sent, method, maxResponseBytes), ending.promise]);
    } catch (error) {
      sent.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      ending.promise.catch(() => {}); // a late error of a connection that was done belongs to nobody
    }
  }

  /** Ends the connection that was kept, or is being made. A later request opens another. */
  close(): void {
    this.#agent.close();
  }
}

/** One request on a connection of its own. */
export async function requestOverTls(asked: ConnectOptions & TlsRequest): Promise<TlsResponse> {
  const client = new TlsHttpClient(asked);
  try {
    return await client.request(asked);
  } finally {
    client.close();
  }
}

/** Gives node:http sockets that have passed the gate, and no others. */
class GatedAgent extends Agent {
  readonly #to: Omit<ConnectOptions, "signal">;
  #closing = new AbortController();

  constructor(to: Omit<ConnectOptions, "signal">) {
    // Kept for less time than our servers keep theirs, so that it does not close just when we write.
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1, timeout: keptMs, scheduling: "lifo" });
    this.#to = to;
  }

  override createConnection(_: unknown, done?: (error: Error | null, stream: Duplex) => void): undefined {
    connectTls({ ...this.#to, signal: this.#closing.signal }).then(
      ({ socket }) => done?.(null, socket),
      // node:http reads no stream beside an error; its type asks for one.
      (error: Error) => done?.(error, undefined as unknown as Duplex),
    );
  }

  close(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    this.destroy();
  }
}

async function answerTo(sent: ClientRequest, method: string, maxBytes: number): Promise<TlsResponse> {
  const response = await new Promise<IncomingMessage>((done) => void sent.once("response", done));
  const { statusCode: status = 0, headers } = response;
  if (!hasEnd(method, status, headers)) throw new TlsChannelError("bad-response");
  const pieces: Buffer[] = [];
  let byteLength = 0;
  try {
    for await (const piece of response) {
      const bytes = piece as Buffer; // no encoding was set
      byteLength += bytes.length;
      if (byteLength > maxBytes) throw new TlsChannelError("response-too-long");
      pieces.push(bytes);
    }
  } catch (cause) {
    throw connectionErrorOf(cause);
  }
  return { status, headers, body: new Uint8Array(Buffer.concat(pieces)) };
}

/** An answer that ends when the connection does could be cut by anybody on the way, and look whole. */
function hasEnd(method: string, status: number, headers: IncomingMessage["headers"]): boolean {
  if (method === "HEAD" || status === 204 || status === 304) return true;
  return headers["content-length"] !== undefined || headers["transfer-encoding"] === "chunked";
}

/** HPE_…: node's parser refused the answer. */
function requestErrorOf(cause: unknown): TlsChannelError {
  if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("HPE_")) {
    return new TlsChannelError("bad-response", { cause });
  }
  return connectionErrorOf(cause);
}

const keptMs = 45_000;
