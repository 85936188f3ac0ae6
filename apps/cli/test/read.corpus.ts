/** Telegrams of real meters through the command: found out by itself, it must say the same as in the mode that fits. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { fileOf, lines, siegel } from "./support.ts";

interface Case {
  readonly name: string;
  readonly content: Uint8Array;
  readonly protocol: string;
  /** Telegrams at least. */
  readonly least: number;
  readonly flags?: readonly string[];
}

async function agree({ content, protocol, least, flags = [] }: Case): Promise<void> {
  // A file that decodes would be turned into nothing, or into another meter's values, by a guess.
  const path = await fileOf(content, "capture");
  const run = async (name: string) => siegel(["read", path, "--format", "json", "--protocol", name, ...flags]);
  const [auto, explicit] = [await run("auto"), await run(protocol)];
  expect(auto.code).toBe(explicit.code);
  const told = lines(auto.out);
  expect(told).toEqual(lines(explicit.out));
  expect(told.filter(({ values }) => values !== undefined).length).toBeGreaterThanOrEqual(least);
}

/** One line of a collection, as far as used here. */
interface Line {
  readonly hex: string;
}

corpusCases<Case>(
  {
    folder: "mbus",
    count: 4,
    cases: (path) =>
      ["telegrams", "telegrams-reencrypted", "telegrams-synthetic"].flatMap((file) => {
        const all = readFileSync(join(path, `${file}.jsonl`), "utf8")
          .split("\n")
          .filter((line) => line !== "");
        const isWired = (line: string) => /^68(..)\1 ?68/i.test((JSON.parse(line) as Line).hex); // as documented there
        const part = (name: string, some: readonly string[], protocol: string, share: number): readonly Case[] =>
          some.length === 0
            ? []
            : [{ name: `${file}, ${name}`, content: bytesOf(some), protocol, least: Math.floor(share * some.length) }];
        return [
          ...part("wired", all.filter(isWired), "mbus", 0.95),
          ...part(
            "radio",
            all.filter((line) => !isWired(line)),
            "wmbus",
            0.8,
          ),
        ];
      }),
    nameOf: ({ name }) => name,
  },
  agree,
);

corpusCases<Case>(
  {
    folder: "p1",
    count: 22,
    cases: (path) =>
      readdirSync(path, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".txt"))
        .map((file) => {
          const content = new Uint8Array(readFileSync(join(path, file)));
          const isSealed = file.includes("encrypted");
          // What EasyMeter pushes has the form of P1 and is D0.
          const protocol = file.includes("ESY5") ? "d0" : "p1";
          return { name: file, content, protocol, least: isSealed ? 0 : 1 };
        }),
    nameOf: ({ name }) => name,
  },
  agree,
);

corpusCases<Case>(
  {
    folder: "d0",
    count: 10,
    cases: (path) =>
      readdirSync(path).map((file) => {
        const content = new Uint8Array(readFileSync(join(path, file)));
        return { name: file, content, protocol: "d0", least: 1 };
      }),
    nameOf: ({ name }) => name,
  },
  agree,
);

corpusCases<Case>(
  {
    folder: "sml",
    count: 24,
    cases: (path) =>
      readdirSync(path)
        .filter((file) => file.endsWith(".bin"))
        .map((file) => {
          const content = new Uint8Array(readFileSync(join(path, file)));
          return { name: file, content, protocol: "sml", least: 0 };
        }),
    nameOf: ({ name }) => name,
  },
  agree,
);

corpusCases(
  {
    folder: "hdlc/node-dsmr-parser-mbus",
    count: 3,
    cases: (path) => readdirSync(path).map((file) => ({ file, path: join(path, file) })),
    nameOf: ({ file }) => file,
  },
  async ({ file, path }) => {
    // A person with a meter in Austria should hear what he has, though it is not read yet.
    for (const protocol of ["auto", "mbus"]) {
      const { code, out, err } = await siegel(["read", path, "--format", "json", "--protocol", protocol]);
      expect(code).toBe(1);
      // The two others hold what was in the frames, without them.
      if (file !== "austria-example-1.txt") continue;
      expect(lines(out)[0]).toMatchObject({ protocol: "mbus", offset: 0, error: { code: "carries-dlms" } });
      expect(err).toContain("DLMS");
    }
  },
);

function bytesOf(some: readonly string[]): Uint8Array {
  return new TextEncoder().encode(some.map((line) => `${line}\n`).join(""));
}
