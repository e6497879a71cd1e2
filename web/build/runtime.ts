/** ONNX Runtime's wasm, packed: 14 MB become 3.7, and the page hands the bytes over itself. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gzipSync } from "fflate";
import type { Plugin } from "vite";

const WASM = "onnxruntime-web/ort-wasm-simd-threaded.wasm";
/** The bundle's own way to its wasm. Left in, Vite would ship the 14 MB again, and a module loaded from a blob would stop at it. */
const OWN_WAY = /new URL\("ort-wasm-simd-threaded\.wasm",\s*import\.meta\.url\)(\.href)?/g;

export function packedRuntime(): Plugin {
  return {
    name: "zukan:packed-runtime",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("ort.wasm.bundle")) return null;
      if (!OWN_WAY.test(code)) this.error(`${id} no longer loads its wasm by ${OWN_WAY}: adapt build/runtime.ts`);
      return { code: code.replace(OWN_WAY, '"handed-over-as-bytes.wasm"'), map: null };
    },
    async generateBundle() {
      const wasm = await readFile(createRequire(import.meta.url).resolve(WASM));
      // fflate, since it is the same JavaScript everywhere: Node's zlib gives other bytes on other processors.
      this.emitFile({ type: "asset", fileName: "assets/ort.wasm.gz", source: gzipSync(wasm, { level: 9, mtime: 0 }) });
    },
  };
}
