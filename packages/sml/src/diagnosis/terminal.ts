/**
 * A serial port left in terminal mode ("cooked"): the driver edits the input as if a person typed it.
 *
 * In canonical mode with signals, Ctrl-C, Ctrl-\ and Ctrl-Z (03, 1C, 1A) are eaten and throw away what waits since the
 * last line feed; Ctrl-D (04) ends a line and is eaten, so are Ctrl-S and Ctrl-Q (13, 11); 15, 17 and 7F delete what
 * stands before; CR becomes LF. What is left of SML has all its start marks, whose bytes no terminal minds, no end
 * mark, since 1A is part of it, and none of these values anywhere. A public dump of a DZG meter is such a remainder.
 * Source: POSIX.1-2017, chapter 11 (general terminal interface).
 */

import { crc16X25 } from "@siegel/wire";
import type { Finding } from "./causes.ts";
import { isPerfect, payloadOf, type Sample } from "./sample.ts";

export function terminal(sample: Sample): Finding[] {
  return [...cooked(sample), ...repaired(sample)].slice(0, 1);
}

function cooked({ bytes, histogram, starts, ends, isSml }: Sample): Finding[] {
  if (!isSml || ends > 0 || bytes.length < 64 || eaten.some((byte) => histogram[byte] !== 0)) return [];
  // One start mark without an end may as well be a short capture.
  const certainty = starts > 2 ? "certain" : starts === 2 || bytes.length >= 1024 ? "likely" : "possible";
  return [{ code: "terminal", certainty, figures: `start marks: ${starts}, end marks: none` }];
}

/** Where only single bytes changed, both checksums prove the repair. */
function repaired({ damaged, histogram }: Sample): Finding[] {
  for (const { bytes, offset } of damaged.slice(0, maxFrames)) {
    if (bytes.length > maxFrameBytes) continue;
    if (histogram[cr] === 0 && holdsWithCr(bytes)) return [{ code: "cr-to-lf", certainty: "certain", offset }];
    if (histogram[xon] === 0 && histogram[xoff] === 0 && holdsWithFlowByte(bytes)) {
      return [{ code: "flow-control", certainty: "certain", offset }];
    }
  }
  return [];
}

/** Some of the line feeds were carriage returns: tries every choice of them, if they are few. */
function holdsWithCr(frame: Uint8Array): boolean {
  const places: number[] = [];
  for (const [at, byte] of frame.entries()) if (byte === lf) places.push(at);
  if (places.length > maxPlaces) return false;
  const trial = new Uint8Array(frame); // not slice: of a Buffer that is the frame itself
  for (let choice = 1; choice < 1 << places.length; choice++) {
    for (const [bit, at] of places.entries()) trial[at] = (choice >> bit) & 1 ? cr : lf;
    if (holds(trial)) return true;
  }
  return false;
}

/** One 11 or 13 is missing: a frame's length is a multiple of four, so one byte less shows. */
function holdsWithFlowByte(frame: Uint8Array): boolean {
  if (frame.length % 4 !== 3) return false;
  const trial = new Uint8Array(frame.length + 1);
  for (const byte of [xon, xoff]) {
    trial.set(frame, 1);
    for (let at = 0; at < frame.length; at++) {
      trial[at] = byte;
      if (at >= 8 && holds(trial)) return true;
      trial[at] = frame[at]!;
    }
  }
  return false;
}

function holds(frame: Uint8Array): boolean {
  const end = frame.length - 2;
  if (crc16X25.of(frame, 0, end) !== (frame[end]! | (frame[end + 1]! << 8))) return false;
  const payload = payloadOf(frame);
  return payload !== undefined && isPerfect(payload);
}

const lf = 0x0a;
const cr = 0x0d;
const xon = 0x11;
const xoff = 0x13;
/** INTR, EOF, CR, START, STOP, KILL, WERASE, SUSP, QUIT, ERASE as Linux sets them. */
const eaten = [0x03, 0x04, cr, xon, xoff, 0x15, 0x17, 0x1a, 0x1c, 0x7f];

/** Bounds of the search: at most 4 · 2^9 checksums over 1 KiB. */
const maxFrames = 4;
const maxFrameBytes = 1024;
const maxPlaces = 9;
