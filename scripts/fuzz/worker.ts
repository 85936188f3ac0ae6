/**
 * Runs the inputs of one target in a thread, so that a hang can be seen and ended from outside.
 *
 * In: target, seed, range.  Out: a message for each crash, one for each slice done. Before each input its number goes
 * into shared memory: that is how the watchdog knows which one hangs.
 */

import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";

import { InputMaker } from "./mutate.ts";
import type { FuzzTarget } from "./types.ts";

export interface Order {
  /** URL of the module that exports `target`. */
  readonly module: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Report and measure after so many inputs. */
  readonly slice: number;
  /** Receives the number of the input that runs. */
  readonly current: BigInt64Array;
}

export type Report =
  | { readonly kind: "crash"; readonly index: number; readonly input: Uint8Array; readonly error: string }
  | { readonly kind: "slice"; readonly next: number; readonly heapBytes: number }
  | { readonly kind: "done" };

const order = workerData as Order; // written by campaign.ts only
const { target } = (await import(order.module)) as { target: FuzzTarget }; // the contract of *.fuzz.ts
const maker = new InputMaker(target, order.seed);

for (let index = order.from; index < order.to; index++) {
  order.current[0] = BigInt(index);
  const input = maker.make(index);
  try {
    target.run(input.slice()); // a target may scribble on its input; what we keep is what it was given
  } catch (error) {
    report({
      kind: "crash",
      index,
      input,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
  const done = index + 1 - order.from;
  if (done % order.slice === 0) report({ kind: "slice", next: index + 1, heapBytes: heapAfterCollection() });
}
report({ kind: "done" });

function report(message: Report): void {
  parentPort?.postMessage(message);
}

/** What the target holds on to: heap of this thread after a full collection. */
function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // V8's own, present after the flag
  collect();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
