/** What lies over the points, as plain data: the state decides what there is, `overlay.ts` how it looks. */
import type { Rgb } from "../look/colour.ts";
import type { Point } from "../math/lasso.ts";
import type { Ellipse } from "../math/plane.ts";

export interface Name { x: number; y: number; text: string; colour: Rgb; strong: boolean }
export interface Mark { x: number; y: number; kind: "item" | "neighbour" | "stop" | "centre" | "drawn"; text?: string }
export interface Scene {
  names: Name[];
  marks: Mark[];
  /** One and two standard deviations are drawn. */
  ellipses: { shape: Ellipse; colour: Rgb }[];
  /** Rings around the smallest region that holds most of a class. */
  regions: { rings: Point[][]; colour: Rgb }[];
  lines: { points: Point[]; kind: "path" | "lasso" | "between"; closed: boolean }[];
  /** Where the cursor's code lies; `held`: it stays there. */
  cursor: { x: number; y: number; held: boolean } | null;
  /** Names of the two axes; numbers along the border mean something only with names. */
  axes: [string, string] | null;
  strip: boolean;
}

export const emptyScene = (): Scene =>
  ({ names: [], marks: [], ellipses: [], regions: [], lines: [], cursor: null, axes: null, strip: false });
