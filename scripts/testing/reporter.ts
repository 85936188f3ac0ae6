/**
 * The end of a test run: one plain line with the counts, and why tests were skipped.
 *
 * Prints `N passed, N failed, N skipped` alone on a line, so that a script can read it. For corpus tests also how many
 * cases ran and how many could not. Where `CI` is set a skipped unit test is a failure: there everything is installed but
 * what is built natively by its user's choice; its reason begins with "optional:".
 */

import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], stray: readonly SerializedError[]): void {
    const tests = modules.flatMap((one) => [...one.children.allTests()]);
    const broken = modules.filter((one) => one.errors().length > 0).length; // files that did not even load
    const inState = (state: string): TestCase[] => tests.filter((one) => one.result().state === state);
    const skipped = inState("skipped");

    const lines = ["", ...reasonsOf(skipped), ...corpusLine(tests)];
    const refused = process.env["CI"] ? skipped.filter(mustRun).length : 0;
    if (refused > 0) {
      lines.push(`CI allows no skipped unit test: ${refused} skipped`);
      process.exitCode = 1;
    }
    const failed = inState("failed").length + broken + stray.length; // stray: thrown where no test waited for it
    lines.push(`${inState("passed").length} passed, ${failed} failed, ${skipped.length} skipped`);
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

/** A unit test whose reason is not that it is optional. */
function mustRun(one: TestCase): boolean {
  const result = one.result();
  return one.project.name === "unit" && !(result.state === "skipped" && result.note?.startsWith("optional:") === true);
}

/** One line for each reason, with the number of tests that it stopped. */
function reasonsOf(skipped: readonly TestCase[]): string[] {
  const counts = new Map<string, number>();
  for (const one of skipped) {
    const result = one.result();
    const reason = (result.state === "skipped" ? result.note : undefined) ?? one.fullName; // marked in its file: the name has to say why
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `skipped: ${count} × ${reason}`);
}

function corpusLine(tests: readonly TestCase[]): string[] {
  const counts = tests.filter((one) => one.project.name === "corpus").map(countOf);
  if (counts.length === 0) return [];
  const sum = (of: "ran" | "couldNot"): number => counts.reduce((total, one) => total + one[of], 0);
  return [`corpus: ${sum("ran")} cases ran, ${sum("couldNot")} could not`];
}

/** A corpus test that does not use `corpusCases` is one case. */
function countOf(one: TestCase): { ran: number; couldNot: number } {
  const couldNot = one.result().state === "skipped" ? 1 : 0;
  return one.meta().corpus ?? { ran: 1 - couldNot, couldNot };
}

declare module "vitest" {
  interface TaskMeta {
    /** Set by scripts/corpus.ts. */
    corpus?: { ran: number; couldNot: number };
  }
}
