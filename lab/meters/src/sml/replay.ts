/**
 * A capture served as if its meters were here again: its files on a TCP port, one after the other.
 *
 * The first client starts it, so that a short capture is not over before anybody listens; then it goes on like a meter,
 * whoever is there. Requests are read and not answered: a recording knows no answers.
 * Registers stand as they were recorded. What comes after the last file is a choice: `hold` repeats the last file of each
 * meter for ever, so that no register ever falls; `again` begins anew, and the registers step back as if the meter had been
 * exchanged.
 */

import type { MeterId } from "@siegel/readings";
import { type Capture, type CaptureFile, captureOf } from "./capture.ts";
import { ServeError } from "./serve-error.ts";
import { TcpOutlet } from "./tcp-outlet.ts";
import { realTime, type Ticker } from "./ticker.ts";

export interface ServeReplayOptions {
  /** The bytes of a recording, or what `captureOf` made of them. */
  readonly capture: Uint8Array | Capture;
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Milliseconds from file to file; 1000 unless told, which is how meters push. */
  readonly intervalMs?: number | undefined;
  /** `hold` unless told. */
  readonly atEnd?: "hold" | "again" | undefined;
  /** Clients at a time; 16 unless told. More are turned away. */
  readonly maxClients?: number | undefined;
  readonly ticker?: Ticker | undefined;
}

export interface RunningReplay {
  readonly address: { readonly host: string; readonly port: number };
  /** Meters in the capture; none when its telegrams carry no id. */
  readonly meters: readonly MeterId[];
  readonly fileCount: number;
  /** Damaged files of the capture, which are not served. */
  readonly damagedCount: number;
  close(): Promise<void>;
}

/**
 * Starts the replay; it listens when the promise resolves.
 *
 * @throws {ServeError} "no-telegram", "bad-speed" for an interval below 1 ms.
 * @throws The error of Node, `EADDRINUSE` for example, when the port cannot be had.
 */
export async function serveReplay(options: ServeReplayOptions): Promise<RunningReplay> {
  const { port, intervalMs = 1_000, atEnd = "hold", maxClients = 16, ticker = realTime } = options;
  if (!Number.isFinite(intervalMs) || intervalMs < 1) throw new ServeError("bad-speed");
  const capture = options.capture instanceof Uint8Array ? captureOf(options.capture) : options.capture;
  const order = filesForEver(capture.files, atEnd);
  let cancel: (() => void) | undefined;
  const pushNext = (): void => {
    outlet.push(order.next().value.bytes);
    cancel = ticker.after(intervalMs, pushNext);
  };
  const outlet = await TcpOutlet.open({
    port,
    maxClients,
    welcome(socket) {
      socket.resume();
      if (cancel === undefined) pushNext();
    },
  });
  return {
    address: outlet.address,
    meters: capture.meters,
    fileCount: capture.files.length,
    damagedCount: capture.damagedCount,
    async close() {
      cancel?.();
      await outlet.close();
    },
  };
}

/** Never ends. */
function* filesForEver(files: readonly CaptureFile[], atEnd: "hold" | "again"): Generator<CaptureFile, never> {
  yield* files;
  const rest = atEnd === "again" ? files : lastOfEach(files);
  for (;;) yield* rest;
}

/** For each meter the last file that carries its values, in the order recorded. */
function lastOfEach(files: readonly CaptureFile[]): readonly CaptureFile[] {
  const last = new Map(files.flatMap((file) => file.meters.map((meter) => [meter, file] as const)));
  const kept = files.filter((file) => file.meters.some((meter) => last.get(meter) === file));
  return kept.length === 0 ? files.slice(-1) : kept;
}
