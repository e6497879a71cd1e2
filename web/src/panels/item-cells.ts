/** What is known about an item besides its values: the columns that are not those of its table, as a list of names and cells. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { columnName, itemCell } from "../filter/words.ts";
import { breakable } from "./card.ts";

/** The list; null if there are no such columns. Cells that are not read yet appear as soon as they are. */
export function itemCells(app: App, item: number, most = Infinity): HTMLElement | null {
  const { columns, own } = app.columns;
  const shown = columns.map((_, k) => k).filter((k) => k >= own && !columns[k]!.built).slice(0, most);
  if (shown.length === 0) return null;
  const cells = shown.map((k) => {
    const cell = h("dd", null, itemCell(app, k, item));
    const put = (): void => { cell.textContent = itemCell(app, k, item) || "—"; };
    const reading = columns[k]!.kind === "text" ? app.columns.texts(k) : app.columns.cells(k);
    reading.then(put, app.reportError);
    return cell;
  });
  return h("dl", { class: "cells" }, ...shown.flatMap((k, at) => [h("dt", null, ...breakable(columnName(app, k))), cells[at]!]));
}
