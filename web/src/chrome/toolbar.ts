/** The toolbar above the map: projection, colors, layers, and the condition of the decoded images. */
import type { App } from "../app.ts";
import { columnName } from "../filter/words.ts";
import { fill, h } from "../dom.ts";
import { dimensionName } from "../look/dimension.ts";
import type { PlaneSpec } from "../math/plane.ts";
import { type Colouring, type State, colourings, columnOf } from "../state/state.ts";
import { choices } from "../panels/parts.ts";
import { structureToggles, trustworthiness } from "./structure-controls.ts";
import { strength } from "./strength.ts";

export function createToolbar(app: App): { el: HTMLElement; update(now: State, before: State | null): void } {
  const { store, limits } = app;
  const t = app.words();
  const plane = h("div", { class: "group" });
  const colour = h("div", { class: "group" });
  const layers = h("div", { class: "group" });
  const given = app.atlas.manifest.condition;
  const subject = given?.items === "rows" ? given.name : t("map.condition");
  const condition = h("select", { "aria-label": subject, on: { change: () => store.set({ condition: Number(condition.value) }) } },
    ...app.atlas.conditions.names.map((name, k) => h("option", { value: k }, name)));

  function planes(state: State): void {
    if (limits.dim < 3) return;
    const kinds = [limits.sphere && ["sphere", t("map.plane.sphere")], !(limits.discrete && limits.pca) && ["dims", t("map.plane.dims")], limits.pca && ["pca", t("map.plane.pca")], limits.umap && ["umap", t("map.plane.umap")]]
      .filter((kind) => Array.isArray(kind));
    const set = (spec: PlaneSpec): void => store.set({ plane: spec, camera: null, lasso: [], open: false });
    const mostActive: PlaneSpec = { kind: "dims", x: limits.activity[0]!, y: limits.activity[1]! };
    const kind = h("select", { "aria-label": t("map.plane"), on: { change: () => set(kind.value === "dims" ? mostActive : { kind: kind.value as "pca" | "umap" | "sphere" }) } },
      ...kinds.map(([value, text]) => h("option", { value: value!, selected: value === state.plane.kind }, text!)));
    const now = state.plane;
    const axis = (which: "x" | "y"): HTMLElement | null => {
      if (now.kind !== "dims") return null;
      const other = which === "x" ? now.y : now.x;
      const select = h("select", { class: "axis", "aria-label": t(`map.axis.${which}`), on: { change: () => set({ ...now, [which]: Number(select.value) }) } },
        ...limits.activity.filter((j) => j !== other).map((j) => h("option", { value: j, selected: j === now[which] }, dimensionName(j))));
      return select;
    };
    fill(plane, kind, axis("x"), now.kind === "dims" ? "×" : null, axis("y"), trustworthiness(app, now));
  }

  function colours(state: State): void {
    const options = colourings(limits).map((kind): [Colouring, string] => [kind, t(`map.colour.${kind}`)]);
    if (state.values) options.push(["values", state.values.column.name]);
    fill(colour, choices(t("map.colour"), options, state.colouring, (colouring) => store.set({ colouring })), limits.columns > 0 && byColumn(columnOf(state.colouring)));
  }

  /** A list of the columns, of which one may color the points. */
  function byColumn(now: number | null): HTMLElement {
    const select = h("select", { class: now === null ? "columns" : "columns chosen", "aria-label": t("map.colour.column"), on: { change: () => store.set({ colouring: `column${Number(select.value)}` }) } },
      h("option", { value: "", disabled: true, selected: now === null }, `${t("map.colour.column")} …`),
      ...Array.from({ length: limits.columns }, (_, k) => h("option", { value: k, selected: k === now }, columnName(app, k))));
    return select;
  }

  function toggles(state: State): void {
    const toggle = (key: "points" | "manifold", label: string, disabled = false): HTMLElement =>
      h("button", { type: "button", class: "choice", "aria-pressed": String(state[key] && !disabled), disabled, on: { click: () => store.set({ [key]: !state[key] }) } }, label);
    fill(layers, h("div", { class: "choices", role: "group", "aria-label": t("map.layers") },
      toggle("points", t("map.layers.points")), toggle("manifold", t(app.table ? "map.layers.bars" : "map.layers.images"), state.plane.kind === "umap"), ...structureToggles(app, state)),
      state.points && state.manifold && state.plane.kind !== "umap" ? strength(app) : null);
  }

  return {
    el: h("div", { class: "toolbar", role: "group", "aria-label": t("chrome.controls") }, plane, colour, layers,
      given && h("label", { class: "group", title: t("map.condition.note") }, h("span", { class: "clip" }, subject), condition)),
    update(now, before) {
      if (now.plane !== before?.plane) planes(now);
      if (now.colouring !== before?.colouring || now.values !== before.values) colours(now);
      if (now.condition !== before?.condition) condition.value = String(now.condition);
      if (now.points !== before?.points || now.manifold !== before?.manifold || now.shown !== before?.shown || now.plane.kind !== before.plane.kind) toggles(now);
    },
  };
}
