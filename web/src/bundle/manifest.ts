/** The type of atlas.json, and its validation. */
import { type Column, checkColumns } from "./columns.ts";
import { checkExtra } from "./item-columns.ts";
import { BundleError } from "./errors.ts";
import { type Structure, checkStructure } from "./structure.ts";

export { BundleError } from "./errors.ts";

export interface Overlap { a: number; b: number; share: number }
export interface Dimension { index: number; variance: number; kl: number | null; active: boolean }
/** A condition to choose: its row as pairs of a place and the number there, with 0 at all other places. */
export interface Setting { name: string; row: [number, number][] }
export interface Condition {
  /** The length of a row. */
  width: number;
  /** What the model is conditioned on. */
  name: string;
  settings: Setting[];
  /** Whether the condition of an item is the setting with the index of its class, or its row in condition.f32. */
  items: "labels" | "rows";
}
/** A piece of z: real numbers, a point on the unit sphere ("sphere") in the unit ball ("ball"), the probabilities of classes ("categorical"), or one of `classes` vectors ("code"). */
export interface Piece { kind: string; size: number; classes?: number }
export interface First { count: number; plane: string }
/** Size and channels of a thumbnail, the number in a row of a sheet, which has as many rows, and the format of its file. */
export interface Sheets { height: number; width: number; channels: number; per_row: number; format: "png" | "webp" }
/** The posterior and the prior by name, the grid of positions that z keeps, and the draws from the prior in prior.f32, for each setting in turn. */
export interface Family { posterior: string; prior: string; positions: number[]; draws: { settings: number; count: number } | null }
export interface Manifest {
  format_version: 1;
  name: string;
  event_shape: number[];
  latent_dim: number;
  /** The pieces of z, in order. */
  layout?: Piece[];
  count: number;
  range: [number, number];
  /** Whether values of items may be missing. */
  missing: boolean;
  splits: { name: string; count: number }[];
  classes: { names: string[]; overlaps: Overlap[] } | null;
  /** Not null if the networks have the input `condition`. */
  condition: Condition | null;
  dimensions: Dimension[];
  pca: { mean: number[]; components: [number[], number[]]; explained: number[] } | null;
  /** Whether log_var.f32 exists: only a normal posterior has log-variances. */
  log_var: boolean;
  /** Whether score.f32 exists: without a density of the posterior there is no score. */
  score: boolean;
  umap: boolean;
  /** Whether codebook.f32 exists: the vectors of all codes, of each codebook side by side. */
  codebook?: boolean;
  /** Whether names.json exists: only items that are files have names. */
  names: boolean;
  items: { per_file: number };
  /** What the values of an item are, if it is a row of a table; its cells then take the place of the files of items. */
  table?: { columns: Column[] } | null;
  /** Bytes of a file of an array, at most. */
  piece_bytes: number;
  /** A sample of the points, which is shown while the others are read; null if there are few. */
  first?: First | null;
  /** The small images of items; null if they are not images. */
  thumbnails?: Sheets | null;
  /** Columns of the items that the model does not see. */
  extra?: { columns: Column[] } | null;
  /** How well the views separate, and clusters. */
  structure?: Structure;
  family?: Family;
  /** Whether the folder compare/ holds the bundle of a run with the same items, which is shown beside. */
  compare?: boolean;
  metrics: Record<string, number | null>;
  licence: string | null;
}

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
  if (whole("piece_bytes", manifest.piece_bytes, 8) % 8) {
    throw new BundleError(`atlas.json: piece_bytes must be a multiple of 8, got ${manifest.piece_bytes}; export the run again`);
  }
  if (!Array.isArray(manifest.event_shape) || manifest.event_shape.length === 0) {
    throw new BundleError(`atlas.json: event_shape must list at least one length, got ${JSON.stringify(manifest.event_shape)}; export the run again`);
  }
  manifest.event_shape.forEach((length, axis) => whole(`event_shape[${axis}]`, length, 1));
  if (manifest.dimensions.length !== manifest.latent_dim) {
    throw new BundleError(`atlas.json: dimensions must have latent_dim = ${manifest.latent_dim} entries, got ${manifest.dimensions.length}; export the run again`);
  }
  checkCondition(manifest);
  if (manifest.extra) checkExtra(manifest.extra.columns);
  if (manifest.table) checkColumns(manifest.table.columns, manifest.event_shape.reduce((a, b) => a * b, 1));
  if (manifest.structure) checkStructure(manifest.structure, manifest.count, manifest.classes?.names.length ?? 0, manifest.table?.columns.length ?? 0, manifest.latent_dim);
  if (manifest.thumbnails) checkSheets(manifest.thumbnails);
  return manifest;
}

function checkSheets(sheets: Sheets): void {
  for (const name of ["height", "width", "channels", "per_row"] as const) whole(`thumbnails.${name}`, sheets[name], 1);
  if (!["png", "webp"].includes(sheets.format)) throw new BundleError(`atlas.json: thumbnails.format must be "png" or "webp", got ${JSON.stringify(sheets.format)}; export the run again`);
}

function checkCondition({ condition, classes }: Manifest): void {
  if (!condition) return;
  const width = whole("condition.width", condition.width, 1);
  if (condition.items !== "labels" && condition.items !== "rows") {
    throw new BundleError(`atlas.json: condition.items must be "labels" or "rows", got ${JSON.stringify(condition.items)}; export the run again`);
  }
  const [count, classCount] = [condition.settings.length, classes?.names.length ?? 0];
  if (count === 0 || (condition.items === "labels" && count !== classCount)) {
    const rule = condition.items === "labels" ? `an entry for each of the ${classCount} classes` : "at least one entry";
    throw new BundleError(`atlas.json: condition.settings must have ${rule}, got ${count}; export the run again`);
  }
  condition.settings.forEach(({ row }, k) => row.forEach(([place, value], at) => {
    const name = `condition.settings[${k}].row[${at}]`;
    if (whole(`${name}[0]`, place, 0) >= width) {
      throw new BundleError(`atlas.json: ${name}[0] must be less than condition.width = ${width}, got ${place}; export the run again`);
    }
    if (!Number.isFinite(value)) throw new BundleError(`atlas.json: ${name}[1] must be a number, got ${JSON.stringify(value)}; export the run again`);
  }));
}
