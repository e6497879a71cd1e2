/** The state of the page: one object. All of it, except `pen`, `open`, `frame`, `playing` and what comes from elsewhere, is part of the link. */
import type { Ids } from "../bundle/ids.ts";
import type { Column } from "../bundle/columns.ts";
import type { Filter } from "../filter/filter.ts";
import type { Point } from "../math/lasso.ts";
import type { PlaneSpec } from "../math/plane.ts";
import type { Curve } from "../math/slerp.ts";
import { SHOWN, type Shown } from "./groups.ts";
import type { Values } from "./values.ts";

export const PANELS = ["cursor", "point", "path", "class", "filter", "select", "groups", "draw"] as const;
export type Panel = (typeof PANELS)[number];
export const COLOURINGS = ["class", "cluster", "score", "density"] as const;
/** Colors by class, cluster, score or density, by the column of the items with this number, or by values from Python. */
export type Colouring = (typeof COLOURINGS)[number] | `column${number}` | "values";
export type Language = "en" | "ja";
export type Theme = "auto" | "light" | "dark";
/** Center, and the length that the shorter side of the map shows, in units of the plane. */
export interface Camera { x: number; y: number; span: number }
/** A stop of a path: an item or a code. */
export type Stop = { item: number } | { z: number[] };

export interface State {
  panel: Panel;
  plane: PlaneSpec;
  /** Null for the whole map. */
  camera: Camera | null;
  /** The code at the cursor. */
  z: number[];
  /** The images on the map show the slice of the latent space through this code. */
  base: number[];
  /** A pinned cursor does not follow the pointer. */
  pinned: boolean;
  colouring: Colouring;
  points: boolean;
  manifold: boolean;
  /** Opacity of the images behind points, in percent; null for one that leaves every mark its contrast. */
  strength: number | null;
  /** The setting of the condition under which codes are decoded and drawings are encoded; null if the model has none. */
  condition: number | null;
  item: number | null;
  classA: number | null;
  classB: number | null;
  stops: Stop[];
  curve: Curve;
  frames: number;
  lasso: Point[];
  /** Only items that pass all of them are visible. */
  filters: readonly Filter[];
  /** The structure of the codes. */
  shown: Shown;
  /** Values of the drawn or opened item, in the bytes of stored items. */
  drawing: Uint8Array | null;
  seed: number;
  language: Language;
  theme: Theme;
  /** Dragging draws a path or a lasso instead of moving the map. */
  pen: boolean;
  /** The lasso is not closed yet. */
  open: boolean;
  /** The first screen explains what it shows. Any link to something else opens without it. */
  intro: boolean;
  frame: number;
  playing: boolean;
  /** The item under the pointer. */
  hovered: number | null;
  /** The item under the pointer on the other one of two maps. */
  pointed: number | null;
  /** Selected items, ascending, from Python or the other one of two maps; null if the lasso selects. */
  picked: Int32Array | null;
  /** Values from Python. */
  values: Values | null;
}

export interface Limits { dim: number; ids: Pick<Ids, "row" | "at">; classes: number; settings: number; columns: number; score: boolean; pca: boolean; umap: boolean; size: number; activity: number[]; discrete?: boolean; start?: number[]; filterable?: readonly Column[]; views?: PlaneSpec[]; clusters?: number[];
  /** Whether z is a point on a sphere in three dimensions, which the map can show whole. */
  sphere?: boolean }

/** The colorings that the run has the numbers for. */
export function colourings(limits: Limits): readonly (typeof COLOURINGS)[number][] {
  return COLOURINGS.filter((kind) => (kind !== "class" || limits.classes > 0) && (kind !== "score" || limits.score) && (kind !== "cluster" || limits.clusters !== undefined));
}

/** The number of the column by which points are colored, or null. */
export function columnOf(colouring: Colouring): number | null {
  return colouring.startsWith("column") ? Number(colouring.slice("column".length)) : null;
}

/** The initial plane: a strip for one dimension, otherwise the two dimensions; of more, the view that separates best or, if it is unknown, the two most active ones; of discrete codes, the principal components. */
export function firstPlane({ dim, activity, discrete, pca, umap, views, sphere }: Limits): PlaneSpec {
  if (dim === 1) return { kind: "strip" };
  if (dim === 2) return { kind: "dims", x: 0, y: 1 };
  if (sphere) return { kind: "sphere" };
  const best = views?.find(({ kind }) => (kind === "dims" ? !discrete : kind === "pca" ? pca : umap));
  if (best) return best;
  if (discrete && pca) return { kind: "pca" };
  return { kind: "dims", x: activity[0]!, y: activity[1]! };
}

export function initialState(limits: Limits, language: Language): State {
  const start = limits.start ?? new Array<number>(limits.dim).fill(0);
  return {
    panel: "cursor", plane: firstPlane(limits), camera: null,
    z: start, base: start,
    colouring: limits.classes > 0 ? "class" : "density", points: true, manifold: true, strength: null, condition: limits.settings > 0 ? 0 : null,
    item: null, classA: null, classB: null, stops: [], curve: "straight", frames: 24, lasso: [], filters: [], drawing: null, seed: 0,
    shown: { ...SHOWN, clusters: limits.classes === 0 && limits.clusters !== undefined },
    language, theme: "auto", pinned: false, pen: false, open: false, intro: true, frame: 0, playing: false,
    hovered: null, pointed: null, picked: null, values: null,
  };
}
