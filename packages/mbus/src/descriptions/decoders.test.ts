import { fromHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOfMeterId, type MeterAddress } from "../framing/wireless/address.ts";
import { decodeRecords } from "../records/decode.ts";
import { Keyring } from "../security/keyring.ts";
import { WmbusStream } from "../stream.ts";
import { MbusStream } from "../wired-stream.ts";
import { describe } from "./built-in.ts";
import { Catalogue } from "./catalogue.ts";
import { builtInDescriptions } from "./data/index.ts";
import { decoders } from "./decoders/index.ts";
import { DescriptionError, parseDescriptions } from "./load.ts";

const octets = fc.uint8Array({ maxLength: 260 });
const address = { manufacturer: 0x2c2d, identification: 1, version: 0x94, deviceType: 7 };
/** AES has no part in whether a decoder is total. */
const keys = [{ decryptCbc: (_: Uint8Array, block: Uint8Array) => block }];

test.each(Object.entries(decoders))("%s takes any octets", (_, decoder) => {
  // A stranger's telegram would end the program.
  fc.assert(
    fc.property(octets, octets, fc.integer({ min: 0xa0, max: 0xb7 }), (content, frame, ci) => {
      const decoded = decoder({ content, address, ci, status: 0, records: decodeRecords(content), frame, keys });
      expect(decoded?.values.length ?? 0).toBeLessThanOrEqual(content.length + frame.length + 40);
    }),
    { numRuns: 500 },
  );
});

test("a value comes from octets that are there", () => {
  // Its trust would be that of other octets: a clear one could look protected.
  for (const [name, decoder] of Object.entries(decoders)) {
    fc.assert(
      fc.property(octets, octets, (content, frame) => {
        const decoded = decoder({
          content,
          address,
          ci: 0xa0,
          status: 0,
          records: decodeRecords(content),
          frame,
          keys,
        });
        for (const { from, to } of decoded?.values ?? []) {
          expect(from, name).toBeGreaterThanOrEqual(0);
          expect(to, name).toBeGreaterThan(from);
        }
      }),
      { numRuns: 200 },
    );
  }
});

const examples = builtInDescriptions.flatMap(({ id, examples: list }) =>
  list.map(({ telegram }) => ({ id, telegram })),
);

test.each(examples)("$id: every prefix and every flipped bit", ({ telegram }) => {
  // A damaged telegram would be an exception instead of an answer.
  const whole = fromHex(telegram);
  const read = (damaged: Uint8Array): void => {
    new WmbusStream().frame(damaged);
    const stream = new MbusStream();
    stream.push(damaged);
    stream.flush();
  };
  for (let length = 0; length < whole.length; length++) read(whole.subarray(0, length));
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const damaged = whole.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    read(damaged);
  }
});

function exampleOf(id: string): Uint8Array {
  return fromHex(builtInDescriptions.find((one) => one.id === id)!.examples[0]!.telegram);
}

test.each(["diehl-real-data", "diehl-prios", "techem-water", "apator-na-1", "diehl-factory-key", "bmeters-rfm-tx1"])(
  "a gateway takes no %s: hiding is no protection",
  (id) => {
    // Anybody could make readings for a meter that a gateway trusts.
    const frame = exampleOf(id);
    const keyring = new Keyring();
    keyring.setKeyForAny(new Uint8Array(16)); // published, as Apator's meters have it
    const strict = new WmbusStream({ keyring, use: "gateway" }).frame(frame);
    expect(strict.map(({ kind }) => kind)).toEqual(["error"]);
  },
);

test("a gateway whose meter may be clear reads hidden octets as clear", () => {
  // A meter that has no other form could never be read.
  const stream = new WmbusStream({ use: "gateway", floor: { minimum: "clear" } });
  const [event] = stream.frame(exampleOf("diehl-real-data"));
  expect(event).toMatchObject({ kind: "telegram", opened: undefined, telegram: { trust: "clear" } });
});

test.each(["diehl-real-data", "diehl-prios"])("%s: the floor of the meter that its maker names counts", (id) => {
  // Whoever writes version and type first would pass by the floor of the meter that he claims to be.
  const frame = exampleOf(id);
  const stream = (meter: MeterAddress): WmbusStream => {
    const keyring = new Keyring();
    keyring.setFloor(meter, { minimum: "encrypted" });
    return new WmbusStream({ keyring, use: "gateway", floor: { minimum: "clear" } });
  };
  const [said] = new WmbusStream().frame(frame);
  const named = said?.kind === "telegram" ? addressOfMeterId(said.telegram.meter) : undefined;
  expect(named).toMatchObject({ identification: 0x12345678 });
  expect(stream({ ...named!, identification: 1 }).frame(frame)).toMatchObject([{ kind: "telegram" }]);
  expect(stream(named!).frame(frame)).toMatchObject([{ kind: "error" }]);
});

