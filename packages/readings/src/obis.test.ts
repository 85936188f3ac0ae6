import fc from "fast-check";
import { expect, test } from "vitest";
import { ObisCode } from "./obis.ts";

const octet = fc.integer({ min: 0, max: 255 });

test.each([
  ["1-0:1.8.0*255", "1-0:1.8.0*255"],
  ["1-0:1.8.0", "1-0:1.8.0*255"],
  ["1.8.0", "1-0:1.8.0*255"],
  ["1.8", "1-0:1.8.0*255"],
  ["1.8.0*01", "1-0:1.8.0*1"],
  ["1.8.0&12", "1-0:1.8.0*12"],
  ["C.1.0", "1-0:96.1.0*255"],
  ["F.F", "1-0:97.97.0*255"],
  ["C.13.22", "1-0:96.13.22*255"],
  ["1.0.1.8.0.255", "1-0:1.8.0*255"],
  ["129-129:199.130.3*255", "129-129:199.130.3*255"],
])("a meter that writes %s would be read as another register: %s", (text, full) => {
  expect(ObisCode.parse(text).toString()).toBe(full);
});

test("a gas meter's reduced code takes the medium of the meter", () => {
  // Else gas volume is billed as electricity.
  expect(ObisCode.parse("3.0.0", { a: 7 }).toString()).toBe("7-0:3.0.0*255");
  expect(ObisCode.parse("7-1:3.0.0", { a: 1, b: 2, f: 3 }).toString()).toBe("7-1:3.0.0*3");
  expect(ObisCode.parse("3.0", { e: 9 }).e).toBe(9);
});

test("whatever a code is, its text and its octets give it back", () => {
  // Else a stored register could not be found again.
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet, octet, octet), (groups) => {
      const code = ObisCode.ofGroups(...groups);
      expect([code.a, code.b, code.c, code.d, code.e, code.f]).toEqual(groups);
      expect(code.toBytes()).toEqual(Uint8Array.from(groups));
      expect(ObisCode.parse(code.toString()).equals(code)).toBe(true);
      expect(ObisCode.of(Uint8Array.from([9, ...groups]), 1).equals(code)).toBe(true);
    }),
  );
});

test("codes that differ in one group are different codes", () => {
  // Else import and export of a meter could be swapped by a collision in the cache.
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 6, maxLength: 6 }),
      fc.nat(5),
      fc.integer({ min: 1, max: 255 }),
      (octets, at, bits) => {
        const other = octets.slice();
        other[at] = other[at]! ^ bits;
        const [a, b] = [ObisCode.of(octets), ObisCode.of(other)];
        expect(a.equals(b)).toBe(false);
        expect(a.toString()).not.toBe(b.toString());
      },
    ),
  );
});

test("a stranger who invents codes does not break the codes in use", () => {
  // Else a single hostile meter could stop a head-end.
  const inUse = ObisCode.parse("1-0:1.8.0");
  for (let index = 0; index < 20_000; index++) {
    const code = ObisCode.of(Uint8Array.of(1, 2, 3, index >> 16, (index >> 8) & 255, index & 255));
    expect([code.d, code.e, code.f]).toEqual([index >> 16, (index >> 8) & 255, index & 255]);
  }
  expect(ObisCode.of(inUse.toBytes())).toBe(inUse);
  expect(ObisCode.of(Uint8Array.of(1, 2, 3, 0, 78, 31)).equals(ObisCode.of(Uint8Array.of(1, 2, 3, 0, 78, 31)))).toBe(
    true,
  );
});

test("nobody changes a code that others hold", () => {
  // Codes are shared objects: a change would reach every reading.
  expect(() => Object.assign(ObisCode.parse("1.8.0"), { c: 2 })).toThrow(TypeError);
});

test.each([
  "",
  "1",
  "1.8.0*",
  "1-0:256.8.0",
  "1-0:1.8.0*999",
  "-0:1.8.0",
  "1.8.0 ",
  "x.8.0",
  "1-0:1.8.0*255\n",
  "1.2.3.4.5.6.7",
])("no code is made of %j", (text) => {
  // A register guessed from rubbish is worse than an error.
  expect(() => ObisCode.parse(text)).toThrow(expect.objectContaining({ code: "not-an-obis-code" }));
});

test("no code is made of too few octets or of groups above 255", () => {
  // As above, for telegrams.
  expect(() => ObisCode.of(new Uint8Array(5))).toThrow(expect.objectContaining({ code: "not-an-obis-code" }));
  expect(() => ObisCode.of(new Uint8Array(8), 3)).toThrow(expect.objectContaining({ code: "not-an-obis-code" }));
  expect(() => ObisCode.ofGroups(1, 0, 1, 8, 0, 256)).toThrow(expect.objectContaining({ code: "not-an-obis-code" }));
  expect(() => ObisCode.ofGroups(1, 0, 1.5, 8, 0, 255)).toThrow(expect.objectContaining({ code: "not-an-obis-code" }));
});

test("any text is a code or our error", () => {
  // Else a typing mistake in a command ends in a stack trace.
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."019.-:*&CF ".split("")), maxLength: 30 }), (text) => {
      try {
        ObisCode.parse(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "not-an-obis-code" });
      }
    }),
  );
});

test("codes that a stranger invents are not kept without end, and are right all the same", () => {
  // A telegram of invented codes once a second would fill the memory of a gateway within days.
  const codes = Array.from({ length: 10_000 }, (_, index) => Uint8Array.of(1, index >> 8, index & 0xff, 8, 0, 255));
  const first = codes.map((octets) => ObisCode.of(octets));
  const again = codes.map((octets) => ObisCode.of(octets));
  expect(again.filter((code, index) => code === first[index]).length).toBeLessThan(5000);
  expect(again.every((code, index) => code.equals(first[index]!))).toBe(true);
});
