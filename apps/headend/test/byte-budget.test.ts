/** Memory for deliveries: a share for each gateway, a limit for all, and all of it comes back. */

import { expect, test } from "vitest";

import { ByteBudget } from "../src/core/byte-budget.ts";

test("nobody takes more than his share, all together no more than there is, and what is released is there again", () => {
  // One gateway would shut out all others, or the process would be ended by the machine.
  const memory = new ByteBudget({ inAll: 100, perGateway: 60 });
  expect(memory.take("a", 60)).toBe(true);
  expect(memory.take("a", 1)).toBe(false);
  expect(memory.take("b", 41)).toBe(false);
  expect(memory.take("b", 40)).toBe(true);
  expect(memory.held).toBe(100);
  memory.release("a", 60);
  expect(memory.take("c", 60)).toBe(true);
  for (const [gateway, count] of [
    ["b", 40],
    ["c", 60],
  ] as const)
    memory.release(gateway, count);
  expect(memory.held).toBe(0);
});
