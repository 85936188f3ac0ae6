import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ObisCode } from "../obis.ts";
import { nameOfObis } from "./names.ts";

const file = new URL("../../../../../shared/corpus/sml/expected.json", import.meta.url);
const codes = existsSync(file)
  ? [...new Set([...readFileSync(file, "utf8").matchAll(/"obis": "([^"]+)"/g)].map((match) => match[1]!))]
  : [];

/** Codes whose meaning only the maker knows. The list may shrink. */
const makersOwn = ["1-0:96.50.2*4", "1-0:96.50.2*6", "129-129:199.240.6*255", "0-175:115.118.114*255"];

test.skipIf(codes.length === 0)("a code of a real meter would be shown without a name", () => {
  const unnamed = codes.filter((code) => /maker-specific|without a known name/.test(nameOfObis(ObisCode.parse(code))));
  expect(unnamed.toSorted()).toEqual(makersOwn.toSorted());
});
