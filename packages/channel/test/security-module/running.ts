/** What the tests of the module's process have in common: folders that vanish, and processes that do. */

import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

import { spawnSecurityModule, type SecurityModuleProcess } from "../../src/security-module/spawn.ts";

import type { Work } from "./parent.ts";

/** A folder that is not there yet, in one that goes with the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "siegel-module-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "keys, of a test"); // blank and comma: the process is told its rights in a list
}

export async function opened(directory: string): Promise<SecurityModuleProcess> {
  const module = await spawnSecurityModule({ directory });
  onTestFinished(() => module.close());
  return module;
}

/** A program that has a security module, started as such: see ./parent.ts. */
export function startedParent(directory: string, work: Work): ChildProcess {
  const child = fork(join(import.meta.dirname, "parent.ts"), [directory, work], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

export function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((done) => child.once("message", (message) => done(message as T))); // said by ./parent.ts
}

export function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once("exit", () => done());
  });
}

/** Waits until no process with this number runs. */
export async function goneOf(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 5));
}

/** A zombie has ended: it waits for a parent to read its exit code. Linux only, as all our tests of processes. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false; // no such process: that is what is asked
  }
}

export async function failureOf(doing: Promise<unknown>): Promise<unknown> {
  return doing.then(
    () => expectedFailure,
    (error: unknown) => error,
  );
}

const expectedFailure = "it did not fail";
