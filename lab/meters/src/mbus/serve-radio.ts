/**
 * Runs wireless meters in real time, heard through a receiver on a TCP port. Composition only.
 *
 * In: meters by kind and profile, the radio's faults.  Out: what a receiver prints: hex lines, rtl-wmbus lines, or iM871A
 * frames. What a client sends as hex lines goes out on the air: a valve that listens answers.
 */

import { wrapFrame } from "@siegel/mbus";
import { concatBytes, crc16X25, DecodeError, fromHex, toHex } from "@siegel/wire";
import type { Socket } from "node:net";
import { ServeError } from "../sml/serve-error.ts";
import { TcpOutlet } from "../sml/tcp-outlet.ts";
import { everySecond, realTime, type Ticker } from "../sml/ticker.ts";
import type { UtilityKind } from "../utility/utility-meter.ts";
import { type MbusIdentity, mbusIdentityOf, mbusKeyOf } from "./identity.ts";
import { utilityMeter } from "./lab-utility.ts";
import { type Heard, Radio, type RadioFaults } from "./radio.ts";
import { RadioMeter, type RadioProfile } from "./radio-meter.ts";
import { radioSeed, usualRadioMeters } from "./radio-street.ts";
import { RadioValve } from "./radio-valve.ts";

export interface ServeRadioOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly seed: number | string;
  /** A gas meter of profile B, a water meter of profile A and a heat meter of profile D unless told. */
  readonly meters?: readonly { readonly kind: UtilityKind; readonly profile: RadioProfile }[] | undefined;
  /** A bidirectional valve besides. */
  readonly valve?: "B" | "D" | undefined;
  /** Seconds between telegrams of each meter; the profile's unless told. */
  readonly intervalSeconds?: number | undefined;
  /** How the receiver speaks; hex lines without checksums unless told. */
  readonly output?: "hex" | "hex-format-a" | "rtl-wmbus" | "im871a" | undefined;
  readonly faults?: RadioFaults | undefined;
  readonly maxClients?: number | undefined;
  /** First simulated second; the present unless told. */
  readonly start?: number | undefined;
  /** Simulated seconds in a real one; 1 unless told. */
  readonly speed?: number | undefined;
  readonly ticker?: Ticker | undefined;
}

export interface RunningRadio {
  readonly address: { readonly host: string; readonly port: number };
  /** Keys in hex: a lab's keys are no secret. */
  readonly meters: readonly {
    readonly kind: UtilityKind | "valve";
    readonly identity: MbusIdentity;
    readonly key: string;
    readonly meter: RadioMeter | RadioValve;
  }[];
  close(): Promise<void>;
}

/**
 * Starts the radio; it listens when the promise resolves.
 *
 * @throws {ServeError} "bad-speed". @throws The error of Node when the port cannot be had.
 */
export async function serveRadioMeters(options: ServeRadioOptions): Promise<RunningRadio> {
  const { port, seed, speed = 1, ticker = realTime, output = "hex", intervalSeconds } = options;
  if (!Number.isFinite(speed) || speed <= 0) throw new ServeError("bad-speed");
  const start = options.start ?? Math.floor(ticker.now() / 1_000);
  const meters = (options.meters ?? usualRadioMeters).map(({ kind, profile }, index) => {
    const own = radioSeed(seed, index);
    const [identity, key] = [mbusIdentityOf(own, kind), mbusKeyOf(own, kind)];
    const counted = utilityMeter({ seed: own, kind, start });
    // A meter that was started again has sent before: its counter follows the time, so that it never goes back.
    const counter = counterAt(start);
    const meter = new RadioMeter({ meter: counted, identity, key, profile, intervalSeconds, counter });
    return { kind, identity, key: toHex(key), meter };
  });
  const valve = options.valve === undefined ? undefined : valveOf(seed, options.valve, start);
  const radio = new Radio(seed, options.faults);
  const tcp = await TcpOutlet.open({
    port,
    maxClients: options.maxClients ?? 16,
    welcome: (socket) => {
      if (valve === undefined) socket.resume();
      else hear(socket, valve.meter, { output, nowMs: () => ticker.now() });
    },
  });
  let valveDueAt = start + 1;
  const stop = everySecond(ticker, { from: start, speed }, (second) => {
    for (const { meter } of meters) {
      meter.meter.advance(second);
      // What fell into one real second at high speed is sent once: the air is not a queue.
      if (meter.dueAt <= second) radio.send(meter.send(), second * 1_000);
      while (meter.dueAt <= second) meter.skip();
    }
    if (valve !== undefined && valveDueAt <= second) {
      radio.send(valve.meter.send(ticker.now()), second * 1_000);
      valveDueAt = second + (intervalSeconds ?? 30);
    }
    for (const heard of radio.heardUntil(second * 1_000)) tcp.push(spoken(heard, output));
  });
  return {
    address: tcp.address,
    meters: valve === undefined ? meters : [...meters, valve],
    async close() {
      stop();
      await tcp.close();
    },
  };
}

