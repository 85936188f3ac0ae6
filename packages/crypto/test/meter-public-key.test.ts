import fc from "fast-check";
import { expect, test } from "vitest";

import { KeyError, MeterPublicKey } from "../src/index.ts";
import { type CurveNumbers, type MeterCurve, p192, p256, toNumber } from "../src/curves.ts";
import { MeterSigningKey } from "../src/testing.ts";
import { add, firstPoint, inverse, multiply } from "./curve-arithmetic.ts";
import { otherKeys } from "./other-keys.ts";
import { type Vector, vectors } from "./rfc6979.ts";

const curves = [p192, p256] as const;

test.each(vectors)("$curve: the published signature of “$message” holds", (vector) => {
  // Wrong: genuine meters are called forgers, or P-192's truncation of the hash is not ECDSA's.
  const key = MeterPublicKey.parse(hex(vector.publicKey));
  expect(key.curve).toBe(vector.curve);
  expect(key.verify({ message: text(vector.message), signature: hex(vector.signature) })).toBe(true);
});

test.each(vectors)("$curve: one changed bit in message or signature of “$message” is seen", (vector) => {
  // Wrong: a changed reading counts as signed by the meter.
  const key = MeterPublicKey.parse(hex(vector.publicKey));
  const [message, signature] = [text(vector.message), hex(vector.signature)];
  for (const flipped of everyBitFlipped(message)) expect(key.verify({ message: flipped, signature })).toBe(false);
  for (const flipped of everyBitFlipped(signature)) expect(key.verify({ message, signature: flipped })).toBe(false);
});

test.each(vectors)("$curve: r and s of “$message” only in [1, n − 1]", (vector) => {
  // Wrong: r = 0 or s = 0 verifies for any message (as in CVE-2022-21449), or one signature has endless spellings.
  const numbers = numbersOf(vector);
  const [r, s] = halves(hex(vector.signature));
  for (const [rBad, sBad] of [
    [0n, s],
    [r, 0n],
    [0n, 0n],
    [numbers.n, s],
    [r, numbers.n],
    [numbers.n, numbers.n],
    [0n, numbers.n],
    [1n, 0n],
    [0n, 1n],
    [1n, 1n],
    [numbers.n - 1n, numbers.n - 1n],
    [numbers.p, s],
    [maxOf(numbers), s],
    [r, maxOf(numbers)],
  ] as const) {
    expect(verifies(vector, join(numbers, rBad, sBad)), `${rBad.toString(16)} ${sBad.toString(16)}`).toBe(false);
  }
});

test.each(curves)("$curve: r + n and s + n are no other spellings of r and s", (numbers) => {
  // Wrong: one signature has several spellings, because a stack reduces mod n before it looks at the range.
  const { key, message, r, s } = smallSignature(numbers);
  expect(key.verify({ message, signature: join(numbers, r, s) })).toBe(true);
  expect(key.verify({ message, signature: join(numbers, r + numbers.n, s) })).toBe(false);
  expect(key.verify({ message, signature: join(numbers, r, s + numbers.n) })).toBe(false);
});

test.each(vectors)("$curve: the mirrored signature (r, n − s) of “$message” is valid too", (vector) => {
  // Not a fault: ECDSA is so. Wrong would be to believe that a signature can serve as an identifier.
  const numbers = numbersOf(vector);
  const [r, s] = halves(hex(vector.signature));
  expect(verifies(vector, join(numbers, r, numbers.n - s))).toBe(true);
});

test.each(vectors)("$curve: other lengths and DER are no signature of “$message”", (vector) => {
  // Wrong: a telegram with a signature field of another length crashes the reader or passes.
  const signature = hex(vector.signature);
  for (let length = 0; length < signature.length; length++)
    expect(verifies(vector, signature.subarray(0, length))).toBe(false);
  expect(verifies(vector, Uint8Array.of(...signature, 0))).toBe(false);
  expect(verifies(vector, Uint8Array.of(0, ...signature))).toBe(false);
  expect(verifies(vector, Uint8Array.of(...signature, ...signature))).toBe(false);
  expect(verifies(vector, asDer(signature))).toBe(false);
});

test("a signature of one curve or key is none for another", () => {
  // Wrong: any meter can sign for any other.
  const seeds = [1, 2].map((first) => new Uint8Array(32).fill(first));
  const keys = curves.flatMap(({ curve }) => seeds.map((seed) => MeterSigningKey.fromSeed({ curve, seed })));
  const message = text("one list of values");
  const table = keys.map((signer) =>
    keys.map(({ publicKey }) => publicKey.verify({ message, signature: signer.sign(message) })),
  );
  expect(table).toEqual(keys.map((signer) => keys.map((other) => other === signer)));
});

