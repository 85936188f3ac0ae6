/**
 * A meter whose register is the time: each value tells when it was sent, so that a value in a wrong slot shows.
 *
 * Its total is hundredths of a second since its beginning, in 0.1 Wh; pushed over TCP every so many milliseconds.
 */

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fromHex } from "@siegel/wire";
import { obis, push } from "../support.ts";

export class ClockMeter {
  readonly id: string;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  readonly #beginMs: number;

  private constructor(id: string, server: Server, beginMs: number) {
    this.id = id;
    this.#server = server;
    this.#beginMs = beginMs;
    server.on("connection", (socket) => {
      this.#clients.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#clients.delete(socket));
      socket.resume(); // requests for a memory: this meter has none
    });
    this.#timer = setInterval(() => this.#push(), pushMs);
  }

  static async start(index: number, beginMs: number): Promise<ClockMeter> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const serial = index.toString(16).padStart(8, "0");
    return new ClockMeter(`0a01534c4142${serial}`.padEnd(20, "0").slice(0, 20), server, beginMs);
  }

  get source(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens
  }

  /** When a value was sent, milliseconds since 1970; exact to 10. */
  sentAtMs(raw: number): number {
    return this.#beginMs + raw * 10;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#clients) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #push(): void {
    const raw = Math.floor((Date.now() - this.#beginMs) / 10);
    const file = push({
      serverId: fromHex(this.id),
      valList: [
        {
          objName: obis("1-0:1.8.0*255"),
          unit: 30,
          scaler: -1,
          value: { type: "unsigned", byteLength: 4, value: raw },
        },
      ],
    });
    for (const socket of this.#clients) if (!socket.writableNeedDrain) socket.write(file);
  }
}

const pushMs = 50;