function valveOf(seed: number | string, profile: "B" | "D", start: number) {
  const [identity, key] = [mbusIdentityOf(seed, "valve"), mbusKeyOf(seed, "valve")];
  const meter = new RadioValve({ identity, key, profile, counter: counterAt(start), windowMs: 2_000 });
  return { kind: "valve" as const, identity, key: toHex(key), meter };
}

/** Below 2^28 until 2054, as the session number of the extended link layer wants it. One telegram in four seconds at most. */
function counterAt(second: number): number {
  return Math.max(1, Math.floor((second - firstYear) / 4));
}

/** What clients send as hex lines is on the air at once; the valve's answer goes back to who asked. */
function hear(
  socket: Socket,
  valve: RadioValve,
  { output, nowMs }: { output: NonNullable<ServeRadioOptions["output"]>; nowMs: () => number },
): void {
  let text = "";
  socket.on("data", (bytes: Uint8Array) => {
    text += new TextDecoder("latin1").decode(bytes);
    const lines = text.split("\n");
    text = (lines.pop() ?? "").slice(-maxLine);
    for (const line of lines) {
      const answer = valve.receive(octetsOf(line), nowMs());
      if (answer !== undefined && socket.writable && !socket.writableNeedDrain) {
        socket.write(spoken({ frame: answer, damaged: false }, output));
      }
    }
  });
}

function octetsOf(line: string): Uint8Array {
  try {
    return fromHex(line);
  } catch (error) {
    if (error instanceof DecodeError) return new Uint8Array(0); // no frame: nobody on the air understands it
    throw error;
  }
}

/** As the receiver prints it. Where it takes checksums out it looked at them: what is damaged it does not print. */
function spoken({ frame, damaged }: Pick<Heard, "frame" | "damaged">, output: ServeRadioOptions["output"]): Uint8Array {
  const hex = toHex(frame);
  switch (output) {
    case "hex-format-a": {
      const whole = wrapFrame(Uint8Array.of(frame.length - 1, ...frame.subarray(1)), "a");
      if (damaged) whole[whole.length - 1]! ^= 0xff;
      return line(toHex(whole));
    }
    case "rtl-wmbus":
      return line(`T1;${damaged ? 0 : 1};1;;97;148;;0x${hex}`);
    case "im871a": {
      if (damaged) return new Uint8Array(0);
      const body = concatBytes(Uint8Array.of(0x82, 0x03, frame.length - 1), frame.subarray(1));
      const crc = crc16X25.of(body);
      return concatBytes(Uint8Array.of(0xa5), body, Uint8Array.of(crc & 0xff, crc >> 8));
    }
    default:
      return damaged ? new Uint8Array(0) : line(hex);
  }
}

function line(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\n`);
}

const firstYear = Date.UTC(2020, 0, 1) / 1_000;
const maxLine = 1_024;
