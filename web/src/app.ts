/** The object that all parts of the page share: data, networks, state, and values derived from the state. */
import { type Atlas, classOf, meanOf } from "./bundle/atlas.ts";
import type { Files } from "./bundle/files.ts";
import type { Row } from "./bundle/conditions.ts";
import { type Clusters, openClusters } from "./bundle/structure.ts";
import { type ItemsOf, makeGroups, passing } from "./groups.ts";
import { type Items, openItems } from "./bundle/items.ts";
import { type Levels, levelsOf, unitOf } from "./bundle/levels.ts";
import { type ItemColumns, listColumns, openColumns } from "./bundle/item-columns.ts";
import { type Rows, type Table, openTable, rowsOf, tableItems } from "./bundle/table.ts";
import { type Crossfilter, crossfilter } from "./filter/crossfilter.ts";
import { type Words, words } from "./i18n/index.ts";
import { type Painter, type Print, choosePrint, makePainter } from "./look/painter.ts";
import { type Look, isDark, readLook } from "./look/theme.ts";
import { isCentred } from "./math/centre.ts";
import { type Bounds, type Grid, boundsOf, density } from "./math/density.ts";
import { type GridIndex, gridIndex } from "./math/grid-index.ts";
import { select } from "./math/lasso.ts";
import { type Plane, type PlaneSpec, makePlane, planeKey } from "./math/plane.ts";
import { path } from "./math/slerp.ts";
import { byClass } from "./math/stats.ts";
import { outlineOf } from "./map/outline.ts";
import { memo } from "./memo.ts";
import { type Engine, openEngine } from "./model/engine.ts";
import { continuous, discreteKind, nearestPoints } from "./model/space.ts";
import type { Limits, State, Stop } from "./state/state.ts";
import type { Store } from "./state/store.ts";

/** A plane with the data that is computed once for it. */
export interface PlaneData { plane: Plane; bounds: Bounds; index(): GridIndex; density(): Grid }

export interface App {
  root: HTMLElement;
  files: Files;
  atlas: Atlas;
  items: Items;
  /** The columns and cells of a table, and conversions of its rows; null if the items are no rows of a table. */
  table: (Table & { rows: Rows }) | null;
  /** All columns of the items: those of the table, extra ones, and what the page knows of each item. */
  columns: ItemColumns;
  filters: Crossfilter;
  limits: Limits;
  store: Store<State>;
  engine: Promise<Engine>;
  /** True on a web page with its own address, false in a notebook. */
  linked: boolean;
  /** Whether the center of mass of the run's images is in their middle. */
  centring: boolean;
  /** Number of values of an item. */
  size: number;
  /** The bytes of stored items and drawings. */
  levels: Levels;
  words(): Words;
  look(): Look;
  painter(): Painter;
  planeData(): PlaneData;
  /** 1 for each item that passes all filters, 0 for the others; null if nothing is filtered. */
  visible(): Uint8Array | null;
  isVisible(item: number): boolean;
  /** Clusters at several scales; null if none were found. */
  clusters: Clusters | null;
  /** The items of a group, also those that filters hide. */
  groupItems: ItemsOf;
  /** The picked items or, without them, the visible items inside the lasso, of the chosen group, or that the filters leave. */
  selection(): Int32Array;
  /** The codes of the path's frames. */
  path(): number[][];
  stopCode(stop: Stop): number[];
  /** The items of each class. */
  members(): Int32Array[];
  classOf(item: number): number | null;
  className(k: number): string;
  mean(item: number): number[];
  /** The row of the condition that is chosen above the map. */
  condition(): Row;
  /** Scale stored bytes to 0…1, for drawing; a missing value is NaN. */
  unit(bytes: ArrayLike<number>): Float32Array;
  /** Convert stored bytes to the values that the encoder takes; a missing value is NaN. */
  toData(bytes: ArrayLike<number>): Float32Array;
  /** Scale values of the data to 0…1, for drawing. */
  toUnit(values: Float32Array): Float32Array;
  /** Show an error message; the state does not change. */
  reportError(error: unknown): void;
  /** Announce a text to screen readers. */
  announce(text: string): void;
}

const NONE = new Int32Array(0); // one array, so that an empty selection stays the same
const SAMPLES = 16; // items that are inspected to choose how images are drawn

export function limitsOf(atlas: Atlas): Limits {
  const { manifest } = atlas;
  const { layout = [], pca } = manifest;
  const free = continuous(layout, atlas.dim);
  const activity = manifest.dimensions.map(({ index }) => index);
  const known = discreteKind(layout);
  const curved = layout.some(({ kind }) => kind === "sphere");
  const onSurface = (z?: number[]): number[] => Array.from(nearestPoints(Float32Array.from(z ?? new Array<number>(atlas.dim).fill(0)), atlas.dim, layout));
  return {
    dim: atlas.dim, ids: atlas.ids, classes: atlas.names.length, settings: atlas.conditions.names.length, columns: listColumns(manifest).colouring, score: atlas.score !== null, pca: manifest.pca !== null && atlas.dim > 2, umap: atlas.umap !== null,
    size: manifest.event_shape.reduce((a, b) => a * b, 1), activity: free.size > 1 ? activity.filter((j) => free.has(j)) : activity,
    ...(manifest.structure?.layout ? { views: manifest.structure.layout.views.map(({ kind, x, y }): PlaneSpec => (kind === "dims" ? { kind, x: x!, y: y! } : { kind })) } : {}),
    ...(manifest.structure?.clusters ? { clusters: manifest.structure.clusters.scales.map((scale) => scale.clusters.length) } : {}),
    discrete: known !== null && free.size < 2, ...(known && pca ? { start: pca.mean } : curved ? { start: onSurface(pca?.mean) } : {}), filterable: listColumns(manifest).columns,
    sphere: atlas.dim === 3 && layout.length === 1 && curved,
  };
}

