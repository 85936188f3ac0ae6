/** Real ports: TLS between our programs, the security module in a process of its own, and what meters are read from. */

export type { SourceErrorCode } from "./codes.ts";
export { SourceError } from "./errors.ts";
export { openSource, type SourceOptions } from "./open.ts";
export { ModuleProcessError, type ModuleProcessErrorCode, moduleProcessErrorCodes } from "./security-module/errors.ts";
export { type SecurityModuleProcess, spawnSecurityModule } from "./security-module/spawn.ts";
export { type LiveEvent, type ReconnectPolicy, type ReconnectPorts, withReconnect } from "./reconnect.ts";
export type { ByteLine, ByteSource } from "./source.ts";
export { systemPorts } from "./system-ports.ts";
