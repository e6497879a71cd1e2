/**
 * Synthetic bundles for tests: decode(z) = sigmoid(zW + b), encode(x) = (xV, constant), in closed form. With a condition, a row c adds
 * to both: decode(z, c) = sigmoid(zW + cU + b), encode(x, c) = (xV + cT, constant). With missing values, which are zeros in x, so does
 * the mask o of what is there: encode(x) = (xV + oR, constant).
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Column, unscale } from "../../src/bundle/columns.ts";
import type { Condition, Manifest } from "../../src/bundle/manifest.ts";
import { normal } from "../../src/math/random.ts";
import { model, node, tensor, value } from "./onnx.ts";

export interface BundleOptions {
  shape: number[]; dim: number; count: number; names?: string[] | null; name?: string; umap?: boolean; normal?: boolean; density?: boolean;
  condition?: Condition["items"] | null; settings?: string[]; missing?: boolean; licence?: string; split?: string;
  /** Items are rows of a table with these columns, which gives `missing` too; the cells of item i lack column j if 5 divides 7 i + 3 j. */
  columns?: Column[];
  /** Columns that the model does not see, with a cell for each item. */
  extra?: { column: Column; cells: (item: number) => number | string }[];
  /** Clusters in each scale: item i is in cluster i modulo their number. */
  clusters?: number[];
  /** The row of an item in the source, by default its position, and its name, by default none. */
  rowOf?: (item: number) => number; itemName?: (item: number) => string;
  /** More entries of the manifest, and more files in data/. */
  entries?: Partial<Manifest>; files?: Record<string, Float32Array | Int32Array>;
}
export interface Synthetic {
  folder: string; manifest: Manifest; means: Float32Array;
  /** The condition of setting `k`, and of an item. */
  setting(k: number): number[];
  ofItem(item: number): number[];
  /** The values of an item as stored, NaN if missing. */
  item(item: number): number[];
  decode(z: ArrayLike<number>, row?: number[]): number[];
  encode(x: ArrayLike<number>, row?: number[]): number[];
}

const LOG_VAR = -2;

/** Settings of a condition. That of class k has a single 1 at place k + 1, to differ from k; others have numbers at all places. */
function conditionOf({ condition: items, names = ["a", "b", "c"], settings = ["sex = F", "age = 70"] }: BundleOptions): Condition | null {
  if (!items) return null;
  const classes = items === "labels" ? names ?? [] : settings;
  const width = classes.length + 1;
  const row = (k: number): [number, number][] => (items === "labels" ? [[k + 1, 1]] : Array.from({ length: width }, (_, j): [number, number] => [j, Math.sin(3 * k + j)]));
  return { width, name: items === "labels" ? "label" : "sex, age", settings: classes.map((name, k) => ({ name, row: row(k) })), items };
}

