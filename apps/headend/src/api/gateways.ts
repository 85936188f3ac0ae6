/** A gateway as one of its consumers sees it, and the root that everything is checked against. */

import type { CertificateInfo, GatewayDetail, TrustRoot } from "@siegel/contract";

import type { Asked } from "./asked.ts";
import { instantText } from "./text.ts";

export async function getGateway({ grant: { may }, ports }: Asked<"getGateway">): Promise<GatewayDetail> {
  const row = await ports.store.readings.gateway(may);
  const chain: CertificateInfo[] = [];
  for (const der of row?.certificates ?? []) {
    const info = ports.describeCertificate(der);
    chain.push(info);
    if (info.role === "ROOT") break; // what follows is this head-end's own
  }
  return {
    id: may.gateway,
    name: may.gateway,
    chain,
    deliveries: {
      count: row?.deliveries ?? 0,
      lastNumber: row === undefined ? null : String(row.lastNumber),
      lastAt: row === undefined ? null : instantText(row.lastAtMs),
    },
    registeredMeters: [...may.meters],
  };
}

export function getTrust({ ports }: Asked<"getTrust">): Promise<TrustRoot> {
  return Promise.resolve(ports.trustRoot);
}
