/** Padding: how much it takes to make the content a multiple of 512 octets, and whether it was done so. Ours. */

import { headerBytes, type Part, tag, tlv } from "../asn1/tlv.ts";
import { paddingStep } from "../limits.ts";

/**
 * The content with its padding. A few lengths (2 in 512) cannot be hit exactly because the length of the padding itself
 * takes octets; they go to the next multiple.
 *
 * @param parts  DER of header and blocks.
 * @returns      DER of DeliveryContent.
 */
export function paddedContent(...parts: readonly Part[]): Uint8Array {
  const inner = parts.reduce((sum, { length }) => sum + length, 0);
  const bare = headerBytes(inner) + inner;
  if (bare % paddingStep === 0) return tlv(tag.sequence, ...parts).toBytes();
  for (let size = nextStep(bare); ; size += paddingStep) {
    // With its padding the content may need a longer length in front: 4 octets in all nearly always.
    for (let head = 2; head <= 6; head++) {
      const room = size - head - inner;
      const padding = withoutHeader(room);
      if (padding === undefined || headerBytes(inner + room) !== head) continue;
      return tlv(tag.sequence, ...parts, tlv(tag.context(0), new Uint8Array(padding))).toBytes();
    }
  }
}

/** As `paddedContent` makes it, as far as a reader asks: whole steps, and nothing hidden in it. */
export function isPadded(whole: Uint8Array, padding: Uint8Array | undefined): boolean {
  let any = 0;
  if (padding !== undefined) for (const octet of padding) any |= octet;
  return whole.length % paddingStep === 0 && any === 0;
}

/** Octets of a padding that takes `room` octets together with its tag and length; undefined when none does. */
function withoutHeader(room: number): number | undefined {
  for (let head = 2; head <= 4; head++) {
    if (room >= head && headerBytes(room - head) === head) return room - head;
  }
  return undefined;
}

function nextStep(byteLength: number): number {
  return Math.ceil(byteLength / paddingStep) * paddingStep;
}
