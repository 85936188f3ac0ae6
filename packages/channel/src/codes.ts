/** Every code of this room: whose turn it is, whether waiting helps, and what it says. Codes are stable. */

import type { Blame } from "@siegel/wire";

interface Meaning {
  readonly blame: Blame;
  /** Whether the same call may succeed a while later with nobody doing anything: such errors are worth a new try. */
  readonly passing: boolean;
  readonly says: string;
}

export const sourceErrorCodes = {
  "bad-address": { blame: "caller", passing: false, says: "this is no address of a source" },
  "bad-line-settings": { blame: "caller", passing: false, says: "these are no settings of a serial port" },
  "no-such-file": { blame: "caller", passing: true, says: "there is no such file or device" },
  "is-a-directory": { blame: "caller", passing: false, says: "this is a directory" },
  "not-readable": { blame: "caller", passing: false, says: "a file of this kind cannot be read as bytes" },
  "permission-denied": { blame: "environment", passing: true, says: "this user may not read it" },
  "device-busy": { blame: "environment", passing: true, says: "another program holds the port" },
  "not-a-serial-port": { blame: "caller", passing: false, says: "this device is not a serial port" },
  "serial-unavailable": { blame: "environment", passing: false, says: "the driver for serial ports does not load" },
  "host-unknown": { blame: "environment", passing: true, says: "the name of the host does not resolve" },
  "host-unreachable": { blame: "environment", passing: true, says: "there is no route to the host" },
  "connection-refused": { blame: "environment", passing: true, says: "nobody listens on that port" },
  "timed-out": { blame: "environment", passing: true, says: "the host does not answer" },
  "line-lost": { blame: "environment", passing: true, says: "the line broke" },
  silent: { blame: "environment", passing: true, says: "the line is open, but no byte comes" },
  "too-long": { blame: "caller", passing: false, says: "there are more bytes than the stated maximum" },
  "already-read": { blame: "bug", passing: false, says: "a source can be read once" },
  aborted: { blame: "caller", passing: false, says: "the caller stopped it" },
  "io-failed": { blame: "environment", passing: true, says: "the operating system reports an error" },
} as const satisfies Record<string, Meaning>;

export type SourceErrorCode = keyof typeof sourceErrorCodes;
