/** The cursor panel: the decoded image, and a slider for each dimension. */
import type { App } from "../app.ts";
import { button, fill, h } from "../dom.ts";
import { nearest } from "../math/neighbours.ts";
import { discreteKind, isCurved } from "../model/space.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { gallery } from "./gallery.ts";
import { figure, itemButton, plate, section } from "./parts.ts";
import { intro } from "./intro.ts";
import { pieceControls } from "./family/piece-controls.ts";
import { familySections } from "./family/sections.ts";

const NEAR = 6;

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

  /** Change the code at the cursor. A change that is not on the plane changes the slice of the map, too. */
  function change(z: number[]): void {
    const { z: old, plane } = store.get();
    const onPlane = ["strip", "umap", "sphere"].includes(plane.kind) || (plane.kind === "dims" && z.every((value, j) => value === old[j] || j === plane.x || j === plane.y));
    store.set({ z, pinned: true, ...(onPlane ? {} : { base: z }) });
  }

  const layout = atlas.manifest.layout ?? [];
  const [curved, discrete] = [isCurved(layout), discreteKind(layout)];
  const controls = pieceControls(app, change);
  const sections = familySections(app, change);
  const sphereNote = app.limits.sphere ? h("p", { class: "note" }, t("map.sphere.note")) : null;
  const umapNote = h("p", { class: "note" }, t("map.umap.note"));
  const sliceNote = app.limits.dim > 2
    ? h("p", { class: "note" }, t("cursor.cut.note"), " ", button(t("cursor.cut"), () => store.set({ base: store.get().z }), { class: "link" }))
    : null;
  const introduction = intro(app);
  const el = h("div", { class: "cursor-panel" },
    introduction,
    image.el,
    h("div", { class: "buttons" }, hold,
      discrete || layout.some(({ kind }) => kind === "sphere") ? null : button(t("cursor.origin"), () => change(new Array<number>(atlas.dim).fill(0)), { class: "quiet" })),
    h("p", { class: "hint" }, t(matchMedia("(hover: none)").matches ? "cursor.hint.touch" : "cursor.hint")),
    discrete ? h("p", { class: "note" }, t(discrete === "code" ? "cursor.code.note" : "cursor.categorical.note")) : null,
    discrete === "code" ? h("div", null, sliceNote, umapNote) // the numbers of a code's vector mean nothing alone
      : section(t(layout.length > 1 ? "parts.all" : "cursor.dimensions"), controls.el, sliceNote, umapNote,
        curved ? h("p", { class: "note" }, t("cursor.curved.note")) : null, sphereNote),
    nearby, ...sections.map(({ el }) => el), h("details", { class: "keys" }, h("summary", null, t("map.keys")), h("p", { class: "hint" }, t("map.help"))), about(app));

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
        controls.show(now.z);
        place.textContent = atlas.dim <= 3 ? `z = (${now.z.map((value) => value.toFixed(2).replace("-", "−")).join(", ")})` : t("cursor.decoded");
      }
      if (now.plane !== before?.plane) {
        umapNote.hidden = now.plane.kind !== "umap";
        if (sliceNote) sliceNote.hidden = !umapNote.hidden || now.plane.kind === "sphere";
        if (sphereNote) sphereNote.hidden = now.plane.kind !== "sphere";
      }
      if (now.pinned !== before?.pinned) hold.textContent = t(now.pinned ? "cursor.release" : "cursor.hold");
      if (now.z !== before?.z || now.pinned !== before?.pinned || now.filters !== before?.filters) findNear(now);
      introduction.hidden = !now.intro;
      for (const section of sections) section.update(now, before);
    },
    stop() {
      for (const section of sections) section.stop?.();
      stopDecoded();
      clearTimeout(timer);
    },
  };
};
