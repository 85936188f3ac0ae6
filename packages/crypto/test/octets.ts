/** Octets in tests: hexadecimal, changed in one place, and signatures in DER, right and wrong. */

export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.replace(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

export function text(message: string): Uint8Array {
  return new TextEncoder().encode(message);
}

/** Each of the octets with one bit turned over; of the bits only every `step`-th. */
export function* bitsFlipped(octets: Uint8Array, step = 1): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * octets.length; bit += step) {
    yield octets.with(bit >> 3, octets[bit >> 3]! ^ (1 << (bit & 7)));
  }
}

/** From nothing to all but the last octet. */
export function* prefixes(octets: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < octets.length; length++) yield octets.slice(0, length);
}

export function joined(...pieces: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

export function octetsOf(value: bigint, byteLength: number): Uint8Array {
  return hex(value.toString(16).padStart(2 * byteLength, "0"));
}

/** One element with its length spelled the shortest way. */
export function element(tag: number, ...content: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const octets = joined(...content);
  const { length } = octets;
  const spelled = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return joined([tag, ...spelled], octets);
}

/** INTEGER, the shortest way. */
function integer(value: bigint): Uint8Array {
  const digits = value.toString(16);
  const octets = hex(digits.padStart(digits.length + (digits.length % 2), "0"));
  return element(0x02, octets[0]! >= 0x80 ? [0] : [], octets);
}

/** ECDSA-Sig-Value. */
export function derOf(r: bigint, s: bigint): Uint8Array {
  return element(0x30, integer(r), integer(s));
}

/** The same two numbers in spellings that are no DER, or not exactly these two numbers. */
export function wrongSpellings(r: bigint, s: bigint): Record<string, Uint8Array> {
  const [one, two] = [integer(r), integer(s)];
  const padded = (value: Uint8Array): Uint8Array => element(0x02, [0], value.subarray(2));
  const content = joined(one, two);
  const { length } = content;
  return {
    nothing: Uint8Array.of(),
    "an octet behind": joined(derOf(r, s), [0]),
    "a second signature behind": joined(derOf(r, s), derOf(r, s)),
    "an octet before": joined([0], derOf(r, s)),
    "a zero before r": element(0x30, padded(one), two),
    "a zero before s": element(0x30, one, padded(two)),
    "a zero before both": element(0x30, padded(one), padded(two)),
    // Of numbers that begin with a one bit: without the zero before them they are negative.
    "r without its zero": element(0x30, element(0x02, one.subarray(one[2] === 0 ? 3 : 2)), two),
    "s without its zero": element(0x30, one, element(0x02, two.subarray(two[2] === 0 ? 3 : 2))),
    "r negative": element(0x30, element(0x02, [0xff], one.subarray(2)), two),
    "s negative": element(0x30, one, element(0x02, [0xff], two.subarray(2))),
    "r empty": element(0x30, element(0x02), two),
    "s empty": element(0x30, one, element(0x02)),
    "both empty": element(0x30, element(0x02), element(0x02)),
    "no s": element(0x30, one),
    "nothing in the sequence": element(0x30),
    "three numbers": element(0x30, one, two, one),
    "NULL behind the numbers": element(0x30, one, two, [5, 0]),
    "the sequence's length in one octet more": joined([0x30, ...(length < 0x80 ? [0x81] : [0x82, 0]), length], content),
    "the sequence's length in four octets": joined([0x30, 0x84, 0, 0, 0, length], content),
    "r's length in one octet more": element(0x30, [0x02, 0x81, one[1]!], one.subarray(2), two),
    "s's length in two octets more": element(0x30, one, [0x02, 0x82, 0, two[1]!], two.subarray(2)),
    "an indefinite length": joined([0x30, 0x80], content, [0, 0]),
    "a length that is too small": joined(element(0x30, content).with(length < 0x80 ? 1 : 2, length - 1)),
    "a length that is too great": joined(element(0x30, content).with(length < 0x80 ? 1 : 2, length + 1)),
    "r's length reaches into s": element(0x30, one.with(1, one[1]! + 1), two),
    "s's length reaches out": element(0x30, one, two.with(1, two[1]! + 1)),
    "a SET": element(0x31, content),
    "a primitive sequence": element(0x10, content),
    "r an OCTET STRING": element(0x30, one.with(0, 0x04), two),
    "s an ENUMERATED": element(0x30, one, two.with(0, 0x0a)),
    "r constructed": element(0x30, element(0x22, one), two),
    "a sequence in a sequence": element(0x30, element(0x30, content)),
    "an OCTET STRING around": element(0x04, element(0x30, content)),
    "a real r": element(0x30, [0x09, 0x03, 0x80, 0x00, 0x01], two),
  };
}