/** The items whose mask is 1. */
function filtered(mask: Uint8Array): Int32Array {
  const items = new Int32Array(mask.length);
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) items[count++] = i;
  return items.slice(0, count);
}

export async function createApp(root: HTMLElement, files: Files, atlas: Atlas, store: Store<State>, linked: boolean): Promise<App> {
  const { manifest, means, labels, umap, dim, count } = atlas;
  const limits = limitsOf(atlas);
  const levels = levelsOf(manifest);
  const table = manifest.table ? { ...openTable(files, manifest.table.columns, count, manifest.piece_bytes), rows: rowsOf(manifest.table.columns, levels) } : null;
  const items = table ? tableItems(table, table.rows) : openItems(files, manifest);
  const [low, high] = manifest.range;
  const samples = await Promise.all(Array.from({ length: table ? 0 : Math.min(SAMPLES, count, manifest.items.per_file) }, (_, i) => items.unit(i)));
  const print: Print = choosePrint(manifest.event_shape, samples);
  const centring = print === "ink" && isCentred(samples, manifest.event_shape[1]!, manifest.event_shape[0]!);
  const painter = makePainter(manifest.event_shape, print, table ? 0 : -low / (high - low));
  const source = { dim, count, means, labels, classes: atlas.names.length, pca: manifest.pca, umap };
  const cache = new Map<string, PlaneData>();
  const wordsIn = memo(words);
  const lookIn = memo((theme: State["theme"], dark: boolean) => readLook(root, theme, dark));
  const stopCode = (stop: Stop): number[] => ("item" in stop ? meanOf(atlas, stop.item) : stop.z);
  const pathOf = memo((stops: Stop[], frames: number, curve: State["curve"]) => path(stops.map(stopCode), frames, curve));
  const visibleOf = memo(passing);
  const selectionOf = memo((data: PlaneData, lasso: State["lasso"], open: boolean, mask: Uint8Array | null) => {
    if (!open && lasso.length === 0 && mask) return filtered(mask);
    return visibleOf(open || lasso.length === 0 ? NONE : select(data.plane.coords, lasso), mask);
  });
  const columns = openColumns(files, atlas, table);
  const clusters = manifest.structure ? openClusters(files, manifest.structure, count) : null;
  const members = memo(() => (labels ? byClass(labels, atlas.names.length) : []));

  function planeDataOf(spec: PlaneSpec): PlaneData {
    const key = planeKey(spec);
    const cached = cache.get(key);
    if (cached) return cached;
    const plane = makePlane(spec, source);
    const bounds = boundsOf(plane.coords);
    if (spec.kind === "strip") [bounds.low, bounds.high] = [-1, 1];
    const outline = outlineOf(manifest.layout ?? [], plane.spec);
    for (const [x, y] of outline ?? []) {
      [bounds.left, bounds.right] = [Math.min(bounds.left, x), Math.max(bounds.right, x)];
      [bounds.low, bounds.high] = [Math.min(bounds.low, y), Math.max(bounds.high, y)];
    }
    const data: PlaneData = {
      plane, bounds, index: memo(() => gridIndex(plane.coords, bounds)), density: memo(() => density(plane.coords, bounds, 256, 3)),
    };
    if (cache.size > 3) cache.delete(cache.keys().next().value!);
    cache.set(key, data);
    return data;
  }

  const groupItems = makeGroups(atlas, clusters, members, (spec) => planeDataOf(spec).plane.coords);
  const app: App = {
    clusters, groupItems,
    root, files, atlas, items, table, columns, filters: crossfilter(count, columns, atlas.ids.of, () => store.set({ filters: [...store.get().filters] }), (error) => app.reportError(error)), limits, store, linked, centring, size: limits.size, levels,
    engine: openEngine(files, manifest),
    words: () => wordsIn(store.get().language),
    look: () => lookIn(store.get().theme, isDark(store.get().theme)),
    painter: () => painter,
    planeData: () => planeDataOf(store.get().plane),
    visible: () => app.filters.visible(store.get().filters),
    isVisible: (item) => app.visible()?.[item] !== 0,
    selection: () => {
      const { lasso, open, picked, shown: { chosen } } = store.get();
      if (picked) return picked;
      if (lasso.length || open || !chosen) return selectionOf(app.planeData(), lasso, open, app.visible());
      return visibleOf(groupItems(chosen) ?? NONE, app.visible());
    },
    path: () => pathOf(store.get().stops, store.get().frames, store.get().curve),
    stopCode, members,
    classOf: (item) => classOf(atlas, item),
    className: (k) => atlas.names[k] ?? String(k),
    mean: (item) => meanOf(atlas, item),
    condition: () => atlas.conditions.setting(store.get().condition),
    unit: (bytes) => table?.rows.unit(bytes) ?? unitOf(bytes, levels),
    toData: (bytes) => table?.rows.toData(bytes) ?? unitOf(bytes, levels).map((value) => low + value * (high - low)),
    toUnit: (values) => table?.rows.toUnit(values) ?? values.map((value) => (value - low) / (high - low)),
    reportError: () => undefined,
    announce: () => undefined,
  };
  // The copies tell everything that shows groups that their items are known now.
  clusters?.ready.then(() => store.set({ shown: { ...store.get().shown, chosen: store.get().shown.chosen && { ...store.get().shown.chosen! }, groups: [...store.get().shown.groups] } }), (error: unknown) => app.reportError(error));
  return app;
}
