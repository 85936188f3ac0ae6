/**
 * Runs a virtual SML meter in real time on a TCP port, on a pseudo terminal, or on both. Composition only.
 */

import { toHex } from "@siegel/wire";
import type { VirtualMeter, VirtualMeterSnapshot } from "../virtual-meter.ts";
import { answerOver } from "./answering.ts";
import { labHousehold } from "./lab-household.ts";
import type { Outlet } from "./outlet.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";
import { ServeError } from "./serve-error.ts";
import { SmlMeter, type SmlMeterOptions } from "./sml-meter.ts";
import { TcpOutlet } from "./tcp-outlet.ts";
import { everySecond, realTime, type Ticker } from "./ticker.ts";

export interface ServeSmlOptions extends Omit<SmlMeterOptions, "meter"> {
  /** TCP port on 127.0.0.1; 0 takes a free one. None unless told. */
  readonly port?: number | undefined;
  /** Also, or only, on a pseudo terminal. */
  readonly pty?: boolean | undefined;
  /** Clients at a time; 16 unless told. More are turned away. */
  readonly maxClients?: number | undefined;
  /** A meter that somebody else made; then the options of the household do nothing. */
  readonly meter?: VirtualMeter | undefined;
  /** A roof that feeds in. */
  readonly photovoltaics?: boolean | undefined;
  /** Days of a simulated past at least, then back to the first of the month; 2 unless told. */
  readonly historyDays?: number | undefined;
  /** In place of `historyDays`: the first second of the past, remembered by who wants the same counters in every month. */
  readonly bornAt?: number | undefined;
  /** `snapshot()` of the same meter when it ran last; its past is not lived through a second time. */
  readonly continueFrom?: VirtualMeterSnapshot | undefined;
  /** First simulated second; the present unless told. Same seed, options and start: same bytes. */
  readonly start?: number | undefined;
  /** Simulated seconds in a real one; 1 unless told. A file is pushed each real second, if the meter's second changed. */
  readonly speed?: number | undefined;
  readonly ticker?: Ticker | undefined;
}

export interface RunningMeter {
  readonly address?: { readonly host: string; readonly port: number };
  readonly ptyPath?: string;
  /** x‖y in hex, when the meter signs. */
  readonly publicKey?: string;
  readonly meterLabel: string;
  /** TCP clients at this moment. */
  readonly clientCount: number;
  /** The meter itself, to raise disturbances or to enter the PIN. */
  readonly meter: SmlMeter;
  /** Everything that the meter remembers, to go on from. */
  snapshot(): VirtualMeterSnapshot;
  /** Ends clients, child process and timer. */
  close(): Promise<void>;
}

/**
 * Starts the meter; it listens when the promise resolves.
 *
 * @throws {ServeError} "nothing-to-serve", "bad-speed", "no-pseudo-terminal".
 * @throws The error of Node, `EADDRINUSE` for example, when the port cannot be had.
 */
export async function serveSmlMeter(options: ServeSmlOptions): Promise<RunningMeter> {
  const { port, pty = false, speed = 1, ticker = realTime } = options;
  if (port === undefined && !pty) throw new ServeError("nothing-to-serve");
  if (!Number.isFinite(speed) || speed <= 0) throw new ServeError("bad-speed");
  const virtual = options.meter ?? householdOf(options, ticker);
  const meter = new SmlMeter({ ...options, meter: virtual });
  const tcp =
    port === undefined
      ? undefined
      : await TcpOutlet.open({ port, maxClients: options.maxClients ?? 16, welcome: answerOver(meter) });
  const outlets: Outlet[] = tcp === undefined ? [] : [tcp];
  let terminal: PseudoTerminal | undefined;
  try {
    if (pty) outlets.push((terminal = await PseudoTerminal.open(meter, { now: () => ticker.now() })));
  } catch (error) {
    await tcp?.close();
    throw error;
  }
  const stop = everySecond(ticker, { from: virtual.second, speed }, (second) => {
    virtual.advance(Math.max(second, virtual.second));
    const file = meter.pushFile();
    if (file !== undefined) for (const outlet of outlets) outlet.push(file);
  });
  return {
    ...(tcp === undefined ? {} : { address: tcp.address }),
    ...(terminal === undefined ? {} : { ptyPath: terminal.path }),
    ...(meter.publicKey === undefined ? {} : { publicKey: toHex(meter.publicKey) }),
    meterLabel: meter.label,
    get clientCount() {
      return tcp?.clientCount ?? 0;
    },
    meter,
    snapshot: () => virtual.snapshot(),
    async close() {
      stop();
      await Promise.all(outlets.map((outlet) => outlet.close()));
    },
  };
}

function householdOf(options: ServeSmlOptions, ticker: Ticker): VirtualMeter {
  const { seed, bornAt, continueFrom, photovoltaics = false, historyDays = 2, tariffs = 1 } = options;
  const start = options.start ?? Math.floor(ticker.now() / 1_000);
  return labHousehold({ seed, start, historyDays, bornAt, continueFrom, photovoltaics, tariffs });
}
