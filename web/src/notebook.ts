/** Keeps the page and the widget in Python together: the selection both ways, and what colors the points. */
import type { App } from "./app.ts";
import type { Column } from "./bundle/columns.ts";
import type { WidgetModel } from "./bundle/files.ts";
import { readCells } from "./bundle/table.ts";
import { itemsByRow, itemsOf, pick } from "./state/rows.ts";
import { colourByName, colourByValues } from "./state/values.ts";

const SELECTION = "selection"; // rows of the source: int32
const COLOURS = "_colors"; // {name}, or {column, cells} with a cell for each item

const rowsIn = (view: DataView): Int32Array => new Int32Array(copied(view));
const copied = ({ buffer, byteOffset, byteLength }: DataView): ArrayBuffer => buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;

/** Returns a function that ends it. */
export function followModel(model: WidgetModel, app: App): () => void {
  const { store, atlas } = app;
  const itemOf = itemsByRow(atlas);
  let selection = app.selection();

  function fromPython(): void {
    const view = model.get(SELECTION) as DataView | null | undefined;
    const items = view ? itemsOf(rowsIn(view), itemOf) : new Int32Array(0);
    if (items.length === selection.length && items.every((item, k) => item === selection[k])) return;
    selection = items;
    store.set(pick(store.get(), items));
  }

  function colours(): void {
    const { name, column, cells } = (model.get(COLOURS) ?? {}) as { name?: string; column?: Column; cells?: DataView };
    if (name !== undefined) colourByName(app, name);
    else if (column && cells) colourByValues(app, { column, cells: readCells(column, copied(cells), atlas.count, COLOURS) });
  }

  const unwatch = store.watch((now) => {
    if (now.open || app.selection() === selection) return;
    selection = app.selection();
    model.set(SELECTION, new DataView(Int32Array.from(selection, atlas.ids.row).buffer));
    model.save_changes();
  });
  model.on(`change:${SELECTION}`, fromPython);
  model.on(`change:${COLOURS}`, colours);
  fromPython();
  colours();
  return () => {
    unwatch();
    model.off(`change:${SELECTION}`, fromPython);
    model.off(`change:${COLOURS}`, colours);
  };
}

/** The theme that JupyterLab, VS Code or Colab marks on its page, as a link. */
export function notebookTheme({ body, documentElement }: Document): string {
  const marks = [body.dataset.jpThemeLight, body.dataset.vscodeThemeKind, documentElement.getAttribute("theme")];
  const mark = marks.find((each) => each) ?? "";
  if (/^false$|dark|^vscode-high-contrast$/.test(mark)) return "t=dark";
  return /^true$|light/.test(mark) ? "t=light" : "";
}
