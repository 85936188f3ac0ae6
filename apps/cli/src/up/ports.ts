/** Ports of this machine: whether one is free, and free ones. */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** Whether a program could listen there now. Another may take it in the next moment; then that program says so. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw new Error("this machine has no free port");
  return port;
}

/** The port remembered, if it is there and free; else a free one. */
export async function portNear(remembered: number | undefined): Promise<number> {
  return remembered !== undefined && (await isFree(remembered)) ? remembered : freePort();
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    return (server.address() as AddressInfo).port; // a TCP server that listens has one
  } catch {
    return undefined; // taken, or not ours to take
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
