/**
 * `node apps/headend/src/openapi.ts`: writes docs/openapi.json. `--check` compares and exits 1 when it is not current.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { describeApi } from "./api/description.ts";

const path = resolve(import.meta.dirname, "../../../docs/openapi.json");
const inLines = `${JSON.stringify(await describeApi(), null, 2)}\n`;
// lists of words on one line, as the formatter has them
const current = inLines.replaceAll(/\[\s+((?:"[^"\n]*",?\s*)+)\]/g, (list) => {
  const line = list
    .replaceAll(/\s*\n\s*/g, " ")
    .replace("[ ", "[")
    .replace(" ]", "]");
  return line.length > 100 ? list : line;
});
if (!process.argv.includes("--check")) writeFileSync(path, current);
else if (JSON.stringify(JSON.parse(readFileSync(path, "utf8"))) !== JSON.stringify(JSON.parse(current))) {
  console.error("docs/openapi.json is not what the contract says; run node apps/headend/src/openapi.ts");
  process.exitCode = 1;
}
