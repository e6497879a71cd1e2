/** The controls of the structure of the codes, above the map: names of clusters, contours, and how far to trust a view. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { planeKey } from "../math/plane.ts";
import type { State } from "../state/state.ts";

export function structureToggles(app: App, { shown, plane }: State): HTMLElement[] {
  const t = app.words();
  const toggle = (key: "clusters" | "contours", label: string, disabled = false): HTMLElement =>
    h("button", { type: "button", class: "choice", "aria-pressed": String(shown[key] && !disabled), disabled,
      on: { click: () => app.store.set({ shown: { ...app.store.get().shown, [key]: !app.store.get().shown[key] } }) } }, label);
  return [...(app.clusters ? [toggle("clusters", t("map.layers.clusters"))] : []), ...(plane.kind === "strip" ? [] : [toggle("contours", t("map.layers.contours"))])];
}

/** The trustworthiness of a view, if it was measured. */
export function trustworthiness(app: App, plane: State["plane"]): HTMLElement | null {
  const t = app.words();
  const layout = app.atlas.manifest.structure?.layout;
  const view = layout?.views.find(({ kind, x, y }) => (kind === "dims" ? `d${x}.${y}` : kind) === planeKey(plane));
  if (!layout || !view) return null;
  const note = t("map.trust.note", { n: t.count(layout.items) });
  return h("span", { class: "trust number", title: note }, t("map.trust", { n: t.real(view.trustworthiness) }), h("span", { class: "visually-hidden" }, ` ${note}`));
}
