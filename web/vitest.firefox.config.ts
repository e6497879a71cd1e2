/** Tests of the built page in Firefox. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/firefox/**/*.test.ts"], environment: "node", env: { ZUKAN_BROWSER: "firefox" }, testTimeout: 60_000, hookTimeout: 60_000 },
});
