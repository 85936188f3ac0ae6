import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DataFolder } from "../../src/up/data-folder.ts";
import { loadPorts, savePorts } from "../../src/up/folder-state.ts";

const newPath = () => join(mkdtempSync(join(tmpdir(), "siegel-data-")), "data");

function refusal(path: string): { exit: number; message: string } {
  try {
    DataFolder.open(path).close();
  } catch (error) {
    if (error instanceof Error && "exit" in error) return { exit: Number(error.exit), message: error.message };
    throw error;
  }
  throw new Error("it was opened");
}

test("a new folder is for its owner only, and opens again", () => {
  // Keys and a household's life lie in it.
  const path = newPath();
  DataFolder.open(path).close();
  expect(statSync(path).mode & 0o777).toBe(0o700);
  const again = DataFolder.open(path);
  expect(readFileSync(again.at("version"), "utf8")).toBe("1\n");
  again.close();
});

test("data of another version is refused and left alone", () => {
  // An older program would misread what a newer one wrote, or destroy it.
  const path = newPath();
  DataFolder.open(path).close();
  writeFileSync(join(path, "version"), "2\n");
  expect(refusal(path)).toMatchObject({ exit: 2, message: expect.stringMatching(/version 2.*version 1.*--data/) });
  writeFileSync(join(path, "version"), "\u001b[2J");
  expect(refusal(path).message).toContain("an unknown version");
  expect(readFileSync(join(path, "version"), "utf8")).toBe("\u001b[2J");
});

test("a folder with other things in it is refused", () => {
  // `siegel up --data ~` would spread files over somebody's home.
  const path = mkdtempSync(join(tmpdir(), "siegel-data-"));
  writeFileSync(join(path, "thesis.tex"), "");
  expect(refusal(path)).toMatchObject({ exit: 2, message: expect.stringContaining("--data") });
});

test.each(["/dev/null", "/dev/null/x", "/proc/siegel"])("%s is no folder, in one line", (path) => {
  // A stack says nothing to a person.
  expect(refusal(path)).toMatchObject({ exit: 2, message: expect.stringMatching(/--data$/) });
});

test("a second one on the same folder is refused; after kill -9 of the first the folder is free", async () => {
  // Two gateways with one number counter; or a lock that somebody has to remove by hand after a power cut.
  const path = newPath();
  const source = fileURLToPath(new URL("../../src/up/data-folder.ts", import.meta.url));
  const script = `const { DataFolder } = await import(${JSON.stringify(source)}); globalThis.kept = DataFolder.open(${JSON.stringify(path)}); console.log("open"); setInterval(() => {}, 1000);`;
  const first = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(first.stdout, "data");
  expect(refusal(path)).toMatchObject({ exit: 1, message: expect.stringContaining("another siegel up") });
  first.kill("SIGKILL");
  await once(first, "exit");
  DataFolder.open(path).close();
});

test.each(["garbage", "folder"])("a lock that is %s is not another siegel up", (kind) => {
  // The person would look for a program that does not run.
  const path = newPath();
  DataFolder.open(path).close();
  rmSync(join(path, "lock"));
  if (kind === "folder") mkdirSync(join(path, "lock"));
  else writeFileSync(join(path, "lock"), "no database ".repeat(100));
  expect(refusal(path)).toMatchObject({
    exit: 1,
    message: expect.stringMatching(/^the lock \S+ cannot be taken .*--data$/),
  });
});

test("ports are remembered, and nonsense in their file is not", () => {
  // An address that changes at each start ends every browser session; a damaged file must not end the lab.
  const folder = DataFolder.open(newPath());
  expect(loadPorts(folder)).toEqual({ meters: {} });
  savePorts(folder, { portal: 8474, ingest: 4000, meters: { roof: 4001 } });
  expect(loadPorts(folder)).toEqual({ portal: 8474, ingest: 4000, meters: { roof: 4001 } });
  for (const text of ["", "[]", "null", '{"portal":"x","ingest":0,"meters":{"roof":70000,"b":5}}']) {
    writeFileSync(folder.at("ports.json"), text);
    expect(Object.values(loadPorts(folder).meters).every((port) => port === 5)).toBe(true);
    expect(loadPorts(folder)).not.toHaveProperty("portal");
  }
  folder.close();
});
