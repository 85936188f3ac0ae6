/**
 * The configuration files of gateway and head-end for a street. Pure.
 *
 * In: which meters there are, at which ports, and paths.  Out: plain objects, as the two programs read them.
 */

import { toHex } from "@siegel/wire";
import type { Street } from "./household-list.ts";

/** A meter as gateway and head-end have to know it. */
export interface KnownMeter {
  /** Hex. */
  readonly id: string;
  readonly person: string;
  /** `tcp://127.0.0.1:7259` */
  readonly source: string;
  /** Of a meter that is heard by radio. */
  readonly radio?: { readonly key: Uint8Array; readonly protection: "encrypted" | "authenticated" };
}

export interface TrustPaths {
  readonly root: string;
  readonly chain: readonly string[];
  readonly crls: string;
}

export interface HeadendPlace {
  readonly data: string;
  readonly trust: TrustPaths;
  readonly ingestPort: number;
  readonly portalPort: number;
  /** The built page. */
  readonly files: string;
}

export function headendConfig(street: Street, meters: readonly KnownMeter[], place: HeadendPlace): object {
  return {
    version: 1,
    name: headendName,
    data: place.data,
    zone,
    ingest: { host: "127.0.0.1", port: place.ingestPort },
    portal: { host: "127.0.0.1", port: place.portalPort, files: place.files },
    trust: place.trust,
    gateways: [{ name: `${gatewayId}.SMGW`, meters: meters.map(({ id }) => id) }],
    consumers: street.consumers.map(({ id, name }) => ({
      id,
      name,
      meters: meters.filter(({ person }) => person === id).map((meter) => meter.id),
    })),
    operators: street.operators,
    retention: { "TAF-14": 48 },
  };
}

export interface GatewayPlace {
  readonly data: string;
  readonly trust: TrustPaths;
  readonly ingestPort: number;
  /** PEM of the head-end's ENC certificate. */
  readonly encCertificate: string;
  /** What `radioKeys` gives, as a file. */
  readonly radioKeys: string;
}

/** Keys of the radio meters, by id. They are those of a lab, and still only for their owner's eyes. */
export function radioKeys(meters: readonly KnownMeter[]): object {
  const keys = meters.flatMap(({ id, radio }) => (radio === undefined ? [] : [[id, toHex(radio.key)]]));
  return Object.fromEntries(keys);
}

export function gatewayConfig(meters: readonly KnownMeter[], place: GatewayPlace): object {
  return {
    version: 1,
    id: gatewayId,
    data: place.data,
    zone,
    meters: meters.map(({ id, source, radio }) =>
      radio === undefined
        ? { source, protocol: "sml", id }
        : { source, protocol: "wmbus", id, floor: radio.protection },
    ),
    ...(meters.some(({ radio }) => radio !== undefined) && { radioKeys: place.radioKeys }),
    profiles: [
      {
        name: "TAF-7",
        registers: ["1-0:1.8.0*255", "1-0:2.8.0*255"],
        kind: "total",
        periodMs: 900_000,
        deliverEveryMs: 900_000,
        historyDays: 1,
      },
      // Volumes of gas and water, energy of heat. Radio meters send when they like, here every ten seconds: the first telegram
      // of a minute counts for its beginning.
      {
        name: "TAF-7-radio",
        registers: ["7-0:3.0.0*255", "8-0:1.0.0*255", "6-0:1.0.0*255"],
        kind: "total",
        periodMs: 60_000,
        deliverEveryMs: 900_000,
        toleranceMs: 50_000,
      },
      // A reading that comes up to four seconds into its slot counts: after a start the first one does not wait for the next.
      {
        name: "TAF-14",
        registers: ["1-0:16.7.0*255"],
        kind: "sample",
        periodMs: 5_000,
        deliverEveryMs: 5_000,
        toleranceMs: 4_000,
      },
    ],
    receiver: {
      url: `https://127.0.0.1:${place.ingestPort}/v1/deliveries`,
      name: headendName,
      encCertificate: place.encCertificate,
    },
    trust: place.trust,
    cipher: "gcm",
  };
}

export const headendName = "Siegel-Lab.EMT";
/** 14 characters, as DIN 43863-5 has them; `SGL` is no maker's letters. */
export const gatewayId = "ESGL0000000001";
const zone = "Europe/Berlin";
