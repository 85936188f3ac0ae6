/** Where to read from, as a person writes it. Whether a path is a file or a port is decided when it is opened. */

import { isIPv6 } from "node:net";

import { SourceError } from "./errors.ts";

export type SourceAddress =
  | { readonly kind: "stdin" }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "serial"; readonly path: string }
  | { readonly kind: "path"; readonly path: string };

/**
 * `-`, `tcp://host:port` (IPv6 in brackets), `COM3`, or a path.
 *
 * A file whose name looks like another kind is reached with a folder before it: `./COM3`, `./-`.
 *
 * @throws {SourceError} "bad-address"
 */
export function parseAddress(text: string): SourceAddress {
  if (text === "-") return { kind: "stdin" };
  if (windowsPort.test(text)) return { kind: "serial", path: text };
  // A NUL would end the path early in the operating system.
  if (text === "" || text.includes("\0")) throw new SourceError("bad-address", text.replaceAll("\0", "\\0"));
  if (!scheme.test(text)) return { kind: "path", path: text };
  const [, bracketed, name, digits] = tcpAddress.exec(text) ?? [];
  const host = bracketed ?? name;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65535) throw new SourceError("bad-address", text);
  if (bracketed !== undefined && !isIPv6(bracketed)) throw new SourceError("bad-address", text);
  return { kind: "tcp", host, port };
}

/** COM1 to COM256, also in the long form that Windows wants above COM9. */
const windowsPort = /^(\\\\\.\\)?COM\d{1,3}$/i;
/** Two letters at least, so that `C:\file` stays a path; `tcp:` also without slashes, to be refused with advice. */
const scheme = /^([a-z][a-z0-9+.-]+:\/\/|tcp:)/i;
const tcpAddress = /^tcp:\/\/(?:\[([^\]\s]+)\]|([^\s:/?#@[\]]+)):(\d{1,5})\/?$/i;
