/**
 * Runs the check beside the page: loads the proofs, hands them with what is displayed to workers, collects the reports.
 *
 * The workers, with all the code that verifies, are loaded when the first check starts. What was checked once with the
 * same display, proof and root is not checked again.
 */

import { ApiError, proof } from "../adapters/api.ts";
import type { BlockReport, Request, Response, RootInfo, ShownBlock } from "./messages.ts";

export interface Progress {
  readonly done: number;
  readonly all: number;
  readonly reports: readonly BlockReport[];
}

export class Checker {
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #proofs = new Map<string, Uint8Array>();
  readonly #reports = new Map<string, BlockReport>();
  #nextId = 0;

  /**
   * Checks every block. A proof that cannot be loaded gives the verdict "unavailable".
   *
   * @param root  DER of the trust root.
   * @throws {ApiError} "session-over", which ends the whole check; DOMException "AbortError" after `signal`.
   */
  async check(
    blocks: readonly ShownBlock[],
    root: RootInfo,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<readonly BlockReport[]> {
    const reports: (BlockReport | undefined)[] = blocks.map(() => undefined);
    let done = 0;
    let next = 0;
    const tell = (): void => {
      onProgress({ done, all: blocks.length, reports: reports.filter((report) => report !== undefined) });
    };
    tell();
    const lane = async (): Promise<void> => {
      while (next < blocks.length) {
        const place = next++;
        reports[place] = await this.#checkOne(blocks[place]!, root, signal);
        done++;
        tell();
      }
    };
    await Promise.all(Array.from({ length: parallelLoads }, lane));
    return reports.filter((report) => report !== undefined);
  }

  /** The certificate in a PEM or DER file; `undefined` if there is none that can be a root. */
  async readRoot(file: Uint8Array): Promise<RootInfo | undefined> {
    const response = await this.#ask({ do: "readRoot", id: this.#nextId++, file });
    return response.did === "readRoot" ? response.root : undefined;
  }

  /** Ends the workers and forgets the proofs. */
  close(): void {
    for (const worker of this.#all.splice(0)) worker.terminate();
    this.#idle.length = 0;
    this.#proofs.clear();
    this.#reports.clear();
  }

  async #checkOne(shown: ShownBlock, root: RootInfo, signal: AbortSignal): Promise<BlockReport> {
    const key = `${root.fingerprint} ${JSON.stringify(shown)}`;
    const known = this.#reports.get(key);
    if (known !== undefined) return known;
    let bytes: Uint8Array;
    try {
      bytes = await this.#proofOf(shown.blockId, signal);
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.code === "session-over") throw cause;
      return notLoaded(shown, cause);
    }
    signal.throwIfAborted();
    const request = { do: "check", id: this.#nextId++, shown, proof: bytes, root: root.certificate } as const;
    const response = await this.#ask(request);
    signal.throwIfAborted();
    if (response.did !== "check") throw new Error("the worker answered something else"); // a bug of ours
    if (this.#reports.size > maxKept) this.#reports.clear();
    this.#reports.set(key, response.report);
    return response.report;
  }

  async #proofOf(blockId: string, signal: AbortSignal): Promise<Uint8Array> {
    const kept = this.#proofs.get(blockId);
    if (kept !== undefined) return kept;
    for (let attempt = 0; ; attempt++) {
      try {
        const bytes = await proof(blockId, signal);
        if (this.#proofs.size > maxKept) this.#proofs.clear();
        this.#proofs.set(blockId, bytes);
        return bytes;
      } catch (cause) {
        if (!(cause instanceof ApiError) || cause.code !== "busy" || attempt === 3) throw cause;
        await pause(cause.retryAfterMs ?? 1000 * 2 ** attempt, signal);
      }
    }
  }

  async #ask(request: Request): Promise<Response> {
    const worker = await this.#take();
    try {
      const response = await answerOf(worker, request);
      this.#giveBack(worker);
      return response;
    } catch (cause) {
      worker.terminate();
      this.#all.splice(this.#all.indexOf(worker), 1);
      if (this.#waiting.length > 0) this.#giveBack(this.#newWorker());
      throw cause;
    }
  }

  #giveBack(worker: Worker): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#idle.push(worker);
    else waiting(worker);
  }

  #take(): Promise<Worker> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#all.length < workerCount()) return Promise.resolve(this.#newWorker());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #newWorker(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "siegel-check" });
    this.#all.push(worker);
    return worker;
  }
}

/** A worker gets one request at a time, so its next message is the answer. */
function answerOf(worker: Worker, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const { signal } = done;
    const listen = { signal, once: true };
    worker.addEventListener("message", ({ data }: MessageEvent<Response>) => (done.abort(), resolve(data)), listen);
    // Its code could not be loaded, or it broke: both are mended by trying again.
    worker.addEventListener("error", () => (done.abort(), reject(new ApiError("offline"))), listen);
    worker.postMessage(request);
  });
}

function notLoaded({ blockId, obis, values }: ShownBlock, error: ApiError): BlockReport {
  const steps = [{ name: "block", state: "skipped", code: error.code, detail: {} }] as const;
  return { blockId, obis, verdict: "unavailable", steps, block: undefined, shownCount: values.length };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    });
  });
}

/** One core is left to the page where there are more than two; of two, it has little to do meanwhile. */
function workerCount(): number {
  return Math.min(4, Math.max(2, navigator.hardwareConcurrency - 1));
}

const parallelLoads = 4;
/** Proofs and reports of a few days. */
const maxKept = 2000;
