/**
 * Runs a virtual D0 meter in real time on a TCP port, on a pseudo terminal, or on both. Composition only.
 *
 * Over TCP a speed means nothing: the meter behaves as behind a converter that follows it. Each line has its own dialogue.
 */

import { MeterSession } from "@siegel/iec62056-21";
import type { Readable, Writable } from "node:stream";
import { labHousehold } from "../sml/lab-household.ts";
import type { Outlet } from "../sml/outlet.ts";
import { PseudoTerminal } from "../sml/pseudo-terminal.ts";
import { ServeError } from "../sml/serve-error.ts";
import { TcpOutlet } from "../sml/tcp-outlet.ts";
import { everySecond, realTime, type Ticker } from "../sml/ticker.ts";
import { D0Meter, type D0Mode } from "./d0-meter.ts";

export interface ServeD0Options {
  /** TCP port on 127.0.0.1; 0 takes a free one. None unless told. */
  readonly port?: number | undefined;
  readonly pty?: boolean | undefined;
  readonly maxClients?: number | undefined;
  readonly seed: number | string;
  readonly mode?: D0Mode | undefined;
  readonly password?: string | undefined;
  readonly photovoltaics?: boolean | undefined;
  readonly tariffs?: 1 | 2 | undefined;
  /** First simulated second; the present unless told. */
  readonly start?: number | undefined;
  /** Simulated seconds in a real one; 1 unless told. */
  readonly speed?: number | undefined;
  readonly ticker?: Ticker | undefined;
}

export interface RunningD0Meter {
  readonly address?: { readonly host: string; readonly port: number };
  readonly ptyPath?: string;
  readonly meter: D0Meter;
  close(): Promise<void>;
}

/**
 * Starts the meter; it is readable when the promise resolves.
 *
 * @throws {ServeError} "nothing-to-serve", "bad-speed", "no-pseudo-terminal".
 * @throws The error of Node when the port cannot be had.
 */
export async function serveD0Meter(options: ServeD0Options): Promise<RunningD0Meter> {
  const { port, pty = false, speed = 1, ticker = realTime, seed, mode = "C", tariffs = 2 } = options;
  if (port === undefined && !pty) throw new ServeError("nothing-to-serve");
  if (!Number.isFinite(speed) || speed <= 0) throw new ServeError("bad-speed");
  const start = options.start ?? Math.floor(ticker.now() / 1_000);
  const virtual = labHousehold({
    seed,
    start,
    historyDays: 2,
    photovoltaics: options.photovoltaics ?? false,
    tariffs,
  });
  const meter = new D0Meter({ meter: virtual, seed, mode, password: options.password, tariffs });
  const answer = (line: { readonly from: Readable; readonly to: Writable; readonly answered?: () => void }) =>
    answerAsMeter(meter, ticker, line);
  const tcp =
    port === undefined
      ? undefined
      : await TcpOutlet.open({
          port,
          maxClients: options.maxClients ?? 16,
          welcome: (socket) => answer({ from: socket, to: socket }),
        });
  const outlets: Outlet[] = tcp === undefined ? [] : [tcp];
  let terminal: PseudoTerminal | undefined;
  try {
    if (pty) outlets.push((terminal = await PseudoTerminal.open(answer, { now: () => ticker.now() })));
  } catch (error) {
    await tcp?.close();
    throw error;
  }
  const stop = everySecond(ticker, { from: virtual.second, speed }, (second) => {
    virtual.advance(Math.max(second, virtual.second));
    if (mode === "D") for (const outlet of outlets) outlet.push(meter.push());
  });
  return {
    ...(tcp === undefined ? {} : { address: tcp.address }),
    ...(terminal === undefined ? {} : { ptyPath: terminal.path }),
    meter,
    async close() {
      stop();
      await Promise.all(outlets.map((outlet) => outlet.close()));
    },
  };
}

/** One dialogue on one pair of streams. A meter of mode D does not listen. */
function answerAsMeter(
  meter: D0Meter,
  ticker: Ticker,
  { from, to, answered }: { readonly from: Readable; readonly to: Writable; readonly answered?: () => void },
): void {
  if (meter.identification.identification.endsWith("-D")) {
    from.resume();
    return;
  }
  const session = new MeterSession(meter);
  let cancel = () => {};
  let cancelSending = () => {};
  const carryOut = (input: Parameters<MeterSession["step"]>[0]): void => {
    for (const effect of session.step(input)) {
      switch (effect.do) {
        case "send":
          cancelSending();
          cancelSending = ticker.after(effect.afterMs, () => {
            if (!to.writable) return;
            to.write(effect.bytes, () => carryOut({ on: "sent" }));
            answered?.();
          });
          break;
        case "wait":
          cancel();
          cancel = ticker.after(effect.milliseconds, () => carryOut({ on: "timeout" }));
          break;
        case "stopWaiting":
          cancel();
          break;
        case "speed":
          break;
      }
    }
  };
  from.on("data", (chunk: Uint8Array) => carryOut({ on: "bytes", bytes: chunk.slice() }));
  // A client that has said all it has to say may still wait for the answer; once it is gone nothing is due.
  to.on("close", () => {
    cancel();
    cancelSending();
  });
}
