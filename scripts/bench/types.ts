/** What a benchmark is. Each `bench/*.bench.ts` of a package or app exports a list of them as `works`. */

export interface BenchWork {
  /** What is done, in the words of the reader: "SML stream to values". */
  readonly name: string;
  /** What is counted: "bytes", "values", "files". */
  readonly unit: string;
  /** One bounded round of some 10 to 100 ms. Returns how many units it did. */
  readonly ours: () => number | Promise<number>;
  /** The same work by others. */
  readonly others: readonly Rival[];
  /** What we state. `npm run bench -- --check` fails when it does not hold. */
  readonly atLeast?: {
    /** Units per CPU-second. */
    readonly perCpuSecond?: number;
    /** How many times as fast as the one of this name. */
    readonly timesOther?: Readonly<Record<string, number>>;
  };
}

export interface Rival {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}
