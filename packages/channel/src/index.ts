/** Real ports: files, serial lines and connections as sources of bytes. */

export type { SourceErrorCode } from "./codes.ts";
export { SourceError } from "./errors.ts";
export { openSource, type SourceOptions } from "./open.ts";
export { type LiveEvent, type ReconnectPolicy, type ReconnectPorts, withReconnect } from "./reconnect.ts";
export type { ByteLine, ByteSource } from "./source.ts";
export { systemPorts } from "./system-ports.ts";
