import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/dist/**"];

/**
 * Two sets: `unit` is complete in itself; `corpus` reads real telegrams beside the checkout (`*.corpus.ts`).
 * The corpus may be absent: its files then say what they did not run. A run that finds no file fails, so that a wrong
 * path does not look like success.
 */
export default defineConfig({
  test: {
    // A test waits for a state; this only ends one whose state never comes, on the slowest machine too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Left alone it would keep a core free, which of two is half; many tests wait for processes that they started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", "./scripts/testing/reporter.ts"],
    projects: [
      { extends: true, test: { name: "unit", include: ["**/*.test.ts"], exclude } },
      { extends: true, test: { name: "corpus", include: ["**/*.corpus.ts"], exclude } },
    ],
  },
});
