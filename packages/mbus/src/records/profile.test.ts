import { ScaledValue } from "@siegel/readings";
import { fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dateText } from "./dates.ts";
import { decodeRecords } from "./decode.ts";
import { encodeRecords } from "./encode.ts";
import { expandProfile } from "./profile.ts";
import { profileModes } from "./words.ts";

function expanded(hex: string): readonly string[] {
  const { records } = decodeRecords(fromHex(hex));
  const profile = records.find(({ value }) => value.kind === "profile")!;
  return expandProfile(profile, records).map(({ storage, value, date }) => {
    return [storage, value?.toString() ?? "-", date === undefined ? "" : dateText(date)].join(" ").trim();
  });
}

test("increments run forward from base value and base time", () => {
  // A month's consumption would be booked on another month.
  expect(expanded("426c1f2c 441364000000 4d931f06 72fe 01000200")).toEqual([
    "2 0.101 2017-01-31",
    "3 0.103 2017-02-28",
  ]);
});

test("an inverse profile runs backward", () => {
  // As above: the values of a year would be turned round.
  expect(expanded("426c1f2c 441364000000 4d931306 72fe 01000200")).toEqual([
    "2 0.099 2016-11-30",
    "3 0.097 2016-10-31",
  ]);
});

test.each([
  ["absolute, days", "426c1f2c 4d931f06 32010100ffff", ["2 0.001 2017-01-01", "3 -0.001 2017-01-02"]],
  ["absolute, no time", "4d931f06 320101000080", ["2 0.001", "3 -"]],
  ["differences", "441364000000 4d931f04 f101fe05", ["2 0.098", "3 0.103"]],
  ["decrements", "441364000000 4d931f04 b101fe05", ["2 -0.154", "3 -0.159"]],
  ["an invalid increment breaks the chain", "441364000000 4d931f04 7101ff05", ["2 -", "3 -"]],
  ["increments without base", "4d931f04 71010105", ["2 -", "3 -"]],
  ["an array has no time", "426c1f2c 4d931f04 31000105", ["2 0.001", "3 0.005"]],
  ["hours need a time of day", "426c1f2c 4d931f04 21010105", ["2 0.001", "3 0.005"]],
  ["hours", "446d3b371f15 4d931f04 21010105", ["2 0.001 2008-06-01T00:59", "3 0.005 2008-06-01T01:59"]],
  ["quarter hours", "446d3b371f15 4d931f04 110f0105", ["2 0.001 2008-06-01T00:14", "3 0.005 2008-06-01T00:29"]],
  ["quarters of a year", "426c1f2c 4d931f04 21fe0105", ["2 0.001 2017-03-31", "3 0.005 2017-06-30"]],
  ["half years", "426c1f2c 4d931f04 11fe0105", ["2 0.001 2017-06-30", "3 0.005 2017-12-31"]],
  ["half months", "426c1f2c 4d931f04 31fd0105", ["2 0.001 2017-01-15", "3 0.005 2017-01-31"]],
  ["half months backward", "426c0f21 4d931304 31fd0105", ["2 0.001 2015-12-31", "3 0.005 2015-12-15"]],
  ["reserved spacing", "426c1f2c 4d931f04 31fb0105", ["2 0.001", "3 0.005"]],
  ["every year has no next month", "426ce1f1 4d931f04 31fe0105", ["2 0.001", "3 0.005"]],
  ["BCD", "4d931f04 3901 12 ee", ["2 0.012", "3 -"]],
  ["float", "4d831f06 3501 cdcccc3d", ["2 0.1"]],
])("%s", (_, hex, values) => {
  // As above.
  expect(expanded(hex)).toEqual(values);
});

test("a base of another register is none", () => {
  // A profile would start at another register's value.
  expect(expanded("44933c64000000 4d931f04 71010105")).toEqual(["2 -", "3 -"]);
  expect(expanded("841064000000 4d931f04 71010105".replace("8410", "c41013"))).toEqual(["2 -", "3 -"]);
});

test("what is no whole number of elements stays octets", () => {
  // Values would be cut out of the middle of others.
  for (const hex of ["4d931f01 31", "4d931f00", "4d931f05 3201010203", "4d931f03 3d0101", "4d931f03 300101"]) {
    const [record] = decodeRecords(fromHex(hex)).records;
    expect(record?.value.kind).toBe("octets");
    expect(toHex(encodeRecords([record!]))).toBe(hex.replaceAll(" ", ""));
  }
});

test("profiles are the same after reading and writing", () => {
  // A virtual meter would send another history than it has.
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.nat(3),
      fc.constantFrom(1, 2, 3, 4, 6, 7),
      fc.nat(255),
      fc.uint8Array({ maxLength: 40 }),
      (mode, unit, type, spacing, content) => {
        const size = [0, 1, 2, 3, 4, 4, 6, 8][type]!;
        const elements = content.subarray(0, content.length - (content.length % size));
        const data = Uint8Array.of(
          0x4d,
          0x93,
          0x1f,
          elements.length + 2,
          (mode << 6) | (unit << 4) | type,
          spacing,
          ...elements,
        );
        const { records } = decodeRecords(data);
        expect(records[0]?.value).toMatchObject({ kind: "profile", profile: { mode: profileModes[mode], spacing } });
        expect(toHex(encodeRecords(records))).toBe(toHex(data));
      },
    ),
  );
});

test("an expanded value is exact", () => {
  // Sums of floats would drift.
  const [, record] = decodeRecords(fromHex("44134b000000 4d931f06 42fe 01000200")).records;
  expect(
    expandProfile(record!, decodeRecords(fromHex("44134b000000")).records)[1]?.value?.equals(
      ScaledValue.parse("0.078"),
    ),
  ).toBe(true);
});
