/** What the page shows, in one object. All of it but the last lines is in the link. */
import type { Point } from "../math/lasso.ts";
import type { PlaneSpec } from "../math/plane.ts";
import type { Curve } from "../math/slerp.ts";

export const PANELS = ["cursor", "point", "path", "class", "select", "draw"] as const;
export type Panel = (typeof PANELS)[number];
export const COLOURINGS = ["class", "score", "density"] as const;
export type Colouring = (typeof COLOURINGS)[number];
export type Language = "en" | "ja";
export type Theme = "auto" | "light" | "dark";
/** World centre, and how many world units the shorter side of the map spans: the same view on every screen. */
export interface Camera { x: number; y: number; span: number }
/** A stop of a path: an item, or a code of its own. */
export type Stop = { item: number } | { z: number[] };

export interface State {
  panel: Panel;
  plane: PlaneSpec;
  /** Null: the whole map. */
  camera: Camera | null;
  /** The cursor's code, and the code through which the manifold is cut. */
  z: number[];
  base: number[];
  /** The cursor stays at z, wherever the pointer goes. */
  held: boolean;
  colouring: Colouring;
  points: boolean;
  manifold: boolean;
  item: number | null;
  classA: number | null;
  classB: number | null;
  stops: Stop[];
  curve: Curve;
  frames: number;
  lasso: Point[];
  /** Values of the drawn or dropped image, 0…255. */
  drawing: Uint8Array | null;
  seed: number;
  language: Language;
  theme: Theme;
  /** Dragging draws (a path, a lasso) instead of moving the map; and the lasso's line is not closed yet. */
  pen: boolean;
  open: boolean;
  frame: number;
  playing: boolean;
}

export interface Limits { dim: number; count: number; classes: number; pca: boolean; umap: boolean; size: number; activity: number[] }

/** The plane a run opens with: a strip, the plane itself, or the two most active dimensions. */
export function firstPlane({ dim, activity }: Limits): PlaneSpec {
  if (dim === 1) return { kind: "strip" };
  if (dim === 2) return { kind: "dims", x: 0, y: 1 };
  return { kind: "dims", x: activity[0]!, y: activity[1]! };
}

export function initialState(limits: Limits, language: Language): State {
  return {
    panel: "cursor", plane: firstPlane(limits), camera: null,
    z: new Array<number>(limits.dim).fill(0), base: new Array<number>(limits.dim).fill(0),
    colouring: limits.classes > 0 ? "class" : "density", points: true, manifold: true,
    item: null, classA: null, classB: null, stops: [], curve: "straight", frames: 24, lasso: [], drawing: null, seed: 0,
    language, theme: "auto", held: false, pen: false, open: false, frame: 0, playing: false,
  };
}
