/** Records over the whole grammar, drawn for properties: headers of all tables with values that fit them. */

import { ScaledValue } from "@siegel/readings";
import fc from "fast-check";
import type { MbusDate } from "../src/records/dates.ts";
import { recordHeader, type WritableRecord } from "../src/records/encode.ts";
import { type Coding, mbusFunctions, type RecordHeader, type RecordValue } from "../src/records/record.ts";
import { fbVifs, fdVifs, primaryVifs } from "../src/records/vif-tables.ts";

const known = (table: readonly unknown[]): number[] =>
  table.flatMap((entry, code) => (entry === undefined ? [] : code));
const plainText = 0x7c;

/** VIFEs that are no profile, and at the end perhaps one of the extension table or the maker's. */
const vifes = fc.tuple(
  fc.array(
    fc.nat(0x7b).filter((code) => code !== 0x13 && code !== 0x1e && code !== 0x1f),
    { maxLength: 4 },
  ),
  fc.constantFrom([], [0x7c, 0x01], [0x7c, 0x10], [0x7c, 0x12], [0x7f, 0x22], [0x7d], [0x7e]),
);

function chained(codes: readonly number[]): number[] {
  return codes.map((code, index) => (index < codes.length - 1 ? code | 0x80 : code));
}

const vibs: fc.Arbitrary<number[]> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...known(primaryVifs)).map((code) => [code]),
      fc.constantFrom(...known(fdVifs)).map((code) => [0x7d, code]),
      fc.constantFrom(...known(fbVifs)).map((code) => [0x7b, code]),
      fc.constantFrom([0x7b, 0x38], [0x7d, 0x7c], [0x6f, 0x01], [0x7b], [0x7d]),
    ),
    vifes,
  )
  .map(([vif, [some, last]]) => chained([...vif, ...some, ...last]));

/** Plain text, without VIFEs, where its place is beyond doubt. */
const textVibs: fc.Arbitrary<number[]> = fc
  .array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: 1, maxLength: 12 })
  .map((text) => [plainText, text.length, ...text]);

const byteLengths: Partial<Record<Coding, number>> = {
  int8: 1,
  int16: 2,
  int24: 3,
  int32: 4,
  float32: 4,
  int48: 6,
  int64: 8,
  bcd2: 1,
  bcd4: 2,
  bcd6: 3,
  bcd8: 4,
  bcd12: 6,
};
const codings = fc.constantFrom<Coding>(
  ...(Object.keys(byteLengths) as Coding[]), // the keys are codings
  "none",
  "selection",
  "variable",
);

const headers: fc.Arbitrary<RecordHeader> = fc
  .record({
    vib: fc.oneof({ weight: 9, arbitrary: vibs }, { weight: 1, arbitrary: textVibs }),
    coding: codings,
    function: fc.constantFrom(...mbusFunctions),
    storage: fc.oneof(fc.nat(3), fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 2 ** 37 - 1 })),
    tariff: fc.oneof(fc.nat(3), fc.nat(2 ** 18 - 1)),
    subunit: fc.oneof(fc.nat(1), fc.nat(2 ** 9 - 1)),
    isRegisterNumber: fc.boolean(),
  })
  .map(recordHeader);

export const dates: fc.Arbitrary<MbusDate> = fc
  .record({
    year: fc.option(fc.integer({ min: 2000, max: 2080 }), { nil: undefined }),
    month: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    day: fc.option(fc.integer({ min: 1, max: 28 }), { nil: undefined }),
    hour: fc.option(fc.integer({ min: 0, max: 23 }), { nil: undefined }),
    minute: fc.option(fc.integer({ min: 0, max: 59 }), { nil: undefined }),
    second: fc.option(fc.integer({ min: 0, max: 59 }), { nil: undefined }),
    summerTime: fc.boolean(),
    type: fc.constantFrom("F", "G", "I", "J"),
  })
  .map(({ type, year, month, day, hour, minute, second, summerTime }): MbusDate => {
    const onDay = defined({ year, month, day });
    const atTime = defined({ hour, minute });
    switch (type) {
      case "G":
        return { type, ...onDay };
      case "J":
        return { type, ...atTime, ...defined({ second }) };
      case "F":
        return { type, ...onDay, ...atTime, summerTime, hundredYear: summerTime ? 0 : 1 };
      default: {
        const computed = { leapYear: false, weekday: 0, week: 0, summerDeviation: summerTime ? 1 : 0 };
        return { type: "I", ...onDay, ...atTime, ...defined({ second }), summerTime, ...computed };
      }
    }
  });

function defined<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  // What is left has no undefined; the type of fromEntries cannot say so.
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

const typeOfCoding: Partial<Record<Coding, MbusDate["type"]>> = { int16: "G", int24: "J", int32: "F", int48: "I" };

/** Values that a header can carry, drawn by their raw integer so that every digit is on the wire. */
function valueFor(header: RecordHeader): fc.Arbitrary<RecordValue> {
  const { coding, reads } = header;
  const octets = (byteLength: number): fc.Arbitrary<RecordValue> =>
    fc.uint8Array({ minLength: byteLength, maxLength: byteLength }).map((bytes) => ({ kind: "octets", bytes }));
  if (coding === "none" || coding === "selection") return fc.constant({ kind: "none" });
  if (coding === "variable") {
    if (reads === "octets") return fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ kind: "octets", bytes }));
    return fc
      .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff })), { maxLength: 60 })
      .map((codes) => ({ kind: "text", text: String.fromCharCode(...codes) }));
  }
  const byteLength = byteLengths[coding] ?? 0;
  if (coding.startsWith("bcd")) {
    if (reads === "octets") return octets(byteLength);
    if (reads === "digits") {
      const digit = fc.nat(15).map((nibble) => nibble.toString(16).toUpperCase());
      return fc
        .string({ unit: digit, minLength: 2 * byteLength, maxLength: 2 * byteLength })
        .map((text) => ({ kind: "text", text }));
    }
    return numbers(header, -(10n ** BigInt(2 * byteLength - 1)) + 1n, 10n ** BigInt(2 * byteLength) - 1n);
  }
  if (coding === "float32") {
    // Small integers are their own shortest decimal, whatever the exponent.
    return numbers(header, -(2n ** 20n), 2n ** 20n);
  }
  switch (reads) {
    case "octets":
      return octets(byteLength);
    case "date": {
      const type = typeOfCoding[coding];
      if (type === undefined) return octets(byteLength);
      return dates.filter((date) => date.type === type).map((date) => ({ kind: "date", date }));
    }
    case "signed":
    case "raw":
      return numbers(header, -(2n ** BigInt(8 * byteLength - 1)) + 1n, 2n ** BigInt(8 * byteLength - 1) - 1n);
    default:
      return numbers(header, 0n, 2n ** BigInt(8 * byteLength) - 2n);
  }
}

function numbers(header: RecordHeader, min: bigint, max: bigint): fc.Arbitrary<RecordValue> {
  return fc.bigInt({ min, max }).map((raw) => {
    let value = ScaledValue.of(raw, header.exponent);
    for (const exponent of header.offsets) value = value.plus(ScaledValue.of(1, exponent));
    return { kind: "number", value: ScaledValue.of(BigInt(value.raw) * BigInt(header.factor), value.scaler) };
  });
}

const writableRecords: fc.Arbitrary<WritableRecord> = headers.chain((header) =>
  valueFor(header).map((value) => ({ header, value })),
);

export const recordLists: fc.Arbitrary<readonly WritableRecord[]> = fc.array(writableRecords, { maxLength: 8 });
