/**
 * Tests that need a program of the system, such as openssl or tshark.
 *
 * Where the program is absent the test is skipped and says so at the end of the run. `.ci/packages` lists what CI
 * installs; there nothing may be skipped.
 */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "vitest";

/**
 * A `test` that runs where the programs exist.
 *
 * ```ts
 * needs("openssl")("openssl accepts our key", async () => { … });
 * ```
 */
export function needs(
  ...programs: readonly string[]
): (name: string, body: (context: TestContext) => void | Promise<void>) => void {
  const missing = programs.filter((one) => !isInstalled(one));
  return (name, body) => {
    test(name, (context) => {
      if (missing.length > 0) context.skip(`needs ${missing.join(", ")}`);
      return body(context);
    });
  };
}

/** Does the search path have this program? */
export function isInstalled(program: string, path: string = process.env["PATH"] ?? ""): boolean {
  return path.split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // absent, or not ours to run: the same to the caller
  }
}
