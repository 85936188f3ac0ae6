import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/dist/**"];

/**
 * Two sets: `unit` is complete in itself; `corpus` reads real telegrams beside the checkout (`*.corpus.ts`).
 * The corpus may be absent, and a set without files is no failure of the other.
 */
export default defineConfig({
  test: {
    passWithNoTests: true,
    reporters: ["default", "./scripts/testing/reporter.ts"],
    projects: [
      { extends: true, test: { name: "unit", include: ["**/*.test.ts"], exclude } },
      { extends: true, test: { name: "corpus", include: ["**/*.corpus.ts"], exclude } },
    ],
  },
});
