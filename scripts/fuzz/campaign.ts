/**
 * One target, many inputs: watches a worker, keeps what breaks it, remembers where it stopped.
 *
 * A crash is an input whose `run` throws, or that runs longer than `hangMs`. Growth is a heap that is larger after
 * collection than it was after the first slices. The state file makes a long run resumable.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { InputMaker } from "./mutate.ts";
import type { FuzzTarget } from "./types.ts";
import type { Order, Report } from "./worker.ts";

export interface Campaign {
  readonly target: FuzzTarget;
  /** URL of the target's module. */
  readonly module: string;
  /** Crashes and state go there. */
  readonly folder: string;
  readonly seed: number;
  readonly from: number;
  /** First input number that is not run. */
  readonly to: number;
  /** Stop after so long; Infinity for no limit. */
  readonly maxMs: number;
  readonly hangMs: number;
  /** Inputs between two reports. */
  readonly slice: number;
  /** Write the state file, so that a later run goes on? */
  readonly keepState: boolean;
  onProgress(progress: Progress): void;
}

export interface Progress {
  readonly next: number;
  readonly crashes: number;
  readonly elapsedMs: number;
}

/** What is known of a target: also the content of its state file. */
export interface Outcome {
  readonly target: string;
  readonly seed: number;
  /** The next input to run. */
  readonly next: number;
  readonly crashes: readonly Crash[];
  /** Heap after collection: at the start of this run, and at its end. 0 when it was too short to measure. */
  readonly heapBytes: { readonly first: number; readonly last: number };
}

interface Crash {
  readonly index: number;
  readonly file: string;
  /** First line of the error; the whole of it stands beside the input. */
  readonly error: string;
}

/** Growth beyond this is a leak: a decoder keeps nothing between two inputs. */
const allowedGrowthBytes = 24 * 1024 * 1024;

/** Runs the inputs and returns what happened. Throws only when the target itself cannot be loaded. */
export async function runCampaign(campaign: Campaign): Promise<Outcome> {
  mkdirSync(campaign.folder, { recursive: true });
  const started = performance.now();
  const crashes: Crash[] = campaign.keepState ? [...(readState(campaign)?.crashes ?? [])] : [];
  const heaps: number[] = [];
  let next = campaign.from;

  const outcome = (): Outcome => ({
    target: campaign.target.name,
    seed: campaign.seed,
    next,
    crashes,
    // The first slices still compile and fill caches, so growth is counted from the third.
    heapBytes: { first: heaps[2] ?? 0, last: heaps.length > 2 ? heaps.at(-1)! : 0 },
  });
  const keep = (index: number, input: Uint8Array, error: string): void => {
    crashes.push(keepCrash(campaign, index, input, error));
  };
  while (next < campaign.to && performance.now() - started < campaign.maxMs) {
    const end = await watch(campaign, next, (report) => {
      if (report.kind === "crash") keep(report.index, report.input, report.error);
      if (report.kind !== "slice") return "go-on";
      next = report.next;
      heaps.push(report.heapBytes);
      campaign.onProgress({ next, crashes: crashes.length, elapsedMs: performance.now() - started });
      if (campaign.keepState) writeState(campaign, outcome());
      return performance.now() - started < campaign.maxMs ? "go-on" : "stop";
    });
    if (end.kind === "finished") next = campaign.to;
    if (end.kind === "broken") {
      const input = new InputMaker(campaign.target, campaign.seed).make(end.index);
      keep(end.index, input, end.why);
      next = end.index + 1;
    }
    if (end.kind === "stopped") break;
  }
  if (campaign.keepState) writeState(campaign, outcome());
  return outcome();
}

/** Where a former run with this seed stopped, or undefined. */
export function readState(campaign: Pick<Campaign, "folder" | "seed" | "target">): Outcome | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile(campaign), "utf8")) as Outcome; // written below
    return state.seed === campaign.seed ? state : undefined;
  } catch {
    return undefined; // none yet, or cut by a power failure: begin again
  }
}

export function hasGrown({ heapBytes }: Outcome): boolean {
  return heapBytes.last - heapBytes.first > allowedGrowthBytes;
}

type End =
  | { kind: "finished" }
  | { kind: "stopped" }
  /** An input that ended the thread, or that did not end. */
  | { kind: "broken"; index: number; why: string };

/** One worker from `from` until it is done, breaks, hangs, or is told to stop. */
function watch(campaign: Campaign, from: number, onReport: (report: Report) => "go-on" | "stop"): Promise<End> {
  const current = new BigInt64Array(new SharedArrayBuffer(8)).fill(-1n);
  const { module, seed, to, slice } = campaign;
  const order: Order = { module, seed, from, to, slice, current };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: order });
  return new Promise((resolve, reject) => {
    let ended = false;
    const end = (how: End): void => {
      if (ended) return;
      ended = true;
      clearInterval(watchdog);
      void worker.terminate().then(() => resolve(how));
    };
    // Ticks are counted, not time: a machine that slept is no hang.
    let seen = -1n;
    let ticks = 0;
    const watchdog = setInterval(() => {
      const index = current[0] ?? -1n;
      ticks = index === seen && index >= 0n ? ticks + 1 : 0;
      seen = index;
      if (ticks >= ticksOfHang) end({ kind: "broken", index: Number(index), why: `hang: over ${campaign.hangMs} ms` });
    }, campaign.hangMs / ticksOfHang);
    worker.on("message", (report: Report) => {
      if (ended) return;
      if (report.kind === "done") end({ kind: "finished" });
      else if (onReport(report) === "stop") end({ kind: "stopped" });
    });
    worker.on("error", (error) => {
      // Out of memory and the like; before the first input the target did not load, which is no finding.
      const index = Number(current[0] ?? -1n);
      if (index >= 0) end({ kind: "broken", index, why: String(error) });
      else {
        clearInterval(watchdog);
        reject(error);
      }
    });
  });
}

/** The input and, beside it, the error and how to make it again. Inputs with the same bytes share one file. */
function keepCrash(campaign: Campaign, index: number, input: Uint8Array, error: string): Crash {
  const { target, seed, folder } = campaign;
  const hash = createHash("sha256").update(input).digest("hex").slice(0, 16);
  const file = join(folder, `${target.name}-${hash}.bin`);
  writeFileSync(file, input);
  const again = `npm run fuzz -- --target ${target.name} --seed ${seed} --from ${index} --runs 1`;
  writeFileSync(file.replace(/bin$/, "txt"), `${again}\n\n${error}\n`);
  return { index, file, error: error.split("\n", 1)[0] ?? "" };
}

function writeState(campaign: Campaign, state: Outcome): void {
  const file = stateFile(campaign);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file); // whole or not at all, whenever the power fails
}

function stateFile({ folder, target }: Pick<Campaign, "folder" | "target">): string {
  return join(folder, `${target.name}.state.json`);
}

const ticksOfHang = 8;
