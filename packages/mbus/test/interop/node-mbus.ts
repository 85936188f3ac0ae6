/**
 * node-mbus (libmbus of rSCADA behind it): a master that was written by others.
 *
 * It is built natively when it is installed, which not every machine can, so it is no dependency: `npm i --no-save node-mbus`,
 * or `SIEGEL_NODE_MBUS=<folder of the built package>`.
 */

import { createRequire } from "node:module";
import { test, type TestContext } from "vitest";

/** What is used of it. Its results are XML turned into objects. */
export interface NodeMbusMaster {
  connectAsync(): Promise<void>;
  closeAsync(): Promise<void>;
  getDataAsync(address: number | string, options?: { readonly pingFirst?: boolean }): Promise<NodeMbusData>;
  scanSecondaryAsync(): Promise<readonly string[]>;
  setPrimaryIdAsync(from: number | string, to: number): Promise<void>;
}

export interface NodeMbusData {
  readonly SlaveInformation: Readonly<Record<string, string | number>>;
  readonly DataRecord: NodeMbusRecord | readonly NodeMbusRecord[];
}

export interface NodeMbusRecord {
  readonly Function: string;
  readonly StorageNumber?: number;
  readonly Unit?: string;
  readonly Value: string | number;
}

type NodeMbus = new (options: {
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
}) => NodeMbusMaster;

/** A `test` that runs where node-mbus is built. */
export function withNodeMbus(name: string, body: (master: NodeMbus) => Promise<void>): void {
  test(name, async (context: TestContext) => {
    const found = load();
    if (found === undefined) context.skip("optional: node-mbus is not built here (npm i --no-save node-mbus)");
    else await body(found);
  });
}

function load(): NodeMbus | undefined {
  try {
    // Built against this Node, or absent: the package has no types of its own.
    return createRequire(import.meta.url)(process.env["SIEGEL_NODE_MBUS"] ?? "node-mbus") as NodeMbus;
  } catch {
    return undefined; // absent, or built for another Node: the same to a test that is optional
  }
}