test("the key of the factory is tried for a person who has none, with a warning", () => {
  // Somebody would take a meter that everybody can read and forge for a private one.
  const frame = exampleOf("diehl-factory-key");
  const [event] = new WmbusStream().frame(frame);
  expect(event).toMatchObject({ kind: "telegram" });
  expect(event?.kind === "telegram" && event.telegram.warnings).toContainEqual({ code: "default-key" });
  const keyring = new Keyring();
  keyring.setKeyForAny(fromHex("0f0e0d0c0b0a09080706050403020100"));
  expect(new WmbusStream({ keyring }).frame(frame)).toMatchObject([{ kind: "error" }]);
});

test("a meter that is not described keeps the values of the standard", () => {
  // A description of one maker would rename the values of another.
  expect(describe({ manufacturer: 0x7fff, version: 0, deviceType: 7 })).toBeUndefined();
  const frame = exampleOf("kamstrup-heat");
  const [event] = new WmbusStream({ descriptions: new Catalogue([]) }).frame(frame);
  expect(event?.kind === "telegram" && event.telegram.values.map(({ name }) => name)).toContain("manufacturer-07");
});

const own = {
  id: "my-meter",
  title: "A meter of mine",
  match: [{ makers: ["XYZ"], versions: [[1, 3], 7], types: [7] }],
  records: [{ when: { vib: "13" }, name: "volume-garden", exponent: 1, states: { bits: { "0": "odd" } } }],
  data: [{ name: "battery-voltage", at: 0, length: 1, exponent: -1, unit: "V", absent: [255] }],
  examples: [],
};

test("a person's own description renames, rescales and cuts", () => {
  // A meter that we do not have would stay unreadable until the next release.
  const descriptions = new Catalogue([...parseDescriptions(own), ...builtInDescriptions]);
  const frame = fromHex("1744 3a63 78563412 03 07 7a01000000 0413e8030000 0f 24".replaceAll(" ", ""));
  frame[0] = frame.length - 1;
  const [event] = new WmbusStream({ descriptions }).frame(frame);
  const values = event?.kind === "telegram" ? event.telegram.values : [];
  expect(
    values.map(({ name, value, unit, states }) => [
      name,
      value.kind === "number" ? value.value.toString() : "",
      unit?.symbol,
      states,
    ]),
  ).toEqual([
    ["volume-garden", "10.00", "m3", ["odd"]],
    ["battery-voltage", "3.6", "V", undefined],
  ]);
});

test.each([
  ["no object", 5, "wrong-type", ""],
  ["no id", { title: "x", match: [], examples: [] }, "out-of-range", "match"],
  ["a field that nobody knows", { ...own, recods: [] }, "unknown-field", "recods"],
  ["a field of every object", JSON.parse('{"__proto__": 1}'), "unknown-field", "__proto__"],
  ["a maker of two letters", { ...own, match: [{ makers: ["XY"] }] }, "out-of-range", "match[0].makers[0]"],
  [
    "a range the wrong way",
    { ...own, match: [{ makers: ["XYZ"], types: [[9, 1]] }] },
    "out-of-range",
    "match[0].types[0]",
  ],
  ["no name", { ...own, data: [{ at: 0, length: 1 }] }, "missing-field", "data[0].name"],
  ["a length of none", { ...own, data: [{ name: "a", at: 0, length: 0 }] }, "out-of-range", "data[0].length"],
  ["a factor of none", { ...own, records: [{ when: {}, factor: 0 }] }, "out-of-range", "records[0].factor"],
  ["half an octet", { ...own, records: [{ when: { vib: "1" } }] }, "out-of-range", "records[0].when.vib"],
  ["a decoder that is none", { ...own, decoder: "toString" }, "out-of-range", "decoder"],
  ["the second of two", [own, { ...own, id: "My Meter" }], "out-of-range", "[1].id"],
])("%s is refused with its place", (_, json: unknown, code, path) => {
  // A misspelt field would be passed over, and a reading be wrong for years.
  let thrown: unknown;
  try {
    parseDescriptions(json);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(DescriptionError);
  expect(thrown).toMatchObject({ code, path, blame: "caller" });
});

test("whatever JSON holds, it is taken or refused with a reason", () => {
  // A file of a person's would end the program.
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(own)), (value, field) => {
      try {
        parseDescriptions({ ...own, [field]: value });
      } catch (error) {
        expect(error).toBeInstanceOf(DescriptionError);
      }
    }),
    { numRuns: 2000 },
  );
});
