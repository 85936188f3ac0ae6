import { ScaledValue } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { payloads } from "../../test/payloads.ts";
import { recordLists } from "../../test/records.arbitrary.ts";
import { nameOfRecord } from "../meaning/names.ts";
import { dateText } from "./dates.ts";
import { decodeRecords, type RecordOptions } from "./decode.ts";
import { encodeRecords, recordHeader, vibOf } from "./encode.ts";
import type { MbusRecord, RecordValue } from "./record.ts";

/** `name = value unit`, one text a record. */
function told(hex: string, options?: RecordOptions): readonly string[] {
  return decodeRecords(fromHex(hex), options).records.map(tell);
}

function tell(record: MbusRecord): string {
  const { header, unit, value, recordError } = record;
  const error = recordError === undefined ? "" : ` (${recordError})`;
  return `${nameOfRecord(header)} = ${tellValue(value)}${unit === undefined ? "" : ` ${unit.symbol}`}${error}`;
}

function tellValue(value: RecordValue): string {
  switch (value.kind) {
    case "number":
      return value.value.toString();
    case "text":
      return `"${value.text}"`;
    case "date":
      return dateText(value.date);
    case "octets":
      return toHex(value.bytes);
    default:
      return value.kind;
  }
}

test("the examples of OMS", () => {
  // Published telegrams would be misread.
  expect(told("0C1427048502 046D32371F15 02FD170000")).toEqual([
    "volume = 28504.27 m3",
    "date-time = 2008-05-31T23:50",
    "error-flags = 0",
  ]);
  // The content of the mode 10 telegram of the facts page.
  expect(told("046D1C2A2F3C04150000000002FF25010406FF1BFFFFFFFFFFFF446D0020213C441500000000")).toEqual([
    "date-time = 2025-12-15T10:28",
    "volume = 0.0 m3",
    "manufacturer-25 = 1025",
    "manufacturer-1b = -1",
    "date-time = 2025-12-01T00:00",
    "volume = 0.0 m3",
  ]);
});

test.each([
  ["04 03 d2040000", "energy = 1234 Wh"],
  ["04 06 d2040000", "energy = 1234000 Wh"],
  ["04 0e d2040000", "energy = 1234000000 J"],
  ["04 13 d2040000", "volume = 1.234 m3"],
  ["04 1b d2040000", "mass = 1234 kg"],
  ["02 22 0200", "on-time = 7200 s"],
  ["01 27 02", "operating-time = 172800 s"],
  ["02 2b 6400", "power = 100 W"],
  ["02 35 6400", "power = 10000000 J/h"],
  ["02 3b 6400", "volume-flow = 0.100 m3/h"],
  ["01 44 02", "volume-flow = 0.120 m3/h"],
  ["01 4c 02", "volume-flow = 0.07200 m3/h"],
  ["01 53 02", "mass-flow = 2 kg/h"],
  ["02 5a e600", "flow-temperature = 23.0 °C"],
  ["02 5d 9cff", "return-temperature = -1.00 °C"],
  ["02 61 3200", "temperature-difference = 0.50 K"],
  ["02 65 3200", "external-temperature = 0.50 °C"],
  ["02 69 7500", "pressure = 1.17 bar"],
  ["02 6e 7500", "hca = 117"],
  ["01 71 0f", "averaging-duration = 900 s"],
  ["01 74 0f", "actuality-duration = 15 s"],
  ["0c 78 78563400", 'fabrication-number = "00345678"'],
  ["01 7a ff", "bus-address = invalid"],
  ["01 fd02 10", "credit = 1.6 currency"],
  ["02 fd08 ffff", "access-number = invalid"],
  ["02 fd08 00ff", "access-number = 65280"],
  ["02 fd17 ffff", "error-flags = 65535"],
  ["02 fd28 0600", "storage-interval = 6 mo"],
  ["01 fd25 0f", "storage-interval = 900 s"],
  ["01 fd6d 02", "battery-operating-time = 172800 s"],
  ["01 fd74 02", "battery-remaining = 172800 s"],
  ["01 fdfd03 02", "battery-remaining = 2 a"],
  ["02 fd48 fd08", "voltage = 230.1 V"],
  ["02 fd59 e803", "current = 1.000 A"],
  ["01 fd71 ab", "rf-level = -85 dBm"],
  ["02 fb01 0c00", "energy = 12000000 Wh"],
  ["02 fb03 0c00", "reactive-energy = 120000 varh"],
  ["02 fb05 0c00", "apparent-energy = 120000 VAh"],
  ["02 fb09 0c00", "energy = 12000000000 J"],
  ["02 fb0d 0c00", "energy = 12000000 cal"],
  ["02 fb14 0c00", "reactive-power = 12 var"],
  ["02 fb1a 2302", "relative-humidity = 54.7 %"],
  ["02 fb21 2302", "volume = 54.7 ft3"],
  ["02 fb2b 2302", "phase-angle-current = 54.7 °"],
  ["02 fb2e 2302", "frequency = 54.7 Hz"],
  ["02 fb34 2302", "apparent-power = 547 VA"],
  ["02 fb68 0018", "rating-factor-k = 1.500000000000"],
  ["02 fb69 0018", "rating-factor-kq = 6144 W"],
  ["02 fb75 2302", "temperature-limit = 5.47 °C"],
  ["01 7e 05", "any = 5"],
  ["01 7f 05", "manufacturer = 5"],
  ["01 7b 05", "unknown-7b = 5"],
  ["01 fb38 05", "unknown-fb38 = 5"],
  ["01 ef05 05", "unknown-ef05 = 5"],
])("%s is %s", (hex, text) => {
  // A wrong row mislabels or misscales every meter that uses it.
  expect(told(hex)).toEqual([text]);
});

