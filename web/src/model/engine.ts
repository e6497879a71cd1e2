/** The networks of the run, executed by ONNX Runtime on one thread. */
import * as ort from "onnxruntime-web/wasm";
import type { Files } from "../bundle/files.ts";
import type { Row } from "../bundle/conditions.ts";
import type { Manifest } from "../bundle/manifest.ts";
import { workQueue } from "./queue.ts";
import { nearestPoints } from "./space.ts";

/** Codes and, of a normal posterior, the log-variances. */
export interface Encoded { mean: Float32Array; logVar: Float32Array | null }
/** All `n` codes or items are computed under the condition `row`. */
export interface Engine {
  /** Decode `n` codes, or the nearest points in the space of z, to mean images, flattened; an `urgent` call runs before all others. */
  decode(z: Float32Array, n: number, row: Row, urgent?: boolean): Promise<Float32Array>;
  /** Encode `n` items, in the range of the data, to their posteriors. NaN is a missing value. */
  encode(x: Float32Array, n: number, row: Row): Promise<Encoded>;
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

/** The input `condition`: `row`, `n` times. */
function conditionFeed(width: number | null, row: Row, n: number): Record<string, ort.Tensor> {
  if (width === null) return {};
  if (row?.length !== width) throw new Error(`the condition must be a row of ${width} numbers, got ${row ? row.length : "none"}; export the run again`);
  const rows = new Float32Array(n * width);
  for (let i = 0; i < n; i++) rows.set(row, i * width);
  return { condition: new ort.Tensor("float32", rows, [n, width]) };
}

/** The inputs `x`, with zeros for missing values, and if values may be missing `observed`: 1 for a value that is there. */
function itemFeeds(x: Float32Array, shape: number[], missing: boolean): Record<string, ort.Tensor> {
  if (!missing) return { x: new ort.Tensor("float32", x, shape) };
  return {
    x: new ort.Tensor("float32", x.map((value) => (Number.isNaN(value) ? 0 : value)), shape),
    observed: new ort.Tensor("float32", x.map((value) => Number(!Number.isNaN(value))), shape),
  };
}

export async function openEngine(files: Files, manifest: Pick<Manifest, "event_shape" | "latent_dim" | "layout" | "codebook" | "missing" | "condition">): Promise<Engine> {
  const { event_shape: eventShape, latent_dim: dim, layout = [], missing } = manifest;
  const width = manifest.condition?.width ?? null;
  const [decoderBytes, encoderBytes, codebook] = await Promise.all([
    files.read("models/decoder.onnx"), files.read("models/encoder.onnx"),
    manifest.codebook ? files.read("data/codebook.f32").then((bytes) => new Float32Array(bytes)) : null,
    (ready ??= startRuntime(files).catch((error: unknown) => { ready = null; throw error; })),
  ]);
  const open = (bytes: ArrayBuffer): Promise<ort.InferenceSession> =>
    ort.InferenceSession.create(new Uint8Array(bytes), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const decoder = await open(decoderBytes);
  const encoder = await open(encoderBytes);
  const queue = workQueue();
  return {
    decode: (z, n, row, urgent = false) => queue.run(async () => {
      const [x] = await values(decoder, { z: new ort.Tensor("float32", nearestPoints(z, dim, layout, codebook), [n, dim]), ...conditionFeed(width, row, n) }, ["x"]);
      return x!;
    }, urgent),
    encode: (x, n, row) => queue.run(async () => {
      const names = ["mean", "log_var"].filter((name) => encoder.outputNames.includes(name));
      const [mean, logVar] = await values(encoder, { ...itemFeeds(x, [n, ...eventShape], missing), ...conditionFeed(width, row, n) }, names);
      return { mean: mean!, logVar: logVar ?? null };
    }, true),
  };
}
