/** DER blocks: round trip, one encoding for one value, every departure refused at its place. */

import { DecodeError, EncodeError, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";

import {
  any,
  bitString,
  boolean,
  choice,
  decodeDer,
  type Der,
  encapsulated,
  encodeDer,
  enumerated,
  explicit,
  generalizedTime,
  ia5String,
  implicit,
  integer,
  namedBits,
  nullValue,
  octetBits,
  octetString,
  oid,
  optional,
  printableString,
  sequence,
  sequenceOf,
  setOf,
  smallInteger,
  time,
  utf8String,
  withDefault,
  withRaw,
} from "./index.ts";

const Everything = sequence("Everything", {
  version: withDefault(explicit(0, smallInteger({ max: 3 })), 0),
  serial: integer(),
  kind: enumerated({ measured: 0, correction: 1, other: 200 }),
  critical: withDefault(boolean(), false),
  algorithm: oid(),
  nothing: nullValue(),
  salt: octetString({ max: 300 }),
  bits: bitString(),
  key: octetBits(),
  usage: namedBits(["a", "b", "c", "d", "e", "f", "g", "h", "i"]),
  name: utf8String({ max: 40 }),
  country: printableString({ min: 2, max: 2 }),
  mail: ia5String(),
  when: time(),
  exactly: generalizedTime(),
  numbers: sequenceOf(smallInteger(), { max: 5 }),
  set: setOf(octetString(), { max: 4 }),
  pick: choice("Pick", { number: implicit(0, smallInteger()), row: implicit(1, sequenceOf(boolean())) }),
  around: explicit(2, utf8String()),
  inside: encapsulated(sequence("Inside", { number: integer() })),
  raw: withRaw(octetString()),
  perhaps: optional(implicit(3, octetString())),
});

const second = (min: string, max: string) =>
  fc.integer({ min: Date.parse(min) / 1000, max: Date.parse(max) / 1000 }).map((seconds) => seconds * 1000);
const octets = fc.uint8Array({ maxLength: 300 });
const ascii = (pattern: RegExp) => fc.stringMatching(pattern);

const anyEverything = fc.record(
  {
    version: fc.integer({ min: 0, max: 3 }),
    serial: fc.bigInt({ min: -(2n ** 160n), max: 2n ** 160n }),
    kind: fc.constantFrom("measured" as const, "correction" as const, "other" as const),
    critical: fc.boolean(),
    algorithm: fc
      .tuple(
        fc.constantFrom("0.39", "1.0", "2.40", "2.999", "2.25"),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), { maxLength: 2 }),
      )
      .map(([head, arcs]) => [head, ...arcs].join(".")),
    nothing: fc.constant(null),
    salt: octets,
    bits: fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 7 }))
      .map(([bytes, unusedBits]) => {
        bytes[bytes.length - 1]! &= 0xff << unusedBits;
        return { bytes, unusedBits };
      }),
    key: octets,
    usage: fc.subarray(["a", "b", "c", "d", "e", "f", "g", "h", "i"] as const),
    name: fc.string({ unit: "grapheme", maxLength: 8 }),
    country: ascii(/^[A-Z]{2}$/),
    mail: ascii(/^[a-z@.]{0,20}$/),
    when: second("1900-01-01", "9999-12-31T23:59:59Z"),
    exactly: second("0000-01-01", "9999-12-31T23:59:59Z"),
    numbers: fc.array(fc.nat(), { maxLength: 5 }),
    pick: fc.oneof(
      fc.record({ kind: fc.constant("number" as const), value: fc.nat() }),
      fc.record({ kind: fc.constant("row" as const), value: fc.array(fc.boolean()) }),
    ),
    around: fc.string(),
    inside: fc.record({ number: fc.bigInt({ min: -300n, max: 300n }) }),
    perhaps: octets,
  },
  { noNullPrototype: true },
);

