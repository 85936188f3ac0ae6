/**
 * A security module in a process of its own, as the port that crypto declares.
 *
 * In: a folder.  Out: the module; every method is a message there and back. Its refusals arrive with their codes.
 * Not here: what runs in the process (./process).
 * The process gets as few rights as Node can give: it writes into the folder and nowhere else, starts no program and no thread,
 * loads no addon, opens no debugger, and has neither our environment nor our command line's options. (Where NODE_COMPILE_CACHE is
 * set it shares that folder with its parent, whose code comes from there as well.)
 */

import { type ChildProcess, fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ModuleError, type PublicKey, SecretKey, type SecurityModule, type SlotInfo } from "@siegel/crypto";

import { ModuleProcessError } from "./errors.ts";
import type { EntryName } from "./process.ts";
import { type Call, type FromProcess, receivedError, receivedSlot, type SentSlot, type ToProcess } from "./protocol.ts";

export interface SecurityModuleProcess extends SecurityModule {
  /** Waits for what is under way, then ends the process. Twice is once. */
  close(): Promise<void>;
  /** When the process is gone, for whatever reason: 0 after `close`, 128 + the number of a signal that killed it. */
  readonly exited: Promise<number>;
  readonly pid: number | undefined;
}

/**
 * Starts the process and opens the state in this folder, which is made (0700) when it is not there. A folder serves one process.
 *
 * A program does not have to close it: the process ends with its parent, and does not keep it alive.
 *
 * @throws {ModuleProcessError} "in-use", "not-private", "not-a-folder", "permission-denied", "start-failed"
 * @throws {ModuleError} "damaged-state", "unsupported-version"
 */
export async function spawnSecurityModule(a: { readonly directory: string }): Promise<SecurityModuleProcess> {
  const directory = resolve(a.directory);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new ModuleProcessError(isDenied(cause) ? "permission-denied" : "not-a-folder", { cause });
  }
  const remote = new RemoteModule(started(directory));
  await remote.open(directory);
  return remote;
}

