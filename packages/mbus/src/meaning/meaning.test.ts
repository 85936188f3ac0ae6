import { MeterId, type Trust } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { payloads, waterMeter } from "../../test/payloads.ts";
import { decodeRecords } from "../records/decode.ts";
import { recordsOfFixed } from "../records/fixed.ts";
import { fbVifs, fdFdVifs, fdVifs, primaryVifs } from "../records/vif-tables.ts";
import { mbusValueJson } from "./json.ts";
import { nameOfRecord } from "./names.ts";
import { obisOfRecord } from "./obis.ts";
import { type MbusTelegram, type Protection, telegramOf, type TelegramParts } from "./telegram.ts";

const meterOf = (deviceType: number) => MeterId.of(Uint8Array.of(1, 0x24, 0x23, 0x78, 0x56, 0x34, 0x12, 1, deviceType));

function telegram(hex: string, more: Partial<TelegramParts> = {}): MbusTelegram {
  return telegramOf({ link: "wireless", meter: meterOf(0x07), records: decodeRecords(fromHex(hex)), ...more });
}

test("a value in the JSON of the command", () => {
  // Programs key on these names.
  const [value] = telegram("0413 32692800", { protections: [{ from: 0, to: 6, trust: "encrypted" }] }).values;
  expect(JSON.stringify(mbusValueJson(value!))).toBe(
    '{"name":"volume","value":"2648.370","unit":"m3","function":"instantaneous","storage":0,"tariff":0,"subunit":0,' +
      '"trust":"encrypted","obis":"8-0:1.0.0*255"}',
  );
  const contents = telegram(
    "0dfd0c0233 43 046d32371f15 046db2371f15 0dfd3be2aabb 0203 0080 0083 15 426c1f15".replaceAll(" ", ""),
  );
  expect(contents.values.map((one) => mbusValueJson(one))).toMatchObject([
    { name: "model-version", text: "C3" },
    { name: "date-time", value: "2008-05-31T23:50" },
    { name: "date-time", value: "2008-05-31T23:50", clock: "invalid" },
    { name: "wireless-container", bytes: "aabb" },
    { name: "energy", value: null, bytes: "0080", unit: "Wh" },
    { name: "energy", value: null, error: "no-data" },
    { name: "date", value: "2008-05-31", storage: 1 },
  ]);
});

test("the names of the tables", () => {
  // Programs key on names: none may change or go; new ones may come.
  const names = new Set([...primaryVifs, ...fdVifs, ...fdFdVifs, ...fbVifs].flatMap((entry) => entry?.quantity ?? []));
  expect([...names].join(" ")).toMatchInlineSnapshot(
    `"energy volume mass on-time operating-time power volume-flow mass-flow flow-temperature return-temperature temperature-difference external-temperature pressure date date-time hca averaging-duration actuality-duration fabrication-number enhanced-identification bus-address any manufacturer credit debit access-number device-type manufacturer-code parameter-set model-version hardware-version firmware-version software-version customer-location customer access-code-user access-code-operator access-code-system-operator access-code-developer password error-flags error-mask security-key digital-output digital-input baud-rate response-delay retries remote-control first-cyclic-storage last-cyclic-storage storage-block-size tariff-descriptor storage-interval operator-data time-point-second duration-since-readout tariff-start tariff-duration tariff-period dimensionless wireless-container transmission-period voltage current reset-counter cumulation-counter control-signal weekday week-number day-change parameter-activation supplier-information duration-since-cumulation battery-operating-time battery-change rf-level daylight-saving listening-window battery-remaining stop-counter manufacturer-container selected-application reactive-energy apparent-energy reactive-power relative-humidity phase-angle-voltage phase-angle-current frequency apparent-power rating-factor-k rating-factor-kq rating-factor-kc rating-factor-kcr rating-factor-kch rating-factor-kt rating-factor-kd temperature-limit cumulative-maximum-power"`,
  );
});

test("a quantity has one unit, but for those that are no power of ten of each other", () => {
  // A program that adds energies of one name would add kWh to Wh.
  const units = new Map<string, Set<string>>();
  for (const entry of [...primaryVifs, ...fdVifs, ...fdFdVifs, ...fbVifs]) {
    if (entry === undefined) continue;
    const symbols = units.get(entry.quantity) ?? new Set();
    units.set(entry.quantity, symbols.add(entry.unit ?? "-"));
  }
  const several = [...units]
    .filter(([, symbols]) => symbols.size > 1)
    .map(([name, symbols]) => `${name}: ${[...symbols].join(" ")}`);
  expect(several).toMatchInlineSnapshot(`
    [
      "energy: Wh J cal",
      "volume: m3 ft3 gal",
      "power: W J/h",
      "volume-flow: m3/h gal/min gal/h",
      "flow-temperature: °C °F",
      "return-temperature: °C °F",
      "temperature-difference: K °F",
      "external-temperature: °C °F",
      "storage-interval: s mo a",
      "tariff-period: s mo a",
      "duration-since-cumulation: s mo a",
      "battery-operating-time: s mo a",
      "battery-remaining: s mo a",
      "temperature-limit: °F °C",
    ]
  `);
});

