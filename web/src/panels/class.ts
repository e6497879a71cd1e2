/** A class: its region, centre and spread, who overlaps it, and what decodes in between. */
import type { App } from "../app.ts";
import { type Child, button, fill, h } from "../dom.ts";
import { lerp } from "../math/slerp.ts";
import { nearest } from "../math/neighbours.ts";
import { type Summary, summary } from "../math/stats.ts";
import { subscript } from "../map/scene-of.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { decodeAll, figure, itemButton, newest, plate, section, swatch } from "./parts.ts";

const BETWEEN = 9; // images from centre to centre
const TYPICAL = 6;
const SPREADS = 8; // dimensions shown

export const classPanel: PanelMaker = (app) => {
  const { store, atlas } = app;
  const t = app.words();
  const overlaps = atlas.manifest.classes?.overlaps ?? [];
  const summaries = new Map<number, Summary>();
  const step = newest();
  const el = h("div", null);
  const note = h("p", { class: "note" }); // what the map shows of a class

  function summaryOf(k: number): Summary {
    const had = summaries.get(k) ?? summary(atlas.means, atlas.dim, app.members()[k]!);
    summaries.set(k, had);
    return had;
  }

  const partners = (k: number): { other: number; share: number }[] =>
    overlaps.filter(({ a, b }) => a === k || b === k).map(({ a, b, share }) => ({ other: a === k ? b : a, share }));
  const name = (k: number): Child[] => [swatch(app, k), " ", h("span", { class: "clip" }, app.className(k))];

  function chooser(label: string, now: number | null, without: number | null, choose: (k: number | null) => void): HTMLElement {
    const select = h("select", { "aria-label": label, on: { change: () => choose(select.value === "" ? null : Number(select.value)) } },
      h("option", { value: "" }, `${label} …`),
      ...atlas.names.map((text, k) => (k === without ? null : h("option", { value: k, selected: k === now }, text))));
    return select;
  }

  function overview(): HTMLElement {
    return h("table", null, h("tbody", null, ...atlas.names.map((_, k) => {
      const [most] = partners(k);
      return h("tr", null, h("td", null, h("button", { type: "button", class: "class", on: { click: () => store.set({ classA: k, classB: null }) } }, ...name(k))),
        h("td", { class: "number" }, t.count(app.members()[k]!.length)),
        h("td", null, most ? h("span", { class: "with" }, "↔ ", ...name(most.other), " ", t.share(most.share)) : null));
    })));
  }

  async function show({ classA: a, classB: b }: State): Promise<void> {
    const current = step();
    if (!app.limits.classes) return fill(el, h("p", { class: "lead" }, t("class.empty")));
    const choose = h("div", { class: "row first" }, chooser(t("class.choose"), a, null, (k) => store.set({ classA: k, classB: null })));
    if (a === null) return fill(el, choose, overview());
    const { count, mean, variance } = summaryOf(a);
    if (count === 0) return fill(el, choose, h("p", { class: "lead" }, t("class.items", { n: 0 })));
    const centre = plate(app, t("class.centre"));
    const between = b === null ? null : betweenOf(app, mean, summaryOf(b).mean, a, b);
    const typical = nearest(atlas.means, atlas.dim, mean, TYPICAL, (i) => atlas.labels![i] === a);
    fill(el, choose,
      h("div", { class: "beside" }, figure(centre.el, t("class.centre")),
        h("div", { class: "about" }, h("h2", null, ...name(a)), h("p", null, t("class.items", { n: t.count(count) })),
          h("p", null, t("class.share", { share: t.share(count / atlas.count) })))),
      note,
      section(t("class.overlaps"), partnersOf(a, b)),
      between?.el,
      section(t("class.spread"), spread(variance)),
      section(t("class.typical"), h("div", { class: "items" }, ...typical.map(({ item }) => itemButton(app, item)))));
    await decodeAll(app, [mean], centre.show, current);
    await between?.decode(current);
  }

  function partnersOf(a: number, b: number | null): HTMLElement {
    const found = partners(a).map(({ other, share }) =>
      h("button", { type: "button", class: "class", "aria-pressed": String(other === b), on: { click: () => store.set({ classB: other === b ? null : other }) } },
        ...name(other), h("span", { class: "number" }, t.share(share))));
    return h("div", null,
      found.length ? h("div", { class: "partners" }, ...found) : h("p", { class: "hint" }, t("class.overlaps.none")),
      h("div", { class: "row" }, chooser(t("class.compare"), b, a, (k) => store.set({ classB: k }))));
  }

  function spread(variance: number[]): HTMLElement {
    const most = Math.sqrt(Math.max(...variance, 1e-12));
    return h("div", { class: "sliders" }, ...app.limits.activity.slice(0, SPREADS).map((j) => h("div", { class: "slider spread" },
      h("span", { class: "symbol" }, `z${subscript(j + 1)}`), h("meter", { min: 0, max: 1, value: Math.sqrt(variance[j]!) / most, "aria-hidden": "true" }),
      h("span", { class: "number" }, t.real(Math.sqrt(variance[j]!))))));
  }

  return {
    el,
    update(now, before) {
      const { kind } = now.plane;
      if (kind !== before?.plane.kind) note.textContent = t(kind === "strip" || kind === "umap" ? `class.map.${kind}` : "class.map.plane");
      if (now.classA !== before?.classA || now.classB !== before.classB) show(now).catch(app.failed);
    },
  };
};

function betweenOf(app: App, from: number[], to: number[], a: number, b: number): { el: HTMLElement; decode(current: () => boolean): Promise<void> } {
  const t = app.words();
  const title = t("class.between", { a: app.className(a), b: app.className(b) });
  const plates = Array.from({ length: BETWEEN }, () => plate(app, "", "small"));
  for (const one of plates) one.el.setAttribute("aria-hidden", "true");
  const walk = (): void => app.store.set({ panel: "path", stops: [{ z: from }, { z: to }], frame: 0 });
  return {
    el: section(title, h("div", { class: "film whole", role: "img", "aria-label": title }, ...plates.map((one) => one.el)),
      h("div", { class: "buttons" }, button(t("class.path"), walk))),
    decode: (current) => decodeAll(app, plates.map((_, k) => lerp(from, to, k / (BETWEEN - 1))), (unit, k) => plates[k]!.show(unit), current),
  };
}
