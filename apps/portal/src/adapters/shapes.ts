/**
 * Answers of the server as exact types: what does not fit the contract is refused at the door.
 *
 * Why not the schemas of the contract: with their library they weigh more than the page. The types are the contract's, so
 * a change there does not compile here. Fields that the contract may gain are passed over.
 */

import type {
  CertificateInfo,
  CurrentValue,
  GatewayDetail,
  Me,
  MeterDetail,
  MeterSummary,
  Register,
  Series,
  SeriesValue,
  TrustRoot,
} from "@siegel/contract";
import { qualities, seriesKinds, trustLevels } from "@siegel/readings";

/** The answer is not what the contract says. */
class ShapeError extends Error {
  override readonly name = "ShapeError";
  readonly blame = "peer";
}

export type Shape<T> = (value: unknown) => T;

const text: Shape<string> = (value) => {
  if (typeof value !== "string") throw new ShapeError("not a text");
  return value;
};

const number: Shape<number> = (value) => {
  if (typeof value !== "number") throw new ShapeError("not a number");
  return value;
};

function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError("not a list");
    return value.map(shape);
  };
}

function wordOf<T extends string>(words: readonly T[]): Shape<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new ShapeError("not a word of the contract");
    return found;
  };
}

function object<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(fields);
  return (value) => {
    if (typeof value !== "object" || value === null) throw new ShapeError("not an object");
    const given = value as Record<string, unknown>; // any object can be asked for any field
    // Each field of T was read by the shape that the parameter's type demands for it.
    return Object.fromEntries(entries.map(([name, shape]) => [name, shape(given[name])])) as T;
  };
}

const quality = wordOf(qualities);
const trust = wordOf(trustLevels);
const medium: Shape<MeterSummary["medium"]> = orNull(
  wordOf(["electricity", "heat-cost", "cooling", "heat", "gas", "water", "hot-water", "other"]),
);

const meterSummary = object<MeterSummary>({
  id: text,
  label: text,
  maker: orNull(text),
  medium,
  latestAt: orNull(text),
});

export const meOf = object<Me>({ name: text, role: wordOf(["consumer", "operator"]), meters: listOf(meterSummary) });

export const currentValueOf = object<CurrentValue>({
  obis: text,
  value: text,
  unit: orNull(text),
  at: text,
  quality,
  trust,
  blockId: text,
});

const register = object<Register>({
  obis: text,
  name_de: text,
  name_en: text,
  unit: orNull(text),
  kind: wordOf(seriesKinds),
  firstAt: text,
  lastAt: text,
});

export const meterOf = object<MeterDetail>({
  id: text,
  label: text,
  maker: orNull(text),
  medium,
  zone: text,
  registers: listOf(register),
  gateway: orNull(object({ id: text, name: text, certificateFingerprint: orNull(text), lastDeliveryAt: orNull(text) })),
  latest: listOf(currentValueOf),
});

const seriesValue = object<SeriesValue>({ at: text, value: orNull(text), quality, trust, blockId: text });

/** Of a series the page needs its values; the blocks they are from stand beside each. */
export type SeriesAnswer = Pick<Series, "obis" | "unit" | "kind" | "values">;

export const seriesOf = object<SeriesAnswer>({
  obis: text,
  unit: orNull(text),
  kind: wordOf(seriesKinds),
  values: listOf(seriesValue),
});

const certificate = object<CertificateInfo>({
  name: text,
  role: orNull(text),
  purpose: orNull(text),
  notBefore: text,
  notAfter: text,
  fingerprint: text,
});

export const gatewayOf = object<GatewayDetail>({
  id: text,
  name: text,
  chain: listOf(certificate),
  deliveries: object({ count: number, lastNumber: orNull(text), lastAt: orNull(text) }),
  registeredMeters: listOf(text),
});

export const trustRootOf = object<TrustRoot>({ name: text, certificate: text, fingerprint: text, notAfter: text });
