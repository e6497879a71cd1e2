/** The cursor: its decoded image, and a slider for every dimension. */
import type { App } from "../app.ts";
import { button, fill, h } from "../dom.ts";
import { subscript } from "../map/scene-of.ts";
import { nearest } from "../math/neighbours.ts";
import { normal } from "../math/random.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { figure, itemButton, plate, section } from "./parts.ts";

const NEAR = 6;

/** Where sliders end: at the outermost items, and at three of the prior's standard deviations at least. */
function ends(means: Float32Array, dim: number, j: number): [number, number] {
  let [least, most] = [-3, 3];
  for (let p = j; p < means.length; p += dim) {
    least = Math.min(least, means[p]!);
    most = Math.max(most, means[p]!);
  }
  return [Math.floor(least * 10) / 10, Math.ceil(most * 10) / 10];
}

/** What must accompany the data and the code. In a notebook the licences' file has no address: it lies in the package. */
function about(app: App): HTMLElement {
  const t = app.words();
  const { licence } = app.atlas.manifest;
  return h("footer", { class: "about-data" },
    licence === null ? null : h("details", null, h("summary", null, t("chrome.licence.data")), h("p", { class: "licence" }, licence)),
    app.linked ? h("a", { href: "assets/licences.txt" }, t("chrome.licences")) : null);
}

export const cursorPanel: PanelMaker = (app, desk) => {
  const { store, atlas } = app;
  const t = app.words();
  const image = plate(app, t("cursor.decoded"), "large");
  const forget = desk.decoded((unit) => image.show(unit));
  const place = h("p", { class: "place" });
  const hold = button("", () => store.set({ held: !store.get().held }), { class: "quiet" });
  const near = h("div", { class: "items" });
  const nearby = section(t("cursor.near"), near);
  const most = Math.max(...atlas.manifest.dimensions.map(({ variance }) => variance), 1e-9);

  /** Dimensions of the plane move the cursor; any other moves the slice of the map too. */
  function slide(j: number, value: number): void {
    const { z, plane } = store.get();
    const moved = z.map((was, k) => (k === j ? value : was));
    const along = plane.kind === "strip" || plane.kind === "umap" || (plane.kind === "dims" && (plane.x === j || plane.y === j));
    store.set({ z: moved, held: true, ...(along ? {} : { base: moved }) });
  }

  const sliders = atlas.manifest.dimensions.map(({ index: j, variance, kl, active }) => {
    const [least, greatest] = ends(atlas.means, atlas.dim, j);
    const input = h("input", {
      type: "range", min: least, max: greatest, step: 0.01, "aria-label": t("cursor.dimension", { n: j + 1 }),
      on: { input: () => slide(j, Number(input.value)) },
    });
    const output = h("output", { class: "number" });
    const activity = h("meter", { min: 0, max: 1, value: Math.sqrt(variance / most), "aria-hidden": "true", tabindex: "-1" });
    const about = kl === null ? "" : t("cursor.kl", { n: t.real(kl) });
    const row = h("div", { class: `slider ${active ? "" : "idle"}`, title: active ? about : `${t("cursor.idle")} ${about}` },
      h("span", { class: "symbol", "aria-hidden": "true" }, `z${subscript(j + 1)}`), input, output, activity);
    return { j, input, output, row };
  });

  const way = h("p", { class: "note" }, t("map.umap.note"));
  const cut = app.limits.dim > 2
    ? h("p", { class: "note" }, t("cursor.cut.note"), " ", button(t("cursor.cut"), () => store.set({ base: store.get().z }), { class: "link" }))
    : null;
  const el = h("div", { class: "cursor-panel" },
    figure(image.el, place),
    h("div", { class: "buttons" }, hold,
      button(t("cursor.origin"), () => go(new Array<number>(atlas.dim).fill(0)), { class: "quiet" }),
      button(t("cursor.random"), () => {
        const draw = normal(Math.floor(Math.random() * 2 ** 31));
        go(Array.from({ length: atlas.dim }, draw));
      }, { class: "quiet" })),
    h("p", { class: "hint" }, t(matchMedia("(hover: none)").matches ? "cursor.hint.touch" : "cursor.hint")),
    section(t("cursor.dimensions"), h("div", { class: "sliders" }, ...sliders.map(({ row }) => row)), cut, way),
    nearby, h("details", { class: "keys" }, h("summary", null, t("map.keys")), h("p", { class: "hint" }, t("map.help"))), about(app));

  function go(z: number[]): void {
    store.set({ z, held: true, ...(app.limits.dim > 2 ? { base: z } : {}) });
  }

  let later = 0;
  /** Their images come from files: only a cursor at rest asks for them. */
  function findNear(state: State): void {
    clearTimeout(later);
    nearby.hidden = !state.held;
    if (!state.held) return;
    later = window.setTimeout(() => {
      fill(near, ...nearest(atlas.means, atlas.dim, store.get().z, NEAR).map(({ item }) => itemButton(app, item)));
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
        way.hidden = now.plane.kind !== "umap";
        if (cut) cut.hidden = !way.hidden;
      }
      if (now.held !== before?.held) hold.textContent = t(now.held ? "cursor.release" : "cursor.hold");
      if (now.z !== before?.z || now.held !== before?.held) findNear(now);
    },
    stop() {
      forget();
      clearTimeout(later);
    },
  };
};
