/** atlas.json: its form, and one sentence for each way in which it can be wrong. */

export interface Overlap { a: number; b: number; share: number }
export interface Dimension { index: number; variance: number; kl: number | null; active: boolean }
export interface Manifest {
  format_version: 1;
  name: string;
  event_shape: number[];
  latent_dim: number;
  count: number;
  range: [number, number];
  splits: { name: string; count: number }[];
  classes: { names: string[]; overlaps: Overlap[] } | null;
  dimensions: Dimension[];
  pca: { mean: number[]; components: [number[], number[]]; explained: number[] } | null;
  umap: boolean;
  items: { per_file: number };
  metrics: Record<string, number | null>;
  licence: string | null;
}

export class BundleError extends Error {}

function whole(name: string, value: unknown, least: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw new BundleError(`atlas.json: ${name} must be a whole number of at least ${least}, got ${JSON.stringify(value)}; export the run again`);
  }
  return value;
}

export function parseManifest(text: string): Manifest {
  let found: Manifest;
  try {
    found = JSON.parse(text) as Manifest;
  } catch (why) {
    throw new BundleError(`atlas.json is no JSON (${(why as Error).message}); export the run again`);
  }
  if (found?.format_version !== 1) {
    throw new BundleError(`atlas.json: format_version must be 1, got ${JSON.stringify(found?.format_version)}; export the run with the zukan that this page came with`);
  }
  whole("count", found.count, 1);
  whole("latent_dim", found.latent_dim, 1);
  whole("items.per_file", found.items?.per_file, 1);
  if (!Array.isArray(found.event_shape) || found.event_shape.length === 0) {
    throw new BundleError(`atlas.json: event_shape must list at least one length, got ${JSON.stringify(found.event_shape)}; export the run again`);
  }
  found.event_shape.forEach((length, axis) => whole(`event_shape[${axis}]`, length, 1));
  if (found.dimensions.length !== found.latent_dim) {
    throw new BundleError(`atlas.json: dimensions must have latent_dim = ${found.latent_dim} entries, got ${found.dimensions.length}; export the run again`);
  }
  return found;
}
