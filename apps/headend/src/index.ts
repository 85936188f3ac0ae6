/** For the lab and its tests: the whole head-end in one's own process, with ports of one's own. */

export { type Config, readConfig } from "./config.ts";
export { HeadendError, type HeadendErrorCode } from "./errors.ts";
export { type HeadendPorts, type OwnedModule, type RunningHeadend, startHeadend } from "./headend.ts";
export { type Log, logTo, noLog } from "./log.ts";
