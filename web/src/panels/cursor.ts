/** The cursor panel: the decoded image, and a slider for each dimension. */
import type { App } from "../app.ts";
import { button, fill, h } from "../dom.ts";
import { dimensionName } from "../look/dimension.ts";
import { nearest } from "../math/neighbours.ts";
import { normal } from "../math/random.ts";
import { continuous, discreteKind, isCurved } from "../model/space.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { gallery } from "./gallery.ts";
import { figure, itemButton, plate, section } from "./parts.ts";

const NEAR = 6;

/** The range of a slider: it covers all items, and at least `min` to `max`. */
function sliderRange(means: Float32Array, dim: number, j: number, [min, max]: [number, number]): [number, number] {
  for (let p = j; p < means.length; p += dim) {
    min = Math.min(min, means[p]!);
    max = Math.max(max, means[p]!);
  }
  return [Math.floor(min * 10) / 10, Math.ceil(max * 10) / 10];
}

/** Licenses of the data and the code. In a notebook, the file with the licenses has no address. */
function about(app: App): HTMLElement {
  const t = app.words();
  const { licence } = app.atlas.manifest;
  return h("footer", { class: "about-data" },
    licence === null ? null : h("details", null, h("summary", null, t("chrome.licence.data")), h("p", { class: "licence" }, licence)),
    app.linked ? h("a", { href: "assets/licences.txt" }, t("chrome.licences")) : null);
}

function large(app: App, place: HTMLElement): { el: HTMLElement; show(unit: Float32Array): void } {
  const image = plate(app, app.words()("cursor.decoded"), "large");
  return { el: figure(image.el, place), show: image.show };
}

export const cursorPanel: PanelMaker = (app, host) => {
  const { store, atlas } = app;
  const t = app.words();
  const place = h("p", { class: "place" });
  const picture = app.table ? gallery(app, [{ text: t("card.decoded"), decoded: true }]) : null;
  const image = picture ? { el: h("div", { class: "decoded-row" }, place, picture.el), show: (unit: Float32Array) => picture.show(0, unit) } : large(app, place);
  const stopDecoded = host.onDecoded(image.show);
  const hold = button("", () => store.set({ pinned: !store.get().pinned }), { class: "quiet" });
  const near = h("div", { class: "items" });
  const nearby = section(t("cursor.near"), near);
  const maxVariance = Math.max(...atlas.manifest.dimensions.map(({ variance }) => variance), 1e-9);

  /** Change a dimension of the cursor. A dimension that is not an axis of the plane changes the slice of the map, too. */
  function slide(j: number, value: number): void {
    const { z, plane } = store.get();
    const moved = z.map((old, k) => (k === j ? value : old));
    const onPlane = plane.kind === "strip" || plane.kind === "umap" || (plane.kind === "dims" && (plane.x === j || plane.y === j));
    store.set({ z: moved, pinned: true, ...(onPlane ? {} : { base: moved }) });
  }

  const layout = atlas.manifest.layout ?? [];
  const [curved, discrete, free] = [isCurved(layout), discreteKind(layout), continuous(layout, atlas.dim)];
  const sliders = atlas.manifest.dimensions.map(({ index: j, variance, kl, active }) => {
    const [min, max] = sliderRange(atlas.means, atlas.dim, j, free.has(j) ? [-3, 3] : [0, 1]);
    const input = h("input", {
      type: "range", min, max, step: 0.01, "aria-label": t("cursor.dimension", { n: dimensionName(j) }),
      on: { input: () => slide(j, Number(input.value)) },
    });
    const output = h("output", { class: "number" });
    const activity = h("meter", { min: 0, max: 1, value: Math.sqrt(variance / maxVariance), "aria-hidden": "true", tabindex: "-1" });
    const about = kl === null ? "" : t("cursor.kl", { n: t.real(kl) });
    const row = h("div", { class: `slider ${active ? "" : "idle"}`, title: active ? about : `${t("cursor.idle")} ${about}` },
      h("span", { class: "symbol", "aria-hidden": "true" }, dimensionName(j)), input, output, activity);
    return { j, input, output, row };
  });

  const umapNote = h("p", { class: "note" }, t("map.umap.note"));
  const sliceNote = app.limits.dim > 2
    ? h("p", { class: "note" }, t("cursor.cut.note"), " ", button(t("cursor.cut"), () => store.set({ base: store.get().z }), { class: "link" }))
    : null;
  const el = h("div", { class: "cursor-panel" },
    image.el,
    h("div", { class: "buttons" }, hold,
      discrete ? null : button(t("cursor.origin"), () => moveTo(new Array<number>(atlas.dim).fill(0)), { class: "quiet" }),
      curved || discrete ? null : button(t("cursor.random"), () => {
        const draw = normal(Math.floor(Math.random() * 2 ** 31));
        moveTo(Array.from({ length: atlas.dim }, draw));
      }, { class: "quiet" })),
    h("p", { class: "hint" }, t(matchMedia("(hover: none)").matches ? "cursor.hint.touch" : "cursor.hint")),
    discrete ? h("p", { class: "note" }, t(discrete === "code" ? "cursor.code.note" : "cursor.categorical.note")) : null,
    discrete === "code" ? h("div", null, sliceNote, umapNote) // the numbers of a code's vector mean nothing alone
      : section(t("cursor.dimensions"), h("div", { class: "sliders" }, ...sliders.map(({ row }) => row)), sliceNote, umapNote,
        curved ? h("p", { class: "note" }, t("cursor.curved.note")) : null),
    nearby, h("details", { class: "keys" }, h("summary", null, t("map.keys")), h("p", { class: "hint" }, t("map.help"))), about(app));

  function moveTo(z: number[]): void {
    store.set({ z, pinned: true, ...(app.limits.dim > 2 ? { base: z } : {}) });
  }

  let timer = 0;
  /** Show the nearest items when the cursor rests, since their images are read from files. */
  function findNear(state: State): void {
    clearTimeout(timer);
    nearby.hidden = !state.pinned;
    if (!state.pinned) return;
    timer = window.setTimeout(() => {
      fill(near, ...nearest(atlas.means, atlas.dim, store.get().z, NEAR, app.isVisible).map(({ item }) => itemButton(app, item)));
    }, 200);
  }

  return {
    el,
    update(now, before) {
      if (now.z !== before?.z) {
        for (const { j, input, output } of sliders) {
          const value = now.z[j]!;
          input.value = String(value);
          output.textContent = value.toFixed(2).replace("-", "−");
        }
        place.textContent = atlas.dim <= 3 ? `z = (${now.z.map((value) => value.toFixed(2).replace("-", "−")).join(", ")})` : t("cursor.decoded");
      }
      if (now.plane !== before?.plane) {
        umapNote.hidden = now.plane.kind !== "umap";
        if (sliceNote) sliceNote.hidden = !umapNote.hidden;
      }
      if (now.pinned !== before?.pinned) hold.textContent = t(now.pinned ? "cursor.release" : "cursor.hold");
      if (now.z !== before?.z || now.pinned !== before?.pinned || now.filters !== before?.filters) findNear(now);
    },
    stop() {
      stopDecoded();
      clearTimeout(timer);
    },
  };
};
