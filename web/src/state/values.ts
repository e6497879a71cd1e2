/** A column of values from Python, one for each item, which can color the points. */
import type { App } from "../app.ts";
import type { Column } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { type State, colourings } from "./state.ts";

export interface Values { column: Column; cells: Cells }

/** The values that color the points; null if they are not those from Python. */
export const shownValues = ({ colouring, values }: State): Values | null => (colouring === "values" ? values : null);

/** Color by new values. */
export function colourByValues(app: App, values: Values): void {
  app.store.set({ values, colouring: "values" });
}

/** Color by what the page has: "class", "score", "density", or the column with this name. Another name changes nothing. */
export function colourByName(app: App, name: string): void {
  const kind = colourings(app.limits).find((each) => each === name);
  const column = app.columns.columns.slice(0, app.limits.columns).findIndex((each) => each.name === name);
  if (kind) app.store.set({ colouring: kind });
  else if (column >= 0) app.store.set({ colouring: `column${column}` });
}