function started(directory: string): ChildProcess {
  const entry: EntryName = "process";
  const file = new URL(`./${entry}.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);
  // Windows starts nothing without the first. With the second, which the user sets, a start takes a third of the time.
  const { SystemRoot, NODE_COMPILE_CACHE: cache } = process.env;
  return fork(fileURLToPath(file), [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...(SystemRoot && { SystemRoot }), ...(cache && { NODE_COMPILE_CACHE: resolve(cache) }) },
    execArgv: [
      "--disable-sigusr1",
      "--permission",
      "--allow-fs-read=*",
      ...[directory, ...(cache ? [resolve(cache)] : [])].flatMap(writable),
      "--disallow-code-generation-from-strings",
    ],
  });
}

/** The folder itself, and what is in it. */
function writable(folder: string): string[] {
  return [`--allow-fs-write=${folder}`, `--allow-fs-write=${folder}/`];
}

class RemoteModule implements SecurityModuleProcess {
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #opening: PromiseWithResolvers<void> | undefined;
  #closing: Promise<void> | undefined;
  #lastId = 0;
  #isGone = false;
  #idle: (() => void) | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.exited = new Promise((done) => {
      child.once("exit", (code, signal) => done(this.#ended(code ?? 128 + (signal ? constants.signals[signal] : 0))));
      child.once("error", () => done(this.#ended(127))); // not even started
    });
    child.on("message", (message: FromProcess) => this.#receive(message));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async open(directory: string): Promise<void> {
    this.#opening = Promise.withResolvers();
    const late = setTimeout(() => this.#opening?.reject(new ModuleProcessError("start-failed")), startMs);
    this.#post({ type: "open", directory });
    try {
      await this.#opening.promise;
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw error;
    } finally {
      clearTimeout(late);
      this.#opening = undefined;
    }
    this.#letParentEnd(true);
  }

  async slots(): Promise<readonly SlotInfo[]> {
    return (await this.#ask<SentSlot[]>({ method: "slots" })).map(receivedSlot);
  }

  async generate(a: Omit<Extract<Call, { method: "generate" }>, "method">): Promise<SlotInfo> {
    const { slot, purpose, curve } = a;
    return this.#change({ method: "generate", slot, purpose, curve });
  }

  async certify({ slot, certificate }: { readonly slot: string; readonly certificate: Uint8Array }): Promise<SlotInfo> {
    return this.#change({ method: "certify", slot, certificate });
  }

  async activate(slot: string): Promise<SlotInfo> {
    return this.#change({ method: "activate", slot });
  }

  async retire(a: { readonly slot: string; readonly opensUntilMs?: number }): Promise<SlotInfo> {
    const { slot, opensUntilMs } = a;
    return this.#change({ method: "retire", slot, ...(opensUntilMs !== undefined && { opensUntilMs }) });
  }

  async revoke(slot: string): Promise<SlotInfo> {
    return this.#change({ method: "revoke", slot });
  }

  async destroy(slot: string): Promise<SlotInfo> {
    return this.#change({ method: "destroy", slot });
  }

  sign({ slot, hash, message }: Parameters<SecurityModule["sign"]>[0]): Promise<Uint8Array> {
    return this.#ask({ method: "sign", slot, hash, message });
  }

  signRequest({ slot, hash, message }: Parameters<SecurityModule["signRequest"]>[0]): Promise<Uint8Array> {
    return this.#ask({ method: "signRequest", slot, hash, message });
  }

  async agree(a: Parameters<SecurityModule["agree"]>[0]): Promise<SecretKey> {
    const { slot, hash, sharedInfo, byteLength } = a;
    const peer: PublicKey = a.peer;
    const octets = await this.#ask<Uint8Array>({
      method: "agree",
      slot,
      hash,
      sharedInfo,
      byteLength,
      peer: peer.toSpki(),
    });
    const key = SecretKey.fromBytes(octets);
    octets.fill(0);
    return key;
  }

  nextNumber(counter: string): Promise<bigint> {
    return this.#ask({ method: "nextNumber", counter });
  }

  currentNumber(counter: string): Promise<bigint> {
    return this.#ask({ method: "currentNumber", counter });
  }

  random(byteLength: number): Promise<Uint8Array> {
    return this.#ask({ method: "random", byteLength });
  }

  exportTlsKey(slot: string): Promise<Uint8Array> {
    return this.#ask({ method: "exportTlsKey", slot });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#letParentEnd(false);
    if (this.#open.size > 0) await new Promise<void>((done) => (this.#idle = done));
    const stuck = setTimeout(() => this.#child.kill("SIGKILL"), endMs);
    if (this.#child.connected) this.#child.disconnect();
    await this.exited;
    clearTimeout(stuck);
  }

  async #change(call: Call): Promise<SlotInfo> {
    return receivedSlot(await this.#ask<SentSlot>(call));
  }

  /** The type of an answer is what ./process makes for that call: the same build runs on both ends. */
  #ask<T>(call: Call): Promise<T> {
    if (this.#isGone || this.#closing) return Promise.reject(new ModuleError("unavailable"));
    if (this.#open.size >= mostOpen) return Promise.reject(new ModuleProcessError("too-many-requests"));
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<T>();
    // `unknown` in the map, `T` for the caller: see above.
    this.#open.set(id, waiting as PromiseWithResolvers<unknown>);
    if (this.#open.size === 1) this.#letParentEnd(false);
    this.#post({ type: "call", id, call });
    return waiting.promise;
  }

  #receive(message: FromProcess): void {
    if (message.type === "opened") return this.#opening?.resolve();
    if (message.type === "not-opened") return this.#opening?.reject(receivedError(message.error));
    const waiting = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.type === "answer") waiting?.resolve(message.value);
    else waiting?.reject(receivedError(message.error));
    if (this.#open.size > 0) return;
    this.#idle?.();
    if (!this.#closing) this.#letParentEnd(true);
  }

  /** A channel that is closing takes no message; its end follows and answers all. */
  #post(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Everybody who waits learns it. */
  #ended(code: number): number {
    this.#isGone = true;
    this.#opening?.reject(new ModuleProcessError("start-failed"));
    for (const waiting of this.#open.values()) waiting.reject(new ModuleError("unavailable"));
    this.#open.clear();
    this.#idle?.();
    return code;
  }

  /** A module that nobody is asking keeps no program alive; one that owes an answer does. */
  #letParentEnd(may: boolean): void {
    if (may) {
      this.#child.unref();
      this.#child.channel?.unref();
    } else {
      this.#child.ref();
      this.#child.channel?.ref();
    }
  }
}

function isDenied(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "EACCES" || cause.code === "EPERM");
}

/** As many as one program can use at once; a caller that does not wait for answers is stopped, not the machine. */
const mostOpen = 1_024;
/** Long: it either starts or ends by itself, and on a machine under heavy load more than 10 s were seen. */
const startMs = 60_000;
const endMs = 5_000;
