/** The legend of the map's colors, below the map. */
import type { App } from "../app.ts";
import { canvas, context, fill, h } from "../dom.ts";
import { css, ramp } from "../look/colour.ts";
import { quantile } from "../math/stats.ts";
import { swatch } from "../panels/parts.ts";
import type { State } from "../state/state.ts";

const WIDTH = 160;

export function createLegend(app: App): { el: HTMLElement; update(now: State, before: State | null): void } {
  const t = app.words();
  const el = h("div", { class: "legend" });

  function classes(state: State): void {
    fill(el, h("div", { class: "classes", role: "group", "aria-label": t("map.legend") }, ...app.atlas.names.map((name, k) =>
      h("button", { type: "button", class: "class", "aria-pressed": String(state.panel === "class" && state.classA === k),
        on: { click: () => app.store.set({ panel: "class", classA: k, classB: null }) } }, swatch(app, k), h("span", { class: "clip" }, name)))));
  }

  function amounts(state: State): void {
    const scores = Float32Array.from(app.atlas.score ?? []).sort();
    const bar = canvas(WIDTH, 8, { class: "ramp", "aria-hidden": "true" });
    const on = context(bar);
    for (let x = 0; x < WIDTH; x++) {
      on.fillStyle = css(ramp(x / (WIDTH - 1), app.look().dark));
      on.fillRect(x, 0, 1, 8);
    }
    fill(el, state.colouring === "score"
      ? h("div", { class: "amounts" }, h("span", { class: "number" }, t.real(quantile(scores, 0.01), 1)), bar,
        h("span", { class: "number" }, t.real(quantile(scores, 0.99), 1)), h("span", null, t("map.score.unit")))
      : h("div", { class: "amounts" }, t("map.density.low"), bar, t("map.density.high")));
  }

  return {
    el,
    update(now, before) {
      const unchanged = before && (["colouring", "plane", "panel", "classA"] as const).every((key) => now[key] === before[key]);
      if (unchanged) return;
      if (now.colouring === "class") classes(now);
      else if (now.colouring !== before?.colouring) amounts(now);
    },
  };
}
