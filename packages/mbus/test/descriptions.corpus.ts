/** Readings of real meters beside the checkout, through the whole pipeline: what others read in them, we read, too. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { type CorpusLine, isFound, readLine, wantedOf } from "./expectations.ts";
import { type Miss, misses } from "./misses.ts";

interface Missed {
  readonly line: string;
  readonly name: string;
  readonly value: number;
  readonly why: string;
}

function linesOf(path: string): readonly CorpusLine[] {
  const text = readFileSync(join(path, "telegrams.jsonl"), "utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as CorpusLine])); // as documented there
}

function nameOf({ driver, source }: CorpusLine): string {
  return driver ?? source.split("/").at(-1) ?? source;
}

function missedIn(line: CorpusLine): { readonly wanted: number; readonly missed: readonly Missed[] } {
  const wanted = wantedOf(line);
  const said = readLine(line);
  const missed = "telegram" in said ? wanted.filter((one) => !isFound(one, said.telegram)) : wanted;
  const why = "telegram" in said ? "not among the values" : said.why;
  return { wanted: wanted.length, missed: missed.map(({ name, value }) => ({ line: nameOf(line), name, value, why })) };
}

/** The misses that the list names are taken away, as many as it says. */
function unlisted(missed: readonly Missed[]): readonly Missed[] {
  const left = misses.map((miss) => ({ miss, count: miss.count }));
  return missed.filter(({ line, name }) => {
    const entry = left.find(({ miss, count }) => count > 0 && miss.line === line && miss.names.test(name));
    if (entry === undefined) return true;
    entry.count--;
    return false;
  });
}

function reasonOf({ line, name }: Missed): string | undefined {
  return misses.find((miss: Miss) => miss.line === line && miss.names.test(name))?.reason;
}

corpusCases(
  {
    folder: "mbus",
    count: 1,
    cases: (path) => [linesOf(path)],
    nameOf: () => "numbers that others read",
  },
  (lines) => {
    // A meter that people have at home would be shown with another reading, or with none.
    const all = lines.map(missedIn);
    const wanted = all.reduce((sum, one) => sum + one.wanted, 0);
    const missed = all.flatMap((one) => one.missed);
    const texts = missed.map((one) => `${one.line} ${one.name} ${one.value}: ${reasonOf(one) ?? `NEW, ${one.why}`}`);
    const share = (wanted - missed.length) / wanted;
    console.log(`${wanted - missed.length} of ${wanted} numbers (${(100 * share).toFixed(2)} %)\n${texts.join("\n")}`);
    expect(share).toBeGreaterThanOrEqual(0.97);
    // The list is of the corpus as it was delivered; of another one the share counts.
    if (lines.length !== linesListed) return;
    expect(unlisted(missed)).toEqual([]);
    expect(missed.length, "a miss is gone: take it from the list").toBe(
      misses.reduce((sum, { count }) => sum + count, 0),
    );
  },
);

/** Lines of the corpus that the list was made of. */
const linesListed = 389;
