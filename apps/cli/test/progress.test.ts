import { expect, test } from "vitest";
import { Progress } from "../src/output/progress.ts";
import type { Terminal } from "../src/terminal.ts";

function shown(screen: Pick<Terminal, "interactive" | "showsProgress">): string {
  let err = "";
  let nowMs = 0;
  const terminal: Terminal = {
    out: () => undefined,
    bytes: () => {},
    drained: async () => undefined,
    err: (text) => (err += text),
    columns: 80,
    rows: 24,
    style: (_, text) => text,
    ended: new AbortController().signal,
    ...screen,
  };
  const progress = new Progress(terminal, () => nowMs);
  for (; nowMs <= 1200; nowMs += 100) progress.at(nowMs * 1e5, nowMs);
  progress.end();
  return err;
}

test("a long read shows how far it is, twice a second, and leaves no trace", () => {
  // Somebody who reads a gigabyte into a file would think that it hangs.
  expect(shown({ interactive: false, showsProgress: true })).toBe(
    "\rsiegel: 50.0 MB read, 500 telegrams\u001b[K\rsiegel: 100.0 MB read, 1000 telegrams\u001b[K\r\u001b[K",
  );
});

test.each([
  ["notes go to a file", { interactive: false, showsProgress: false }],
  ["the telegrams themselves are on the screen", { interactive: true, showsProgress: true }],
])("nothing is shown where %s", (_, screen) => {
  // Control characters in a log, or between the lines of a table, are dirt.
  expect(shown(screen)).toBe("");
});