test("what the blocks write they read back, and one value has one encoding", () => {
  // A signature would be checked over other bytes than were signed.
  fc.assert(
    fc.property(anyEverything, fc.array(octets, { maxLength: 4 }), octets, fc.boolean(), (some, set, raw, absent) => {
      const { perhaps, ...rest } = some;
      const value = {
        ...rest,
        set,
        raw: { value: raw, raw: encodeDer(octetString(), raw) },
        ...(absent ? {} : { perhaps }),
      };
      const bytes = encodeDer(Everything, value);
      const read = decodeDer(Everything, bytes);
      expect({ ...read, set: undefined }).toEqual({ ...value, perhaps: value.perhaps, set: undefined });
      expect(read.set.map(toHex).sort()).toEqual(set.map(toHex).sort());
      expect(encodeDer(Everything, { ...read, set: read.set.toReversed() })).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

test("whatever bytes are accepted, written again they are the same", () => {
  // Two encodings would stand for one content, and a fingerprint or a signature would fit only one of them.
  const types: readonly Der<any>[] = [
    Everything,
    integer(),
    smallInteger(),
    boolean(),
    oid(),
    bitString(),
    namedBits(["a", "b", "c"]),
    utf8String(),
    time(),
    generalizedTime(),
    any(),
    setOf(any()),
    sequenceOf(any()),
  ];
  const whole = encodeDer(Everything, sample());
  const changed = fc
    .tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length - 1), fc.nat(255))
    .map(([at, octet, other, second]) => {
      const bytes = whole.slice();
      bytes[at] = octet;
      if (second % 2 === 0) bytes[other] = second;
      return bytes;
    });
  const short = fc
    .tuple(
      fc.constantFrom(1, 2, 3, 4, 5, 6, 0x0a, 0x0c, 0x13, 0x17, 0x18, 0x30, 0x31, 0xa0, 0x80),
      fc.uint8Array({ maxLength: 20 }),
    )
    .map(([tag, content]) => Uint8Array.of(tag, content.length, ...content));
  const digits = fc
    .tuple(fc.constantFrom("17", "18"), fc.stringMatching(/^\d{12,14}Z$/))
    .map(([tag, text]) => fromHex(tag + toHex(Uint8Array.of(text.length, ...new TextEncoder().encode(text)))));
  fc.assert(
    fc.property(fc.oneof(changed, short, digits), fc.constantFrom(...types), (bytes, type) => {
      let value: unknown;
      try {
        value = decodeDer(type, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        return;
      }
      expect(toHex(encodeDer(type, value))).toBe(toHex(bytes));
    }),
    { numRuns: 50_000 },
  );
});

test("every prefix and every flipped bit of a value gives a value or an error of ours", () => {
  // A stranger's certificate would end the program.
  const bytes = encodeDer(Everything, sample());
  for (let length = 0; length < bytes.length; length++) {
    expect(codeOf(Everything, bytes.subarray(0, length))).toMatch(/^(truncated) at/);
  }
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
    codeOf(Everything, flipped);
  }
});

test.each<[what: string, type: Der<any>, hex: string, refusal: string]>([
  ["length in two octets where one will do", octetString(), "04 81 01 00", "not-canonical at 1"],
  ["length with a leading zero", octetString(), `04 82 00 80 ${"00".repeat(128)}`, "not-canonical at 1"],
  ["indefinite length", sequenceOf(any()), "30 80 00 00", "not-canonical at 1"],
  ["huge length", octetString(), "04 84 ff ff ff ff", "truncated at 6"],
  ["length of five octets", octetString(), "04 85 01 00 00 00 00", "too-long at 1"],
  ["length without its octets", octetString(), "04 82 01", "truncated at 3"],
  ["inner length beyond the outer", sequenceOf(octetString()), "30 03 04 02 00 00", "truncated at 5"],
  ["inner header beyond the outer", sequenceOf(octetString()), "30 01 04 00", "truncated at 3"],
  ["bytes behind", nullValue(), "05 00 00", "trailing-bytes at 2"],
  ["bytes behind the fields", sequence("S", { a: nullValue() }), "30 04 05 00 05 00", "trailing-bytes at 4"],
  ["field missing", sequence("S", { a: nullValue() }), "30 00", "truncated at 2"],
  ["wrong class", nullValue(), "85 00", "wrong-type at 0"],
  ["constructed octet string", octetString(), "24 04 04 02 00 00", "wrong-type at 0"],
  ["primitive sequence", any(), "10 00", "unknown-tag at 0"],
  ["end of contents", any(), "00 00", "unknown-tag at 0"],
  ["constructed string inside of any", any(), "30 06 24 04 04 02 00 00", "unknown-tag at 2"],
  ["high tag number", any(), "1f 81 00 00", "unknown-tag at 0"],
  ["integer without octets", integer(), "02 00", "not-canonical at 2"],
  ["integer with a zero too many", integer(), "02 02 00 7f", "not-canonical at 2"],
  ["integer with ones too many", integer(), "02 02 ff 80", "not-canonical at 2"],
  ["small integer with a zero too many", smallInteger(), "02 02 00 7f", "not-canonical at 2"],
  ["negative where none is allowed", integer({ min: 0n }), "02 01 80", "out-of-range at 2"],
  ["negative small integer", smallInteger(), "02 01 80", "out-of-range at 2"],
  ["too large an integer", integer({ max: 127n }), "02 02 00 80", "out-of-range at 2"],
  ["long integer", integer({ maxBytes: 2 }), "02 03 7f 00 00", "too-long at 2"],
  ["boolean 01", boolean(), "01 01 01", "not-canonical at 2"],
  ["boolean of two octets", boolean(), "01 02 ff ff", "wrong-length at 2"],
  ["null with content", nullValue(), "05 01 00", "wrong-length at 2"],
  ["unknown enumerated", enumerated({ a: 0, c: 2 }), "0a 01 01", "out-of-range at 2"],
  ["no object identifier", oid(), "06 00", "wrong-length at 2"],
  ["arc with a leading zero", oid(), "06 02 80 01", "not-canonical at 2"],
  ["later arc with a leading zero", oid(), "06 03 2a 80 01", "not-canonical at 3"],
  ["unfinished arc", oid(), "06 01 80", "not-canonical at 2"],
  ["arc cut off", oid(), "06 02 2a 81", "truncated at 4"],
  ["endless arc", oid(), `06 15 ${"81".repeat(20)} 01`, "too-long at 2"],
  ["unused bits that are set", bitString(), "03 02 01 01", "not-canonical at 3"],
  ["eight unused bits", bitString(), "03 02 08 00", "out-of-range at 2"],
  ["unused bits of nothing", bitString(), "03 01 01", "out-of-range at 2"],
  ["no count of unused bits", bitString(), "03 00", "wrong-length at 2"],
  ["bits where octets are due", octetBits(), "03 02 01 00", "wrong-length at 2"],
  ["named bits with zeros behind", namedBits(["a", "b", "c"]), "03 02 05 80", "not-canonical at 2"],
  ["a bit without name", namedBits(["a", "b", "c"]), "03 02 04 10", "out-of-range at 2"],
  ["no UTF-8", utf8String(), "0c 02 c0 80", "out-of-range at 2"],
  ["surrogate in UTF-8", utf8String(), "0c 03 ed a0 80", "out-of-range at 2"],
  ["underscore in PrintableString", printableString(), "13 01 5f", "out-of-range at 2"],
  ["umlaut in IA5String", ia5String(), "16 02 c3 a4", "out-of-range at 2"],
  ["long text", utf8String({ max: 1 }), "0c 02 61 61", "too-long at 2"],
  ["long text, refused before it is read", utf8String({ max: 1 }), "0c 05 61 61 61 61 61", "too-long at 2"],
  ["short text", utf8String({ min: 1 }), "0c 00", "wrong-length at 2"],
  ["time without seconds", time(), ascii17("2601010000Z"), "wrong-length at 2"],
  ["time with an offset", time(), ascii17("260101000000+0100"), "wrong-length at 2"],
  ["time in a zone", time(), ascii17("260101000000A"), "out-of-range at 2"],
  ["30 February", time(), ascii17("260230000000Z"), "out-of-range at 2"],
  ["29 February of a year without", time(), ascii17("270229000000Z"), "out-of-range at 2"],
  ["month 0", time(), ascii17("260001000000Z"), "out-of-range at 2"],
  ["hour 24", time(), ascii17("260101240000Z"), "out-of-range at 2"],
  ["second 60", time(), ascii17("261231235960Z"), "out-of-range at 2"],
  ["a letter in a time", time(), ascii17("26010100000xZ"), "out-of-range at 2"],
  ["GeneralizedTime before 2050", time(), ascii18("20491231235959Z"), "not-canonical at 0"],
  ["GeneralizedTime with fractions", time(), ascii18("20500101000000.5Z"), "wrong-length at 2"],
  ["GeneralizedTime where UTCTime is due", time(), ascii18("19500101000000Z"), "not-canonical at 0"],
  ["set that descends", setOf(smallInteger()), "31 06 02 01 02 02 01 01", "not-canonical at 5"],
  ["set that descends inside of any", any(), "31 06 02 01 02 02 01 01", "not-canonical at 5"],
  ["boolean 01 inside of any", any(), "30 03 01 01 01", "not-canonical at 4"],
  ["integer inside of any", any(), "30 04 02 02 00 01", "not-canonical at 4"],
  ["too many", sequenceOf(nullValue(), { max: 1 }), "30 04 05 00 05 00", "too-long at 4"],
  ["too few", sequenceOf(nullValue(), { min: 1 }), "30 00", "wrong-length at 2"],
  ["no alternative", choice("C", { a: nullValue() }), "04 00", "unknown-tag at 0"],
  ["default written", sequence("S", { a: withDefault(boolean(), false) }), "30 03 01 01 00", "not-canonical at 2"],
  ["bytes behind what is inside", encapsulated(nullValue()), "04 03 05 00 00", "trailing-bytes at 4"],
  ["bytes behind an explicit tag", explicit(0, nullValue()), "a0 03 05 00 00", "trailing-bytes at 4"],
  ["primitive explicit tag", explicit(0, nullValue()), "80 02 05 00", "wrong-type at 0"],
  ["nested too deep", any(), nested(17), "nested-too-deep at 34"],
])("%s is refused", (_what, type, hex, refusal) => {
  // The same content would have two encodings, or a reader of another make would see other content.
  expect(codeOf(type, fromHex(hex))).toBe(refusal);
});

test("as deep as allowed is read", () => {
  // The limit would sit one off, and a real structure would be refused.
  expect(codeOf(any(), fromHex(nested(16)))).toBe("read");
});

test("an input above the limit is refused before it is looked at", () => {
  // A stranger would choose how long we work.
  const bytes = new Uint8Array(100);
  expect(() => decodeDer(any(), bytes, { maxBytes: 99 })).toThrow(expect.objectContaining({ code: "too-long" }));
});

test("an error names the path of the field in the standard's words", () => {
  // Nobody would find the fault in a certificate of a thousand bytes.
  const type = sequence("Outer", {
    list: sequenceOf(sequence("Inner", { id: oid(), pick: choice("P", { a: boolean() }) })),
  });
  try {
    decodeDer(type, fromHex("30 12 30 10 30 06 06 01 2a 01 01 ff 30 06 06 01 2a 01 01 03"), { base: 100 });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "not-canonical", where: { path: "Outer.list[1].pick.a", offset: 119 } });
  }
});

test.each<[what: string, type: Der<any>, value: unknown, refusal: string]>([
  ["fraction of a second", time(), 1500, "out-of-range"],
  ["year 10000", generalizedTime(), Date.UTC(10_000, 0, 1), "out-of-range"],
  ["oid with one arc", oid(), "1", "out-of-range"],
  ["oid with second arc 40", oid(), "1.40.3", "out-of-range"],
  ["oid with a leading zero", oid(), "1.2.03", "out-of-range"],
  ["lone surrogate", utf8String(), "\ud800", "out-of-range"],
  ["long octets", octetString({ max: 1 }), new Uint8Array(2), "wrong-length"],
  ["number out of range", smallInteger({ max: 5 }), 6, "out-of-range"],
  ["half a number", smallInteger(), 0.5, "out-of-range"],
  ["bits that do not count but are set", bitString(), { bytes: Uint8Array.of(1), unusedBits: 1 }, "out-of-range"],
  ["unknown bit name", namedBits(["a"]), ["b"], "out-of-range"],
  ["any that is no DER", any(), fromHex("30 80 00 00"), "wrong-type"],
  ["unknown alternative", choice("C", { a: boolean() }), { kind: "toString", value: true }, "wrong-type"],
  ["unknown word", enumerated({ a: 1 }), "toString", "out-of-range"],
])("%s cannot be written", (_what, type, value, refusal) => {
  // We would sign something that nobody can read.
  try {
    encodeDer(type, value);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(EncodeError);
    expect(error).toMatchObject({ code: refusal });
  }
});

test("long content has its length in the fewest octets", () => {
  // Our own signatures would be refused by every strict reader.
  for (const [length, header] of [
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [65_535, "0482ffff"],
    [65_536, "0483010000"],
  ] as const) {
    const type = octetString({ max: 1 << 20 });
    const bytes = encodeDer(type, new Uint8Array(length).fill(7));
    expect(toHex(bytes.subarray(0, bytes.length - length))).toBe(header);
    expect(decodeDer(type, bytes)).toEqual(new Uint8Array(length).fill(7));
  }
});

function sample() {
  return {
    version: 2,
    serial: 2n ** 100n,
    kind: "other" as const,
    critical: true,
    algorithm: "2.25.212543650131961871963870613290438361153.1",
    nothing: null,
    salt: new Uint8Array(3),
    bits: { bytes: Uint8Array.of(0xf8), unusedBits: 3 },
    key: Uint8Array.of(4, 1, 2),
    usage: ["a", "i"] as const,
    name: "Zähler",
    country: "DE",
    mail: "a@b.de",
    when: Date.UTC(2026, 0, 1),
    exactly: Date.UTC(2026, 0, 1),
    numbers: [1, 200],
    set: [Uint8Array.of(2), Uint8Array.of(1)],
    pick: { kind: "row" as const, value: [true] },
    around: "x",
    inside: { number: -1n },
    raw: { value: Uint8Array.of(9), raw: fromHex("040109") },
  };
}

function codeOf(type: Der<any>, bytes: Uint8Array): string {
  try {
    decodeDer(type, bytes);
    return "read";
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} at ${error.where.offset}`;
    throw error;
  }
}

function ascii17(text: string): string {
  return toHex(Uint8Array.of(0x17, text.length, ...new TextEncoder().encode(text)));
}

function ascii18(text: string): string {
  return toHex(Uint8Array.of(0x18, text.length, ...new TextEncoder().encode(text)));
}

/** So many sequences, one in the other. */
function nested(depth: number): string {
  let hex = "";
  for (let level = 0; level < depth; level++) hex = `30${(hex.length / 2).toString(16).padStart(2, "0")}${hex}`;
  return hex;
}
