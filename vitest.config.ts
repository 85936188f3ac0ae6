import { defineConfig } from "vitest/config";

/** Two sets: `unit` is complete in itself; `corpus` reads real telegrams beside the checkout (`*.corpus.ts`). */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["**/*.test.ts"], exclude: ["**/node_modules/**", "**/dist/**"] } },
      { test: { name: "corpus", include: ["**/*.corpus.ts"], exclude: ["**/node_modules/**", "**/dist/**"] } },
    ],
  },
});
