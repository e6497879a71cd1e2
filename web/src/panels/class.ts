/** The class panel: center, spread, overlapping classes, and images between two classes. */
import type { App } from "../app.ts";
import { type Child, button, fill, h } from "../dom.ts";
import { lerp } from "../math/slerp.ts";
import { nearest } from "../math/neighbours.ts";
import { type Summary, summary } from "../math/stats.ts";
import { dimensionName } from "../look/dimension.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { gallery } from "./gallery.ts";
import { decodeAll, itemButton, latestTask, plate, section, swatch } from "./parts.ts";

const BETWEEN = 9; // images from one center to the other
const TYPICAL = 6; // items near the center
const SPREADS = 8; // dimensions shown

export const classPanel: PanelMaker = (app) => {
  const { store, atlas } = app;
  const t = app.words();
  const overlaps = atlas.manifest.classes?.overlaps ?? [];
  const summaries = new Map<number, Summary>();
  const startTask = latestTask();
  const el = h("div", null);
  const note = h("p", { class: "note" }); // explains what the map shows

  function summaryOf(k: number): Summary {
    const result = summaries.get(k) ?? summary(atlas.means, atlas.dim, app.members()[k]!);
    summaries.set(k, result);
    return result;
  }

  const partners = (k: number): { other: number; share: number }[] =>
    overlaps.filter(({ a, b }) => a === k || b === k).map(({ a, b, share }) => ({ other: a === k ? b : a, share }));
  const name = (k: number): Child[] => [swatch(app, k), " ", h("span", { class: "clip" }, app.className(k))];

  function chooser(label: string, selected: number | null, excluded: number | null, choose: (k: number | null) => void): HTMLElement {
    const select = h("select", { "aria-label": label, on: { change: () => choose(select.value === "" ? null : Number(select.value)) } },
      h("option", { value: "" }, `${label} …`),
      ...atlas.names.map((text, k) => (k === excluded ? null : h("option", { value: k, selected: k === selected }, text))));
    return select;
  }

  function overview(): HTMLElement {
    return h("table", null, h("tbody", null, ...atlas.names.map((_, k) => {
      const [closest] = partners(k);
      return h("tr", null, h("td", null, h("button", { type: "button", class: "class", on: { click: () => store.set({ classA: k, classB: null }) } }, ...name(k))),
        h("td", { class: "number" }, t.count(app.members()[k]!.length)),
        h("td", null, closest ? h("span", { class: "with" }, "↔ ", ...name(closest.other), " ", t.share(closest.share)) : null));
    })));
  }

  async function show({ classA: a, classB: b }: State): Promise<void> {
    const isLatest = startTask();
    if (!app.limits.classes) return fill(el, h("p", { class: "lead" }, t("class.empty")));
    const choose = h("div", { class: "row first" }, chooser(t("class.choose"), a, null, (k) => store.set({ classA: k, classB: null })));
    if (a === null) return fill(el, choose, overview());
    const { count, mean, variance } = summaryOf(a);
    if (count === 0) return fill(el, choose, h("p", { class: "lead" }, t("class.items", { n: 0 })));
    const centre = gallery(app, [{ text: t("class.centre"), decoded: true }]);
    const between = b === null ? null : betweenOf(app, mean, summaryOf(b).mean, a, b);
    const typical = nearest(atlas.means, atlas.dim, mean, TYPICAL, (i) => atlas.labels![i] === a && app.isVisible(i));
    fill(el, choose,
      h("div", { class: app.table ? "above" : "beside" }, centre.el,
        h("div", { class: "about" }, h("h2", null, ...name(a)), h("p", null, t("class.items", { n: t.count(count) })),
          h("p", null, t("class.share", { share: t.share(count / atlas.count) })))),
      note,
      section(t("class.overlaps"), partnersOf(a, b)),
      between?.el,
      section(t("class.spread"), spread(variance)),
      section(t("class.typical"), h("div", { class: "items" }, ...typical.map(({ item }) => itemButton(app, item)))));
    await decodeAll(app, [mean], atlas.conditions.ofClass(a, store.get().condition), (unit) => centre.show(0, unit), isLatest);
    await between?.decode(isLatest);
  }

  function partnersOf(a: number, b: number | null): HTMLElement {
    const buttons = partners(a).map(({ other, share }) =>
      h("button", { type: "button", class: "class", "aria-pressed": String(other === b), on: { click: () => store.set({ classB: other === b ? null : other }) } },
        ...name(other), h("span", { class: "number" }, t.share(share))));
    return h("div", null,
      buttons.length ? h("div", { class: "partners" }, ...buttons) : h("p", { class: "hint" }, t("class.overlaps.none")),
      h("div", { class: "row" }, chooser(t("class.compare"), b, a, (k) => store.set({ classB: k }))));
  }

  function spread(variance: number[]): HTMLElement {
    const max = Math.sqrt(Math.max(...variance, 1e-12));
    return h("div", { class: "sliders" }, ...app.limits.activity.slice(0, SPREADS).map((j) => h("div", { class: "slider spread" },
      h("span", { class: "symbol" }, dimensionName(j)), h("meter", { min: 0, max: 1, value: Math.sqrt(variance[j]!) / max, "aria-hidden": "true" }),
      h("span", { class: "number" }, t.real(Math.sqrt(variance[j]!))))));
  }

  return {
    el,
    update(now, before) {
      const { kind } = now.plane;
      if (kind !== before?.plane.kind) note.textContent = t(kind === "strip" ? "class.map.strip" : kind === "umap" || kind === "sphere" ? "class.map.umap" : "class.map.plane");
      if (now.classA !== before?.classA || now.classB !== before.classB || now.condition !== before.condition || now.filters !== before.filters) show(now).catch(app.reportError);
    },
  };
};

function betweenOf(app: App, from: number[], to: number[], a: number, b: number): { el: HTMLElement; decode(isLatest: () => boolean): Promise<void> } {
  const t = app.words();
  const title = t("class.between", { a: app.className(a), b: app.className(b) });
  const plates = Array.from({ length: BETWEEN }, () => plate(app, "", "small"));
  for (const { el } of plates) el.setAttribute("aria-hidden", "true");
  const openPath = (): void => app.store.set({ panel: "path", stops: [{ z: from }, { z: to }], frame: 0 });
  return {
    el: section(title, h("div", { class: "film whole", role: "img", "aria-label": title }, ...plates.map(({ el }) => el)),
      h("div", { class: "buttons" }, button(t("class.path"), openPath))),
    decode: (isLatest) => decodeAll(app, plates.map((_, k) => lerp(from, to, k / (BETWEEN - 1))), app.condition(), (unit, k) => plates[k]!.show(unit), isLatest),
  };
}
