/**
 * The search for every meter of a bus: a tree of masks, walked from "any meter" to one.
 *
 * In: what a mask's selection brought (nobody, one, several).  Out: the next mask, the meters found, the masks left open.
 * Not here: frames and retries (./master).
 * Where several answer, one more place of the mask is fixed: the digits of the ID from the first to the last, then the
 * octets of manufacturer, version and type, then, where it is wished, the digits of the fabrication number. A place that
 * stands at F or FF in a meter itself cannot be fixed: F is the wildcard. Such a meter is found as long as it is alone
 * under its mask; else its mask is told as unresolved, never passed over in silence.
 * Source: EN 13757-7, wildcard search; facts §4.1.
 */

import { addressText, anyMeter, type SecondaryAddress, type SelectionMask, selects } from "./address.ts";

export interface SearchOptions {
  /** Only meters that this mask selects; any meter unless told. */
  readonly mask?: SelectionMask | undefined;
  /** Tries the digits A to E, too: some meters count in hexadecimal. */
  readonly hexDigits?: boolean | undefined;
  /** Tells meters with one and the same address apart by their fabrication number; on unless told. */
  readonly fabrication?: boolean | undefined;
  /** Selections after which the search gives up: a line where everything is garbled has no end. 20,000 unless told. */
  readonly maxProbes?: number | undefined;
}

/** A meter that a search found. */
export interface FoundMeter {
  readonly address: SecondaryAddress;
  /** The mask under which it answered alone: selects it again. */
  readonly mask: SelectionMask;
  /** As its answer states; 0 when nobody gave it one. */
  readonly primaryAddress: number;
}

export interface Search {
  readonly hexDigits: boolean;
  readonly fabrication: boolean;
  readonly maxProbes: number;
  /** What is still to be asked, the next one last. */
  readonly open: readonly (SelectionMask | Closing)[];
  readonly found: readonly FoundMeter[];
  /** Somebody is there, but cannot be told apart from others, or acknowledges and does not answer. */
  readonly unresolved: readonly SelectionMask[];
  /** Selections sent so far, repeats not counted. */
  readonly probes: number;
}

/** Stands behind the parts of a mask: if they brought nobody, the mask itself is unresolved. */
interface Closing {
  readonly closes: SelectionMask;
  readonly known: number;
}

export function beginSearch(options: SearchOptions): Search {
  const { mask = anyMeter, hexDigits = false, fabrication = true, maxProbes = 20_000 } = options;
  return { hexDigits, fabrication, maxProbes, open: [mask], found: [], unresolved: [], probes: 0 };
}

/** Takes the next mask. Without one the search is over; what was still open when it gave up is unresolved. */
export function nextMask(search: Search): { search: Search; mask: SelectionMask | undefined } {
  if (search.probes >= search.maxProbes) {
    const left = search.open.flatMap((one) => ("closes" in one ? [] : [one]));
    return { search: { ...search, open: [], unresolved: [...search.unresolved, ...left] }, mask: undefined };
  }
  const open = [...search.open];
  const unresolved = [...search.unresolved];
  for (;;) {
    const top = open.pop();
    if (top === undefined) return { search: { ...search, open, unresolved }, mask: undefined };
    if (!("closes" in top)) {
      return { search: { ...search, open, unresolved, probes: search.probes + 1 }, mask: top };
    }
    if (search.found.length + unresolved.length === top.known) unresolved.push(top.closes);
  }
}

/** Several answered under this mask. */
export function split(search: Search, mask: SelectionMask): Search {
  const parts = partsOf(mask, search);
  if (parts.length === 0) return unresolved(search, mask);
  const known = search.found.length + search.unresolved.length;
  return { ...search, open: [...search.open, { closes: mask, known }, ...parts.toReversed()] };
}

/** Whether the mask can be fixed further. */
export function canSplit(search: Search, mask: SelectionMask): boolean {
  return partsOf(mask, search).length > 0;
}

export function unresolved(search: Search, mask: SelectionMask): Search {
  return { ...search, unresolved: [...search.unresolved, mask] };
}

/** One answered. A meter that answers under two masks (it ignores one) is one meter. */
export function found(search: Search, meter: FoundMeter): Search {
  const text = keyOf(meter);
  if (search.found.some((other) => keyOf(other) === text)) return search;
  return { ...search, found: [...search.found, meter] };
}

/** Under masks of enhanced selection, meters with one and the same address are different ones; one that ignores masks is not. */
function keyOf({ address, mask }: FoundMeter): string {
  const { fabrication, ...plain } = mask;
  const isApart = fabrication !== undefined && selects(plain, address);
  return addressText(isApart ? { ...address, fabrication } : address);
}

/** The mask with its next place fixed to each value that the place can have. */
function partsOf(mask: SelectionMask, { hexDigits, fabrication }: Search): SelectionMask[] {
  const digits = hexDigits ? hexadecimal : decimal;
  const at = mask.id.search(/f/i);
  if (at >= 0) return digits.map((digit) => ({ ...mask, id: withDigit(mask.id, at, digit) }));
  const { manufacturer, version, deviceType } = mask;
  if ((manufacturer & 0xff) === 0xff) {
    return octets.map((octet) => ({ ...mask, manufacturer: (manufacturer & 0xff00) | octet }));
  }
  if (manufacturer >> 8 === 0xff) {
    return octets.map((octet) => ({ ...mask, manufacturer: (manufacturer & 0xff) | (octet << 8) }));
  }
  if (version === 0xff) return octets.map((octet) => ({ ...mask, version: octet }));
  if (deviceType === 0xff) return octets.map((octet) => ({ ...mask, deviceType: octet }));
  if (!fabrication) return [];
  const serial = mask.fabrication ?? "FFFFFFFF";
  const place = serial.search(/f/i);
  if (place < 0) return [];
  return digits.map((digit) => ({ ...mask, fabrication: withDigit(serial, place, digit) }));
}

function withDigit(digits: string, at: number, digit: string): string {
  return digits.slice(0, at) + digit + digits.slice(at + 1);
}

const decimal = Array.from("0123456789");
const hexadecimal = Array.from("0123456789ABCDE");
const octets = Array.from({ length: 255 }, (_, octet) => octet);