test.each([
  ["02 933b 6400", "volume-forward = 0.100 m3"],
  ["02 933c 6400", "volume-backward = 0.100 m3"],
  ["02 fdc8fc01 fd08", "voltage-phase-1 = 230.1 V"],
  ["02 fdc8fc05 fd08", "voltage-phase-1-to-2 = 230.1 V"],
  ["02 ab12 6400", "power-average = 100 W"],
  ["02 bb48 6400", "volume-flow-upper-limit = 0.100 m3/h"],
  ["01 bb49 05", "volume-flow-exceedings-of-upper-limit = 5"],
  ["01 bb59 05", "volume-flow-duration-of-first-exceeding-of-upper-limit = 300 s"],
  ["01 bb56 05", "volume-flow-duration-of-last-exceeding-of-lower-limit = 18000 s"],
  ["04 bb4f 32371f15", "volume-flow-end-of-last-exceeding-of-upper-limit = 2008-05-31T23:50"],
  ["01 bb61 05", "volume-flow-duration-of-first = 300 s"],
  ["02 bb6e 1f15", "volume-flow-begin-of-last = 2008-05-31"],
  ["02 bb39 1f15", "volume-flow-start-of = 2008-05-31"],
  ["02 9372 6400", "volume = 0.0000100 m3"],
  ["02 937d 6400", "volume = 100 m3"],
  ["02 937b 6400", "volume = 0.101 m3"],
  ["02 9379 6400", "volume = 0.10001 m3"],
  ["02 9322 6400", "volume-per-h = 0.100 m3/h"],
  ["02 8323 6400", "energy-per-d = 100 Wh/d"],
  ["02 832d 6400", "energy-per-m3 = 100 Wh/m3"],
  ["02 fdc836 6400", "voltage-times-s = 10.0 V s"],
  ["02 937e 6400", "volume-future = 0.100 m3"],
  ["02 fd971d 6400", "error-flags = 100"],
  ["02 ab7c 6400", "power = 100 W"],
  ["02 abfc11 ffff", "power = invalid W"],
  ["02 abfc12 ffff", "power = 65535 W"],
  ["02 8300 6400", "energy = 100 Wh"],
  ["00 8315", "energy = none Wh (no-data)"],
  ["02 8318 6400", "energy = 100 Wh (data-error)"],
  ["02 8344 6400", "energy-vife-44 = 100 Wh"],
  ["05 fdc8ff04 00907a45", "voltage-manufacturer-04 = 400.9 V"],
  ["04 ffa015 00000000", "manufacturer-2015 = 0"],
  ["02 83ff00 6400", "energy-manufacturer-00 = 100 Wh"],
])("VIFE: %s is %s", (hex, text) => {
  // A limit or a duration would pass as a measured value.
  expect(told(hex)).toEqual([text]);
});

test("what is an error from the meter is an action to it", () => {
  // A command would be logged as a fault, or a fault as a command.
  expect(told("01 fd9f07 00")).toEqual(["remote-control = 0 (data-size-not-implemented)"]);
  expect(told("01 fd9f07 00", { direction: "to-meter" })).toEqual(["remote-control-clear = 0"]);
});