test.each([
  [0x02, "04 03 00000000", "1-0:1.8.0*255"],
  [0x02, "84 10 03 00000000", "1-0:1.8.1*255"],
  [0x02, "04 833b 00000000", "1-0:1.8.0*255"],
  [0x02, "04 833c 00000000", "1-0:2.8.0*255"],
  [0x02, "84 20 833c 00000000", "1-0:2.8.2*255"],
  [0x02, "04 2b 00000000", "1-0:1.7.0*255"],
  [0x02, "14 2b 00000000", "1-0:1.6.0*255"],
  [0x02, "04 ab3c 00000000", "1-0:2.7.0*255"],
  [0x02, "04 abfc01 00000000", "1-0:21.7.0*255"],
  [0x02, "04 abbcfc03 00000000", "1-0:62.7.0*255"],
  [0x02, "04 fb02 00000000", "1-0:3.8.0*255"],
  [0x02, "04 fb82fc0b 00000000", "1-0:8.8.0*255"],
  [0x02, "02 fdc8fc01 0000", "1-0:32.7.0*255"],
  [0x02, "02 fdd9fc03 0000", "1-0:71.7.0*255"],
  [0x02, "02 fb2e 0000", "1-0:14.7.0*255"],
  [0x02, "04 8374 00000000", "1-0:1.8.0*255"],
  [0x02, "44 03 00000000", undefined],
  [0x02, "84 40 03 00000000", undefined],
  [0x02, "24 2b 00000000", undefined],
  [0x02, "04 8369 00000000", undefined],
  [0x02, "04 8318 00000000", undefined],
  [0x02, "04 83ff01 00000000", undefined],
  [0x03, "04 13 00000000", "7-0:3.0.0*255"],
  [0x03, "04 933e 00000000", "7-0:3.2.0*255"],
  [0x03, "44 13 00000000", undefined],
  [0x04, "04 06 00000000", "6-0:1.0.0*255"],
  [0x04, "04 0e 00000000", "6-0:1.0.0*255"],
  [0x0c, "44 06 00000000", "6-0:1.2.0*255"],
  [0x0d, "84 10 06 00000000", "6-0:1.0.1*255"],
  [0x04, "04 14 00000000", "6-0:2.0.0*255"],
  [0x04, "04 2d 00000000", "6-0:8.0.0*255"],
  [0x04, "04 3b 00000000", "6-0:9.0.0*255"],
  [0x04, "02 5a 0000", "6-0:10.0.0*255"],
  [0x04, "02 5e 0000", "6-0:11.0.0*255"],
  [0x04, "02 62 0000", "6-0:12.0.0*255"],
  [0x04, "14 2d 00000000", undefined],
  [0x0a, "04 06 00000000", "5-0:1.0.0*255"],
  [0x07, "04 13 00000000", "8-0:1.0.0*255"],
  [0x16, "44 13 00000000", "8-0:1.2.0*255"],
  [0x07, "04 3b 00000000", "8-0:2.0.0*255"],
  [0x06, "04 13 00000000", "9-0:1.0.0*255"],
  [0x15, "04 13 00000000", "9-0:1.0.0*255"],
  [0x07, "04 933c 00000000", undefined],
  [0x08, "0b 6e 000000", "4-0:1.0.0*255"],
  [0x08, "4b 6e 000000", "4-0:1.2.0*255"],
  [0x1a, "04 13 00000000", undefined],
])("device type %i, %s: %s", (deviceType, hex, code) => {
  // A bill would be made of another register.
  const { header } = decodeRecords(fromHex(hex)).records[0]!;
  expect(obisOfRecord(header, deviceType)?.toString()).toBe(code);
});

test("a number with a code is a reading", () => {
  // Gateways and head-ends would not see the value.
  const { values, at, meter } = telegram("0413 32692800 023b0100", { status: 0, access: 7 });
  expect(values[0]?.reading).toMatchObject({
    kind: "number",
    meter,
    at: undefined,
    status: 0,
    quality: "valid",
    trust: "clear",
  });
  expect(values[0]?.reading?.value.toString()).toBe("2648.370");
  expect(at).toBeUndefined();
  expect(telegram("0413 00000080").values[0]).not.toHaveProperty("reading");
  expect(telegram("01fd1700").values[0]).not.toHaveProperty("obis");
});

test("the same header means another code in another meter", () => {
  // Water would be billed as gas: headers are shared between meters.
  const codes = [0x07, 0x03, 0x06, 0x07].map(
    (type) => telegram("041300000000", { meter: meterOf(type) }).values[0]?.obis?.a,
  );
  expect(codes).toEqual([8, 7, 9, 8]);
});

