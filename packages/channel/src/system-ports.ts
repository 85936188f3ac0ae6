/** The real clock and generator for `withReconnect`. */

import { setTimeout as wait } from "node:timers/promises";

import type { ReconnectPorts } from "./reconnect.ts";

export const systemPorts: ReconnectPorts = {
  clock: {
    nowMs: () => performance.now(),
    // The only rejection is the abort, and an aborted wait is over.
    sleep: (delayMs, signal) => wait(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
  },
  random: { next: () => Math.random() },
};