test.each(vectors)("$curve: three spellings, one key", (vector) => {
  // Wrong: a key from a certificate and the same key from the nameplate are taken for two meters.
  const raw = hex(vector.publicKey);
  const spki = MeterPublicKey.parse(raw).toSpki();
  for (const spelling of [raw, Uint8Array.of(0x04, ...raw), spki]) {
    const key = MeterPublicKey.parse(spelling);
    expect(key.curve).toBe(vector.curve);
    expect(key.toRaw()).toEqual(raw);
    expect(key.toSpki()).toEqual(spki);
    expect(key.verify({ message: text(vector.message), signature: hex(vector.signature) })).toBe(true);
  }
});

test.each(curves)("$curve: a point beside the curve is refused", (numbers) => {
  // Wrong: a key with which other numbers than the meter's can be made to verify.
  const raw = publicKeyOf(numbers).toRaw();
  for (const flipped of everyBitFlipped(raw))
    expect(codeOf(flipped)).toMatch(/^(not-on-curve|coordinate-out-of-range)$/);
  expect(codeOf(new Uint8Array(raw.length))).toBe("not-on-curve");
  expect(codeOf(raw.with(0, raw[0]! ^ 1))).toBe("not-on-curve");
});

test.each(curves)("$curve: a point of the twin curve, only b differing, is refused", (numbers) => {
  // Wrong: invalid-curve points pass, because addition formulas do not use b.
  const x = toNumber(publicKeyOf(numbers).toRaw().subarray(0, numbers.byteLength));
  const twin = { ...numbers, b: numbers.b + 1n };
  const [px, py] = firstPoint(twin, x);
  expect(codeOf(join(numbers, px, py))).toBe("not-on-curve");
});

test.each(curves)("$curve: a coordinate of p or more is refused", (numbers) => {
  // Wrong: one point has two spellings, so that a blocked or exchanged key comes back under another name.
  const [x, y] = firstPoint(numbers, 0n);
  expect(codeOf(join(numbers, x, y))).toBe("accepted");
  expect(codeOf(join(numbers, x + numbers.p, y))).toBe("coordinate-out-of-range");
  expect(codeOf(join(numbers, numbers.p, y))).toBe("coordinate-out-of-range");
  expect(codeOf(join(numbers, x, numbers.p))).toBe("coordinate-out-of-range");
  expect(codeOf(new Uint8Array(2 * numbers.byteLength).fill(0xff))).toBe("coordinate-out-of-range");
});

test.each(curves)("$curve: other spellings of a point are refused by name", (numbers) => {
  // Wrong: the user gets a stack trace of OpenSSL instead of an answer, or a hybrid or compressed point slips in.
  const raw = publicKeyOf(numbers).toRaw();
  for (const mark of [0x00, 0x02, 0x03, 0x05, 0x06, 0x07, 0xff]) {
    expect(codeOf(Uint8Array.of(mark, ...raw))).toBe("bad-encoding");
    expect(codeOf(Uint8Array.of(...numbers.spkiPrefix, mark, ...raw))).toBe("bad-encoding");
  }
  expect(codeOf(Uint8Array.of(0x02, ...raw.subarray(0, numbers.byteLength)))).toBe("bad-length");
  expect(codeOf(Uint8Array.of(0x00))).toBe("bad-length");
  expect(codeOf(new Uint8Array(0))).toBe("bad-length");
});

test.each(otherKeys)("$name is refused as another key", ({ der }) => {
  // Wrong: a key of another curve or algorithm is taken for the meter's.
  expect(codeOf(hex(der))).toBe("other-key");
});

test.each(curves)("$curve: the curve named in the DER must fit the point", (numbers) => {
  // Wrong: a P-256 point is used under another curve's name.
  const spki = publicKeyOf(numbers).toSpki();
  for (const flipped of everyBitFlipped(spki.subarray(0, numbers.spkiPrefix.length)))
    expect(codeOf(Uint8Array.of(...flipped, ...spki.subarray(numbers.spkiPrefix.length)))).toBe("other-key");
});

test.each(curves)("$curve: every prefix of a key is refused, or is no DER key", (numbers) => {
  // Wrong: a key cut by a terminal line is accepted as a shorter one.
  const spki = publicKeyOf(numbers).toSpki();
  for (let length = 1; length < spki.length; length++)
    expect(codeOf(spki.subarray(0, length)), `${length} octets`).not.toBe("accepted");
  expect(codeOf(Uint8Array.of(...spki, 0))).toBe("other-key");
});

