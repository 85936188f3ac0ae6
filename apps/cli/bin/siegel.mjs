#!/usr/bin/env node
/**
 * The command's entry: plain JavaScript that any Node can parse, since an old one must be told what is wrong, or be
 * replaced by the pinned one.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const needed = 24;
if (Number(process.versions.node.split(".")[0]) >= needed) {
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
    const child = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
    if (child.signal !== null) process.kill(process.pid, child.signal);
    else process.exitCode = child.status ?? 1;
  }
}
