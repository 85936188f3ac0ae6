/** What strangers cause is logged in bounds. */

import { expect, test } from "vitest";

import { logFew } from "../src/log-few.ts";

test("a flood writes ten lines a minute of each kind, and loses no count", () => {
  // Whoever opens connections all night would fill the disk of a head-end, and what else happened would drown.
  const lines: unknown[] = [];
  const clock = { ms: 0, nowMs: () => clock.ms };
  const log = logFew(
    (level, event, fields) => void lines.push([level, event, fields]),
    clock,
    (fields) => String(fields?.["code"]),
  );
  const refused = (code: string) => log("warn", "connection-refused", { code });
  for (let count = 0; count < 1_000; count++) refused("closed-by-peer");
  refused("wrong-role");
  expect(lines).toHaveLength(11);
  clock.ms = 60_000;
  refused("closed-by-peer");
  expect(lines.at(-1)).toEqual(["warn", "connection-refused", { code: "closed-by-peer", leftOut: 990 }]);
  refused("closed-by-peer");
  expect(lines.at(-1)).toEqual(["warn", "connection-refused", { code: "closed-by-peer" }]);
  clock.ms = 1; // the clock was set back: a new minute, too
  refused("closed-by-peer");
  expect(lines).toHaveLength(14);
});
