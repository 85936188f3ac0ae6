/**
 * Runs a bus of virtual meters in real time behind a TCP port, as a level converter on a network does. Composition only.
 *
 * All clients are one master's line: a client is answered on its own connection, and moves the same meters.
 */

import { WiredSlave } from "@siegel/mbus";
import type { Socket } from "node:net";
import { ServeError } from "../sml/serve-error.ts";
import { TcpOutlet } from "../sml/tcp-outlet.ts";
import { everySecond, realTime, type Ticker } from "../sml/ticker.ts";
import type { UtilityKind, UtilityMeter } from "../utility/utility-meter.ts";
import { MbusBus } from "./bus.ts";
import { mbusIdentityOf, type MbusIdentity } from "./identity.ts";
import { utilityMeter } from "./lab-utility.ts";
import { wiredMeter } from "./wired-meter.ts";

export interface ServeWiredOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly seed: number | string;
  /** The meters in the order of their primary addresses, from 1 on; a heat and a water meter unless told. */
  readonly kinds?: readonly UtilityKind[] | undefined;
  readonly maxClients?: number | undefined;
  /** First simulated second; the present unless told. */
  readonly start?: number | undefined;
  /** Simulated seconds in a real one; 1 unless told. */
  readonly speed?: number | undefined;
  readonly ticker?: Ticker | undefined;
  /** Sends the master's own bytes back first, as many converters do. */
  readonly echo?: boolean | undefined;
}

export interface RunningBus {
  readonly address: { readonly host: string; readonly port: number };
  readonly meters: readonly {
    readonly kind: UtilityKind;
    readonly primaryAddress: number;
    readonly identity: MbusIdentity;
    readonly meter: UtilityMeter;
  }[];
  close(): Promise<void>;
}

/**
 * Starts the bus; it listens when the promise resolves.
 *
 * @throws {ServeError} "bad-speed". @throws The error of Node when the port cannot be had.
 */
export async function serveWiredMeters(options: ServeWiredOptions): Promise<RunningBus> {
  const { port, seed, kinds = ["heat", "water"], speed = 1, ticker = realTime, echo = false } = options;
  if (!Number.isFinite(speed) || speed <= 0) throw new ServeError("bad-speed");
  const start = options.start ?? Math.floor(ticker.now() / 1_000);
  const meters = kinds.map((kind, index) => {
    const own = `${seed}/${index}`;
    const meter = utilityMeter({ seed: own, kind, start });
    return { kind, primaryAddress: index + 1, identity: mbusIdentityOf(own, kind), meter };
  });
  const bus = new MbusBus(
    meters.map(
      ({ meter, identity, primaryAddress }) => new WiredSlave(wiredMeter(meter, identity), { primaryAddress }),
    ),
  );
  const tcp = await TcpOutlet.open({
    port,
    maxClients: options.maxClients ?? 16,
    welcome: (socket) => answerOn(socket, bus, { echo, ticker }),
  });
  const stop = everySecond(ticker, { from: start, speed }, (second) => {
    for (const { meter } of meters) meter.advance(second);
  });
  return {
    address: tcp.address,
    meters,
    async close() {
      stop();
      await tcp.close();
    },
  };
}

function answerOn(socket: Socket, bus: MbusBus, { echo, ticker }: { echo: boolean; ticker: Ticker }): void {
  let cancel = (): void => {};
  socket.on("data", (bytes: Uint8Array) => {
    cancel();
    // What does not go on is given up: else half a frame of one client would swallow the next one's beginning.
    cancel = ticker.after(pauseMs, () => bus.pause());
    // A client that does not read its answers misses them.
    if (!socket.writable || socket.writableNeedDrain) return;
    if (echo) socket.write(bytes);
    const answer = bus.push(new Uint8Array(bytes));
    if (answer.length > 0) socket.write(answer);
  });
  socket.on("close", () => cancel());
}

/** Longer than networks hold a packet back, shorter than a master waits for an answer. */
const pauseMs = 100;
