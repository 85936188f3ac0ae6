/** One supervised process: what is done when it dies, and that nothing of it stays. */

import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { BoundedLog } from "../../src/up/bounded-log.ts";
import { type Death, Program } from "../../src/up/program.ts";

const running: Program[] = [];
afterEach(() => Promise.all(running.splice(0).map((program) => program.stop())));

function started(source: string) {
  const folder = mkdtempSync(join(tmpdir(), "siegel-program-"));
  const script = join(folder, "script.mjs");
  writeFileSync(script, source);
  const deaths: Death[] = [];
  const messages: unknown[] = [];
  const lines: string[] = [];
  let wake = () => {};
  const log = new BoundedLog(join(folder, "script.log"));
  const program = new Program({
    name: "script",
    script,
    args: [],
    log,
    onDeath: (death) => (deaths.push(death), wake()),
    onMessage: (message, self) => {
      messages.push(message);
      if (message === "ready") self.markReady();
      wake();
    },
    onLine: (line) => (lines.push(line), wake()),
  });
  running.push(program);
  program.start();
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { program, deaths, messages, lines, until, log };
}

test("one that dies is named, with its last words, and started again", async () => {
  // A lab that goes on without its gateway looks as if nobody used electricity.
  const { program, deaths, messages, until } = started(`
    process.send("ready");
    process.on("message", () => { console.error("about to fall"); process.exit(7); });
  `);
  await until(() => messages.length === 1);
  program.send({ go: true });
  await until(() => messages.length === 2);
  expect(deaths).toEqual([{ name: "script", how: "exit code 7", againInMs: 250, lastLine: "about to fall" }]);
  process.kill(program.pid!, "SIGKILL");
  await until(() => messages.length === 3);
  expect(deaths[1]).toMatchObject({ how: "signal SIGKILL", againInMs: 500 });
});

test("one that was asked to end is not started any more, whatever becomes ready meanwhile", async () => {
  // Ctrl-C while a lab starts: what waited for the authority began after everything had ended, and ran on for ever.
  const { program, messages, until } = started(`process.send("ready"); process.on("message", () => {});`);
  await until(() => messages.length === 1);
  await program.stop();
  program.start();
  expect(program.pid).toBeUndefined();
});

test("one that is told by its configuration to stop is given up at once", async () => {
  // The same file would be refused a thousand times.
  const { deaths, until } = started(`console.error("config: zone is in no tz database"); process.exitCode = 2;`);
  await until(() => deaths.length === 1);
  expect(deaths[0]).toMatchObject({ againInMs: undefined, lastLine: "config: zone is in no tz database" });
});

test("one that never becomes ready is given up after some tries", async () => {
  // The person at the terminal would wait for ever.
  const { deaths, until } = started(`process.exitCode = 1;`);
  await until(() => deaths.at(-1) !== undefined && deaths.at(-1)!.againInMs === undefined);
  expect(deaths.map(({ againInMs }) => againInMs)).toEqual([250, 500, 1000, undefined]);
});

test("stop waits for its end, and no death is told", async () => {
  // What it had in hand must be on the disk before the next one is stopped.
  const { program, deaths, messages, lines, until } = started(`
    setInterval(() => {}, 1000);
    process.on("SIGTERM", () => setTimeout(() => { console.log("done"); process.exit(0); }, 50));
    process.send("ready");
  `);
  await until(() => messages.length === 1);
  await program.stop();
  expect(lines).toEqual(["done"]);
  expect(deaths).toEqual([]);
});

test("a log keeps its size, and the last line", () => {
  // A lab that runs for a month would fill the disk.
  const path = join(mkdtempSync(join(tmpdir(), "siegel-log-")), "x.log");
  const log = new BoundedLog(path, 1_000);
  for (let count = 0; count < 500; count++) log.add(`line ${count}`);
  expect(statSync(path).size).toBeLessThanOrEqual(1_000);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1_000);
  const both = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
  expect(both).toMatch(/(line \d+\n)+line 499\n$/);
  expect(log.lastLine).toBe("line 499");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
