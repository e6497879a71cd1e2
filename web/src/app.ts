/** What every part of the page works with: the data, the networks, the state, and what follows from the state. */
import { type Atlas, classOf, meanOf } from "./bundle/atlas.ts";
import type { Files } from "./bundle/files.ts";
import { type Items, openItems } from "./bundle/items.ts";
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
import { memo } from "./memo.ts";
import { type Engine, openEngine } from "./model/engine.ts";
import type { Limits, State, Stop } from "./state/state.ts";
import type { Store } from "./state/store.ts";

/** A plane with what is computed once for it. */
export interface Sheet { plane: Plane; bounds: Bounds; index(): GridIndex; density(): Grid }

export interface App {
  root: HTMLElement;
  files: Files;
  atlas: Atlas;
  items: Items;
  limits: Limits;
  store: Store<State>;
  engine: Promise<Engine>;
  /** Whether the page has an address of its own, and files beside it. */
  linked: boolean;
  /** Whether the run's images lie with their centre of mass in the middle. */
  centring: boolean;
  /** How many values an item has. */
  size: number;
  words(): Words;
  look(): Look;
  painter(): Painter;
  sheet(): Sheet;
  /** Items inside the lasso. */
  selection(): Int32Array;
  /** The codes of the path's frames, and those of its stops. */
  path(): number[][];
  stopCode(stop: Stop): number[];
  /** Items by class. */
  members(): Int32Array[];
  classOf(item: number): number | null;
  className(k: number): string;
  mean(item: number): number[];
  /** Stored bytes of items as the values that the encoder takes. */
  toData(bytes: ArrayLike<number>): Float32Array;
  /** Values of the data as 0…1, for drawing. */
  toUnit(values: Float32Array): Float32Array;
  /** Tell the reader what went wrong; what they did before stays. */
  failed(why: unknown): void;
  /** Said to those who cannot see the map. */
  say(text: string): void;
}

const SAMPLES = 16; // items that tell how images are printed, and whether they are centred

export function limitsOf(atlas: Atlas): Limits {
  const { manifest } = atlas;
  return {
    dim: atlas.dim, count: atlas.count, classes: atlas.names.length, pca: manifest.pca !== null && atlas.dim > 2, umap: atlas.umap !== null,
    size: manifest.event_shape.reduce((a, b) => a * b, 1), activity: manifest.dimensions.map(({ index }) => index),
  };
}

export async function createApp(root: HTMLElement, files: Files, atlas: Atlas, store: Store<State>, linked: boolean): Promise<App> {
  const { manifest, means, labels, umap, dim, count } = atlas;
  const limits = limitsOf(atlas);
  const items = openItems(files, manifest);
  const [low, high] = manifest.range;
  const samples = await Promise.all(Array.from({ length: Math.min(SAMPLES, count, manifest.items.per_file) }, (_, i) => items.unit(i)));
  const print: Print = choosePrint(manifest.event_shape, samples);
  const centring = print === "ink" && isCentred(samples, manifest.event_shape[1]!, manifest.event_shape[0]!);
  const painter = makePainter(manifest.event_shape, print, -low / (high - low));
  const source = { dim, count, means, labels, classes: atlas.names.length, pca: manifest.pca, umap };
  const sheets = new Map<string, Sheet>();
  const wordsIn = memo(words);
  const lookIn = memo((theme: State["theme"], dark: boolean) => readLook(root, theme, dark));
  const stopCode = (stop: Stop): number[] => ("item" in stop ? meanOf(atlas, stop.item) : stop.z);
  const pathOf = memo((stops: Stop[], frames: number, curve: State["curve"]) => path(stops.map(stopCode), frames, curve));
  const selectionOf = memo((sheet: Sheet, lasso: State["lasso"], open: boolean) => (open ? new Int32Array(0) : select(sheet.plane.coords, lasso)));
  const members = memo(() => (labels ? byClass(labels, atlas.names.length) : []));

  function sheetOf(spec: PlaneSpec): Sheet {
    const key = planeKey(spec);
    const had = sheets.get(key);
    if (had) return had;
    const plane = makePlane(spec, source);
    const bounds = boundsOf(plane.coords);
    if (spec.kind === "strip") [bounds.low, bounds.high] = [-1, 1];
    const made: Sheet = {
      plane, bounds, index: memo(() => gridIndex(plane.coords, bounds)), density: memo(() => density(plane.coords, bounds, 256, 3)),
    };
    if (sheets.size > 3) sheets.delete(sheets.keys().next().value!);
    sheets.set(key, made);
    return made;
  }

  const app: App = {
    root, files, atlas, items, limits, store, linked, centring, size: limits.size,
    engine: openEngine(files, manifest.event_shape, dim),
    words: () => wordsIn(store.get().language),
    look: () => lookIn(store.get().theme, isDark(store.get().theme)),
    painter: () => painter,
    sheet: () => sheetOf(store.get().plane),
    selection: () => selectionOf(app.sheet(), store.get().lasso, store.get().open),
    path: () => pathOf(store.get().stops, store.get().frames, store.get().curve),
    stopCode, members,
    classOf: (item) => classOf(atlas, item),
    className: (k) => atlas.names[k] ?? String(k),
    mean: (item) => meanOf(atlas, item),
    toData: (bytes) => Float32Array.from(bytes, (value) => low + (value / 255) * (high - low)),
    toUnit: (values) => values.map((value) => (value - low) / (high - low)),
    failed: () => undefined,
    say: () => undefined,
  };
  return app;
}
