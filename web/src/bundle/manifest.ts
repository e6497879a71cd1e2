/** The type of atlas.json, and its validation. */

export interface Overlap { a: number; b: number; share: number }
export interface Dimension { index: number; variance: number; kl: number | null; active: boolean }
export interface Condition { width: number; numbers: number[] }
export interface Manifest {
  format_version: 1;
  name: string;
  event_shape: number[];
  latent_dim: number;
  count: number;
  range: [number, number];
  splits: { name: string; count: number }[];
  classes: { names: string[]; overlaps: Overlap[] } | null;
  /** Not null if the networks have the input `condition`: its width, and the place of the 1 for each class of `classes`. */
  condition: Condition | null;
  dimensions: Dimension[];
  pca: { mean: number[]; components: [number[], number[]]; explained: number[] } | null;
  /** Whether log_var.f32 exists: only a normal posterior has log-variances. */
  log_var: boolean;
  /** Whether score.f32 exists: without a density of the posterior there is no score. */
  score: boolean;
  umap: boolean;
  items: { per_file: number };
  metrics: Record<string, number | null>;
  licence: string | null;
}

export class BundleError extends Error {}

function whole(name: string, value: unknown, min: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min) {
    throw new BundleError(`atlas.json: ${name} must be a whole number of at least ${min}, got ${JSON.stringify(value)}; export the run again`);
  }
  return value;
}

export function parseManifest(text: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (error) {
    throw new BundleError(`atlas.json is not valid JSON (${(error as Error).message}); export the run again`);
  }
  if (manifest?.format_version !== 1) {
    throw new BundleError(`atlas.json: format_version must be 1, got ${JSON.stringify(manifest?.format_version)}; export the run again with the same version of zukan as this page`);
  }
  whole("count", manifest.count, 1);
  whole("latent_dim", manifest.latent_dim, 1);
  whole("items.per_file", manifest.items?.per_file, 1);
  if (!Array.isArray(manifest.event_shape) || manifest.event_shape.length === 0) {
    throw new BundleError(`atlas.json: event_shape must list at least one length, got ${JSON.stringify(manifest.event_shape)}; export the run again`);
  }
  manifest.event_shape.forEach((length, axis) => whole(`event_shape[${axis}]`, length, 1));
  if (manifest.dimensions.length !== manifest.latent_dim) {
    throw new BundleError(`atlas.json: dimensions must have latent_dim = ${manifest.latent_dim} entries, got ${manifest.dimensions.length}; export the run again`);
  }
  checkCondition(manifest);
  return manifest;
}

function checkCondition({ condition, classes }: Manifest): void {
  if (!condition) return;
  const width = whole("condition.width", condition.width, 1);
  if (condition.numbers.length !== classes?.names.length) {
    throw new BundleError(`atlas.json: condition.numbers must have an entry for each of the ${classes?.names.length ?? 0} classes, got ${condition.numbers.length}; export the run again`);
  }
  condition.numbers.forEach((number, k) => {
    if (whole(`condition.numbers[${k}]`, number, 0) >= width) {
      throw new BundleError(`atlas.json: condition.numbers[${k}] must be less than condition.width = ${width}, got ${number}; export the run again`);
    }
  });
}
