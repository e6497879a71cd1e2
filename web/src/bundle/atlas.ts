/** The bundle in memory: the manifest and the arrays that the map needs from the start. */
import { type Conditions, conditionsOf } from "./conditions.ts";
import type { Files } from "./files.ts";
import { BundleError, type Manifest, parseManifest } from "./manifest.ts";

export interface Atlas {
  manifest: Manifest;
  count: number;
  dim: number;
  /** Codes, count × dim, in row-major order. */
  means: Float32Array;
  labels: Int32Array | null;
  names: string[];
  /** The anomaly score in nats; null if the model has none. */
  score: Float32Array | null;
  umap: Float32Array | null;
  /** Log-variances, which are as large as the codes and are read when first needed; null if the posterior has none. */
  logVar: (() => Promise<Float32Array>) | null;
  conditions: Conditions;
}

async function numbers<T extends Float32Array | Int32Array>(
  files: Files, path: string, make: new (bytes: ArrayBuffer) => T, length: number,
): Promise<T> {
  const bytes = await files.read(path);
  if (bytes.byteLength !== 4 * length) {
    throw new BundleError(`${path} must hold ${length} numbers of 4 bytes, got ${bytes.byteLength} bytes; export the run again`);
  }
  return new make(bytes);
}

export async function openAtlas(files: Files): Promise<Atlas> {
  const manifest = parseManifest(new TextDecoder().decode(await files.read("atlas.json")));
  const { count, latent_dim: dim } = manifest;
  const [means, labels, score, umap] = await Promise.all([
    numbers(files, "data/means.f32", Float32Array, count * dim),
    manifest.classes ? numbers(files, "data/labels.i32", Int32Array, count) : null,
    manifest.score ? numbers(files, "data/score.f32", Float32Array, count) : null,
    manifest.umap && dim > 2 ? numbers(files, "data/umap.f32", Float32Array, count * 2) : null,
  ]);
  let logVar: Promise<Float32Array> | null = null;
  return {
    manifest, count, dim, means, labels, names: manifest.classes?.names ?? [], score, umap,
    logVar: manifest.log_var ? () => (logVar ??= numbers(files, "data/log_var.f32", Float32Array, count * dim)) : null,
    conditions: conditionsOf(manifest, labels, () => numbers(files, "data/condition.f32", Float32Array, count * manifest.condition!.width)),
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

/** The split of item `i`, and its index there. */
export function placeOf(manifest: Manifest, i: number): { split: string; index: number } {
  let index = i;
  for (const split of manifest.splits) {
    if (index < split.count) return { split: split.name, index };
    index -= split.count;
  }
  return { split: "", index: i };
}
