/** The bundle in memory: the manifest and the arrays that the map needs from the start. */
import { type Conditions, conditionsOf } from "./conditions.ts";
import type { Files } from "./files.ts";
import { type Ids, idsOf, readNames } from "./ids.ts";
import { readArray } from "./pieces.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

export interface Atlas {
  manifest: Manifest;
  count: number;
  dim: number;
  /** Codes, count × dim, in row-major order. */
  means: Float32Array;
  /** What items are called. Everywhere else an item is its position, training items first. */
  ids: Ids;
  labels: Int32Array | null;
  /** Of the classes. */
  names: string[];
  /** The anomaly score in nats; null if the model has none. */
  score: Float32Array | null;
  umap: Float32Array | null;
  /** Log-variances, which are as large as the codes and are read when first needed; null if the posterior has none. */
  logVar: (() => Promise<Float32Array>) | null;
  conditions: Conditions;
  /** Draws from the prior, read when first needed; null if the page draws from N(0, I) itself. */
  prior: (() => Promise<Float32Array>) | null;
  /** The vectors of all codes, and how often each is used, read when first needed; null if z holds no codes. */
  codebook: (() => Promise<Float32Array>) | null;
  usage: (() => Promise<Int32Array>) | null;
}

/** Is told when the manifest is read, and which share of the arrays; these are read after what `opened` reads. */
export interface AtlasWatch { opened(manifest: Manifest): Promise<void>; progress(share: number): void }

/** Read at the first call. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null;
  return () => (reading ??= read().catch((error: unknown) => { reading = null; throw error; }));
}

export async function openAtlas(files: Files, watch?: AtlasWatch): Promise<Atlas> {
  const manifest = parseManifest(new TextDecoder().decode(await files.read("atlas.json")));
  const { count, latent_dim: dim } = manifest;
  await watch?.opened(manifest);
  const total = 4 * count * (dim + 1 + Number(!!manifest.classes) + Number(manifest.score) + (manifest.umap && dim > 2 ? 2 : 0));
  let done = 0;
  const numbers = <T extends Float32Array | Int32Array>(from: Files, path: string, make: new (bytes: ArrayBuffer) => T, length: number): Promise<T> =>
    readArray(from, path, make, length, manifest.piece_bytes, (bytes) => watch?.progress(Math.min(1, (done += bytes) / total)));
  const [means, rows, itemNames, labels, score, umap] = await Promise.all([
    numbers(files, "data/means.f32", Float32Array, count * dim),
    numbers(files, "data/rows.i32", Int32Array, count),
    manifest.names ? readNames(files, count) : null,
    manifest.classes ? numbers(files, "data/labels.i32", Int32Array, count) : null,
    manifest.score ? numbers(files, "data/score.f32", Float32Array, count) : null,
    manifest.umap && dim > 2 ? numbers(files, "data/umap.f32", Float32Array, count * 2) : null,
  ]);
  let logVar: Promise<Float32Array> | null = null;
  const { family, codebook: hasCodes } = manifest;
  return {
    manifest, count, dim, means, ids: idsOf(rows, itemNames), labels, names: manifest.classes?.names ?? [], score, umap,
    logVar: manifest.log_var ? () => (logVar ??= numbers(files, "data/log_var.f32", Float32Array, count * dim)) : null,
    conditions: conditionsOf(manifest, labels, () => numbers(files, "data/condition.f32", Float32Array, count * manifest.condition!.width)),
    prior: family?.draws ? once(() => numbers(files, "data/prior.f32", Float32Array, family.draws!.settings * family.draws!.count * dim)) : null,
    codebook: hasCodes ? once(async () => new Float32Array(await files.read("data/codebook.f32"))) : null,
    usage: hasCodes ? once(async () => new Int32Array(await files.read("data/usage.i32"))) : null,
  };
}

/** The code of item `i`. */
export function meanOf(atlas: Atlas, i: number): number[] {
  return Array.from(atlas.means.subarray(i * atlas.dim, (i + 1) * atlas.dim));
}

/** The class of item `i`, or null. */
export function classOf(atlas: Atlas, i: number): number | null {
  const label = atlas.labels?.[i];
  return label === undefined || label < 0 || label >= atlas.names.length ? null : label;
}

/** The split of item `i`. */
export function splitOf(manifest: Manifest, i: number): string {
  let end = 0;
  return manifest.splits.find(({ count }) => i < (end += count))?.name ?? "";
}
