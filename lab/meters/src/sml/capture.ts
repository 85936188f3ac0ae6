/**
 * A capture cut into the SML files that a meter once sent.
 *
 * In: the bytes of a recording.  Out: each whole file that carries values, as it stood on the line, and whose they are.
 * Damaged files and noise between them are counted and left out: a replayed meter speaks clearly.
 */

import type { MeterId } from "@siegel/readings";
import { type Frame, SmlStream } from "@siegel/sml";
import { ServeError } from "./serve-error.ts";

export interface CaptureFile {
  /** From start mark to checksum, as recorded. A view into the recording. */
  readonly bytes: Uint8Array;
  /** Ids, in hex, of the meters whose values it carries; none for a telegram without an id. */
  readonly meters: readonly string[];
}

export interface Capture {
  /** In the order recorded; at least one. */
  readonly files: readonly CaptureFile[];
  /** Each meter once, in the order of its first file. */
  readonly meters: readonly MeterId[];
  /** Files that were left out, since they were damaged or a message of theirs does not decode. */
  readonly damagedCount: number;
}

/** @throws {ServeError} "no-telegram" when no whole file in it carries values. */
export function captureOf(recording: Uint8Array): Capture {
  const frames = new Map<number, Frame>();
  const stream = new SmlStream(
    { maxFileBytes },
    { frame: (one) => void (one.kind === "file" && frames.set(one.offset, one)) },
  );
  const meters = new Map<string, MeterId>();
  const idsAt = new Map<number, Set<string>>();
  const damaged = new Set<number>();
  for (const event of [...stream.push(recording), ...stream.flush()]) {
    if (event.kind === "error") damaged.add(event.offset);
    if (event.kind !== "telegram" || event.telegram.values.length === 0) continue;
    const ids = idsAt.get(event.offset) ?? new Set();
    idsAt.set(event.offset, ids);
    const { meter } = event.telegram;
    if (meter === undefined) continue;
    ids.add(meter.id);
    if (!meters.has(meter.id)) meters.set(meter.id, meter);
  }
  const files = [...frames].flatMap(([offset, { byteLength }]): CaptureFile[] => {
    const ids = idsAt.get(offset);
    if (ids === undefined || damaged.has(offset)) return [];
    return [{ bytes: recording.subarray(offset, offset + byteLength), meters: [...ids] }];
  });
  if (files.length === 0) throw new ServeError("no-telegram");
  const kept = new Set(files.flatMap((file) => file.meters));
  return { files, meters: [...meters.values()].filter(({ id }) => kept.has(id)), damagedCount: damaged.size };
}

/** Some signed lists with a day of records are longer than what a live line allows. */
const maxFileBytes = 1 << 20;