test.each([
  ["01 03 80", "energy = invalid Wh"],
  ["02 03 0080", "energy = invalid Wh"],
  ["04 03 ffffffff", "energy = -1 Wh"],
  ["06 03 0000000000ff", "energy = -1099511627776 Wh"],
  ["07 03 ffffffffffffff7f", "energy = 9223372036854775807 Wh"],
  ["07 03 0000000000000080", "energy = invalid Wh"],
  ["07 03 01000000000000ff", "energy = -72057594037927935 Wh"],
  ["09 03 99", "energy = 99 Wh"],
  ["0a 03 12f3", "energy = -312 Wh"],
  ["0c 03 bdebdddd", "energy = invalid Wh"],
  ["0c 03 0a000000", "energy = invalid Wh"],
  ["0e 03 999999999999", "energy = 999999999999 Wh"],
  ["05 03 cdcccc3d", "energy = 0.1 Wh"],
  ["05 03 0000c07f", "energy = invalid Wh"],
  ["05 03 00004040", "energy = 3 Wh"],
  ["00 03", "energy = none Wh"],
  ["08 03", "energy = none Wh"],
  ["0d 7f 03 616263", 'manufacturer = "cba"'],
  ["0d fd11 04 fce46f4d", 'customer = "Moäü"'],
  ["0d 7f 03 610063", "manufacturer = 610063"],
  ["0d 03 c2 3412", "energy = 1234 Wh"],
  ["0d 03 d2 3412", "energy = -1234 Wh"],
  ["0d 03 c9 121111111111111111", "energy = 111111111111111112 Wh"],
  ["0d 03 c1 f1", "energy = invalid Wh"],
  ["0d 03 e3 ffffff", "energy = -1 Wh"],
  ["0d 03 e9 000000000000000001", "energy = 18446744073709551616 Wh"],
  ["0d 03 c0", "energy = 0 Wh"],
  [`0d 03 f0 ${"00".repeat(16)}`, `energy = ${"00".repeat(16)} Wh`],
  [`0d 03 f5 ${"01".repeat(48)}`, `energy = ${"01".repeat(48)} Wh`],
  [`0d 03 f6 ${"02".repeat(64)}`, `energy = ${"02".repeat(64)} Wh`],
  ["0d fd3b e2 1234", "wireless-container = 1234"],
  ["0d 6d e5 0102030405", "date-time = 0102030405"],
])("data: %s is %s", (hex, text) => {
  // A value that is none would be billed, or digits get lost.
  expect(told(hex)).toEqual([text]);
});

test("DIFEs give storage, tariff and subunit", () => {
  // Last month's value would pass as today's.
  const place = (hex: string) => {
    const [record] = decodeRecords(fromHex(hex)).records;
    return [record?.storage, record?.tariff, record?.subunit, record?.function, record?.header.isRegisterNumber];
  };
  expect(place("44 13 00000000")).toEqual([1, 0, 0, "instantaneous", false]);
  expect(place("d4 01 13 00000000")).toEqual([3, 0, 0, "maximum", false]);
  expect(place("a4 60 13 00000000")).toEqual([0, 2, 1, "minimum", false]);
  expect(place("b4 9140 13 00000000")).toEqual([2, 1, 2, "error", false]);
  expect(place("84 8f8f8f8f8f8f8f8f8f0f 13 00000000")).toEqual([2 ** 41 - 2, 0, 0, "instantaneous", false]);
  expect(place("c4 ffffffffffffffffff7f 13 00000000")).toEqual([
    2 ** 41 - 1,
    2 ** 20 - 1,
    2 ** 10 - 1,
    "instantaneous",
    false,
  ]);
  expect(place("84 8100 13 00000000")).toEqual([2, 0, 0, "instantaneous", true]);
});

test("old meters send the high octet first", () => {
  // A meter that answers with CI 76 would be misread.
  const data = "04 13 000004d2 0c 78 12345678 0d fd11 03 616263 0d 13 c2 1234 42 6c 151f";
  expect(told(data, { isHighFirst: true })).toEqual([
    "volume = 1.234 m3",
    'fabrication-number = "12345678"',
    'customer = "abc"',
    "volume = 1.234 m3",
    "date = 2008-05-31",
  ]);
});

test("plain text stands after the VIFEs, or before them as Elvaco has it", () => {
  // A text unit would shift all records behind it.
  expect(told("02 7c 03485225 7409 01 13 05")).toEqual(["plain-text:%RH = 2420", "volume = 0.005 m3"]);
  expect(told("02 fc 03 485225 74 c31c 01 13 05")).toEqual(["plain-text:%RH = 73.63", "volume = 0.005 m3"]);
  expect(told("02 fc 74 03 485225 c31c 01 13 05")).toEqual(["plain-text:%RH = 73.63", "volume = 0.005 m3"]);
});

