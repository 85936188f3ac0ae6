import { ScaledValue } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { mbusValueJson } from "../meaning/json.ts";
import type { MbusTelegram, MbusValue } from "../meaning/telegram.ts";
import { Keyring } from "../security/keyring.ts";
import { WmbusStream } from "../stream.ts";
import { MbusStream } from "../wired-stream.ts";
import { builtInDescriptions } from "./data/index.ts";
import type { Example, ExampleValue, MeterDescription } from "./description.ts";
import { decoders } from "./decoders/index.ts";
import { parseDescriptions } from "./load.ts";

function telegramOf({ telegram, preceding = [], key }: Example): MbusTelegram {
  const keyring = new Keyring();
  if (key !== undefined) keyring.setKeyForAny(fromHex(key));
  const octets = fromHex(telegram);
  if (octets[0] === 0x68) {
    const stream = new MbusStream({ keyring });
    return firstOf([...stream.push(octets), ...stream.flush()]);
  }
  const stream = new WmbusStream({ keyring });
  for (const before of preceding) stream.frame(fromHex(before));
  return firstOf(stream.frame(octets));
}

function firstOf(events: readonly { readonly kind: string; readonly telegram?: MbusTelegram }[]): MbusTelegram {
  const found = events.find(({ kind }) => kind === "telegram")?.telegram;
  if (found === undefined) throw new Error(`no telegram: ${events.map(({ kind }) => kind).join(" ")}`);
  return found;
}

function shown(value: MbusValue): ExampleValue {
  const json = mbusValueJson(value);
  const { unit, storage, tariff, subunit, function: kind, states } = value;
  return {
    name: value.name,
    value: String(json["value"] ?? json["text"] ?? json["bytes"]),
    unit: unit?.symbol ?? "",
    storage,
    tariff,
    subunit,
    function: kind,
    ...(states === undefined ? {} : { states }),
  };
}

function sameNumber(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return ScaledValue.parse(a).equals(ScaledValue.parse(b));
  } catch {
    return false;
  }
}

function isThere(wanted: ExampleValue, found: readonly ExampleValue[]): boolean {
  const { storage = 0, tariff = 0, subunit = 0, unit = "", function: kind = "instantaneous" } = wanted;
  return found.some(
    (one) =>
      one.name === wanted.name &&
      one.storage === storage &&
      one.tariff === tariff &&
      one.subunit === subunit &&
      one.unit === unit &&
      one.function === kind &&
      sameNumber(one.value, wanted.value) &&
      (wanted.states === undefined || JSON.stringify(one.states) === JSON.stringify(wanted.states)),
  );
}

const cases = builtInDescriptions.flatMap((description) =>
  description.examples.map((example, index) => ({ id: `${description.id} ${index}`, description, example })),
);

test.each(cases)("example of $id", ({ description, example }) => {
  // The meter would be read as another kind, or its values would come out under other names or units.
  const telegram = telegramOf(example);
  const isFactoryKey = description.factoryKeys !== undefined;
  if (!isFactoryKey) expect(telegram.description).toBe(description.id);
  const found = telegram.values.map(shown);
  for (const wanted of example.values) {
    expect(
      isThere(wanted, found),
      `${JSON.stringify(wanted)} in\n${found.map((one) => JSON.stringify(one)).join("\n")}`,
    ).toBe(true);
  }
  if (example.states !== undefined) expect(telegram.states).toEqual(example.states);
  // What nothing protects must not be shown as protected.
  if (example.key === undefined && !isFactoryKey) expect(telegram.trust).toBe("clear");
});

test("every description has an example, a name of its own, and a decoder that exists", () => {
  // A description that nobody tries is a guess that nobody sees.
  expect(new Set(builtInDescriptions.map(({ id }) => id)).size).toBe(builtInDescriptions.length);
  for (const { id, examples, decoder } of builtInDescriptions) {
    expect(examples.length, id).toBeGreaterThan(0);
    expect(id).toMatch(/^[a-z0-9-]+$/);
    if (decoder !== undefined) expect(decoders[decoder], `${id}: ${decoder}`).toBeDefined();
  }
  const used = new Set(builtInDescriptions.map(({ decoder }) => decoder));
  expect(Object.keys(decoders).filter((name) => !used.has(name))).toEqual([]);
});

test("what is built in could have come as JSON", () => {
  // Descriptions would hold what a person cannot write into a file.
  const text = JSON.stringify(builtInDescriptions);
  const parsed: readonly MeterDescription[] = parseDescriptions(JSON.parse(text));
  expect(parsed).toEqual(builtInDescriptions);
});
