/** The color of each point, by class, score, density or the column of a table. */
import type { Atlas } from "../bundle/atlas.ts";
import { type Rgb, classColours, ramp } from "../look/colour.ts";
import type { Column } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { type Grid, valuesAt } from "../math/density.ts";
import { quantile } from "../math/stats.ts";
import type { Colouring } from "../state/state.ts";
import type { Dots } from "./raster.ts";

const STEPS = 64;

/** The values at the two ends of the color ramp: the 1 % and 99 % quantiles of the points. */
export interface Scale { low: number; high: number }

export function colourOf(atlas: Atlas, colouring: Colouring, dark: boolean, grid: () => Grid, coords: Float32Array): { colour: Uint16Array; palette: Rgb[]; scale: Scale | null } {
  if (colouring === "class" && atlas.labels) {
    const palette = [...classColours(atlas.names.length, dark), lacking(dark)];
    const last = palette.length - 1;
    return { palette, scale: null, colour: Uint16Array.from(atlas.labels, (label) => (label >= 0 && label < last ? label : last)) };
  }
  const values = (colouring === "score" ? atlas.score : null) ?? valuesAt(grid(), coords);
  const sorted = Float32Array.from(values).sort();
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
  const width = Math.max(high - low, 1e-12);
  const palette = Array.from({ length: STEPS }, (_, k) => ramp(k / (STEPS - 1), dark));
  const colour = Uint16Array.from(values, (value) => Math.round(Math.min(1, Math.max(0, (value - low) / width)) * (STEPS - 1)));
  return { palette, colour, scale: { low, high } };
}

/** The color of missing cells and of items without a class: a gray that no class has. */
export const lacking = (dark: boolean): Rgb => (dark ? [152, 148, 140] : [125, 119, 108]);

/** The colors by the cells of a column: a color for each level, or a ramp for amounts. A missing cell has the last color. */
export function colourOfColumn({ kind, levels }: Column, cells: Cells, dark: boolean): { colour: Uint16Array; palette: Rgb[]; scale: Scale | null } {
  const isCategory = kind === "category" || kind === "boolean";
  const names = kind === "boolean" ? 2 : levels.length;
  const palette = [...(isCategory ? classColours(names, dark) : Array.from({ length: STEPS }, (_, k) => ramp(k / (STEPS - 1), dark))), lacking(dark)];
  const last = palette.length - 1;
  if (isCategory) return { palette, scale: null, colour: Uint16Array.from(cells, (level) => (level >= 0 && level < last ? level : last)) };
  const sorted = Float64Array.from(cells as Float64Array).filter((value) => !Number.isNaN(value)).sort();
  const [low, high] = sorted.length ? [quantile(sorted, 0.01), quantile(sorted, 0.99)] : [0, 0];
  const width = high > low ? high - low : 1;
  const step = (value: number): number => Math.round(Math.min(1, Math.max(0, (value - low) / width)) * (STEPS - 1));
  return { palette, scale: { low, high }, colour: Uint16Array.from(cells as Float64Array, (value) => (Number.isNaN(value) ? last : step(value))) };
}

/** The same points; all are faded except the highlighted ones. */
export function fadeOthers(colour: Uint16Array, palette: Rgb[], coords: Float32Array, highlighted: ((i: number) => boolean) | null): Dots {
  return {
    coords, palette, faded: highlighted !== null,
    colour: highlighted ? colour.map((index, i) => (highlighted(i) ? index : index + palette.length)) : colour,
  };
}
