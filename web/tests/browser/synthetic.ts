/**
 * Synthetic bundles for tests: decode(z) = sigmoid(zW + b), encode(x) = (xV, constant), in closed form. With a condition, class k adds
 * rows of its own: decode(z, k) = sigmoid(zW + U[k] + b), encode(x, k) = (xV + T[k], constant). Its number is k + 1, to differ from k.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../src/bundle/manifest.ts";
import { normal } from "../../src/math/random.ts";
import { model, node, tensor, value } from "./onnx.ts";

export interface BundleOptions { shape: number[]; dim: number; count: number; names?: string[] | null; name?: string; umap?: boolean; normal?: boolean; density?: boolean; condition?: boolean; licence?: string; split?: string }
export interface Synthetic { folder: string; manifest: Manifest; means: Float32Array; decode(z: ArrayLike<number>, k?: number): number[]; encode(x: ArrayLike<number>, k?: number): number[] }

const LOG_VAR = -2;

export function synthetic({ shape, dim, count, names = ["a", "b", "c"], name = "synthetic", umap = false, normal: isNormal = true, density = true, condition = false, licence, split = "train" }: BundleOptions): Synthetic {
  const folder = mkdtempSync(join(tmpdir(), "zukan-web-"));
  for (const part of ["data", "models"]) mkdirSync(join(folder, part));
  const size = shape.reduce((a, b) => a * b, 1);
  const draw = normal(size * 1000 + dim);
  const w = Float32Array.from({ length: dim * size }, () => draw());
  const b = Float32Array.from({ length: size }, () => draw());
  const v = Float32Array.from({ length: size * dim }, () => draw() / Math.sqrt(size));
  const classes = names?.length ?? 1;
  const width = classes + 1;
  const u = Float32Array.from({ length: width * size }, (_, i) => (condition ? 3 * Math.sin(7 * i) : 0));
  const t = Float32Array.from({ length: width * dim }, (_, i) => (condition ? Math.cos(5 * i) : 0));
  const decode = (z: ArrayLike<number>, of = 0): number[] => Array.from(b, (bias, k) => {
    let sum = bias + u[(of + 1) * size + k]!;
    for (let j = 0; j < dim; j++) sum += z[j]! * w[j * size + k]!;
    return 1 / (1 + Math.exp(-sum));
  });
  const encode = (x: ArrayLike<number>, of = 0): number[] => Array.from({ length: dim }, (_, j) => {
    let sum = t[(of + 1) * dim + j]!;
    for (let k = 0; k < size; k++) sum += x[k]! * v[k * dim + j]!;
    return sum;
  });
  const write = (path: string, bytes: Uint8Array | string): void => writeFileSync(join(folder, path), bytes);
  const raw = (values: Float32Array | Int32Array): Uint8Array => new Uint8Array(values.buffer);

  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const means = Float32Array.from({ length: count * dim }, (_, k) => draw() + 2 * ((Math.floor(k / dim) % classes) - 1) * Number(k % dim === 0));
  write("data/means.f32", raw(means));
  if (isNormal) write("data/log_var.f32", raw(new Float32Array(count * dim).fill(LOG_VAR)));
  if (names) write("data/labels.i32", raw(labels));
  if (density) write("data/score.f32", raw(Float32Array.from({ length: count }, () => 100 + 10 * draw())));
  if (umap) write("data/umap.f32", raw(Float32Array.from({ length: count * 2 }, () => draw())));
  const perFile = 4096;
  for (let start = 0, file = 0; start < count; start += perFile, file++) {
    const bytes = new Uint8Array(Math.min(perFile, count - start) * size);
    for (let i = 0; i < bytes.length / size; i++) bytes.set(decode(means.subarray((start + i) * dim, (start + i + 1) * dim), labels[start + i]).map((x) => Math.round(255 * x)), i * size);
    write(`data/items-${String(file).padStart(5, "0")}.u8`, bytes);
  }
  const i64 = (name: string, values: number[]): Uint8Array => tensor(name, [values.length], BigInt64Array.from(values, BigInt));
  const inputs = condition ? [value("condition", [-1, width])] : [];
  const shift = (of: string, by: string, to: string): Uint8Array[] => (condition ? [node("MatMul", ["condition", by], [by + "c"]), node("Add", [of, by + "c"], [to])] : [node("Identity", [of], [to])]);
  write("models/decoder.onnx", model(
    [node("MatMul", ["z", "w"], ["g"]), ...shift("g", "u", "h"), node("Add", ["h", "b"], ["a"]), node("Sigmoid", ["a"], ["s"]), node("Reshape", ["s", "shape"], ["x"])],
    [tensor("w", [dim, size], w), ...(condition ? [tensor("u", [width, size], u)] : []), tensor("b", [size], b), i64("shape", [-1, ...shape])], [value("z", [-1, dim]), ...inputs], [value("x", [-1, ...shape])]));
  write("models/encoder.onnx", model(
    [node("Reshape", ["x", "flat"], ["f"]), node("MatMul", ["f", "v"], ["m"]), ...shift("m", "t", "mean"), node("MatMul", ["f", "none"], ["n"]), node("Add", ["n", "c"], ["log_var"])],
    [i64("flat", [-1, size]), tensor("v", [size, dim], v), ...(condition ? [tensor("t", [width, dim], t)] : []), tensor("none", [size, dim], new Float32Array(size * dim)), tensor("c", [dim], new Float32Array(dim).fill(LOG_VAR))],
    [value("x", [-1, ...shape]), ...inputs], [value("mean", [-1, dim]), ...(isNormal ? [value("log_var", [-1, dim])] : [])]));

  const axis = (k: number): number[] => Array.from({ length: dim }, (_, j) => Number(j === k));
  const train = Math.ceil(count * 0.8);
  const manifest: Manifest = {
    format_version: 1, name, event_shape: shape, latent_dim: dim, count, range: [0, 1],
    splits: [{ name: split, count: train }, { name: "test", count: count - train }],
    classes: names && { names, overlaps: classes > 1 ? [{ a: 0, b: 1, share: 0.25 }] : [] },
    condition: condition ? { width, numbers: Array.from({ length: classes }, (_, k) => k + 1) } : null,
    dimensions: Array.from({ length: dim }, (_, index) => ({ index, variance: 1 - index / dim / 2, kl: 1, active: index < 8 })),
    pca: dim > 2 ? { mean: new Array<number>(dim).fill(0), components: [axis(dim - 1), axis(1)], explained: [0.5, 0.2] } : null,
    log_var: isNormal, score: density, umap, items: { per_file: perFile }, metrics: density ? { elbo: -100.5, active_units: Math.min(dim, 8) } : {}, licence: licence ?? null,
  };
  write("atlas.json", JSON.stringify(manifest));
  return { folder, manifest, means, decode, encode };
}
