/** The structure that was found in the codes: how well the views separate, and clusters at several scales. */
import type { Column } from "./columns.ts";
import { BundleError } from "./errors.ts";
import type { Files } from "./files.ts";

/** A column that differs in a cluster: its place, how much it differs from 0 to 1, and the value of the cluster and of all other items. */
export interface Differing { column: number; strength: number; value: number; others: number }
export interface Cluster {
  count: number;
  /** The item nearest to the mean of the cluster's codes. */
  item: number;
  /** Pairs of a class and its share, the largest first. */
  classes: [number, number][];
  columns: Differing[];
}
export interface Scale { column: Column; clusters: Cluster[] }
/** A view and its measures; the accuracy is null without classes. */
export interface MeasuredView { kind: "dims" | "pca" | "umap"; x?: number; y?: number; trustworthiness: number; accuracy: number | null }
export interface Structure {
  /** The views, the one that separates best first; null for one or two dimensions. */
  layout: { criterion: "accuracy" | "trustworthiness"; items: number; views: MeasuredView[] } | null;
  /** The scales, the coarsest first; `items` were clustered, and the others have the cluster of the nearest one. */
  clusters: { items: number; scales: Scale[] } | null;
}

export interface Clusters {
  scales: Scale[];
  /** The cluster of each item; null if they are not read yet. */
  assigned(scale: number): Uint8Array | null;
  /** The items of a cluster; null if they are not read yet. */
  members(scale: number, k: number): Int32Array | null;
  /** Fulfilled when all scales are read. */
  ready: Promise<void>;
}

const inside = (value: unknown, below: number): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) < below;

/** Check that views have dimensions that exist, and that clusters name items, classes and columns that exist. */
export function checkStructure(structure: Structure, count: number, classes: number, columns: number, dim: number): void {
  structure.layout?.views.forEach((view, k) => {
    if (view.kind === "dims" && !(inside(view.x, dim) && inside(view.y, dim))) throw new BundleError(`atlas.json: structure.layout.views[${k}] must name two of the ${dim} dimensions, got ${JSON.stringify(view)}; export the run again`);
  });
  const scales = structure.clusters?.scales;
  if (scales?.length === 0) throw new BundleError("atlas.json: structure.clusters.scales must have at least one entry, got []; export the run again");
  scales?.forEach(({ column, clusters }, scale) => clusters.forEach((cluster, k) => {
    if (column.levels.length !== clusters.length) throw new BundleError(`atlas.json: structure.clusters.scales[${scale}] must have a level for each of its ${clusters.length} clusters, got ${column.levels.length}; export the run again`);
    const right = inside(cluster.item, count) && cluster.classes.every(([label]) => inside(label, classes)) && cluster.columns.every(({ column }) => inside(column, columns));
    if (!right) throw new BundleError(`atlas.json: structure.clusters.scales[${scale}].clusters[${k}] must name items, classes and columns of this run, got ${JSON.stringify(cluster)}; export the run again`);
  }));
}

export function openClusters(files: Files, { clusters }: Structure, count: number): Clusters | null {
  if (!clusters) return null;
  const { scales } = clusters;
  const all: Uint8Array[] = [];
  const lists = new Map<string, Int32Array>();
  async function read(scale: number): Promise<void> {
    const path = `data/clusters-${scale}.u8`;
    const bytes = new Uint8Array(await files.read(path));
    if (bytes.length !== count) throw new BundleError(`${path} must hold ${count} bytes, got ${bytes.length}; export the run again`);
    all[scale] = bytes;
  }
  return {
    scales, assigned: (scale) => all[scale] ?? null,
    members(scale, k) {
      const [assigned, key] = [all[scale], `${scale}.${k}`];
      const known = lists.get(key);
      if (!assigned || known) return known ?? null;
      const list: number[] = [];
      assigned.forEach((cluster, i) => { if (cluster === k) list.push(i); });
      lists.set(key, Int32Array.from(list));
      return lists.get(key)!;
    },
    ready: Promise.all(scales.map((_, scale) => read(scale))).then(() => undefined),
  };
}
