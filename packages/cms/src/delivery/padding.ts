/** Padding: how much it takes to make the content a multiple of 512 octets, and whether it was done so. Ours. */

import { encodeDer } from "@siegel/pki";
import { DeliveryContent } from "../asn1/delivery.ts";
import { paddingStep } from "../limits.ts";

/**
 * DER of the content with its padding. A few lengths (2 in 512) cannot be hit exactly because the length of the padding
 * itself takes one or two octets more; they go to the next multiple.
 */
export function paddedContent(content: Omit<DeliveryContent, "padding">): Uint8Array {
  const bare = encodeDer(DeliveryContent, content);
  if (bare.length % paddingStep === 0) return bare;
  for (let size = nextStep(bare.length); ; size += paddingStep) {
    let padding = withoutLength(size - bare.length);
    while (padding >= 0) {
      const padded = encodeDer(DeliveryContent, { ...content, padding: new Uint8Array(padding) });
      if (padded.length === size) return padded;
      if (padded.length < size) break; // one octet more would make it too long by one
      padding -= padded.length - size; // the length around all of it has grown as well
    }
  }
}

/** As `paddedContent` makes it, as far as a reader asks: whole steps, and nothing hidden in it. */
export function isPadded(whole: Uint8Array, padding: Uint8Array | undefined): boolean {
  return whole.length % paddingStep === 0 && (padding ?? nothing).every((octet) => octet === 0);
}

/** Octets of a padding that takes `whole` octets together with its tag and length; negative when there is none. */
function withoutLength(whole: number): number {
  if (whole - 2 < 0x80) return whole - 2;
  return whole - 3 < 0x100 ? whole - 3 : whole - 4;
}

function nextStep(byteLength: number): number {
  return Math.ceil(byteLength / paddingStep) * paddingStep;
}

const nothing = new Uint8Array();
