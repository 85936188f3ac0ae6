/** Real ports: files, serial lines and connections as sources of bytes. */

export { parseAddress, type SourceAddress } from "./address.ts";
export { type SourceErrorCode, sourceErrorCodes } from "./codes.ts";
export { SourceError } from "./errors.ts";
export { openSource, type SourceOptions } from "./open.ts";
export { backoffMs, type LiveEvent, type ReconnectPolicy, type ReconnectPorts, withReconnect } from "./reconnect.ts";
export { type LineSettings, parseLineSettings } from "./serial.ts";
export type { ByteLine, ByteSource } from "./source.ts";
export { systemPorts } from "./system-ports.ts";
