/** Real ports: TLS between our programs, the security module in a process of its own, and what meters are read from. */

export type { SourceErrorCode } from "./codes.ts";
export { SourceError } from "./errors.ts";
export { openSource, type SourceOptions } from "./open.ts";
export { ModuleProcessError, type ModuleProcessErrorCode, moduleProcessErrorCodes } from "./security-module/errors.ts";
export { type SecurityModuleProcess, spawnSecurityModule } from "./security-module/spawn.ts";
export { type LiveEvent, type ReconnectPolicy, type ReconnectPorts, withReconnect } from "./reconnect.ts";
export { makeFolder, standingFiles, writeWhole } from "./own-files.ts";
export {
  type ModuleIdentity,
  type Personalisation,
  PersonalisationError,
  personalise,
  slotOf,
  type Triple,
} from "./security-module/personalise.ts";
export type { ByteLine, ByteSource } from "./source.ts";
export { systemPorts } from "./system-ports.ts";
export { meaningOf as meaningOfTlsError, type TlsErrorCode } from "./tls/codes.ts";
export { connectTls, type ConnectOptions, type TlsConnection } from "./tls/connect.ts";
export { type DoorCounts, type DoorOptions, type Refusal } from "./tls/door.ts";
export { TlsChannelError } from "./tls/errors.ts";
export { AuthenticatedPeer, peerOf, type PeerDemand, type TlsTrust } from "./tls/gate.ts";
export { requestOverTls, TlsHttpClient, type TlsRequest, type TlsResponse } from "./tls/http-client.ts";
export { createTlsHttpServer, type TlsHttpServer, type TlsHttpServerOptions } from "./tls/http-server.ts";
export type { TlsLimits } from "./tls/limits.ts";
export type { TlsIdentity, TlsVersion } from "./tls/profile.ts";
export { createTlsServer, type RunningTlsServer, type TlsServerOptions } from "./tls/server.ts";
export { dersIn } from "./trust/documents.ts";
export { readSmallFile, type SmallFileOptions } from "./trust/small-file.ts";
export { CertificateFile, TrustFileError, TrustFiles, type TrustLog, type TrustPaths } from "./trust/trust-files.ts";
