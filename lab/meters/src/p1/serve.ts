/**
 * Runs the P1 port of a virtual meter in real time on a TCP port, on a pseudo terminal, or on both. Composition only.
 */

import { utilityMeter } from "../mbus/lab-utility.ts";
import { labHousehold } from "../sml/lab-household.ts";
import type { Outlet } from "../sml/outlet.ts";
import { PseudoTerminal } from "../sml/pseudo-terminal.ts";
import { ServeError } from "../sml/serve-error.ts";
import { TcpOutlet } from "../sml/tcp-outlet.ts";
import { everySecond, realTime, type Ticker } from "../sml/ticker.ts";
import { P1Port } from "./p1-port.ts";

export interface ServeP1Options {
  /** TCP port on 127.0.0.1; 0 takes a free one. None unless told. */
  readonly port?: number | undefined;
  readonly pty?: boolean | undefined;
  readonly maxClients?: number | undefined;
  readonly seed: number | string;
  readonly encrypted?: boolean | undefined;
  readonly photovoltaics?: boolean | undefined;
  /** First simulated second; the present unless told. */
  readonly start?: number | undefined;
  /** Simulated seconds in a real one; 1 unless told. */
  readonly speed?: number | undefined;
  readonly ticker?: Ticker | undefined;
}

export interface RunningP1Port {
  readonly address?: { readonly host: string; readonly port: number };
  readonly ptyPath?: string;
  readonly p1: P1Port;
  close(): Promise<void>;
}

/**
 * Starts the port; it can be read when the promise resolves.
 *
 * @throws {ServeError} "nothing-to-serve", "bad-speed", "no-pseudo-terminal".
 * @throws The error of Node when the port cannot be had.
 */
export async function serveP1Port(options: ServeP1Options): Promise<RunningP1Port> {
  const { port, pty = false, speed = 1, ticker = realTime, seed, encrypted = false } = options;
  if (port === undefined && !pty) throw new ServeError("nothing-to-serve");
  if (!Number.isFinite(speed) || speed <= 0) throw new ServeError("bad-speed");
  const start = options.start ?? Math.floor(ticker.now() / 1_000);
  const photovoltaics = options.photovoltaics ?? false;
  const meter = labHousehold({ seed, start, historyDays: 2, photovoltaics, tariffs: 2 });
  const gas = utilityMeter({ seed, kind: "gas", start });
  const water = utilityMeter({ seed, kind: "water", start });
  const p1 = new P1Port({ meter, gas, water, seed, encrypted });
  const tcp =
    port === undefined
      ? undefined
      : await TcpOutlet.open({ port, maxClients: options.maxClients ?? 16, welcome: (socket) => socket.resume() });
  const outlets: Outlet[] = tcp === undefined ? [] : [tcp];
  let terminal: PseudoTerminal | undefined;
  try {
    if (pty) {
      terminal = await PseudoTerminal.open(({ from }) => from.resume(), { now: () => ticker.now() });
      outlets.push(terminal);
    }
  } catch (error) {
    await tcp?.close();
    throw error;
  }
  const stop = everySecond(ticker, { from: meter.second, speed }, (second) => {
    meter.advance(Math.max(second, meter.second));
    gas.advance(meter.second);
    water.advance(meter.second);
    const telegram = p1.push();
    for (const outlet of outlets) outlet.push(telegram);
  });
  return {
    ...(tcp === undefined ? {} : { address: tcp.address }),
    ...(terminal === undefined ? {} : { ptyPath: terminal.path }),
    p1,
    async close() {
      stop();
      await Promise.all(outlets.map((outlet) => outlet.close()));
    },
  };
}
