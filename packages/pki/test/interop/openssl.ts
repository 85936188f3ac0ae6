/** The `openssl` of the system as a second opinion. Files live in a folder of their own that goes with the test. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export class OpenSsl {
  readonly #folder: string;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "siegel-pki-"));
    onTestFinished(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** Standard output. Throws with what it said when it ends with an error. */
  run(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8", cwd: this.#folder });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
    return stdout + stderr;
  }

  /** Standard output as octets. */
  octets(...args: string[]): Uint8Array {
    return new Uint8Array(execFileSync("openssl", args, { cwd: this.#folder, stdio: ["ignore", "pipe", "ignore"] }));
  }

  /** What it said, success or not. */
  says(...args: string[]): string {
    const { stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8", cwd: this.#folder });
    return stdout + stderr;
  }
}
