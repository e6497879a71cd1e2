/** Builds the page into the Python package: one ES module, one style sheet and the packed wasm, with stable file names. */
import { defineConfig } from "vitest/config";
import { licences } from "./build/licences.ts";
import { packedRuntime } from "./build/runtime.ts";

export default defineConfig({
  base: "./",
  publicDir: "public",
  plugins: [packedRuntime(), licences()],
  build: {
    outDir: "../src/zukan/explorer/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "src/explorer.ts",
      preserveEntrySignatures: "strict",
      output: {
        codeSplitting: false,
        entryFileNames: "assets/explorer.js",
        assetFileNames: "assets/explorer[extname]",
      },
    },
  },
  test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
});
