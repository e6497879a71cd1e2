/** Tests of the widget in a real JupyterLab. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/jupyter/**/*.test.ts"], environment: "node", testTimeout: 1_200_000 },
});
