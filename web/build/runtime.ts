/** Packs the wasm of ONNX Runtime from 14 to 3.7 MB; the page unpacks it and passes the bytes to the runtime. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gzipSync } from "fflate";
import type { Plugin } from "vite";

const WASM = "onnxruntime-web/ort-wasm-simd-threaded.wasm";
/**
 * How ONNX Runtime locates its wasm. It is replaced, since Vite would otherwise also ship the unpacked file, and the URL is invalid
 * in a module that is loaded from a blob.
 */
const WASM_URL = /new URL\("ort-wasm-simd-threaded\.wasm",\s*import\.meta\.url\)(\.href)?/g;

export function packedRuntime(): Plugin {
  return {
    name: "zukan:packed-runtime",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("ort.wasm.bundle")) return null;
      if (!WASM_URL.test(code)) this.error(`${id} no longer locates its wasm with ${WASM_URL}: adapt build/runtime.ts`);
      return { code: code.replace(WASM_URL, '"passed-as-bytes.wasm"'), map: null };
    },
    async generateBundle() {
      const wasm = await readFile(createRequire(import.meta.url).resolve(WASM));
      // fflate, since the output of Node's zlib depends on the processor.
      this.emitFile({ type: "asset", fileName: "assets/ort.wasm.gz", source: gzipSync(wasm, { level: 9, mtime: 0 }) });
    },
  };
}
