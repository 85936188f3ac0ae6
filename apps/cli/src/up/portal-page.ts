/** The portal's page, built if it is not, or from other sources; in a process of its own. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommandError, exitCode } from "../exit.ts";

/**
 * @returns  The folder to serve.
 * @throws {CommandError} with what the bundler said.
 */
export async function portalPage(): Promise<string> {
  const child = spawn(process.execPath, [buildScript], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (err += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const folder = out.trim().split("\n").at(-1) ?? "";
  if (code === 0 && folder !== "") return folder;
  const reason =
    err
      .trim()
      .split("\n")
      .find((line) => /error/i.test(line)) ?? `exit code ${code}`;
  throw new CommandError(exitCode.failed, `the portal's page does not build: ${reason}`);
}

const buildScript = fileURLToPath(new URL("../../../portal/build.ts", import.meta.url));
