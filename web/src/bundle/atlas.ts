/** A bundle in memory: the manifest and the arrays that the map needs at once. */
import type { Files } from "./files.ts";
import { BundleError, type Manifest, parseManifest } from "./manifest.ts";

export interface Atlas {
  manifest: Manifest;
  count: number;
  dim: number;
  /** count × dim, row major. */
  means: Float32Array;
  labels: Int32Array | null;
  names: string[];
  /** −ELBO in nats. */
  score: Float32Array;
  umap: Float32Array | null;
  /** Asked for when the first ellipse is drawn: as large as the means. */
  logVar(): Promise<Float32Array>;
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
    numbers(files, "data/score.f32", Float32Array, count),
    manifest.umap && dim > 2 ? numbers(files, "data/umap.f32", Float32Array, count * 2) : null,
  ]);
  let logVar: Promise<Float32Array> | null = null;
  return {
    manifest, count, dim, means, labels, names: manifest.classes?.names ?? [], score, umap,
    logVar: () => (logVar ??= numbers(files, "data/log_var.f32", Float32Array, count * dim)),
  };
}

/** The mean of item `i`. */
export function meanOf(atlas: Atlas, i: number): number[] {
  return Array.from(atlas.means.subarray(i * atlas.dim, (i + 1) * atlas.dim));
}

/** The class of item `i`; null where it has none. */
export function classOf(atlas: Atlas, i: number): number | null {
  const label = atlas.labels?.[i];
  return label === undefined || label < 0 || label >= atlas.names.length ? null : label;
}

/** Which split item `i` lies in, and its place there. */
export function placeOf(manifest: Manifest, i: number): { split: string; index: number } {
  let left = i;
  for (const split of manifest.splits) {
    if (left < split.count) return { split: split.name, index: left };
    left -= split.count;
  }
  return { split: "", index: i };
}
