import { expect, test } from "vitest";
import { lowestTrust, qualities, trustLevels } from "./reading.ts";

test("a whole is trusted as its weakest part", () => {
  // One clear value in a signed telegram must not be shown as signed.
  expect(lowestTrust(["signed", "clear", "authenticated"])).toBe("clear");
  expect(lowestTrust(["signed", "authenticated"])).toBe("authenticated");
  expect(lowestTrust(["encrypted", "signed"])).toBe("encrypted");
  expect(lowestTrust(["signed"])).toBe("signed");
  expect(lowestTrust([])).toBe("clear");
});

test("the order of trust and quality is what stored blocks were written with", () => {
  // Codes in stored blocks are positions in these lists: a new order would change every old block.
  expect(trustLevels).toEqual(["clear", "encrypted", "authenticated", "signed"]);
  expect(qualities).toEqual(["valid", "suspect", "estimated", "substituted", "missing"]);
});
