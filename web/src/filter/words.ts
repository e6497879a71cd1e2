/** Names of columns, cells and filters as texts. */
import type { App } from "../app.ts";
import { cellText } from "../look/cells.ts";
import { type Filter, MISSING, isLevels, isRange } from "./filter.ts";

const MOST = 3; // levels that are named

/** What the page calls a column. */
export function columnName(app: App, k: number): string {
  const { name, built } = app.columns.columns[k]!;
  return built ? app.words()(`column.${built}`) : name;
}

export function columnNames(app: App): string[] {
  return app.columns.columns.map((_, k) => columnName(app, k));
}

/** The cell of an item as text; an empty text if it is not read yet. */
export function itemCell(app: App, k: number, item: number): string {
  const { columns, loaded, loadedTexts } = app.columns;
  const column = columns[k]!;
  if (column.kind === "text") return loadedTexts(k)?.[item] ?? "";
  const value = loaded(k)?.[item];
  return value === undefined ? "" : cellText(app.words(), column, value);
}

export function levelName(app: App, k: number, level: number): string {
  return level === MISSING ? app.words()("missing") : cellText(app.words(), app.columns.columns[k]!, level);
}

/** An end of a range as text, without zeros at the end of its decimals. */
export function endText(app: App, k: number, value: number): string {
  const column = app.columns.columns[k]!;
  return cellText(app.words(), column.kind === "number" ? { ...column, decimals: null } : column, value);
}

/** A filter in a few words, for its button. */
export function filterText(app: App, filter: Filter): string {
  const t = app.words();
  if (filter.column === null) return t("filter.says.any", { text: (filter as { text: string }).text });
  const { column } = filter;
  const name = columnName(app, column);
  if (isLevels(filter)) {
    const named = filter.levels.slice(0, MOST).map((level) => levelName(app, column, level)).join(t("filter.or"));
    return `${name}: ${filter.levels.length > MOST ? t("filter.says.more", { names: named, n: filter.levels.length - MOST }) : named}`;
  }
  if (!isRange(filter)) return t("filter.says.text", { name, text: filter.text });
  const end = (value: number): string => endText(app, column, value);
  if (filter.low === filter.high) return `${name} = ${end(filter.low)}`;
  if (filter.high === Infinity) return `${name} ${filter.above ? ">" : "≥"} ${end(filter.low)}`;
  if (filter.low === -Infinity) return `${name} ${filter.below ? "<" : "≤"} ${end(filter.high)}`;
  return `${name}: ${end(filter.low)} – ${end(filter.high)}`;
}
