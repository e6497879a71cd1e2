/** The networks of the run, executed by ONNX Runtime on one thread. */
import * as ort from "onnxruntime-web/wasm";
import type { Files } from "../bundle/files.ts";
import type { Condition, Manifest } from "../bundle/manifest.ts";
import { workQueue } from "./queue.ts";

/** Codes and, of a normal posterior, the log-variances. */
export interface Encoded { mean: Float32Array; logVar: Float32Array | null }
/** `k` is the class under which all `n` rows are computed. Models without a condition ignore it. */
export interface Engine {
  /** Decode `n` codes to mean images, flattened; an `urgent` call runs before all others. */
  decode(z: Float32Array, n: number, k: number | null, urgent?: boolean): Promise<Float32Array>;
  /** Encode `n` items, in the range of the data, to their posteriors. */
  encode(x: Float32Array, n: number, k: number | null): Promise<Encoded>;
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

/** The input `condition` of `n` rows: a 1 at the number of class `k`, zeros elsewhere. */
function conditionFeed(condition: Condition | null, k: number | null, n: number): Record<string, ort.Tensor> {
  if (!condition) return {};
  const at = k === null ? undefined : condition.numbers[k];
  if (at === undefined) throw new Error(`class ${k} is not one of the ${condition.numbers.length} classes of the model's condition; export the run again`);
  const rows = Float32Array.from({ length: n * condition.width }, (_, i) => Number(i % condition.width === at));
  return { condition: new ort.Tensor("float32", rows, [n, condition.width]) };
}

export async function openEngine(files: Files, { event_shape: eventShape, latent_dim: dim, condition }: Pick<Manifest, "event_shape" | "latent_dim" | "condition">): Promise<Engine> {
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
    decode: (z, n, k, urgent = false) => queue.run(async () => {
      const [x] = await values(decoder, { z: new ort.Tensor("float32", z, [n, dim]), ...conditionFeed(condition, k, n) }, ["x"]);
      return x!;
    }, urgent),
    encode: (x, n, k) => queue.run(async () => {
      const names = ["mean", "log_var"].filter((name) => encoder.outputNames.includes(name));
      const [mean, logVar] = await values(encoder, { x: new ort.Tensor("float32", x, [n, ...eventShape]), ...conditionFeed(condition, k, n) }, names);
      return { mean: mean!, logVar: logVar ?? null };
    }, true),
  };
}
