#!/usr/bin/env node
/**
 * The command's entry: plain JavaScript that any Node can parse, since an old one must be told what is wrong, or be
 * replaced by the pinned one.
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const needed = 24;
if (Number(process.versions.node.split(".")[0]) >= needed) {
  // TypeScript is made into JavaScript, and that compiled, once and not at each start: a third of the time for a small command.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache(
    process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL("../../../node_modules/.cache/siegel", import.meta.url)),
  );
  const { main } = await import("../src/main.ts");
  await main();
} else {
  // `npm ci` has put the pinned runtime beside the other tools; npx finds it, a bare call of this file does not.
  const pinned = fileURLToPath(new URL("../../../node_modules/.bin/node", import.meta.url));
  if (!existsSync(pinned)) {
    console.error(
      `siegel: needs Node ${needed} or newer, this is ${process.version}. Run "npm ci" here, then "npx siegel".`,
    );
    process.exitCode = 2;
  } else {
    // The channel ends with this process, however it ends, and the command with the channel: nothing stays behind.
    // Ctrl-C reaches both; any other signal may come to this process alone.
    const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => child.connected && child.disconnect());
    }
    child.once("error", (error) => {
      console.error(`siegel: the pinned Node does not start (${error.message}). Run "npm ci" here again.`);
      process.exitCode = 2;
    });
    child.once("exit", (code, signal) => {
      process.exitCode = code ?? 1;
      if (signal === null) return;
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  }
}
