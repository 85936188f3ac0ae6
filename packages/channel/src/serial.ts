/**
 * A serial port, real or pseudo terminal, as byte line.
 *
 * In: path and line settings.  Out: raw bytes, the port locked against other programs.
 * What it works around: driver 13.0.0 on Unix spins for ever on a port that hung up (see `endOnHangUp`).
 * Why the package `serialport`: Node cannot set baud rate and parity by itself. It is loaded when a port is opened and
 * not before, so that reading a file or a connection never depends on a native module.
 */

import { constants, read } from "node:fs";
import { open } from "node:fs/promises";
import { isatty } from "node:tty";

import type { SerialPort } from "serialport";

import { SourceError } from "./errors.ts";
import type { ByteLine } from "./source.ts";
import { StreamLine } from "./stream-source.ts";

/** Speed and shape of a character on the line. */
export interface LineSettings {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

/**
 * `9600-8N1`, `300-7E1`, or a baud rate alone for 8N1.
 *
 * @throws {SourceError} "bad-line-settings"
 */
export function parseLineSettings(text: string): LineSettings {
  const [, baud, dataBits, parity, stopBits] = /^(\d{2,7})(?:[-,/ ]?([78])([NEO])([12]))?$/i.exec(text) ?? [];
  if (baud === undefined || Number(baud) < 50) throw new SourceError("bad-line-settings", text);
  return {
    baud: Number(baud),
    dataBits: dataBits === "7" ? 7 : 8,
    parity: parity === undefined ? "none" : (parityOfLetter[parity.toUpperCase()] ?? "none"),
    stopBits: stopBits === "2" ? 2 : 1,
  };
}

export interface SerialOptions {
  /** 9600-8N1 unless told: what most optical ports push with. */
  readonly serial?: string | undefined;
  readonly silenceTimeoutMs?: number | undefined;
}

/**
 * Opens and locks the port.
 *
 * @throws {SourceError} "bad-line-settings", "no-such-file", "permission-denied", "device-busy", "not-a-serial-port",
 *   "serial-unavailable"
 */
export async function openSerial(path: string, options: SerialOptions): Promise<ByteLine> {
  const text = options.serial ?? "9600-8N1";
  const settings = parseLineSettings(text);
  const port = await openPort(path, settings);
  endOnHangUp(port);
  await lowLatency(port);
  return new StreamLine({
    description: `${path} (${text})`,
    address: path,
    stream: port,
    silenceTimeoutMs: options.silenceTimeoutMs,
    endless: true,
    release: () => closed(port),
    drain: () => drained(port),
    setBaud: (baud) => changeSpeed(port, baud, path),
  });
}

function drained(port: SerialPort): Promise<void> {
  return new Promise((resolve, reject) => port.drain((error) => (error ? reject(error) : resolve())));
}

/** Meters change their speed in the middle of a dialogue: what is still in the driver leaves at the old one. */
async function changeSpeed(port: SerialPort, baudRate: number, path: string): Promise<void> {
  if (!port.isOpen) throw new SourceError("line-lost", path);
  if (!Number.isInteger(baudRate) || baudRate < 50) throw new SourceError("bad-line-settings", path);
  await drained(port).catch((cause: unknown) => {
    throw new SourceError("line-lost", path, { cause });
  });
  await new Promise<void>((resolve, reject) => {
    port.update({ baudRate }, (error) => (error ? reject(portError(error, path)) : resolve()));
  });
}

async function openPort(path: string, settings: LineSettings): Promise<SerialPort> {
  const { SerialPort } = await import("serialport").catch((cause: unknown) => {
    throw new SourceError("serial-unavailable", path, { cause });
  });
  const { baud: baudRate, dataBits, parity, stopBits } = settings;
  return new Promise<SerialPort>((resolve, reject) => {
    const port = new SerialPort({ path, baudRate, dataBits, parity, stopBits, lock: true, autoOpen: false });
    // An unplugged port reports `close` but leaves its stream open: a write would wait for ever for a new opening.
    port.on("close", () => port.destroy());
    port.open((error) => (error ? reject(portError(error, path)) : resolve(port)));
  }).catch(async (error: unknown) => {
    // Some devices that are no line (/dev/urandom) call the very question an invalid argument, as ports call a baud rate.
    const isDoubtful = error instanceof SourceError && error.code === "bad-line-settings";
    if (isDoubtful && !(await isTerminal(path))) throw new SourceError("not-a-serial-port", path, { cause: error });
    throw error;
  });
}

/** Asked only after a failure: to open a port twice may reset what hangs on it. What cannot be asked stays a port. */
async function isTerminal(path: string): Promise<boolean> {
  if (process.platform === "win32") return true;
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;
  const handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY).catch(() => undefined);
  if (handle === undefined) return true;
  const answer = isatty(handle.fd);
  await handle.close();
  return answer;
}

