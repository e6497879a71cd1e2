/** The networks of the run, executed by ONNX Runtime on one thread. */
import * as ort from "onnxruntime-web/wasm";
import type { Files } from "../bundle/files.ts";
import { workQueue } from "./queue.ts";

/** Codes and, of a normal posterior, the log-variances. */
export interface Encoded { mean: Float32Array; logVar: Float32Array | null }
export interface Engine {
  /** Decode `n` codes to mean images, flattened; an `urgent` call runs before all others. */
  decode(z: Float32Array, n: number, urgent?: boolean): Promise<Float32Array>;
  /** Encode `n` items, in the range of the data, to their posteriors. */
  encode(x: Float32Array, n: number): Promise<Encoded>;
}

let ready: Promise<void> | null = null;

/** Unpack the runtime's wasm and pass it to the runtime, which then fetches nothing. */
async function startRuntime(files: Files): Promise<void> {
  const bytes = await files.read("assets/ort.wasm.gz");
  const [first, second] = new Uint8Array(bytes);
  const packed = first === 0x1f && second === 0x8b; // some hosts send .gz files with a content encoding, which the browser has already unpacked
  ort.env.wasm.wasmBinary = packed
    ? await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()
    : bytes;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
}

async function values(session: ort.InferenceSession, feeds: Record<string, ort.Tensor>, names: string[]): Promise<Float32Array[]> {
  const outputs = await session.run(feeds);
  return names.map((name) => outputs[name]!.data as Float32Array);
}

export async function openEngine(files: Files, eventShape: number[], dim: number): Promise<Engine> {
  const [decoderBytes, encoderBytes] = await Promise.all([
    files.read("models/decoder.onnx"), files.read("models/encoder.onnx"),
    (ready ??= startRuntime(files).catch((error: unknown) => { ready = null; throw error; })),
  ]);
  const open = (bytes: ArrayBuffer): Promise<ort.InferenceSession> =>
    ort.InferenceSession.create(new Uint8Array(bytes), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const decoder = await open(decoderBytes);
  const encoder = await open(encoderBytes);
  const queue = workQueue();
  return {
    decode: (z, n, urgent = false) => queue.run(async () => {
      const [x] = await values(decoder, { z: new ort.Tensor("float32", z, [n, dim]) }, ["x"]);
      return x!;
    }, urgent),
    encode: (x, n) => queue.run(async () => {
      const names = ["mean", "log_var"].filter((name) => encoder.outputNames.includes(name));
      const [mean, logVar] = await values(encoder, { x: new ort.Tensor("float32", x, [n, ...eventShape]) }, names);
      return { mean: mean!, logVar: logVar ?? null };
    }, true),
  };
}
