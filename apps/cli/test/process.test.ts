/** The command as a process: what only a real process shows. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { concatBytes } from "@siegel/wire";
import { expect, test } from "vitest";
import { exampleEntries, fileOf, lines, push, siegel } from "./support.ts";

const command = fileURLToPath(new URL("../bin/siegel.mjs", import.meta.url));
const execute = promisify(execFile);

test("standard input is read with -", async () => {
  // Pipes are how captures come from other programs.
  const child = spawn(process.execPath, [command, "read", "-", "--format", "json"]);
  child.stdin.end(push({ valList: exampleEntries }));
  let out = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  expect(lines(out)).toHaveLength(1);
});

test("a reader that has seen enough ends the command without a complaint", async () => {
  // `siegel read … | head -1` must not print a stack.
  const good = push({ valList: exampleEntries });
  const path = await fileOf(concatBytes(...Array.from({ length: 4000 }, () => good)));
  const { stdout, stderr } = await execute("sh", [
    "-c",
    `"$0" "$1" read "$2" --format json | head -n 1`,
    process.execPath,
    command,
    path,
  ]);
  expect(lines(stdout)).toHaveLength(1);
  expect(stderr).toBe("");
});

test.each([
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  [{ NO_COLOR: "", FORCE_COLOR: "1" }, true],
  [{ NO_COLOR: undefined, FORCE_COLOR: undefined }, false],
])("colour with %j: %s", async (env, coloured) => {
  // Logs and braille displays need plain text; a pipe has no colour unless asked for.
  const path = await fileOf(push({ valList: exampleEntries }));
  const { stdout } = await execute(process.execPath, [command, "read", path], { env: { ...process.env, ...env } });
  expect(stdout.includes("\u001b")).toBe(coloured);
});

test.skipIf(!existsSync("/dev/full"))("a full disk is one line and exit code 1", async () => {
  // A log that was cut by a full disk must not pass for a whole one.
  const path = await fileOf(push({ valList: exampleEntries }));
  for (const args of [["read", path, "--format", "json"], ["--help"]]) {
    const child = spawn("sh", ["-c", '"$0" "$@" > /dev/full', process.execPath, command, ...args]);
    let err = "";
    child.stderr.on("data", (chunk) => (err += chunk));
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(err).toMatch(/^siegel: the output cannot be written: .+\n$/);
  }
});

test.each(["SIGTERM", "SIGKILL"] as const)("after %s to an old Node, its pinned one ends", async (signal) => {
  // Whoever stops the process that he started has stopped the command.
  const old = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';
  const args = ["--import", `data:text/javascript,${encodeURIComponent(old)}`, command];
  const child = spawn(process.execPath, [...args, "meter", "serve", "sml", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(createInterface({ input: child.stdout }), "line");
  child.kill(signal);
  await once(child, "close"); // of its output, which the pinned one holds open as long as it lives
});

test("an old Node is told what it needs, or handed over to the pinned one", async () => {
  // A stranger's machine has whatever Node his system brings.
  const { stdout } = await execute(process.execPath, [command, "--version"]);
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test("meter serve says where it can be read, serves it, and ends on a signal", async () => {
  // Other programs start it and wait for its first line.
  const child = spawn(process.execPath, [command, "meter", "serve", "sml", "--port", "0", "--signed", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { meter, address, publicKey } = JSON.parse(line);
    const source = `tcp://${address.host}:${address.port}`;
    const { code, out } = await siegel(["read", source, "--once", "--format", "json", "--public-key", publicKey]);
    expect(code).toBe(0);
    expect(lines(out)[0]).toMatchObject({ meter: { label: meter }, trust: "signed", warnings: [] });
  } finally {
    child.kill("SIGTERM");
  }
  const [code] = await once(child, "close");
  expect(code).toBe(0);
});

test.each(["bash", "zsh", "fish"])("the completion script for %s knows every subcommand", async (shell) => {
  // A script that forgets a command is worse than none.
  const { code, out } = await siegel(["completion", shell]);
  expect(code).toBe(0);
  const words = [
    "up",
    "link",
    "read",
    "inspect",
    "verify",
    "cms",
    "seal",
    "open",
    "meter",
    "serve",
    "sml",
    "replay",
    "pki",
    "lab",
  ];
  for (const word of [...words, "completion", "--protocol", "--public-key", "--cipher", "cbc-cmac", "--root"]) {
    expect(out).toContain(word);
  }
});

test("bash completes subcommands, options and their values", async () => {
  // The script is only as good as the shell finds it.
  const { out } = await siegel(["completion", "bash"]);
  const complete = async (words: string): Promise<string[]> => {
    const script = `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _siegel; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await execute("bash", ["-c", script], { cwd: "/" });
    return stdout.split("\n").filter((word) => word !== "");
  };
  expect(await complete("siegel re")).toEqual(["read"]);
  expect(await complete("siegel read --form")).toEqual(["--format"]);
  expect(await complete("siegel meter serve sm")).toEqual(["sml"]);
  expect(await complete("siegel cms se")).toEqual(["seal"]);
  expect(await complete("siegel cms seal --cip")).toEqual(["--cipher"]);
  expect(await complete("siegel verify --roo")).toEqual(["--root"]);
  expect(await complete("siegel meter serve sml --see")).toEqual(["--seed"]);
});
