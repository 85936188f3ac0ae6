/**
 * Telegrams of real devices beside the checkout, for `*.corpus.ts` and benches.
 *
 * They belong to others and never enter the repository. `SIEGEL_CORPUS` names their folder, else `../shared/corpus`
 * is looked for. Where it is absent, every corpus file says how many cases it did not run, and the run passes.
 */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test, type TestContext } from "vitest";

/** The corpus' folder, or undefined where there is none. */
export function corpusFolder(): string | undefined {
  const folder = process.env["SIEGEL_CORPUS"] ?? resolve(import.meta.dirname, "../../shared/corpus");
  return existsSync(folder) ? folder : undefined;
}

export interface CorpusSource<C> {
  /** Folder within the corpus: `sml`. */
  readonly folder: string;
  /** How many cases there are at least, so that a machine without the corpus can say what it did not run. */
  readonly count: number;
  /** The cases, given the absolute path of `folder`. */
  cases(path: string): readonly C[];
  nameOf(one: C): string;
}

/** One test for each case. `context.skip(reason)` in it counts the case as one that could not run. */
export function corpusCases<C>(source: CorpusSource<C>, check: (one: C, context: TestContext) => void | Promise<void>) {
  const root = corpusFolder();
  const path = root === undefined ? undefined : join(root, source.folder);
  if (path === undefined || !existsSync(path)) {
    test(`${source.folder}: ${source.count} cases`, (context) => {
      context.task.meta.corpus = { ran: 0, couldNot: source.count };
      context.skip(`${source.count} cases of ${source.folder}: no corpus here`);
    });
    return;
  }
  const cases = source.cases(path);
  test(`${source.folder}: the count stated in the file`, (context) => {
    context.task.meta.corpus = { ran: 0, couldNot: 0 };
    // A machine without the corpus would misstate what it left out.
    expect(cases.length).toBeGreaterThanOrEqual(source.count);
  });
  for (const one of cases) {
    test(`${source.folder}: ${source.nameOf(one)}`, async (context) => {
      context.task.meta.corpus = { ran: 0, couldNot: 1 };
      await check(one, context);
      context.task.meta.corpus = { ran: 1, couldNot: 0 };
    });
  }
}
