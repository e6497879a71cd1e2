/** Tests that drive Chromium, two files at a time. They look at the page as it was last built. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/browser/**/*.test.ts"], environment: "node", fileParallelism: true, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});
