/** `siegel meter serve replay`: a recorded meter, served and read again. */

import { toHex, concatBytes } from "@siegel/wire";
import { expect, test } from "vitest";
import { exampleEntries, fileOf, lines, push, siegel, siegelUntil } from "./support.ts";

const capture = concatBytes(push({ valList: exampleEntries }), push({ valList: exampleEntries }));

test("a capture is served, says whose it is, and reads as it was recorded", async () => {
  // A person tries the whole system on his own meter without going to the cellar.
  const ending = new AbortController();
  const running = siegelUntil(["meter", "serve", "replay", await fileOf(capture), "--json"], "\n", ending.signal);
  const { meters, files, damaged, address } = JSON.parse(await running.seen);
  expect({ meters, files, damaged }).toEqual({
    meters: [{ id: "0a01445a4700039e2055", label: "1DZG0060694613" }],
    files: 2,
    damaged: 0,
  });
  const { out } = await siegel(["read", `tcp://127.0.0.1:${address.port}`, "--once", "--format", "json"]);
  const direct = await siegel(["read", await fileOf(capture), "--once", "--format", "json"]);
  expect(lines(out)).toEqual(lines(direct.out));
  ending.abort();
  expect((await running.ended).code).toBe(0);
});

test("a hex dump of a capture is replayed, too", async () => {
  // Captures in forums are text.
  const ending = new AbortController();
  const path = await fileOf(toHex(capture), "capture.txt");
  const running = siegelUntil(["meter", "serve", "replay", path], "Ctrl-C", ending.signal);
  expect(await running.seen).toMatch(/^meter 1DZG0060694613\n  2 files, one each 1000 ms\n/);
  ending.abort();
  expect((await running.ended).err).toMatch(/hex/i);
});

test.each([
  ["a text", "Dear meter\n", 1],
  ["nothing", "", 1],
  ["a cut telegram", capture.subarray(0, 50), 1],
])("%s is refused in one line with the reason", async (_, content, expected) => {
  // A port that stays silent sends a person to look for a fault in his reader.
  const { code, out, err } = await siegel(["meter", "serve", "replay", await fileOf(content)]);
  expect(code).toBe(expected);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: no telegram in .+\.bin\. \S.*\n$/);
});

test.each([
  [["meter", "serve", "replay"]],
  [["meter", "serve", "replay", "x", "--interval", "0"]],
  [["meter", "serve", "replay", "x", "--at-end", "stop"]],
])("%j is wrong usage", async (args) => {
  // A script must be able to tell its own mistake from a bad capture.
  const { code, err } = await siegel(args);
  expect(code).toBe(2);
  expect(err).toMatch(/^siegel: \S.*\n$/);
});
