// If these failed, a value would be shown wrongly, or one that a meter sends would be missing.

import fc from "fast-check";
import { expect, test } from "vitest";
import { dataSetsOf, decodeData, encodeData } from "../src/messages/data-set.ts";
import { partsOfGroup } from "../src/messages/group.ts";
import { codeOfId } from "../src/meaning/read-out.ts";
import { blockMessage } from "../src/framing/frames.ts";
import { octets, readD0, shown, text } from "./telegrams.ts";

const idCharacter = fc.constantFrom(..."0123456789.-:*&CFLP".split(""));
const groupCharacter = fc.constantFrom(..."0123456789.+-*&# kWhVAm3:S".split(""));
const dataSet = fc.record({
  id: fc.string({ unit: idCharacter, minLength: 1, maxLength: 16 }),
  groups: fc.array(fc.string({ unit: groupCharacter, maxLength: 32 }), { minLength: 1, maxLength: 4 }),
});
const lines = fc.array(fc.array(dataSet, { minLength: 1, maxLength: 3 }), { maxLength: 8 });

test("what was written is read, and written again the same", () => {
  fc.assert(
    fc.property(lines, (written) => {
      const bytes = encodeData(written);
      const read = decodeData(bytes);
      expect(read.deviations).toEqual([]);
      expect(read.lines.map((line) => line.map(({ id, groups }) => ({ id, groups })))).toEqual(written);
      expect(encodeData(read.lines)).toEqual(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test("ids and groups that would end themselves are not written", () => {
  for (const id of ["1.8.0(", "a/b", "a b!", "a\rb"]) expect(() => encodeData([[{ id, groups: ["1"] }]])).toThrow();
  for (const group of ["1)", "(1", "1\n"]) expect(() => encodeData([[{ id: "1.8.0", groups: [group] }]])).toThrow();
});

test.each([
  [
    "several groups after an id",
    "1.6.1(0.456*kW)(22-01-03 12:15)",
    ["1-0:1.6.1*255=0.456 kW", "1-0:1.6.1*255=22-01-03 12:15"],
  ],
  ["joined by &", "9.4(088*C&082*C)", ["1-0:9.4.0*255=88 °C", "1-0:9.4.0*255=82 °C"]],
  ["joined by #", "0.2.0(V01.69#EEA3546C)", ["1-0:0.2.0*255=V01.69", "1-0:0.2.0*255=EEA3546C"]],
  ["unit behind a blank", "1.8.0(000285.4 kWh)", ["1-0:1.8.0*255=285.4 kWh"]],
  ["stored value *01", "1.8.0*01(0000123.0*kWh)", ["1-0:1.8.0*1=123.0 kWh"]],
  ["stored value &12", "1.8.0&12(0000123.0*kWh)", ["1-0:1.8.0*12=123.0 kWh"]],
  [
    "letters",
    "F.F(00)\r\nC.1(1234567890123456)\r\nC.5.0(00)",
    ["1-0:97.97.0*255=00", "1-0:96.1.0*255=1234567890123456", "1-0:96.5.0*255=00"],
  ],
  ["no code at all", "L.1.a(5)\r\nF(0)", ["L.1.a=5", "F=0"]],
  ["no value", "6.8.1()", ["1-0:6.8.1*255="]],
  ["plus and leading zeros", "31.7.0(+000.8*A)", ["1-0:31.7.0*255=0.8 A"]],
  ["leading blanks", "81.7.6(  80*Deg)", ["1-0:81.7.6*255=80 °"]],
  [
    "several on a line",
    "6.8(0029.055*MWh)6.26(01589.28*m3)",
    ["1-0:6.8.0*255=29.055 MWh", "1-0:6.26.0*255=1589.28 m3"],
  ],
  ["full code", "1-0:1.8.1*255(032942.0231)", ["1-0:1.8.1*255=32942.0231"]],
  ["garbage before the first id", "\u00ff\u0080x y 1.8.0(1*kWh)", ["1-0:1.8.0*255=1 kWh"]],
  ["a ) missing at the end of a line", "1.8.0(1*kWh\r\n2.8.0(2*kWh)", ["1-0:1.8.0*255=1 kWh", "1-0:2.8.0*255=2 kWh"]],
  ["a date is no number", "0.9.2(25-11-25)", ["1-0:0.9.2*255=25-11-25"]],
])("%s", (_, data, expected) => {
  expect(shown(readD0(blockMessage(`${data}\r\n!\r\n`)))).toEqual(expected);
});

test("numbers keep every digit", () => {
  const [part] = partsOfGroup("0008048.375*kWh");
  expect([part!.number!.raw, part!.number!.scaler, String(part!.number)]).toEqual([8048375, -3, "8048.375"]);
  const [long] = partsOfGroup("12345678901234567890.5*kWh");
  expect(String(long!.number)).toBe("12345678901234567890.5");
  for (const none of ["", "-", ".", "1.2.3", "12:30", "0x1"]) expect(partsOfGroup(none)[0]!.number).toBeUndefined();
});

test("a reduced id takes the medium that is told", () => {
  expect(String(codeOfId("6.8", 6))).toBe("6-0:6.8.0*255");
  expect(shown(readD0(blockMessage("6.8(0029.055*MWh)\r\n!\r\n"), { medium: 6 }))).toEqual([
    "6-0:6.8.0*255=29.055 MWh",
  ]);
  expect(codeOfId("999.1.1")).toBeUndefined();
});

test("who the meter is", () => {
  const meterOf = (data: string) => {
    const [event] = readD0(blockMessage(`${data}\r\n!\r\n`));
    return event?.kind === "telegram" ? event.telegram.meter?.toString() : "no telegram";
  };
  expect(meterOf("C.1.0(53965555x)")).toBe("53965555x");
  expect(meterOf("1.8.0(1*kWh)")).toBeUndefined();
  expect(meterOf("0.0.0( 20000)")).toBe("20000");
});

test("a read-out says what is odd about it", () => {
  const warningsOf = (bytes: Uint8Array) =>
    readD0(bytes).flatMap((event) =>
      event.kind === "telegram" ? event.telegram.warnings.map(({ code }) => code) : [event.kind],
    );
  const good = blockMessage("1.8.0(1*kWh)\r\n!\r\n");
  const bad = good.slice();
  bad[bad.length - 1]! ^= 1;
  expect(warningsOf(good)).toEqual([]);
  expect(warningsOf(bad)).toEqual(["bad-checksum"]);
  expect(warningsOf(good.subarray(0, -1))).toEqual(["missing-checksum"]);
  expect(warningsOf(blockMessage("1.8.0(1*kWh)\r\n"))).toEqual(["missing-end-mark"]);
  expect(warningsOf(blockMessage("F.F(01)\r\n!\r\n"))).toEqual(["error-register"]);
  expect(warningsOf(blockMessage("1.8.0(1*xyz)\r\n!\r\n"))).toEqual(["unknown-unit"]);
});

test("strict reading refuses each of them", () => {
  const refused = (bytes: Uint8Array) => readD0(bytes, { strict: true }).every(({ kind }) => kind !== "telegram");
  const good = blockMessage("1.8.0(1*kWh)\r\n!\r\n");
  expect(refused(good)).toBe(false);
  const bad = good.slice();
  bad[bad.length - 1]! ^= 1;
  for (const bytes of [bad, good.subarray(0, -1), blockMessage("1.8.0(1*kWh)\r\n"), blockMessage("1.8.0(1\r\n!\r\n")]) {
    expect(refused(bytes)).toBe(true);
  }
});

test("a push without a block: the identification, the data, again and again", () => {
  const push = octets("/EMH5----eHZ-X\r\n\r\n1-0:0.0.0*255(12345)\r\n1-0:1.8.1*255(032942.0231)\r\n!\r\n");
  const events = readD0(octets(text(push).repeat(3)));
  expect(events.filter(({ kind }) => kind === "telegram")).toHaveLength(3);
  expect(events.flatMap((event) => (event.kind === "telegram" ? [event.telegram.header] : []))).toEqual(
    Array.from({ length: 3 }, () => "/EMH5----eHZ-X"),
  );
});

test("more data sets than a stranger may make us keep", () => {
  const many = octets("1.8.0(1)".repeat(100));
  const read = decodeData(many, { maxDataSets: 10 });
  expect(dataSetsOf(read)).toHaveLength(10);
  expect(read.deviations).toContain("stray-text");
  expect(dataSetsOf(decodeData(octets(`1.8.0${"(1)".repeat(100)}`), { maxGroups: 5 }))[0]!.groups).toHaveLength(5);
});
