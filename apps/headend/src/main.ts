/**
 * `node apps/headend/src/main.ts --config FILE`: composition of the real things, and what the process does at its ends.
 *
 * Exit: 0 asked to stop, 2 configuration or data, 3 waiting for certificates, 1 anything else. Errors are one line on stderr.
 */

import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readSmallFile, spawnSecurityModule } from "@siegel/channel";
import { randomBytes } from "@siegel/crypto";

import { parentOf } from "./adapters/parent.ts";
import { machineClock, machineTimers } from "./adapters/real-time.ts";
import { readConfig } from "./config.ts";
import { codeOf, HeadendError } from "./errors.ts";
import { type RunningHeadend, startHeadend } from "./headend.ts";
import { logTo } from "./log.ts";

/** Ten thousand meters take about 2 MB. */
const maxConfigBytes = 16 << 20;

const exitCodes: Partial<Record<HeadendError["code"], number>> = {
  "bad-config": 2,
  "data-of-another-version": 2,
  "not-our-data": 2,
  "data-in-use": 2,
  "data-not-writable": 2,
  "no-trust": 2,
  "bad-certificates": 2,
  "port-in-use": 2,
  "port-not-allowed": 2,
  "not-personalised": 3,
};

const log = logTo((line) => void process.stderr.write(`${line}\n`), machineClock);
try {
  await run();
} catch (error) {
  end(error);
}

async function run(): Promise<void> {
  const path = configPath();
  const config = readConfig(configText(path), dirname(path));
  const parent = parentOf(process);
  const running: { headend?: RunningHeadend } = {};
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    log("info", "stopping", { why });
    if (running.headend === undefined) process.exit(0); // nothing was taken yet, and the store bears a cut anywhere
    running.headend.close().then(() => process.exit(0), end);
  };
  // Before anything is told to anybody: who hears "ready" may ask for the end at once.
  process.once("SIGTERM", () => stop("SIGTERM"));
  process.once("SIGINT", () => stop("SIGINT"));
  parent?.onGone(() => stop("parent-gone"));
  running.headend = await startHeadend(config, {
    clock: machineClock,
    timers: machineTimers,
    random: randomBytes,
    log,
    parent,
    module: () => spawnSecurityModule({ directory: join(config.data, "module") }),
  });
  running.headend.failed.then((error) => end(error), end);
}

function configPath(): string {
  try {
    const { values } = parseArgs({ options: { config: { type: "string" } } });
    if (values.config !== undefined) return resolve(values.config);
  } catch (cause) {
    throw new HeadendError("bad-config", "usage: headend --config FILE", { cause });
  }
  throw new HeadendError("bad-config", "usage: headend --config FILE");
}

function configText(path: string): string {
  try {
    return new TextDecoder().decode(readSmallFile(path, { maxBytes: maxConfigBytes }));
  } catch (cause) {
    throw new HeadendError("bad-config", `config: ${path} cannot be read (${codeOf(cause)})`, { cause });
  }
}

/** One line for whoever started us; the stack only for mistakes of ours, and never a text that quotes data. */
function end(error: unknown): never {
  const known = error instanceof HeadendError;
  process.stderr.write(known ? `siegel-headend: ${error.message}\n` : `siegel-headend: ${codeOf(error)}\n`);
  if (!known && error instanceof Error) process.stderr.write(`${error.stack?.split("\n").slice(1).join("\n") ?? ""}\n`);
  process.exit(known ? (exitCodes[error.code] ?? 1) : 1);
}
