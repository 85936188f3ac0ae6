// If these failed, our virtual meters would speak a wired M-Bus that masters of others do not understand.

import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import type { WiredSlave } from "../../src/server/wired-slave.ts";
import { slaveOf, type TestMeter } from "../wired/meters.ts";
import { type NodeMbusData, type NodeMbusMaster, type NodeMbusRecord, withNodeMbus } from "./node-mbus.ts";

type NodeMbus = Parameters<Parameters<typeof withNodeMbus>[1]>[0];

/** These slaves behind a port. Answers at once spoil each other as on a line. */
async function masterOf(Master: NodeMbus, meters: readonly TestMeter[]): Promise<NodeMbusMaster> {
  const slaves: readonly WiredSlave[] = meters.map(slaveOf);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes: Uint8Array) => {
      const answers = slaves.flatMap((slave) => slave.push(new Uint8Array(bytes)));
      const heard = new Uint8Array(Math.max(0, ...answers.map(({ length }) => length))).fill(0xff);
      for (const answer of answers) for (const [at, byte] of answer.entries()) heard[at]! &= byte;
      if (heard.length > 0) socket.write(heard);
    });
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, () => resolve()));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const master = new Master({ host: "127.0.0.1", port, timeout: 100 });
  await master.connectAsync();
  onTestFinished(async () => {
    await master.closeAsync();
    await new Promise((resolve) => server.close(resolve));
  });
  return master;
}

function recordsOf({ DataRecord: records }: NodeMbusData): readonly NodeMbusRecord[] {
  return "Function" in records ? [records] : records;
}

function volumesOf(data: NodeMbusData): number[] {
  return recordsOf(data).flatMap(({ Unit, Value }) => (Unit?.includes("m^3") === true ? [Number(Value)] : []));
}

withNodeMbus("node-mbus reads our slave by its primary address", async (Master) => {
  const master = await masterOf(Master, [{ primaryAddress: 5 }, { id: "00000002", primaryAddress: 6 }]);
  const data = await master.getDataAsync(5);
  expect(data.SlaveInformation).toMatchObject({ Id: 12_345_678, Manufacturer: "KAM", Version: 1, AccessNumber: 1 });
  expect(volumesOf(data)).toEqual([19_900]); // litres
  expect((await master.getDataAsync(5)).SlaveInformation["AccessNumber"]).toBe(2);
  await expect(master.getDataAsync(9)).rejects.toThrow();
});

withNodeMbus("node-mbus reads all telegrams of one readout", async (Master) => {
  const master = await masterOf(Master, [{ primaryAddress: 5, pages: 3 }]);
  const data = await master.getDataAsync(5);
  expect(volumesOf(data)).toHaveLength(3);
  expect(data.SlaveInformation["AccessNumber"]).toBe(1);
});

withNodeMbus("node-mbus finds our slaves by search and reads them by secondary address", async (Master) => {
  const meters: TestMeter[] = [{ id: "12345678" }, { id: "13345678" }, { id: "87654321", deviceType: 4 }];
  const master = await masterOf(Master, meters);
  const found = await master.scanSecondaryAsync();
  expect([...found].toSorted((a, b) => a.localeCompare(b)).map((text) => text.slice(0, 8))).toEqual([
    "12345678",
    "13345678",
    "87654321",
  ]);
  for (const address of found) {
    expect((await master.getDataAsync(address)).SlaveInformation["Id"]).toBe(Number(address.slice(0, 8)));
  }
});

withNodeMbus("node-mbus gives our slave a primary address", async (Master) => {
  const master = await masterOf(Master, [{ primaryAddress: 0 }]);
  await master.setPrimaryIdAsync(0, 42);
  expect((await master.getDataAsync(42)).SlaveInformation["Id"]).toBe(12_345_678);
});
