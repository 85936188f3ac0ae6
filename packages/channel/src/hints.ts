/** What to do when a source cannot be had: one sentence in plain words, from the code and what the user wrote. */

import type { SourceErrorCode } from "./codes.ts";

/** Advice, or an empty text where there is none that helps. */
export function hintFor(code: SourceErrorCode, source: string): string {
  switch (code) {
    case "bad-address":
      return addressHint(source);
    case "bad-line-settings":
      return "Write baud, data bits, parity (N, E, O) and stop bits, as in 9600-8N1 or 300-7E1.";
    case "no-such-file":
      return missingHint(source);
    case "is-a-directory":
      return "Name one file in it.";
    case "not-readable":
      return "Name a file, a serial port, tcp://host:port, or - for standard input.";
    case "permission-denied":
      return isDevice(source)
        ? "Add yourself to the group of the port, often dialout: sudo usermod -aG dialout $USER, then log in again."
        : "Check the rights of the file with ls -l.";
    case "device-busy":
      return "Stop the other program (vzlogger, ser2net, a terminal program); on Linux `fuser -v PORT` names it.";
    case "not-a-serial-port":
      return "Name a port as in /dev/ttyUSB0 or COM3.";
    case "serial-unavailable":
      return "Install the package serialport for this machine (npm install), or read over tcp:// or from a file.";
    case "host-unknown":
      return "Check the name, or write the address in numbers.";
    case "host-unreachable":
      return "Check the network, and that the address is in it.";
    case "connection-refused":
      return "Check the port number, and that the program there (ser2net, the reading head) runs.";
    case "timed-out":
      return "Check the address, and whether a firewall stands between.";
    case "line-lost":
      return isDevice(source) ? "Check the cable." : "";
    case "silent":
      return "Check that the reading head sits on the meter's optical port, and the baud rate.";
    case "too-long":
      return "Name a smaller file, read it through a pipe, or raise the maximum.";
    case "already-read":
    case "aborted":
    case "io-failed":
      return "";
  }
}

function addressHint(source: string): string {
  if (source === "") return "Name a file, a serial port, tcp://host:port, or - for standard input.";
  if (/^tcp:\/\/[0-9a-f:]*:[0-9a-f:]*:\d+$/i.test(source))
    return "Write an IPv6 address in brackets: tcp://[::1]:2000.";
  if (/^tcp:/i.test(source)) return "Write tcp://host:port, with a port from 1 to 65535, as in tcp://192.168.1.5:2000.";
  if (/^file:/i.test(source)) return "Write the path of the file without file://.";
  return "Of the addresses with ://, only tcp://host:port is known.";
}

function missingHint(source: string): string {
  if (/^(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(source)) return `Did you mean tcp://${source}?`;
  if (isDevice(source))
    return "Is the adapter plugged in? `ls /dev/serial/by-id` or the device manager shows the ports.";
  return "Check the path.";
}

function isDevice(source: string): boolean {
  return /^(\/dev\/|COM\d|\\\\\.\\)/i.test(source);
}
