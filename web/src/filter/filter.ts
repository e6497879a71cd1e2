/** A filter: the values of a column that stay visible. All filters together leave the items that pass each of them. */
import type { Cells } from "../bundle/table.ts";

/** Numbers from `low` to `high`; without the ends themselves if `above` or `below`. Missing ones do not pass. */
export interface RangeFilter { column: number; low: number; high: number; above?: boolean; below?: boolean }
/** Levels of a category or a boolean; `MISSING` stands for a missing cell, of any column. */
export interface LevelFilter { column: number; levels: number[] }
/** Items that contain a text, whatever its case: in a column of free text or, if `column` is null, in their name, their levels and all free texts. */
export interface TextFilter { column: number | null; text: string }
export type Filter = RangeFilter | LevelFilter | TextFilter;

export const MISSING = -1;
export const isRange = (filter: Filter): filter is RangeFilter => "low" in filter;
export const isLevels = (filter: Filter): filter is LevelFilter => "levels" in filter;
export const isText = (filter: Filter): filter is TextFilter => "text" in filter;

/** A text as it is compared: without differences of case and of width. */
export const folded = (text: string): string => text.normalize("NFKC").toLowerCase();

/** Write 1 into `fails` for each cell outside the range. Bounds become float32 if the cells are, so that 30.3 is at least 30.3. */
export function failRange({ low, high, above, below }: RangeFilter, cells: Cells, fails: Uint8Array): void {
  const [from, to] = cells instanceof Float32Array ? [Math.fround(low), Math.fround(high)] : [low, high];
  for (let i = 0; i < fails.length; i++) fails[i] = Number(!(cells[i]! >= from)) | Number(!(cells[i]! <= to)); // no branch, which is seven times as fast
  if (above) for (let i = 0; i < fails.length; i++) if (cells[i] === from) fails[i] = 1;
  if (below) for (let i = 0; i < fails.length; i++) if (cells[i] === to) fails[i] = 1;
}

export function failLevels({ levels }: LevelFilter, cells: Cells, fails: Uint8Array): void {
  const passing = new Uint8Array(Math.max(0, ...levels) + 2); // level + 1, so that a missing cell is at 0
  for (const level of levels) passing[level + 1] = 1;
  for (let i = 0; i < fails.length; i++) {
    const value = cells[i]!;
    fails[i] = Number(passing[Number.isNaN(value) ? 0 : value + 1] !== 1);
  }
}

/** Write 1 for each item of which none of `texts` contains `wanted`, which is folded. */
export function failTexts(wanted: string, texts: ((i: number) => string)[], fails: Uint8Array): void {
  for (let i = 0; i < fails.length; i++) fails[i] = Number(!texts.some((text) => folded(text(i)).includes(wanted)));
}

/** Return the filters without those of `column`, and with `next` if it is not null. */
export function replaced(filters: Filter[], column: number | null, next: Filter | null): Filter[] {
  const others = filters.filter((filter) => filter.column !== column);
  return next ? [...others, next] : others;
}

/** Turn a level on or off. The first level that is turned on is the only one; turning off the last one removes the filter. */
export function toggleLevel(filters: Filter[], column: number, level: number): Filter[] {
  const now = filters.find((filter): filter is LevelFilter => filter.column === column && isLevels(filter));
  const levels = !now ? [level] : now.levels.includes(level) ? now.levels.filter((other) => other !== level) : [...now.levels, level];
  return replaced(filters, column, levels.length ? { column, levels } : null);
}
