/**
 * The bytes of a block with the values that the page displays.
 *
 * The signed block gives the frame: meter, register, day, grid, status. Each slot that is on display gets what is on
 * display, and the whole is encoded again. If page and seal agree, these are the signed bytes, since a content has one
 * encoding; any difference, down to one digit, gives other bytes and so another fingerprint.
 * Why not just compare values: then a mistake in the comparison would call a changed value genuine. So the commitment is
 * computed from what the reader sees, and nothing else has to be believed.
 */

import {
  type DayBlock,
  decodeDayBlock,
  encodeDayBlock,
  instantAt,
  type Quality,
  qualityAt,
  runsOf,
  ScaledValue,
  valueAt,
} from "@siegel/readings";
import { EncodeError } from "@siegel/wire";

import type { ShownBlock } from "./messages.ts";

export interface Displayed {
  /** `undefined` when no block can carry what is on display: then it is not what was signed. */
  readonly bytes: Uint8Array | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  /** Why the block is about something else than the page shows: meter, register, unit, or instants that it has not. */
  readonly mismatch: "meter" | "register" | "unit" | "kind" | "instants" | undefined;
}

/** @throws {DecodeError} when the signed bytes are no block. */
export function displayedBlock(signed: Uint8Array, shown: ShownBlock): Displayed {
  const block = decodeDayBlock(signed);
  const count = block.values.length;
  const byInstant = new Map(shown.values.map((value) => [value.atMs, value]));
  const values: (ScaledValue | undefined)[] = [];
  const qualities: Quality[] = [];
  for (let index = 0; index < count; index++) {
    const atMs = instantAt(block, index).epochMs;
    const onDisplay = byInstant.get(atMs);
    byInstant.delete(atMs);
    if (onDisplay === undefined) {
      values.push(valueAt(block, index));
      qualities.push(qualityAt(block, index));
    } else {
      values.push(onDisplay.value === null ? undefined : ScaledValue.parse(onDisplay.value));
      qualities.push(onDisplay.value === null ? "missing" : onDisplay.quality);
    }
  }
  return {
    bytes: encoded({ ...block, ...rawsOf(values, block), qualities: runsOf(qualities) }),
    fromMs: instantAt(block, 0).epochMs,
    toMs: instantAt(block, count - 1).epochMs,
    count,
    mismatch: mismatchOf(block, shown, byInstant.size),
  };
}

function encoded(block: DayBlock): Uint8Array | undefined {
  try {
    return encodeDayBlock(block).slice(); // the encoder's buffer is shared
  } catch (cause) {
    if (cause instanceof EncodeError) return undefined;
    throw cause;
  }
}

function mismatchOf(block: DayBlock, shown: ShownBlock, strays: number): Displayed["mismatch"] {
  if (block.meter.id !== shown.meter) return "meter";
  if (String(block.obis) !== shown.obis) return "register";
  if ((block.unit?.symbol ?? "") !== shown.unit) return "unit";
  if (block.kind !== "total") return "kind";
  return strays > 0 ? "instants" : undefined;
}

/** Raw integers at the block's scaler; a value that is finer gets a finer one, which is another block. */
function rawsOf(values: readonly (ScaledValue | undefined)[], block: DayBlock): Pick<DayBlock, "values" | "scaler"> {
  const scaler = values.reduce((finest, value) => Math.min(finest, needed(value, block.scaler)), block.scaler);
  const raws = values.map((value) => value?.withScaler(scaler).raw);
  if (raws.some((raw) => typeof raw === "bigint")) {
    return { scaler, values: raws.map((raw) => (raw === undefined ? undefined : BigInt(raw))) };
  }
  return { scaler, values: Float64Array.from(raws, (raw) => (raw === undefined ? Number.NaN : Number(raw))) };
}

function needed(value: ScaledValue | undefined, scaler: number): number {
  if (value === undefined || value.scaler >= scaler) return scaler;
  try {
    value.withScaler(scaler);
    return scaler; // its last digits are zeros
  } catch {
    return value.scaler;
  }
}
