/** The legend of the map's colors, below the map. */
import type { App } from "../app.ts";
import { canvas, context, fill, h } from "../dom.ts";
import { type Column, tidy } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { type Rgb, css, ramp } from "../look/colour.ts";
import { cellText } from "../look/cells.ts";
import { colourOfColumn, lacking } from "../map/point-colours.ts";
import { quantile } from "../math/stats.ts";
import { swatch } from "../panels/parts.ts";
import { type State, columnOf } from "../state/state.ts";
import { shownValues } from "../state/values.ts";

const WIDTH = 160;

export function createLegend(app: App): { el: HTMLElement; update(now: State, before: State | null): void } {
  const t = app.words();
  const el = h("div", { class: "legend" });

  function classes(state: State): void {
    fill(el, h("div", { class: "classes", role: "group", "aria-label": t("map.legend") }, ...app.atlas.names.map((name, k) =>
      h("button", { type: "button", class: "class", "aria-pressed": String(state.panel === "class" && state.classA === k),
        on: { click: () => app.store.set({ panel: "class", classA: k, classB: null }) } }, swatch(app, k), h("span", { class: "clip" }, name)))));
  }

  const dot = (colour: Rgb): HTMLElement => {
    const dotted = h("span", { class: "swatch", "aria-hidden": "true" });
    dotted.style.backgroundColor = css(colour);
    return dotted;
  };

  /** The colors of a column: its levels, or the ends of its range, and of missing cells if there are any. */
  function column(k: number): void {
    const { table } = app;
    const about = table!.columns[k]!;
    const cells = table!.loaded(k);
    if (!cells) {
      fill(el, h("div", { class: "amounts" }, about.name));
      table!.cells(k).then(() => { if (columnOf(app.store.get().colouring) === k) column(k); }, app.reportError);
      return;
    }
    cellColours(about, cells);
  }

  function cellColours(about: Column, cells: Cells): void {
    const dark = app.look().dark;
    const { palette, scale } = colourOfColumn(about, cells, dark);
    const gap = cells.some(Number.isNaN) ? h("span", { class: "named" }, dot(lacking(dark)), t("missing")) : null;
    const end = (value: number): HTMLElement => h("span", { class: "number" }, cellText(t, about, tidy(about, value)));
    const name = h("span", { class: "clip", title: about.name }, about.name);
    if (scale) return fill(el, h("div", { class: "amounts" }, name, end(scale.low), ramped(), end(scale.high), gap));
    fill(el, h("div", { class: "classes levels", role: "group", tabindex: "0", "aria-label": about.name }, name,
      ...palette.slice(0, -1).map((colour, level) => h("span", { class: "named" }, dot(colour), h("span", { class: "clip" }, cellText(t, about, level)))), gap));
  }

  function ramped(): HTMLElement {
    const bar = canvas(WIDTH, 8, { class: "ramp", "aria-hidden": "true" });
    const on = context(bar);
    for (let x = 0; x < WIDTH; x++) {
      on.fillStyle = css(ramp(x / (WIDTH - 1), app.look().dark));
      on.fillRect(x, 0, 1, 8);
    }
    return bar;
  }

  function amounts(state: State): void {
    const scores = Float32Array.from(app.atlas.score ?? []).sort();
    const bar = ramped();
    fill(el, state.colouring === "score"
      ? h("div", { class: "amounts" }, h("span", { class: "number" }, t.real(quantile(scores, 0.01), 1)), bar,
        h("span", { class: "number" }, t.real(quantile(scores, 0.99), 1)), h("span", null, t("map.score.unit")))
      : h("div", { class: "amounts" }, t("map.density.low"), bar, t("map.density.high")));
  }

  return {
    el,
    update(now, before) {
      const unchanged = before && (["colouring", "plane", "panel", "classA", "values"] as const).every((key) => now[key] === before[key]);
      if (unchanged) return;
      if (now.colouring === "class") classes(now);
      else if (now.colouring !== before?.colouring || now.values !== before.values) {
        const values = shownValues(now);
        if (values) return cellColours(values.column, values.cells);
        const k = columnOf(now.colouring);
        if (k === null) amounts(now);
        else column(k);
      }
    },
  };
}
