/** A control for each piece of z: sliders for numbers and for points on spheres, a choice of a class for a categorical variable. */
import type { App } from "../../app.ts";
import { h } from "../../dom.ts";
import { dimensionName } from "../../look/dimension.ts";
import { type Placed, moved, partOf, placed, withClass } from "../../model/pieces.ts";
import { nearestPoints } from "../../model/space.ts";
import { pieceNames } from "./piece-names.ts";

const MOST_CHOICES = 30; // buttons of a categorical variable; one with more classes has a list

export interface Controls { el: HTMLElement; show(z: number[]): void }

const text = (value: number): string => value.toFixed(2).replace("-", "−");

/** The range of a slider: it covers all items, and at least `min` to `max`. */
function sliderRange(means: Float32Array, dim: number, j: number, [min, max]: [number, number]): [number, number] {
  for (let p = j; p < means.length; p += dim) {
    min = Math.min(min, means[p]!);
    max = Math.max(max, means[p]!);
  }
  return [Math.floor(min * 10) / 10, Math.ceil(max * 10) / 10];
}

/** `change` receives the code that a control sets. A single piece has its most active dimension first; several pieces are in order. */
export function pieceControls(app: App, change: (z: number[]) => void): Controls {
  const { atlas } = app;
  const layout = atlas.manifest.layout ?? [];
  const pieces = placed(layout, atlas.dim);
  const names = pieceNames(app.words(), pieces);
  const parts = pieces.map((piece) => (piece.kind === "categorical" ? choice(app, piece, change) : sliders(app, piece, change)));
  return {
    el: h("div", null, ...parts.map(({ el }, index) => (pieces.length === 1 ? el
      : h("div", { class: "part-row", role: "group", "aria-label": names[index]! }, h("h3", { class: "part-name" }, names[index]!), el)))),
    show(z) {
      const inside = Array.from(nearestPoints(Float32Array.from(z), atlas.dim, layout));
      parts.forEach(({ show }, index) => show(pieces[index]!.kind === "categorical" ? inside : z));
    },
  };
}

function sliders(app: App, piece: Placed, change: (z: number[]) => void): Controls {
  const { manifest, means, dim } = app.atlas;
  const t = app.words();
  const bound: [number, number] = piece.kind === "real" ? [-3, 3] : [-1, 1];
  const strongest = Math.max(...manifest.dimensions.map(({ variance }) => variance), 1e-9);
  const rows = manifest.dimensions.filter(({ index: j }) => j >= piece.start && j < piece.start + piece.size).map(({ index: j, variance, kl, active }) => {
    const [min, max] = piece.kind === "real" ? sliderRange(means, dim, j, bound) : bound;
    const input = h("input", {
      type: "range", min, max, step: 0.01, "aria-label": t("cursor.dimension", { n: dimensionName(j) }),
      on: { input: () => change(moved(app.store.get().z, piece, j, Number(input.value))) },
    });
    const output = h("output", { class: "number" });
    const activity = h("meter", { min: 0, max: 1, value: Math.sqrt(variance / strongest), "aria-hidden": "true", tabindex: "-1" });
    const about = kl === null ? "" : t("cursor.kl", { n: t.real(kl) });
    const row = h("div", { class: `slider ${active ? "" : "idle"}`, title: active ? about : `${t("cursor.idle")} ${about}` },
      h("span", { class: "symbol", "aria-hidden": "true" }, dimensionName(j)), input, output, activity);
    return { j, input, output, row };
  });
  return {
    el: h("div", { class: "sliders" }, ...rows.map(({ row }) => row)),
    show(z) {
      for (const { j, input, output } of rows) {
        input.value = String(z[j]!);
        output.textContent = text(z[j]!);
      }
    },
  };
}

function choice(app: App, piece: Placed, change: (z: number[]) => void): Controls {
  const t = app.words();
  const pick = (k: number): void => change(withClass(app.store.get().z, piece, k));
  const most = (shares: number[]): number => shares.indexOf(Math.max(...shares));
  if (piece.size > MOST_CHOICES) {
    const list = h("select", { "aria-label": t("piece.class"), on: { change: () => pick(Number(list.value)) } },
      ...Array.from({ length: piece.size }, (_, k) => h("option", { value: k }, t("piece.class.n", { n: k + 1 }))));
    const share = h("output", { class: "number" });
    return {
      el: h("div", { class: "row" }, list, share),
      show(z) {
        const shares = partOf(z, piece);
        list.value = String(most(shares));
        share.textContent = t.share(shares[most(shares)]!);
      },
    };
  }
  const options = Array.from({ length: piece.size }, (_, k) => {
    const share = h("span", { class: "number share" });
    return { share, el: h("button", { type: "button", class: "option", on: { click: () => pick(k) } }, h("span", null, k + 1), share) };
  });
  return {
    el: h("div", { class: "options", role: "group", "aria-label": t("piece.class") }, ...options.map(({ el }) => el)),
    show(z) {
      const shares = partOf(z, piece);
      options.forEach(({ el, share }, k) => {
        share.textContent = t.share(shares[k]!);
        el.setAttribute("aria-pressed", String(k === most(shares)));
      });
    },
  };
}
