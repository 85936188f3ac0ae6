/** What `siegel up` remembers between two starts besides what its programs keep: the ports, so that addresses stay. */

import { readFileSync } from "node:fs";
import { writeWhole } from "@siegel/channel";
import type { DataFolder } from "./data-folder.ts";

export interface Ports {
  readonly portal?: number;
  readonly ingest?: number;
  /** By the name of the meter. */
  readonly meters: Readonly<Record<string, number>>;
}

/** What was remembered; nothing where it was lost, since ports can be chosen anew. */
export function loadPorts(folder: DataFolder): Ports {
  try {
    const kept: unknown = JSON.parse(readFileSync(folder.at(portsFile), "utf8"));
    if (typeof kept !== "object" || kept === null) return { meters: {} };
    return {
      ...portOf("portal", kept),
      ...portOf("ingest", kept),
      meters: "meters" in kept ? portsOf(kept.meters) : {},
    };
  } catch {
    return { meters: {} }; // a first start
  }
}

export function savePorts(folder: DataFolder, ports: Ports): void {
  writeWhole(folder.at(portsFile), `${JSON.stringify(ports, undefined, 2)}\n`);
}

function portOf(name: "portal" | "ingest", kept: object): Partial<Ports> {
  const port: unknown = Object.entries(kept).find(([key]) => key === name)?.[1];
  return isPort(port) ? { [name]: port } : {};
}

function portsOf(kept: unknown): Record<string, number> {
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter((pair): pair is [string, number] => isPort(pair[1])));
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65_535;
}

const portsFile = "ports.json";
