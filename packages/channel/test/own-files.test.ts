import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { makeFolder, standingFiles, writeWhole } from "../src/index.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "siegel-own-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a folder and those above it are made for their owner only; twice is once", () => {
  // Keys and readings would lie open to everybody on the machine.
  makeFolder(join(folder, "a/b"));
  makeFolder(join(folder, "a/b"));
  expect(["a", "a/b"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o700]);
});

test.each(["file", "file/below"])("where a file stands in the way of %s, that is an error", (name) => {
  // A program would go on without its folder, and fail later with words that nobody understands.
  writeFileSync(join(folder, "file"), "");
  expect(() => makeFolder(join(folder, name))).toThrow(expect.objectContaining({ code: "EEXIST" }));
});

test("a file is the old or the new one, and its owner's only", () => {
  // A power cut while certificates are stored would leave half of one.
  const path = join(folder, "file");
  writeWhole(path, "old");
  writeFileSync(`${path}.new`, "left behind", { mode: 0o644 });
  writeWhole(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("what cannot be written leaves nothing behind", () => {
  // A file decrypted onto a folder or a full disk would stay there, whole or in part, under a name that nobody looks for.
  mkdirSync(join(folder, "taken"));
  for (const name of ["taken", "taken/"])
    expect(() => writeWhole(join(folder, name), "secret")).toThrow(/EISDIR|ENOTDIR/);
  expect(readdirSync(folder, { recursive: true })).toEqual(["taken"]);
});

test("a link beside the file is not followed", () => {
  // In a folder that others may write into, what we write would go into a file of theirs.
  writeFileSync(join(folder, "theirs"), "theirs");
  symlinkSync(join(folder, "theirs"), join(folder, "file.new"));
  writeWhole(join(folder, "file"), "ours");
  expect(readFileSync(join(folder, "theirs"), "utf8")).toBe("theirs");
});

test("a file that was taken away or replaced is not the one that stood there", () => {
  // A program would write for days into a file that is in no folder any more.
  const [one, later] = [join(folder, "one"), join(folder, "later")];
  writeFileSync(one, "");
  const areThere = standingFiles([one, later]);
  expect(areThere()).toBe(true);
  writeFileSync(later, "");
  writeFileSync(one, "longer");
  expect(areThere()).toBe(true);
  writeWhole(later, "another file of this name");
  expect(areThere()).toBe(false);
  const again = standingFiles([one]);
  expect(again()).toBe(true);
  rmSync(one);
  expect(again()).toBe(false);
});
