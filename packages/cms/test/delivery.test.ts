/** Deliveries between a gateway and its receiver, as they should be. */

import { toHex } from "@siegel/wire";
import { beforeAll, expect, test } from "vitest";
import { letter, makeWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

test.each(["gcm", "cbc-cmac"] as const)("what was sealed with %s is opened, and is the same", async (cipher) => {
  // A reading would be lost between gateway and head-end.
  const { seal, opener, trust, at } = world;
  const sealed = await seal({ cipher });
  const opened = await opener.open({ der: sealed.der, trust, at });
  expect(opened.header).toEqual(sealed.header);
  expect(opened.blocks.map(({ salt, block }) => ({ salt, block }))).toEqual(letter(1n).blocks);
  expect(toHex(opened.hash)).toBe(toHex(sealed.hash));
  expect(opened.gatewayName).toBe("ESGL0000000001.SMGW");
});