export function synthetic(options: BundleOptions): Synthetic {
  const { shape, dim, count, names = ["a", "b", "c"], name = "synthetic", umap = false, normal: isNormal = true, density = true, missing = false, licence, split = "train", rowOf = (item) => item, itemName } = options;
  const folder = mkdtempSync(join(tmpdir(), "zukan-web-"));
  for (const part of ["data", "models"]) mkdirSync(join(folder, part));
  const size = shape.reduce((a, b) => a * b, 1);
  const draw = normal(size * 1000 + dim);
  const w = Float32Array.from({ length: dim * size }, () => draw());
  const b = Float32Array.from({ length: size }, () => draw());
  const v = Float32Array.from({ length: size * dim }, () => draw() / Math.sqrt(size));
  const classes = names?.length ?? 1;
  const condition = conditionOf(options);
  const width = condition?.width ?? 0;
  const u = Float32Array.from({ length: width * size }, (_, i) => 3 * Math.sin(7 * i));
  const t = Float32Array.from({ length: width * dim }, (_, i) => Math.cos(5 * i));
  const r = Float32Array.from({ length: size * dim }, (_, i) => Math.cos(3 * i) / size);
  const setting = (k: number): number[] => {
    const row = new Array<number>(width).fill(0);
    for (const [place, number] of condition!.settings[k]!.row) row[place] = number;
    return row;
  };
  const rows = Float32Array.from({ length: condition?.items === "rows" ? count * width : 0 }, (_, i) => Math.cos(11 * i));
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const ofItem = (i: number): number[] => (!condition ? [] : condition.items === "rows" ? Array.from(rows.subarray(i * width, (i + 1) * width)) : setting(labels[i]!));
  const added = (row: number[], weights: Float32Array, columns: number, k: number): number => row.reduce((sum, number, j) => sum + number * weights[j * columns + k]!, 0);
  const decode = (z: ArrayLike<number>, row: number[] = []): number[] => Array.from(b, (bias, k) => {
    let sum = bias + added(row, u, size, k);
    for (let j = 0; j < dim; j++) sum += z[j]! * w[j * size + k]!;
    return 1 / (1 + Math.exp(-sum));
  });
  const encode = (x: ArrayLike<number>, row: number[] = []): number[] => Array.from({ length: dim }, (_, j) => {
    let sum = added(row, t, dim, j);
    for (let k = 0; k < size; k++) if (!Number.isNaN(x[k])) sum += x[k]! * v[k * dim + j]! + (missing ? r[k * dim + j]! : 0);
    return sum;
  });
  const write = (path: string, bytes: Uint8Array | string): void => writeFileSync(join(folder, path), bytes);
  const raw = (values: Float32Array | Int32Array): Uint8Array => new Uint8Array(values.buffer);

  const means = Float32Array.from({ length: count * dim }, (_, k) => draw() + 2 * ((Math.floor(k / dim) % classes) - 1) * Number(k % dim === 0));
  const { columns } = options;
  const cellsOf = (i: number): number[] => decode(means.subarray(i * dim, (i + 1) * dim), ofItem(i)).map((x, j) => ((7 * i + 3 * j) % 5 === 0 ? NaN : unscale(columns![j]!, columns![j]!.kind === "category" || columns![j]!.kind === "boolean" ? Math.round(x) : x)));
  const top = missing ? 254 : 255;
  const bytesOf = (i: number): number[] => decode(means.subarray(i * dim, (i + 1) * dim), ofItem(i)).map((x, j) => (missing && (7 * i + 3 * j) % 5 === 0 ? 255 : Math.round(top * x)));
  write("data/means.f32", raw(means));
  if (isNormal) write("data/log_var.f32", raw(new Float32Array(count * dim).fill(LOG_VAR)));
  write("data/rows.i32", raw(Int32Array.from({ length: count }, (_, i) => rowOf(i))));
  if (itemName) write("data/names.json", JSON.stringify(Array.from({ length: count }, (_, i) => itemName(i))));
  if (names) write("data/labels.i32", raw(labels));
  if (density) write("data/score.f32", raw(Float32Array.from({ length: count }, () => 100 + 10 * draw())));
  if (umap) write("data/umap.f32", raw(Float32Array.from({ length: count * 2 }, () => draw())));
  if (rows.length) write("data/condition.f32", raw(rows));
  options.extra?.forEach(({ column, cells }, k) => {
    const values = Array.from({ length: count }, (_, i) => cells(i));
    write(`data/extra-${String(k).padStart(5, "0")}.${column.cells}`, column.cells === "json" ? JSON.stringify(values) : raw(Float32Array.from(values as number[])));
  });
  const perFile = 4096;
  if (columns) {
    const cells = Array.from({ length: count }, (_, i) => cellsOf(i));
    columns.forEach((_, j) => write(`data/column-${String(j).padStart(5, "0")}.f32`, raw(Float32Array.from(cells, (row) => row[j]!))));
  }
  for (let start = 0, file = 0; start < count && !columns; start += perFile, file++) {
    const bytes = new Uint8Array(Math.min(perFile, count - start) * size);
    for (let i = 0; i < bytes.length / size; i++) bytes.set(bytesOf(start + i), i * size);
    write(`data/items-${String(file).padStart(5, "0")}.u8`, bytes);
  }
  options.clusters?.forEach((n, scale) => write(`data/clusters-${scale}.u8`, Uint8Array.from({ length: count }, (_, i) => i % n)));
  const scales = options.clusters?.map((n) => ({
    column: { name: `cluster of ${n}`, kind: "category", levels: Array.from({ length: n }, (_, k) => String(k + 1)), cells: "u8" } as Column,
    clusters: Array.from({ length: n }, (_, k) => ({
      count: Math.ceil((count - k) / n), item: k, classes: names ? [[k % classes, 0.9] as [number, number]] : [],
      columns: columns ? [{ column: k % columns.length, strength: 0.5, value: 1, others: 0 }] : [],
    })),
  }));
  const i64 = (name: string, values: number[]): Uint8Array => tensor(name, [values.length], BigInt64Array.from(values, BigInt));
  const inputs = condition ? [value("condition", [-1, width])] : [];
  const plus = (of: string, input: string, by: string, to: string): Uint8Array[] => [node("MatMul", [input, by], [by + "_"]), node("Add", [of, by + "_"], [to])];
  const same = (of: string, to: string): Uint8Array[] => [node("Identity", [of], [to])];
  write("models/decoder.onnx", model(
    [node("MatMul", ["z", "w"], ["g"]), ...(condition ? plus("g", "condition", "u", "h") : same("g", "h")), node("Add", ["h", "b"], ["a"]), node("Sigmoid", ["a"], ["s"]), node("Reshape", ["s", "shape"], ["x"])],
    [tensor("w", [dim, size], w), ...(condition ? [tensor("u", [width, size], u)] : []), tensor("b", [size], b), i64("shape", [-1, ...shape])], [value("z", [-1, dim]), ...inputs], [value("x", [-1, ...shape])]));
  write("models/encoder.onnx", model(
    [node("Reshape", ["x", "flat"], ["f"]), node("MatMul", ["f", "v"], ["m"]),
      ...(missing ? [node("Reshape", ["observed", "flat"], ["o"]), ...plus("m", "o", "r", "l")] : same("m", "l")),
      ...(condition ? plus("l", "condition", "t", "mean") : same("l", "mean")), node("MatMul", ["f", "none"], ["n"]), node("Add", ["n", "c"], ["log_var"])],
    [i64("flat", [-1, size]), tensor("v", [size, dim], v), ...(missing ? [tensor("r", [size, dim], r)] : []), ...(condition ? [tensor("t", [width, dim], t)] : []), tensor("none", [size, dim], new Float32Array(size * dim)), tensor("c", [dim], new Float32Array(dim).fill(LOG_VAR))],
    [value("x", [-1, ...shape]), ...(missing ? [value("observed", [-1, ...shape])] : []), ...inputs], [value("mean", [-1, dim]), ...(isNormal ? [value("log_var", [-1, dim])] : [])]));

  const axis = (k: number): number[] => Array.from({ length: dim }, (_, j) => Number(j === k));
  const train = Math.ceil(count * 0.8);
  const manifest: Manifest = {
    format_version: 1, name, event_shape: shape, latent_dim: dim, count, range: [0, 1], missing,
    splits: [{ name: split, count: train }, { name: "test", count: count - train }],
    classes: names && { names, overlaps: classes > 1 ? [{ a: 0, b: 1, share: 0.25 }] : [] },
    condition,
    dimensions: Array.from({ length: dim }, (_, index) => ({ index, variance: 1 - index / dim / 2, kl: 1, active: index < 8 })),
    pca: dim > 2 ? { mean: new Array<number>(dim).fill(0), components: [axis(dim - 1), axis(1)], explained: [0.5, 0.2] } : null,
    log_var: isNormal, score: density, umap, names: itemName !== undefined, items: { per_file: perFile }, piece_bytes: 1 << 22, table: columns ? { columns } : null, extra: options.extra ? { columns: options.extra.map(({ column }) => column) } : null, metrics: density ? { elbo: -100.5, active_units: Math.min(dim, 8) } : {}, licence: licence ?? null,
    ...(scales ? { structure: { layout: dim > 2 ? { criterion: "accuracy" as const, items: 1500, views: [{ kind: "pca" as const, trustworthiness: 0.93, accuracy: 0.8 }] } : null, clusters: { items: Math.min(count, 10_000), scales } } } : {}), ...options.entries,
  };
  for (const [path, values] of Object.entries(options.files ?? {})) write(`data/${path}`, raw(values));
  write("atlas.json", JSON.stringify(manifest));
  return { folder, manifest, means, setting, ofItem, item: (i) => bytesOf(i).map((byte) => (missing && byte === 255 ? NaN : byte / top)), decode, encode };
}
