import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { corpusCases } from "../../../../scripts/corpus.ts";
import { ObisCode } from "../obis.ts";
import { nameOfObis } from "./names.ts";

corpusCases(
  {
    folder: "sml/expected.json",
    count: 48,
    cases: (file) => [
      ...new Set([...readFileSync(file, "utf8").matchAll(/"obis": "([^"]+)"/g)].map(([, code]) => code!)),
    ],
    nameOf: (code) => code,
  },
  (code) => {
    // A value that a real meter measures would be shown without a name.
    const obis = ObisCode.parse(code);
    if (obis.b >= makersChannel || obis.c >= generalObjects) return; // the maker's own, or general: not all have names
    for (const language of ["en", "de"] as const) {
      expect(nameOfObis(obis, language)).not.toMatch(
        /maker-specific|without a known name|herstellerspezifisch|ohne bekannten Namen/,
      );
    }
  },
);

/** Groups B and C from which on the standard names nothing in general. */
const makersChannel = 128;
const generalObjects = 96;
