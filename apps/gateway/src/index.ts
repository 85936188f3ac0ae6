/** The gateway as a part, for whoever runs it in a process of his own: tests and the lab. */

export { type Config, readConfig } from "./config.ts";
export { GatewayError, type GatewayErrorCode } from "./errors.ts";
export { type GatewayPorts, type RunningGateway, startGateway } from "./gateway.ts";