/** The driver reports in words only: the system's (Linux, macOS), or its own (Windows). */
function portError(cause: Error, path: string): SourceError {
  const code = portErrors.find(([words]) => words.test(cause.message))?.[1] ?? "io-failed";
  return new SourceError(code, path, { cause });
}

/**
 * A USB adapter waits up to 16 ms for more bytes before it hands on what it has; ask it not to. Linux only, and not every
 * driver can: nothing depends on it, so a refusal is no error.
 */
function lowLatency(port: SerialPort): Promise<void> {
  // The Linux binding knows this option (LinuxSetOptions), the common type of all platforms does not name it.
  const lines = { dtr: true, rts: true, lowLatency: true } as { dtr: boolean; rts: boolean };
  return new Promise((resolve) => port.set(lines, () => resolve()));
}

/**
 * After a hang-up (adapter unplugged, other end of a pseudo terminal gone) the system answers a read with 0 bytes, at once
 * and for ever. The driver takes that for "try again" and uses a whole core without end, unless the hang-up falls into the
 * moment in which it waits. Here 0 bytes are an error, which the port reports as its close.
 */
function endOnHangUp(port: SerialPort): void {
  const binding = port.port;
  if (binding === undefined || !("poller" in binding)) return; // Windows has another way to read
  binding.read = async (buffer: Buffer, offset: number, length: number) => {
    while (binding.fd !== null) {
      const bytesRead = await readAtOnce(binding.fd, { buffer, offset, length });
      if (bytesRead === 0) throw new Error("the port hung up");
      if (bytesRead !== "nothing yet") return { buffer, bytesRead };
      // Closed while we read: its native poller is freed, and to ask it again would end the process.
      if (binding.fd === null) break;
      await new Promise<void>((resolve, reject) => {
        binding.poller.once("readable", (error: Error | null) => (error ? reject(error) : resolve()));
      });
    }
    throw new Error("the port is closed");
  };
}

/** The port was opened non-blocking: EAGAIN says that no byte is there now. */
function readAtOnce(
  fd: number,
  into: { buffer: Buffer; offset: number; length: number },
): Promise<number | "nothing yet"> {
  return new Promise((resolve, reject) => {
    read(fd, into.buffer, into.offset, into.length, null, (error, bytesRead) => {
      if (error === null) resolve(bytesRead);
      else if (error.code === "EAGAIN" || error.code === "EINTR") resolve("nothing yet");
      else reject(error);
    });
  });
}

function closed(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) port.close(() => resolve());
    else resolve();
  });
}

const parityOfLetter: Readonly<Record<string, LineSettings["parity"]>> = { N: "none", E: "even", O: "odd" };

const portErrors = [
  [/cannot lock|resource busy|access denied/i, "device-busy"],
  [/permission denied|not permitted/i, "permission-denied"],
  [/no such (file|device)|file not found/i, "no-such-file"],
  [/is a directory/i, "is-a-directory"],
  [/inappropriate ioctl/i, "not-a-serial-port"],
  [/baud rate|invalid argument/i, "bad-line-settings"],
] as const;
