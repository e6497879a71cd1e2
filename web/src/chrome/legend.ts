/** The legend of the map's colors, below the map. */
import type { App } from "../app.ts";
import { fill, h } from "../dom.ts";
import type { Column } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { type Filter, toggleLevel } from "../filter/filter.ts";
import { columnName } from "../filter/words.ts";
import { colourOfColumn, shades } from "../map/point-colours.ts";
import { clusterLegend } from "./cluster-legend.ts";
import { memo } from "../memo.ts";
import { quantile, sortedSample } from "../math/stats.ts";
import { ramped, valuesLegend } from "./values-legend.ts";
import { swatch } from "../panels/parts.ts";
import { isKept, levelLegend, scaleLegend } from "./column-legend.ts";
import { type State, columnOf } from "../state/state.ts";
import { shownValues } from "../state/values.ts";

export function createLegend(app: App): { el: HTMLElement; update(now: State, before: State | null): void } {
  const t = app.words();
  const el = h("div", { class: "legend" });
  const scoreColumn = app.columns.columns.findIndex(({ built }) => built === "score");
  const classColumn = app.columns.columns.findIndex(({ built }) => built === "class");

  function classes(state: State): void {
    fill(el, h("div", { class: "classes", role: "group", "aria-label": t("map.legend") }, ...app.atlas.names.map((name, k) =>
      h("button", { type: "button", class: "class", "aria-pressed": String(state.panel === "class" ? state.classA === k : isKept(app, classColumn, k)),
        on: { click: () => press(k) } }, swatch(app, k), h("span", { class: "clip" }, name)))));
  }

  const coloursOf = memo((about: Column, cells: Cells, dark: boolean) => ({ ...colourOfColumn(about, cells, dark), hasGap: cells.some(Number.isNaN) }));
  const filterOf = (state: State | null): Filter | undefined => state?.filters.find(({ column }) => column === (state.colouring === "class" ? classColumn : state.colouring === "score" ? scoreColumn : columnOf(state.colouring)));

  /** In the class panel, a class of the legend is shown there; otherwise it is kept or dropped. */
  function press(k: number): void {
    const { panel, filters } = app.store.get();
    app.store.set(panel === "class" ? { classA: k, classB: null } : { filters: toggleLevel([...filters], classColumn, k) });
  }

  /** The colors of a column: its levels, or the ends of its range, and of missing cells if there are any. */
  function column(k: number): void {
    const { columns, look } = app;
    const about = columns.columns[k]!;
    const cells = columns.loaded(k);
    if (!cells) {
      fill(el, h("div", { class: "amounts" }, columnName(app, k)));
      columns.cells(k).then(() => { if (columnOf(app.store.get().colouring) === k) column(k); }, app.reportError);
      return;
    }
    const { palette, scale, hasGap } = coloursOf(about, cells, look().dark);
    fill(el, scale ? scaleLegend(app, k, palette, scale, hasGap) : levelLegend(app, k, palette, hasGap));
  }

  function amounts(state: State): void {
    const palette = shades(app.look().dark);
    if (state.colouring !== "score") return fill(el, h("div", { class: "amounts" }, t("map.density.low"), ramped(palette), t("map.density.high")));
    const scores = sortedSample(app.atlas.score!);
    const scale = scaleLegend(app, scoreColumn, [...palette, palette[0]!], { low: quantile(scores, 0.01), high: quantile(scores, 0.99) }, false);
    scale.firstElementChild!.replaceWith(); // the unit says what it is
    scale.append(h("span", null, t("map.score.unit")));
    fill(el, scale);
  }

  return {
    el,
    update(now, before) {
      const unchanged = before && (["colouring", "plane", "panel", "classA", "shown", "lasso", "values"] as const).every((key) => now[key] === before[key]) && filterOf(now) === filterOf(before);
      if (unchanged) return;
      const focused = Array.from(el.querySelectorAll("button")).indexOf(document.activeElement as HTMLButtonElement);
      if (now.colouring === "class") classes(now);
      else if (now.colouring === "cluster") fill(el, clusterLegend(app));
      else if (shownValues(now)) fill(el, valuesLegend(app, shownValues(now)!));
      else if (now.colouring !== before?.colouring || filterOf(now) !== filterOf(before)) {
        const k = columnOf(now.colouring);
        if (k === null) amounts(now);
        else column(k);
      }
      el.querySelectorAll("button")[focused]?.focus();
    },
  };
}
