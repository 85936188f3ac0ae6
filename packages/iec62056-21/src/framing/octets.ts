/**
 * The control characters of IEC 62056-21, and text to octets and back.
 *
 * Everything on the line is 7-bit ASCII; an octet above 7f that reaches us is kept, as its Latin-1 character.
 * Source: IEC 62056-21 §6.3 (messages); ISO/IEC 646.
 */

export const control = {
  nul: 0x00,
  soh: 0x01,
  stx: 0x02,
  etx: 0x03,
  eot: 0x04,
  ack: 0x06,
  lf: 0x0a,
  cr: 0x0d,
  nak: 0x15,
} as const;

/** Octets of a text, one for each character. Characters above ff become `?`: nothing of ours writes them. */
export function octetsOfText(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    octets[at] = code > 0xff ? 0x3f : code;
  }
  return octets;
}

/** The text of the octets `[from, to)`. Short texts are many: a character at a time is the fastest way to them. */
export function textOfOctets(octets: Uint8Array, from = 0, to = octets.length): string {
  let text = "";
  for (let at = from; at < to; at++) text += characters[octets[at]!]!;
  return text;
}

const characters: readonly string[] = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
