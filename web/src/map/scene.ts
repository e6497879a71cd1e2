/** All that is drawn above the points, as plain data: `build-scene.ts` creates it, `overlay.ts` draws it. */
import type { Rgb } from "../look/colour.ts";
import type { Point } from "../math/lasso.ts";
import type { Ellipse } from "../math/plane.ts";

export interface Name { x: number; y: number; text: string; colour: Rgb; strong: boolean }
export interface Mark { x: number; y: number; kind: "item" | "neighbour" | "stop" | "centre" | "drawn" | "pointed"; text?: string; colour?: Rgb }
/** The name of an axis, and a shorter one for a short side; the numbers of a bare axis have no meaning. */
export interface Axis { name: string; short: string; bare?: boolean }
export interface Scene {
  names: Name[];
  marks: Mark[];
  /** Each is drawn at one and at two standard deviations. */
  ellipses: { shape: Ellipse; colour: Rgb }[];
  /** Outlines of the smallest region that contains most of a class. */
  regions: { rings: Point[][]; colour: Rgb }[];
  lines: { points: Point[]; kind: "path" | "lasso" | "between"; closed: boolean }[];
  /** The position of the cursor; a pinned cursor does not follow the pointer. */
  cursor: { x: number; y: number; pinned: boolean } | null;
  /** Names of the two axes; null if the coordinates have no meaning, and the border shows no numbers. */
  axes: [Axis, Axis] | null;
  strip: boolean;
  /** Contours of the density, in coordinates of the plane. */
  contours: Path2D[];
}

export const emptyScene = (): Scene =>
  ({ names: [], marks: [], ellipses: [], regions: [], lines: [], cursor: null, axes: null, strip: false, contours: [] });