test("special DIFs", () => {
  // Data of the maker would be taken for records, or a second telegram not be asked for.
  const list = decodeRecords(fromHex("2f2f 01 13 05 2f 1f 0102"));
  expect(list.records.map(tell)).toEqual(["volume = 0.005 m3"]);
  expect(list).toMatchObject({ moreFollows: true, manufacturerData: { offset: 7, bytes: Uint8Array.of(1, 2) } });
  expect(decodeRecords(fromHex("0f"))).toMatchObject({ moreFollows: false, manufacturerData: { offset: 1 } });
  expect(decodeRecords(fromHex("7f 01 13 05"))).toMatchObject({
    records: [{ offset: 1 }],
    skipped: [{ offset: 0, byteLength: 1, reason: "global-readout" }],
  });
});

test.each([
  ["3f 0102", 0, "reserved-dif"],
  ["01 13 05 6f 01", 3, "reserved-dif"],
  ["04 13 0000", 0, "truncated"],
  ["84", 0, "truncated"],
  ["04 93", 0, "truncated"],
  ["0d 13", 0, "truncated"],
  ["0d 13 05 00", 0, "truncated"],
  ["0d 13 ca", 0, "reserved-lvar"],
  ["0d 13 f7", 0, "reserved-lvar"],
  ["0d 13 ff", 0, "reserved-lvar"],
  [`84 ${"80".repeat(10)} 00 13 00000000`, 0, "too-many-difes"],
  [`04 93 ${"ba".repeat(10)} 3a 00000000`, 0, "too-many-vifes"],
])("%s is left unread from octet %i on: %s", (hex, offset, reason) => {
  // Whoever reads must learn that values are missing.
  const data = fromHex(hex);
  expect(decodeRecords(data).skipped).toEqual([{ offset, byteLength: data.length - offset, reason }]);
});

test("the ten extensions that the standard allows are read", () => {
  // The limit would cut off what is allowed.
  expect(decodeRecords(fromHex(`84 ${"80".repeat(9)} 00 13 00000000`)).skipped).toEqual([]);
  expect(decodeRecords(fromHex(`04 93 ${"ba".repeat(9)} 3a 00000000`)).skipped).toEqual([]);
});

test("a list has an end", () => {
  // Telegrams of empty records would fill the memory.
  const list = decodeRecords(new Uint8Array(10_000), { maxRecords: 100 });
  expect(list.records).toHaveLength(100);
  expect(list.skipped).toEqual([{ offset: 200, byteLength: 9800, reason: "too-many-records" }]);
  expect(decodeRecords(new Uint8Array(100_000).fill(0x7f)).skipped.length).toBeLessThan(20);
});

test("records drawn over the grammar are the same after writing and reading", () => {
  // What virtual meters and gateways write would be read as something else.
  fc.assert(
    fc.property(recordLists, (records) => {
      const bytes = encodeRecords(records);
      const list = decodeRecords(bytes);
      expect(list.skipped).toEqual([]);
      expect(list.records.map(({ header }) => toHex(header.bytes))).toEqual(
        records.map(({ header }) => toHex(header.bytes)),
      );
      expect(list.records.map(({ value }) => tellValue(value))).toEqual(records.map(({ value }) => tellValue(value)));
      expect(toHex(encodeRecords(list.records))).toBe(toHex(bytes));
    }),
    { numRuns: 1500 },
  );
});

test("every prefix and every flipped bit gives a list that accounts for every octet", () => {
  // A stranger could stop the gateway, or octets vanish unseen.
  for (const data of payloads) {
    for (let length = 0; length <= data.length; length++) account(data.subarray(0, length));
    for (let bit = 0; bit < 8 * data.length; bit++) {
      const flipped = new Uint8Array(data);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      account(flipped);
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), account), { numRuns: 5000 });
});

