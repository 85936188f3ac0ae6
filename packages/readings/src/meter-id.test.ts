import { fromHex, MeterError, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { companyOfMaker, makerOfNumber, numberOfMaker } from "./flag-makers.ts";
import { MeterId } from "./meter-id.ts";

test.each([
  ["0a01445a4700039e2055", "din-43863-5", "1DZG0060694613", "DZG", 1],
  ["0a0149534b00047a5544", "din-43863-5", "1ISK0075126084", "ISK", 1],
  ["09014553591103956940", "din-43863-5-draft", "1ESY1160123456", "ESY", 1],
  ["0a0e50504302000186a0", "din-43863-5", "EPPC0200100000", "PPC", 14],
  ["01a815133577030102", "mbus-address", "1EMH0103773513", "EMH", 1],
  ["06454d48010271582051", "maker-octets", undefined, "EMH", undefined],
  ["0649534b010e1f66299a", "maker-octets", undefined, "ISK", undefined],
  ["31303031313835", "ascii", "1001185", undefined, undefined],
  ["31445a4730303630363934363133", "ascii", "1DZG0060694613", "DZG", 1],
  ["0a01445a4700ffffffff", "unknown", undefined, undefined, undefined],
  ["0a01645a4700039e2055", "unknown", undefined, undefined, undefined],
  ["0a10445a4700039e2055", "unknown", undefined, undefined, undefined],
  ["06454d4801", "unknown", undefined, undefined, undefined],
  ["0100001335770301ff", "unknown", undefined, undefined, undefined],
  ["ff", "unknown", undefined, undefined, undefined],
])("%s is a %s id with label %s", (hex, form, label, maker, medium) => {
  // The label is what the consumer compares with his meter.
  const meter = MeterId.of(fromHex(hex));
  expect(meter.id).toBe(hex);
  expect([meter.form, meter.label, meter.maker, meter.medium]).toEqual([form, label, maker, medium]);
  expect(toHex(meter.toBytes())).toBe(hex);
});

test("label and octets of DIN 43863-5 give each other back", () => {
  // A meter that is registered by its label must be found by its telegram.
  const letters = fc.stringMatching(/^[A-Z]{3}$/);
  const digits = fc.integer({ min: 0, max: 99_999_999 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 15 }), letters, fc.nat(255), digits, (medium, maker, block, number) => {
      const serial = String(number).padStart(8, "0");
      const label = `${medium.toString(16)}${maker}${block.toString(16).padStart(2, "0")}${serial}`.toUpperCase();
      const meter = MeterId.ofLabel(label);
      expect([meter.label, meter.maker, meter.medium, meter.serial]).toEqual([label, maker, medium, serial]);
      expect(MeterId.of(meter.toBytes()).equals(meter)).toBe(true);
    }),
  );
});

test("an id stays what it was, whatever becomes of the octets it was made of or gives out", () => {
  // A line's buffer is used again: the label, made when it is first asked for, would be that of other bytes.
  class PooledOctets extends Uint8Array<ArrayBuffer> {
    // As Node's Buffer does it: a view, not a copy.
    override slice(from?: number, to?: number): Uint8Array<ArrayBuffer> {
      return this.subarray(from, to);
    }
  }
  const octets = PooledOctets.from(fromHex("0a01445a4700039e2055"));
  const meter = MeterId.of(octets);
  octets.fill(0x31);
  meter.toBytes().fill(0x32);
  expect([meter.label, toHex(meter.toBytes())]).toEqual(["1DZG0060694613", "0a01445a4700039e2055"]);
});

test("a label is read as people write it", () => {
  // On the meter it is grouped by blanks; gateways print it in lower case.
  expect(MeterId.ofLabel("1 DZG 00 6069 4613").id).toBe("0a01445a4700039e2055");
  expect(MeterId.ofLabel("eppc0200100000").label).toBe("EPPC0200100000");
});

test.each([
  "",
  "1DZG006069461",
  "1DZG00606946133",
  "GDZG0060694613",
  "1DZ40060694613",
  "1DZGXX60694613",
  "x".repeat(99),
])("%j is no label", (label) => {
  // A mistyped label must not become another meter.
  expect(() => MeterId.ofLabel(label)).toThrow(expect.objectContaining({ code: "not-a-meter-id" }));
});

test("ids are equal exactly when their octets are", () => {
  // Two meters must never be taken for one.
  const meter = MeterId.ofLabel("1DZG0060694613");
  expect(meter.equals(MeterId.of(meter.toBytes()))).toBe(true);
  expect(meter.equals(MeterId.ofLabel("1DZG0060694614"))).toBe(false);
  expect(meter).not.toEqual(MeterId.ofLabel("1DZG0060694614"));
  expect(JSON.stringify(meter)).toBe('{"id":"0a01445a4700039e2055","label":"1DZG0060694613"}');
  expect(String(MeterId.of(Uint8Array.of(0xff)))).toBe("ff");
});

test("the id keeps its own copy of the octets", () => {
  // The receive buffer is reused for the next telegram.
  const buffer = fromHex("0a01445a4700039e2055");
  const meter = MeterId.of(buffer);
  buffer.fill(0);
  meter.toBytes().fill(1);
  expect(meter.label).toBe("1DZG0060694613");
});

test("any octets are an id or our error", () => {
  // A stranger chooses these octets.
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 70 }), nearly("0a01445a4700039e2055"), nearly("01a815133577030102")),
      (octets) => {
        try {
          const meter = MeterId.of(octets);
          expect(meter.id).toBe(toHex(octets));
          if (meter.label !== undefined && meter.serial !== undefined)
            expect(meter.label).toMatch(/^[0-9A-F][A-Z]{3}[0-9A-F]{2}\d{8}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(MeterError);
          expect(octets.length === 0 || octets.length > 64).toBe(true);
        }
      },
    ),
  );
});

function nearly(hex: string): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat(8), fc.nat(255)).map(([at, byte]) => {
    const octets = fromHex(hex).slice();
    octets[at] = byte;
    return octets;
  });
}

test("maker codes and their 16-bit form give each other back", () => {
  // M-Bus meters carry the number, keys are looked up by it.
  expect(numberOfMaker("EMH")).toBe(0x15a8);
  expect(makerOfNumber(0x95a8)).toBe("EMH");
  let valid = 0;
  for (let number = 0; number < 0x8000; number += 7) {
    const letters = [number >> 10, (number >> 5) & 31, number & 31];
    if (letters.every((letter) => letter >= 1 && letter <= 26)) {
      valid++;
      if (numberOfMaker(makerOfNumber(number)) !== number) expect.fail(`${number}`);
    } else expect(() => makerOfNumber(number)).toThrow(expect.objectContaining({ code: "not-a-maker-code" }));
  }
  expect(valid).toBeGreaterThan(2000);
  for (const bad of ["", "EM", "emh", "EMHX", "E1H"]) {
    expect(() => numberOfMaker(bad)).toThrow(expect.objectContaining({ code: "not-a-maker-code" }));
  }
});

test("the makers of common meters are known by name", () => {
  // A person reads a company's name, not a code.
  expect(companyOfMaker("DZG")).toBe("DZG Metering");
  expect(MeterId.ofLabel("1ISK0075126084").company).toBe("Iskraemeco");
  expect(companyOfMaker("QQQ")).toBeUndefined();
  expect(companyOfMaker("constructor")).toBeUndefined();
});
