/**
 * `node apps/gateway/src/main.ts --config FILE`: composition of the real things, and what the process does at its ends.
 *
 * Exit: 0 asked to stop, 2 configuration or data, 3 waiting for certificates, 1 anything else. Errors are one line on stderr.
 * It may be killed at any instant: what that means for values is argued in core/courier.
 */

import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readSmallFile, spawnSecurityModule } from "@siegel/channel";

import { parentOf } from "./adapters/parent.ts";
import { readConfig } from "./config.ts";
import { codeOf, GatewayError } from "./errors.ts";
import { type RunningGateway, startGateway } from "./gateway.ts";
import { logTo } from "./log.ts";

// Stands before the work below, which may end in it.
/** Ten thousand meters take about 2 MB. */
const maxConfigBytes = 16 << 20;

const exitCodes: Partial<Record<GatewayError["code"], number>> = {
  "bad-config": 2,
  "data-of-another-version": 2,
  "not-our-data": 2,
  "data-in-use": 2,
  "data-not-writable": 2,
  "no-trust": 2,
  "bad-certificates": 2,
  "not-personalised": 3,
};
const clock = { wallMs: () => Date.now(), monoMs: () => performance.now() };
const log = logTo((line) => void process.stderr.write(`${line}\n`), clock);
let running: RunningGateway | undefined;
let stopping = false;
// Before anything else: a parent that goes while we start is not waited for.
const parent = parentOf(process);
process.once("SIGTERM", () => stop("SIGTERM"));
process.once("SIGINT", () => stop("SIGINT"));
parent?.onGone(() => stop("parent-gone"));
try {
  await run();
} catch (error) {
  end(error);
}

async function run(): Promise<void> {
  const path = configPath();
  const config = readConfig(configText(path), dirname(path));
  running = await startGateway(config, {
    clock,
    log,
    parent,
    random: { next: () => Math.random() },
    timers: {
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    },
    module: (directory) => spawnSecurityModule({ directory }),
  });
  running.failed.catch(end);
}

/** While it starts there is nothing that has to be finished: the store is as it is after a power cut. */
function stop(why: string): void {
  if (stopping) return;
  stopping = true;
  log("info", "stopping", { why });
  if (running === undefined) process.exit(0);
  running.close().then(() => process.exit(0), end);
}

function configPath(): string {
  try {
    const { values } = parseArgs({ options: { config: { type: "string" } } });
    if (values.config !== undefined) return resolve(values.config);
  } catch (cause) {
    throw new GatewayError("bad-config", "usage: gateway --config FILE", { cause });
  }
  throw new GatewayError("bad-config", "usage: gateway --config FILE");
}

function configText(path: string): string {
  try {
    return new TextDecoder().decode(readSmallFile(path, { maxBytes: maxConfigBytes }));
  } catch (cause) {
    throw new GatewayError("bad-config", `config: ${path} cannot be read (${codeOf(cause)})`, { cause });
  }
}

/** One line for whoever started us; the stack only for mistakes of ours, and never a text that quotes data. */
function end(error: unknown): never {
  const known = error instanceof GatewayError;
  process.stderr.write(known ? `siegel-gateway: ${error.message}\n` : `siegel-gateway: ${codeOf(error)}\n`);
  if (!known && error instanceof Error) process.stderr.write(`${error.stack?.split("\n").slice(1).join("\n") ?? ""}\n`);
  process.exit(known ? (exitCodes[error.code] ?? 1) : 1);
}
