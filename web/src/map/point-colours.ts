/** The color of each point, by class, score, density or the column of a table. */
import type { Atlas } from "../bundle/atlas.ts";
import { type Rgb, classColours, diverging, ramp } from "../look/colour.ts";
import type { Column } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { isLevelled } from "../filter/bins.ts";
import { type Grid, valuesAt } from "../math/density.ts";
import { quantile, sortedSample } from "../math/stats.ts";
import type { Colouring } from "../state/state.ts";
import { type Dots, HIDDEN } from "./raster.ts";

const STEPS = 64;

/** The index of the color of each value; `Uint16Array.from` takes ten times as long. */
function indices(values: ArrayLike<number>, indexOf: (value: number) => number): Uint16Array {
  const colour = new Uint16Array(values.length);
  for (let i = 0; i < colour.length; i++) colour[i] = indexOf(values[i]!);
  return colour;
}

/** The values at the two ends of the color ramp: the 1 % and 99 % quantiles of the points. */
export interface Scale { low: number; high: number }

/** The colors of a scale, from its lower end to its upper end. */
export const shades = (dark: boolean, along = ramp): Rgb[] => Array.from({ length: STEPS }, (_, k) => along(k / (STEPS - 1), dark));

export function colourOf(atlas: Pick<Atlas, "labels" | "names" | "score">, colouring: Colouring, dark: boolean, grid: () => Grid, coords: Float32Array): { colour: Uint16Array; palette: Rgb[]; scale: Scale | null } {
  if (colouring === "class" && atlas.labels) {
    const palette = [...classColours(atlas.names.length, dark), lacking(dark)];
    const last = palette.length - 1;
    return { palette, scale: null, colour: indices(atlas.labels, (label) => (label >= 0 && label < last ? label : last)) };
  }
  const values = (colouring === "score" ? atlas.score : null) ?? valuesAt(grid(), coords);
  const sorted = sortedSample(values);
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
  const width = Math.max(high - low, 1e-12);
  const palette = shades(dark);
  const colour = indices(values, (value) => Math.round(Math.min(1, Math.max(0, (value - low) / width)) * (STEPS - 1)));
  return { palette, colour, scale: { low, high } };
}

/** The color of missing cells and of items without a class: a gray that no class has. */
export const lacking = (dark: boolean): Rgb => (dark ? [152, 148, 140] : [125, 119, 108]);

/** The ends of the color scale of amounts, by their 1 % and 99 % quantiles. If they straddle zero, zero is in the middle of two colors. */
function scaleOf(cells: Cells): Scale & { diverging: boolean } {
  const sorted = sortedSample(cells);
  const [low, high] = sorted.length ? [quantile(sorted, 0.01), quantile(sorted, 0.99)] : [0, 0];
  const reach = Math.max(-low, high);
  return low < 0 && high > 0 ? { low: -reach, high: reach, diverging: true } : { low, high, diverging: false };
}

/** The color of each level, and of missing cells. */
export const levelColours = ({ kind, levels }: Pick<Column, "kind" | "levels">, dark: boolean): Rgb[] => [...classColours(kind === "boolean" ? 2 : levels.length, dark), lacking(dark)];

/** The colors by the cells of a column: a color for each level, or a ramp for amounts. A missing cell has the last color. */
export function colourOfColumn({ kind, levels }: Column, cells: Cells | Uint8Array, dark: boolean): { colour: Uint16Array; palette: Rgb[]; scale: Scale | null } {
  const about = isLevelled({ kind }) ? null : scaleOf(cells as Cells);
  const along = about?.diverging ? diverging : ramp;
  const palette = about ? [...shades(dark, along), lacking(dark)] : levelColours({ kind, levels }, dark);
  const last = palette.length - 1;
  if (!about) return { palette, scale: null, colour: indices(cells, (level) => (level >= 0 && level < last ? level : last)) };
  const { low, high } = about;
  const width = high > low ? high - low : 1;
  const step = (value: number): number => Math.round(Math.min(1, Math.max(0, (value - low) / width)) * (STEPS - 1));
  return { palette, scale: { low, high }, colour: indices(cells, (value) => (Number.isNaN(value) ? last : step(value))) };
}

/** The same points; all are faded except the highlighted ones, and those whose `mask` is 0 are hidden. */
export function fadeOthers(colour: Uint16Array, palette: Rgb[], coords: Float32Array, highlighted: ((i: number) => boolean) | null, mask: Uint8Array | null = null): Dots {
  const shades = highlighted ? colour.map((index, i) => (highlighted(i) ? index : index + palette.length)) : mask ? colour.slice() : colour;
  if (mask) for (let i = 0; i < shades.length; i++) if (mask[i] === 0) shades[i] = HIDDEN;
  return {
    coords, palette, faded: highlighted !== null, colour: shades,
  };
}