test("any octets at all: a key or a KeyError", () => {
  // Wrong: `--public-key` with junk ends the program with an unknown error.
  const lengths = [48, 49, 64, 65, 75, 91];
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom(...lengths).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
  );
  fc.assert(
    fc.property(octets, (junk) => {
      expect(codeOf(junk)).toMatch(
        /^(accepted|bad-length|bad-encoding|other-key|coordinate-out-of-range|not-on-curve)$/,
      );
    }),
    { numRuns: 2_000 },
  );
});

test("a key keeps its value when the caller's array changes, and hands out plain arrays", () => {
  // Wrong: a buffer that is reused for the next telegram silently exchanges the meter's key.
  const vector = vectors[0]!;
  const given = hex(vector.publicKey);
  const key = MeterPublicKey.parse(given);
  given.fill(0);
  key.toRaw().fill(0);
  key.toSpki().fill(0);
  expect(key.toRaw()).toEqual(hex(vector.publicKey));
  expect(key.toRaw().constructor).toBe(Uint8Array);
  expect(key.toSpki().constructor).toBe(Uint8Array);
  expect(JSON.stringify(key)).toBe("{}");
});

test("an error says whose turn it is and shows no octets", () => {
  // Wrong: keys turn up in logs, or an alarm goes to the wrong desk.
  const error = errorOf(new Uint8Array(48).fill(0xab));
  expect(error).toMatchObject({ name: "KeyError", code: "not-on-curve", blame: "caller" });
  expect(error?.message).not.toMatch(/abab/i);
});

function verifies(vector: Vector, signature: Uint8Array): boolean {
  return MeterPublicKey.parse(hex(vector.publicKey)).verify({ message: text(vector.message), signature });
}

function codeOf(octets: Uint8Array): string {
  return errorOf(octets)?.code ?? "accepted";
}

/** Anything but a KeyError fails the test by itself. */
function errorOf(octets: Uint8Array): KeyError | undefined {
  try {
    MeterPublicKey.parse(octets);
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) return error;
    throw error;
  }
}

function publicKeyOf({ curve }: CurveNumbers<MeterCurve>): MeterPublicKey {
  return MeterSigningKey.fromSeed({ curve, seed: new Uint8Array(32).fill(7) }).publicKey;
}

/**
 * A valid signature with r and s so small that r + n and s + n still fit. Such an r is too rare to meet by trying
 * nonces, so the key is made to the signature: R is a point of small x, s is 1, and Q = r⁻¹ · (s·R − z·G) verifies.
 */
function smallSignature(numbers: CurveNumbers<MeterCurve>): {
  key: MeterPublicKey;
  message: Uint8Array;
  r: bigint;
  s: bigint;
} {
  const { curve, byteLength, n } = numbers;
  const message = new Uint8Array(0);
  const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; // SHA-256 of nothing
  const z = toNumber(hex(hash).subarray(0, byteLength)) % n;
  const minusZG = halves(MeterSigningKey.fromScalar({ curve, scalar: n - z }).publicKey.toRaw());
  const [r, y] = firstPoint(numbers, 1n);
  const q = multiply(add([r, y], minusZG, numbers), inverse(r, n), numbers);
  return { key: MeterPublicKey.parse(join(numbers, ...q)), message, r, s: 1n };
}

function* everyBitFlipped(octets: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < octets.length; at++)
    for (let bit = 0; bit < 8; bit++) yield octets.with(at, octets[at]! ^ (1 << bit));
}

function numbersOf({ curve }: Vector): CurveNumbers<MeterCurve> {
  return curve === "P-192" ? p192 : p256;
}

function maxOf({ byteLength }: CurveNumbers): bigint {
  return (1n << BigInt(8 * byteLength)) - 1n;
}

function halves(octets: Uint8Array): readonly [bigint, bigint] {
  const middle = octets.length / 2;
  return [toNumber(octets.subarray(0, middle)), toNumber(octets.subarray(middle))];
}

function join({ byteLength }: CurveNumbers, first: bigint, second: bigint): Uint8Array {
  return hex([first, second].map((value) => value.toString(16).padStart(2 * byteLength, "0")).join(""));
}

/** SEQUENCE of two INTEGERs, as most stacks write an ECDSA signature. */
function asDer(signature: Uint8Array): Uint8Array {
  const integers = halves(signature).flatMap((value) => {
    const digits = value.toString(16);
    const octets = [...hex(digits.padStart(digits.length + (digits.length % 2), "0"))];
    if (octets[0]! >= 0x80) octets.unshift(0);
    return [0x02, octets.length, ...octets];
  });
  return Uint8Array.of(0x30, integers.length, ...integers);
}

function text(message: string): Uint8Array {
  return new TextEncoder().encode(message);
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
