/** The items of a selection as a table: what each is called, its row in the source, and its cells in every column. */
import type { App } from "../app.ts";
import type { ItemColumn } from "../bundle/item-columns.ts";
import { dateText } from "../look/cells.ts";

export interface Sheet { header: string[]; rows: Iterable<(string | number)[]> }

/** A cell as other programs read it: a number with all of its digits, and an empty text if it is missing. */
export function plainCell(column: Pick<ItemColumn, "kind" | "levels" | "decimals" | "stored" | "form" | "cells">, value: number): string | number {
  if (Number.isNaN(value)) return "";
  if (column.kind === "category") return column.levels[value] ?? "";
  if (column.kind === "boolean") return value >= 0.5 ? "true" : "false";
  if (column.kind === "date") return dateText(column, value);
  return column.decimals === null ? Number(value.toPrecision(column.cells === "f32" ? 7 : 15)) : Number(value.toFixed(Math.min(20, column.decimals)));
}

/** All columns are read first. The names of the columns are those in the user's own tables, whatever the language of the page. */
export async function selectionRows(app: App, selection: Int32Array): Promise<Sheet> {
  const { columns, cells, texts } = app.columns;
  const { ids } = app.atlas;
  const read = await Promise.all(columns.map(async (column, k) => {
    if (column.kind === "text") {
      const all = await texts(k);
      return (item: number) => all[item]!;
    }
    const all = await cells(k);
    const form = column.built === "score" ? { ...column, decimals: null } : column;
    return (item: number) => plainCell(form, all[item]!);
  }));
  function* rows(): Iterable<(string | number)[]> {
    for (const item of selection) yield [ids.of(item), ids.row(item), ...read.map((cell) => cell(item))];
  }
  return { header: ["item", "row", ...columns.map(({ name }) => name)], rows: rows() };
}
