/**
 * 7E1 seen through an 8-bit line: the parity bit is taken off again.
 *
 * In: octets as an 8N1 port delivers them.  Out: 7-bit characters; what has a wrong parity stays above 7f and shows.
 * Why without a memory: an octet above 7f with an even number of ones is, in this protocol, a character with its parity
 * bit and nothing else. So a line may change between 7E1 and 8N1 in its middle, and nothing has to be guessed. Of the
 * Latin-1 characters that some meters write in units only few (`²`) have even parity.
 * Source: IEC 62056-21 §5.1 (1 start bit, 7 data bits, even parity, 1 stop bit).
 */

/** The same octets without parity bits: the input itself where there is nothing to take off. */
export function withoutParity(octets: Uint8Array): Uint8Array {
  for (let at = 0; at < octets.length; at++) {
    if (octets[at]! > 0x7f) return octets.map((octet) => plainOctet[octet]!);
  }
  return octets;
}

/** The same characters with even parity in bit 7, as they are on a 7E1 line. Octets above 7f are cut to seven bits. */
export function withEvenParity(octets: Uint8Array): Uint8Array {
  return octets.map((octet) => {
    const character = octet & 0x7f;
    return hasEvenOnes(character) ? character : character | 0x80;
  });
}

function hasEvenOnes(octet: number): boolean {
  let ones = octet ^ (octet >> 4);
  ones ^= ones >> 2;
  ones ^= ones >> 1;
  return (ones & 1) === 0;
}

/** Each octet without its parity bit. */
export const plainOctet: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet > 0x7f && hasEvenOnes(octet) ? octet & 0x7f : octet,
);
