/** What the page and its check, a worker of its own, say to each other. Plain data only. */

import type { Quality } from "@siegel/readings";

import type { Step, Verdict } from "../core/verdict.ts";

/** A value as the page displays it. */
export interface ShownValue {
  readonly atMs: number;
  /** Exact decimal; null where the page shows a dash. */
  readonly value: string | null;
  readonly quality: Quality;
}

/** What the page displays of one sealed block. */
export interface ShownBlock {
  readonly blockId: string;
  readonly meter: string;
  readonly obis: string;
  readonly unit: string;
  /** Name of the gateway that the page shows for the meter; null where it shows none. */
  readonly gateway: string | null;
  readonly values: readonly ShownValue[];
}

export type Request =
  | {
      readonly do: "check";
      readonly id: number;
      readonly shown: ShownBlock;
      readonly proof: Uint8Array;
      readonly root: Uint8Array;
    }
  | { readonly do: "readRoot"; readonly id: number; readonly file: Uint8Array };

export type Response =
  | { readonly did: "check"; readonly id: number; readonly report: BlockReport }
  | { readonly did: "readRoot"; readonly id: number; readonly root: RootInfo | undefined };

export interface RootInfo {
  readonly name: string;
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly certificate: Uint8Array;
}

/** The check of one block. */
export interface BlockReport {
  readonly blockId: string;
  readonly obis: string;
  readonly verdict: Verdict;
  readonly steps: readonly Step[];
  /** First and last instant of the block, and how many values it has. Unknown when it could not be read. */
  readonly block: { readonly fromMs: number; readonly toMs: number; readonly count: number } | undefined;
  readonly shownCount: number;
}