test.each([
  [0x00, []],
  [0x01, ["meter-busy"]],
  [0x02, ["meter-reports-error"]],
  [0x03, ["meter-reports-alarm"]],
  [0x1c, ["meter-low-power", "meter-permanent-error", "meter-temporary-error"]],
])("status %i warns of %o", (status, codes) => {
  // A meter with an empty battery would not be replaced.
  expect(telegram("041300000000", { status }).warnings.map(({ code }) => code)).toEqual(codes);
});

test("an error of the meter makes its values doubtful, low power does not", () => {
  // A faulty meter would be billed without a question.
  const quality = (status: number) => telegram("041300000000", { status }).values[0]?.reading?.quality;
  expect([0, 1, 2, 3, 4, 8, 16, 0xe0].map(quality)).toEqual([
    "valid",
    "valid",
    "suspect",
    "valid",
    "valid",
    "suspect",
    "suspect",
    "valid",
  ]);
  expect(telegram("041300000000").status).toBeUndefined();
});

test("what is in no value is told", () => {
  // Values would be missing without a word.
  expect(telegram("8313 00 008315 3f".replaceAll(" ", "")).warnings).toMatchObject([{ code: "records-skipped" }]);
  expect(telegram("008315 1f aa").warnings).toEqual([
    { code: "record-error", offset: 0 },
    { code: "manufacturer-data", offset: 4 },
    { code: "more-follows" },
  ]);
  expect(telegram("0f").warnings).toEqual([]);
});

test("a record is as trustworthy as its weakest octet", () => {
  // Whoever appends records in clear behind encrypted ones would be believed.
  const trusts = (...protections: Protection[]): Trust[] =>
    telegram("0413 00000000 0413 00000000 0413 00000000", { protections }).values.map(({ trust }) => trust);
  expect(trusts()).toEqual(["clear", "clear", "clear"]);
  expect(trusts({ from: 0, to: 18, trust: "authenticated" })).toEqual(Array(3).fill("authenticated"));
  expect(trusts({ from: 0, to: 11, trust: "encrypted" })).toEqual(["encrypted", "clear", "clear"]);
  expect(trusts({ from: 1, to: 18, trust: "encrypted" })).toEqual(["clear", "encrypted", "encrypted"]);
  expect(trusts({ from: 0, to: 8, trust: "authenticated" }, { from: 8, to: 18, trust: "encrypted" })).toEqual([
    "authenticated",
    "encrypted",
    "encrypted",
  ]);
  expect(trusts({ from: 8, to: 18, trust: "encrypted" }, { from: 0, to: 7, trust: "authenticated" })).toEqual([
    "authenticated",
    "clear",
    "encrypted",
  ]);
  expect(telegram("041300000000 041300000000", { protections: [{ from: 0, to: 6, trust: "encrypted" }] }).trust).toBe(
    "clear",
  );
});

test("a compact profile becomes a value for each month", () => {
  // The history would be out of reach.
  const { values } = telegramOf({ link: "wireless", meter: meterOf(0x07), records: decodeRecords(waterMeter) });
  const months = values.filter(({ date }) => date !== undefined).map((value) => mbusValueJson(value));
  expect(months).toHaveLength(12);
  expect(months[0]).toMatchObject({ name: "volume", value: "0.910", unit: "m3", storage: 2, date: "2019-01-31" });
  expect(months[11]).toMatchObject({ value: "1.086", storage: 13, date: "2019-12-31" });
});

test("counters of the fixed structure are values, too", () => {
  // Old meters would have another vocabulary.
  const records = recordsOfFixed(fromHex("78563412 0a 00 e9 7e 01000000 35010000"));
  const { values } = telegramOf({
    link: "wired",
    meter: meterOf(0x07),
    records: { records, moreFollows: false, skipped: [] },
  });
  expect(values.map((value) => mbusValueJson(value))).toMatchObject([
    { name: "volume", value: "0.001", obis: "8-0:1.0.0*255" },
    { name: "volume", value: "0.135", obis: "8-0:1.2.0*255" },
  ]);
});

test("every payload is a telegram whose values have names of their own", () => {
  // Two values would be taken for one.
  for (const data of payloads) {
    const { values } = telegramOf({ link: "wireless", meter: meterOf(0x02), records: decodeRecords(data) });
    const keys = values.map((one) => [one.name, one.function, one.storage, one.tariff, one.subunit].join(" "));
    if (data !== payloads[4]) expect(new Set(keys).size).toBe(keys.length);
    for (const { name } of values) expect(name).toMatch(/^[a-z0-9-]+$|^plain-text:/);
  }
  const named = (hex: string) => nameOfRecord(decodeRecords(fromHex(hex)).records[0]!.header);
  expect(named("02 7f 0000")).toBe("manufacturer");
  expect(named("02 ffa015 0000")).toBe("manufacturer-2015");
  expect(named("02 93fc7e 0000")).toBe("volume-extension-7e");
});