/** Records, skips and maker's data lie one after the other; between them are fillers only. */
function account(data: Uint8Array): void {
  const { records, skipped, manufacturerData } = decodeRecords(data);
  const parts = [
    ...records.map(({ offset, byteLength }) => ({ offset, byteLength })),
    ...skipped,
    ...(manufacturerData === undefined
      ? []
      : [{ offset: manufacturerData.offset - 1, byteLength: manufacturerData.bytes.length + 1 }]),
  ].toSorted((a, b) => a.offset - b.offset);
  let at = 0;
  for (const { offset, byteLength } of parts) {
    if (data.subarray(at, offset).some((octet) => octet !== 0x2f) || offset < at) throw new Error("octets vanished");
    at = offset + byteLength;
  }
  if (data.subarray(at).some((octet) => octet !== 0x2f) || at > data.length) throw new Error("octets vanished");
}

test("a header lives on without the telegram, and two headers with the same place in the table are two", () => {
  // A value of one telegram would be read with the header of another.
  const data = fromHex("0413d2040000");
  const { header } = decodeRecords(data).records[0]!;
  data.fill(0xff);
  expect(toHex(header.bytes)).toBe("0413");
  for (let code = 0; code < 0x7c * 64; code++) {
    const bytes = concatBytes(Uint8Array.of(0x81 | (code & 0x30), (code >> 6) & 0x0f, code % 0x7b), Uint8Array.of(1));
    expect(decodeRecords(bytes).records[0]?.header.vib).toBe((code % 0x7b).toString(16).padStart(2, "0"));
  }
});

test("headers from words", () => {
  // Virtual meters would send another quantity or resolution.
  const header = recordHeader({ vib: vibOf("volume", { exponent: -3, qualifiers: ["backward"] }), coding: "int32" });
  expect(toHex(encodeRecords([{ header, value: { kind: "number", value: ScaledValue.parse("1.5") } }]))).toBe(
    "04933cdc050000",
  );
  expect(vibOf("voltage", { exponent: -1, qualifiers: ["phase-2"] })).toEqual([0xfd, 0xc8, 0xfc, 0x02]);
  expect(vibOf("energy", { unit: "J", exponent: 3 })).toEqual([0x0b]);
  expect(vibOf("operating-time", { factor: 3600 })).toEqual([0x26]);
  expect(vibOf("energy", { unit: "Wh", exponent: 5 })).toEqual([0xfb, 0x00]);
  expect(() => vibOf("energy", { exponent: 50 })).toThrow(expect.objectContaining({ code: "out-of-range" }));
  expect(() => vibOf("volume", { exponent: -3, qualifiers: ["sideways"] })).toThrow(
    expect.objectContaining({ code: "out-of-range" }),
  );
  expect(() => recordHeader({ vib: [0x93], coding: "int8" })).toThrow(
    expect.objectContaining({ code: "wrong-length" }),
  );
  expect(() => recordHeader({ vib: [0x13], coding: "special" })).toThrow(
    expect.objectContaining({ code: "wrong-type" }),
  );
  expect(() => recordHeader({ vib: [0x13], coding: "int8", storage: 2 ** 41 })).toThrow(
    expect.objectContaining({ code: "out-of-range" }),
  );
});

test.each<[string, RecordValue, string]>([
  ["01 13 00", { kind: "number", value: ScaledValue.parse("0.128") }, "out-of-range"],
  ["01 13 00", { kind: "number", value: ScaledValue.parse("0.0001") }, "out-of-range"],
  ["01 23 00", { kind: "number", value: ScaledValue.parse("3600") }, "out-of-range"],
  ["09 13 00", { kind: "number", value: ScaledValue.parse("0.100") }, "out-of-range"],
  ["09 13 00", { kind: "number", value: ScaledValue.parse("-0.010") }, "out-of-range"],
  ["05 13 00000000", { kind: "number", value: ScaledValue.parse("16777217.123") }, "out-of-range"],
  ["01 13 00", { kind: "text", text: "00" }, "wrong-type"],
  ["01 13 00", { kind: "octets", bytes: new Uint8Array(2) }, "wrong-length"],
  ["02 13 0000", { kind: "date", date: { type: "G" } }, "wrong-type"],
  ["01 6d 00", { kind: "date", date: { type: "G" } }, "wrong-length"],
  ["09 78 00", { kind: "text", text: "123" }, "wrong-length"],
  ["09 78 00", { kind: "text", text: "1x" }, "wrong-type"],
  ["0d 78 00", { kind: "text", text: "\u0100" }, "out-of-range"],
  ["0d 13 00", { kind: "none" }, "wrong-type"],
])("%s cannot carry %o", (hex, value, code) => {
  // A command with a cut-off number would be sent.
  const { header } = decodeRecords(fromHex(hex)).records[0]!;
  expect(() => encodeRecords([{ header, value }])).toThrow(expect.objectContaining({ code }));
});
