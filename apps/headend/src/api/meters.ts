/** A meter as its consumer sees it. */

import type { CurrentValue, Medium, MeterDetail, MeterSummary, Register } from "@siegel/contract";
import { MeterId, nameOfObis, ObisCode } from "@siegel/readings";
import { fromHex } from "@siegel/wire";

import { ConsumerMayKnowGateway, type ConsumerMayRead } from "../core/access.ts";
import { currentOf } from "../core/live-readings.ts";
import { newestOf } from "../core/merge.ts";
import type { RegisterRow } from "../store/reading-store.ts";
import type { Asked } from "./asked.ts";
import type { ApiPorts } from "./ports.ts";
import { instantText } from "./text.ts";

export async function getMeter({ grant: { may, person }, ports }: Asked<"getMeter">): Promise<MeterDetail> {
  const { readings } = ports.store;
  const registers = await readings.registers(may);
  return {
    ...faceOf(may.meter),
    zone: ports.zone,
    registers: registers.map(registerOf),
    gateway: await gatewayOf(may, person, ports),
    latest: await newestValues(may, ports, registers),
  };
}

/** The newest value of each register that still has one. */
export async function newestValues(
  may: ConsumerMayRead,
  ports: ApiPorts,
  registers?: readonly RegisterRow[],
): Promise<CurrentValue[]> {
  const { readings } = ports.store;
  const values: CurrentValue[] = [];
  for (const register of registers ?? (await readings.registers(may))) {
    const newest = newestOf(await readings.newestBlocks(may, register, looksBack));
    const value = newest === undefined ? undefined : currentOf(newest);
    if (value !== undefined) values.push(value);
  }
  return values;
}

export async function summaryOf(may: ConsumerMayRead, { store }: ApiPorts): Promise<MeterSummary> {
  const latestMs = await store.readings.latestOf(may);
  return { ...faceOf(may.meter), latestAt: latestMs === undefined ? null : instantText(latestMs) };
}

/** What the id alone says. */
function faceOf(meter: string): Pick<MeterSummary, "id" | "label" | "maker" | "medium"> {
  const id = MeterId.of(fromHex(meter));
  return {
    id: meter,
    label: id.toString(),
    maker: id.company ?? id.maker ?? null,
    medium: id.medium === undefined ? null : (mediumOfCode[id.medium] ?? "other"),
  };
}

function registerOf({ obis, kind, unit, firstAtMs, lastAtMs }: RegisterRow): Register {
  const code = ObisCode.parse(obis);
  const [name_de, name_en] = [nameOfObis(code, "de"), nameOfObis(code, "en")];
  const [firstAt, lastAt] = [instantText(firstAtMs), instantText(lastAtMs)];
  return { obis, name_de, name_en, unit: unit ?? null, kind, firstAt, lastAt };
}

async function gatewayOf(
  may: ConsumerMayRead,
  person: Parameters<typeof ConsumerMayKnowGateway.gateway>[1],
  { registry, store, describeCertificate }: ApiPorts,
): Promise<MeterDetail["gateway"]> {
  const name = registry.gatewayOf(may.meter);
  if (name === undefined) return null;
  const mayKnow = ConsumerMayKnowGateway.gateway(registry, person, name);
  const row = mayKnow === undefined ? undefined : await store.readings.gateway(mayKnow);
  const [leaf] = row?.certificates ?? [];
  return {
    id: name,
    name,
    certificateFingerprint: leaf === undefined ? null : describeCertificate(leaf).fingerprint,
    lastDeliveryAt: row === undefined ? null : instantText(row.lastAtMs),
  };
}

/** Group A of OBIS. */
const mediumOfCode: Readonly<Record<number, Medium>> = {
  1: "electricity",
  4: "heat-cost",
  5: "cooling",
  6: "heat",
  7: "gas",
  8: "water",
  9: "hot-water",
};

/** Blocks looked at for a newest value; a register whose last blocks are all missing has none to show. */
const looksBack = 8;
