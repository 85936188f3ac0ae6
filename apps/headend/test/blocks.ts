/** Day blocks and deliveries for tests, as ingest hands them to the store. */

import { digest } from "@siegel/crypto";
import {
  type DayBlock,
  encodeDayBlock,
  Instant,
  LocalDay,
  MeterId,
  ObisCode,
  type Quality,
  runsOf,
  unitOfCode,
} from "@siegel/readings";
import { concatBytes, fromHex } from "@siegel/wire";

import type { Acceptance, DeliveredBlock } from "../src/core/delivery.ts";

export const meterA = MeterId.ofLabel("1DZG0060694613").id;
export const meterB = MeterId.ofLabel("1ISK0080694614").id;
export const gatewayA = "ESGL0000000001.SMGW";
export const gatewayB = "ESGL0000000002.SMGW";
export const day = LocalDay.of("2026-06-01", "Europe/Berlin");
export const noon = Instant.parse("2026-06-01T12:00:00+02:00");

/** Totals at quarter hours from an instant on; null is a missing slot. */
export function totals(
  meter: string,
  from: Instant,
  values: readonly (number | null)[],
  more: Partial<DayBlock> = {},
): DayBlock {
  const qualities = values.map((value): Quality => (value === null ? "missing" : "valid"));
  return {
    meter: MeterId.of(fromHex(meter)),
    obis: ObisCode.parse("1-0:1.8.0*255"),
    kind: "total",
    unit: unitOfCode(30),
    scaler: -1,
    trust: "signed",
    revision: 0,
    day: LocalDay.at(from, "Europe/Berlin"),
    firstAt: from,
    periodMs: 900_000,
    values: Float64Array.from(values, (value) => value ?? Number.NaN),
    qualities: runsOf(qualities),
    statuses: [{ value: undefined, count: values.length }],
    ...more,
  };
}

export interface DeliveryFields extends Partial<Omit<Acceptance, "blocks">> {
  readonly blocks: readonly (DayBlock | Uint8Array)[];
  readonly isRegistered?: boolean;
}

/** A delivery as it looks after cms and registry; salts and hashes follow from number and content. */
export function delivery({ blocks, isRegistered = true, ...fields }: DeliveryFields): Acceptance {
  const number = fields.number ?? 1n;
  const seed = new TextEncoder().encode(`${fields.gateway ?? gatewayA} ${number}`);
  const delivered = blocks.map((one, index): DeliveredBlock => {
    const bytes = one instanceof Uint8Array ? one : encodeDayBlock(one).slice();
    const salt = digest("SHA-256", seed, Uint8Array.of(index));
    const block = one instanceof Uint8Array ? undefined : one;
    return { index, salt, bytes, commitment: digest("SHA-256", salt, bytes), block, isRegistered };
  });
  const der = concatBytes(seed, ...delivered.map(({ bytes }) => bytes));
  return {
    gateway: gatewayA,
    gatewayKey: new Uint8Array(20).fill(1),
    number,
    hash: digest("SHA-256", der),
    profile: "TAF-7",
    kind: "measured",
    der,
    receivedAtMs: noon.epochMs,
    proof: { certificates: [Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 1, 0)], crls: [Uint8Array.of(0x30, 2, 0, 0)] },
    ...fields,
    blocks: delivered,
  };
}
