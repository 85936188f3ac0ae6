/**
 * Descriptions from JSON that a person wrote, or why they are none.
 *
 * In: what `JSON.parse` gave.  Out: descriptions whose every field has its type and bounds, or an error with path and code.
 * Why so strict: a misspelt field would be passed over in silence, and a volume be wrong by a factor of ten for years.
 * Not here: what is built in, which the compiler checks; examples are run by whoever has a stream.
 */

import { MeterError } from "@siegel/wire";
import { mbusFunctions } from "../records/record.ts";
import { decoders } from "./decoders/index.ts";
import type { FieldType, MeterDescription } from "./description.ts";

export const descriptionErrorCodes = ["wrong-type", "unknown-field", "missing-field", "out-of-range"] as const;
export type DescriptionErrorCode = (typeof descriptionErrorCodes)[number];

export class DescriptionError extends MeterError {
  override readonly name = "DescriptionError";
  override readonly blame = "caller";
  override readonly code: DescriptionErrorCode;
  /** `[0].records[2].when.vib`. */
  readonly path: string;

  constructor(code: DescriptionErrorCode, path: string, expected: string) {
    super(`${code} at ${path === "" ? "the top" : path}: ${expected}`);
    this.code = code;
    this.path = path;
  }
}

/** One description, or a list of them. @throws {DescriptionError} for the first field that is not as it should be. */
export function parseDescriptions(json: unknown): readonly MeterDescription[] {
  const list = Array.isArray(json) ? json : [json];
  if (list.length > maxDescriptions) throw new DescriptionError("out-of-range", "", `at most ${maxDescriptions}`);
  list.forEach((one, index) => description(one, Array.isArray(json) ? `[${index}]` : ""));
  // Every field was checked above, and no others are there.
  return list as readonly MeterDescription[];
}

/** Checks a value at a path. */
type Check = (value: unknown, path: string) => void;

function object(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) fail("wrong-type", path, "an object");
    for (const [name, part] of Object.entries(value)) {
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (check === undefined) fail("unknown-field", at(path, name), `one of ${Object.keys(fields).join(", ")}`);
      check(part, at(path, name));
    }
    for (const name of required) if (!Object.hasOwn(value, name)) fail("missing-field", at(path, name), "needed");
  };
}

function list(check: Check, least = 0, most = 1000): Check {
  return (value, path) => {
    if (!Array.isArray(value)) fail("wrong-type", path, "a list");
    const all: readonly unknown[] = value;
    const { length } = all;
    if (length < least || length > most) fail("out-of-range", path, `${least} to ${most} entries`);
    all.forEach((one, index) => check(one, `${path}[${index}]`));
  };
}

function text(pattern: RegExp, expected: string): Check {
  return (value, path) => {
    if (typeof value !== "string") fail("wrong-type", path, "a text");
    if (!pattern.test(value)) fail("out-of-range", path, expected);
  };
}

function integer(least: number, most: number): Check {
  return (value, path) => {
    if (typeof value !== "number") fail("wrong-type", path, "a number");
    if (!Number.isInteger(value) || value < least || value > most) {
      fail("out-of-range", path, `a whole number from ${least} to ${most}`);
    }
  };
}

function oneOf(allowed: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== "string" || !allowed.includes(value))
      fail("out-of-range", path, `one of ${allowed.join(", ")}`);
  };
}

function range(most: number): Check {
  const end = integer(0, most);
  return (value, path) => {
    if (!Array.isArray(value)) return end(value, path);
    list(end, 2, 2)(value, path);
    const [from = 0, to = 0]: readonly number[] = value;
    if (from > to) fail("out-of-range", path, "the lower end first");
  };
}

const boolean: Check = (value, path) => {
  if (typeof value !== "boolean") fail("wrong-type", path, "true or false");
};

function map(key: RegExp, check: Check): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) fail("wrong-type", path, "an object");
    for (const [name, part] of Object.entries(value)) {
      if (!key.test(name)) fail("unknown-field", at(path, name), "a number");
      check(part, at(path, name));
    }
  };
}

function fail(code: DescriptionErrorCode, path: string, expected: string): never {
  throw new DescriptionError(code, path, expected);
}

function at(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

const maxDescriptions = 10_000;
const name = text(/^[a-z0-9][a-z0-9-]{0,79}$/, "small letters, digits and hyphens");
const words = text(/^.{1,200}$/, "1 to 200 letters");
const hex = text(/^([0-9a-fA-F]{2}){1,512}$/, "pairs of hexadecimal digits");
const maker: Check = (value, path) => {
  if (typeof value !== "string" || !/^[A-Z]{3}$/.test(value)) fail("out-of-range", path, "three capital letters");
};
const unit = text(/^.{0,32}$/, "a unit");
const fieldTypes: readonly FieldType[] = ["unsigned", "signed", "bcd", "float", "date", "text", "octets"];
const factor: Check = (value, path) => {
  integer(-1_000_000_000, 1_000_000_000)(value, path);
  if (value === 0) fail("out-of-range", path, "not 0");
};

const states = object({
  bits: map(/^\d{1,2}$/, words),
  numbers: list(object({ mask: integer(1, 0xffff_ffff), texts: map(/^\d{1,10}$/, words) }, ["mask", "texts"]), 0, 64),
});

const place = {
  storage: integer(0, 0xffff),
  tariff: integer(0, 0xffff),
  subunit: integer(0, 0x3ff),
  function: oneOf(mbusFunctions),
};

const field = object(
  {
    name,
    at: integer(0, 255),
    length: integer(1, 255),
    type: oneOf(fieldTypes),
    first: oneOf(["low", "high"]),
    bits: list(integer(0, 48), 2, 2),
    factor,
    exponent: integer(-30, 30),
    unit,
    absent: list(integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), 0, 16),
    ...place,
    states,
    repeat: object({ count: integer(1, 255), step: integer(1, 255), storageStep: integer(0, 255) }, ["count", "step"]),
  },
  ["name", "at", "length"],
);

const condition = object({
  header: hex,
  vib: hex,
  name: text(/^.{1,120}$/, "a name"),
  function: oneOf(mbusFunctions),
  storage: range(0xffff),
  tariff: range(0xffff),
  subunit: range(0x3ff),
});

const rule = object(
  {
    when: condition,
    name,
    unit,
    factor,
    exponent: integer(-30, 30),
    ...place,
    reads: oneOf(fieldTypes),
    states,
    hide: boolean,
    fields: list(field),
  },
  ["when"],
);

const exampleValue = object({ name, value: words, unit, ...place, states: list(words, 0, 64) }, ["name", "value"]);

const example = object(
  { telegram: hex, preceding: list(hex, 0, 8), key: hex, values: list(exampleValue), states: list(words, 0, 64) },
  ["telegram", "values"],
);

const match = object(
  {
    makers: list(maker, 1, 100),
    versions: list(range(255), 1, 256),
    types: list(range(255), 1, 256),
    ci: list(range(255), 1, 256),
    address: oneOf(["version-first"]),
  },
  ["makers"],
);

const description = object(
  {
    id: name,
    title: words,
    match: list(match, 1, 100),
    records: list(rule),
    data: list(field),
    content: list(field),
    status: states,
    decoder: oneOf(Object.keys(decoders)),
    hides: boolean,
    factoryKeys: list(text(/^[0-9a-fA-F]{32}$/, "32 hexadecimal digits"), 0, 8),
    doubt: words,
    examples: list(example, 0, 100),
  },
  ["id", "title", "match", "examples"],
);
