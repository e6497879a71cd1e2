/** The item panel: the original, its reconstructions, its posterior on the map, and its neighbors. */
import { meanOf, splitOf } from "../bundle/atlas.ts";
import { button, fill, h } from "../dom.ts";
import { glide } from "../map/glide.ts";
import { nearest } from "../math/neighbours.ts";
import { normal } from "../math/random.ts";
import { memo } from "../memo.ts";
import type { App } from "../app.ts";
import type { PanelMaker } from "./panel.ts";
import { gallery } from "./gallery.ts";
import { itemCells } from "./item-cells.ts";
import { decodeAll, itemButton, latestTask, missingSwatch, missingText, section, swatch } from "./parts.ts";

const SAMPLES = 4;
const NEIGHBOURS = 12;
const sortedScores = memo((scores: Float32Array) => Float32Array.from(scores).sort());

/** The share of all items with a lower score. */
export function rank(scores: Float32Array, score: number): number {
  const sorted = sortedScores(scores);
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < score) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}

/** Samples of the item's posterior, reproducible by `seed`. */
export function posteriorSamples(mean: number[], logVar: ArrayLike<number>, count: number, seed: number): number[][] {
  const draw = normal(seed);
  return Array.from({ length: count }, () => mean.map((value, j) => value + Math.exp(logVar[j]! / 2) * draw()));
}

export const pointPanel: PanelMaker = (app, host) => {
  const { store, atlas } = app;
  const t = app.words();
  const startTask = latestTask();
  const { ids } = atlas;
  const id = h("input", {
    ...(ids.named ? { type: "text", spellcheck: "false", autocomplete: "off" } : { type: "number", min: 0, step: 1 }),
    "aria-label": t(ids.named ? "point.name" : "point.number"), on: { change: () => openTyped() },
  });
  const open = (item: number): void => store.set({ item, z: app.mean(item) });
  const openNext = (step: 1 | -1) => (): void => open(ids.beside(store.get().item, step));
  function openTyped(): void {
    const item = ids.find(id.value);
    if (item !== null) return open(item);
    if (id.value !== "") app.reportError(new Error(t(ids.named ? "point.unknown.name" : "point.unknown", { n: id.value })));
    showId(store.get().item);
  }
  const showId = (item: number | null): void => { id.value = item === null ? "" : ids.of(item); };
  const body = h("div", null);
  const el = h("div", null,
    h("div", { class: "row first" }, button("←", openNext(-1), { class: "sign", "aria-label": t("point.previous") }), id,
      button("→", openNext(1), { class: "sign", "aria-label": t("point.next") })), body);

  async function show(item: number | null, seed: number): Promise<void> {
    const isLatest = startTask();
    showId(item);
    if (item === null) {
      host.showOnMap({ neighbours: [] });
      fill(body, h("p", { class: "lead" }, t(ids.named ? "point.empty.name" : "point.empty")));
      return;
    }
    const samples = atlas.logVar && !app.table ? SAMPLES : 0; // a card has no room for them
    const pictures = gallery(app, [{ text: t("point.original"), decoded: false }, { text: t("point.mean"), decoded: true },
      ...Array.from({ length: samples }, () => ({ text: t("point.sample"), decoded: true }))]);
    const near = nearest(atlas.means, atlas.dim, meanOf(atlas, item), NEIGHBOURS, (i) => i !== item && app.isVisible(i));
    const lacking = h("p", { class: "note key", hidden: true });
    fill(body, about(app, item),
      pictures.el,
      itemCells(app, item),
      lacking,
      h("div", { class: "buttons" }, samples ? button(t("point.again"), () => store.set({ seed: store.get().seed + 1 })) : null,
        button(t("point.centre"), () => centre(item)),
        button(t("point.add"), () => store.set({ panel: "path", stops: [...store.get().stops, { item }] }))),
      app.planeData().plane.spec.kind === "umap" || !atlas.logVar ? null : h("p", { class: "note" }, t("point.posterior")),
      section(t("point.neighbours"), h("div", { class: "items" }, ...near.map(({ item: other }) => itemButton(app, other)))));
    host.showOnMap({ neighbours: near.map(({ item: other }) => other) });
    const [original, logVar, row] = await Promise.all([app.items.unit(item), atlas.logVar?.() ?? null, atlas.conditions.ofItem(item), pictures.showItem(0, item)]);
    if (!isLatest()) return;
    const missing = missingText(app, original);
    lacking.hidden = missing === "";
    fill(lacking, missingSwatch(), h("span", null, missing, atlas.score && ` ${t("missing.score")}`));
    host.showOnMap({ logVar });
    const mean = meanOf(atlas, item);
    const drawn = logVar ? posteriorSamples(mean, logVar.subarray(item * atlas.dim, (item + 1) * atlas.dim), samples, seed) : [];
    await decodeAll(app, [mean, ...drawn], row, (unit, k) => pictures.show(k + 1, unit), isLatest);
  }

  function centre(item: number): void {
    const { coords } = app.planeData().plane;
    const camera = store.get().camera ?? host.map.whole();
    const span = Math.min(camera.span, host.map.whole().span / 5);
    glide(app, host.map.whole(), { x: coords[2 * item]!, y: coords[2 * item + 1]!, span });
  }

  return {
    el,
    update(now, before) {
      if (now.item !== before?.item || now.seed !== before.seed || now.filters !== before.filters) show(now.item, now.seed).catch(app.reportError);
    },
  };
};

function about(app: App, item: number): HTMLElement {
  const t = app.words();
  const split = splitOf(app.atlas.manifest, item);
  const k = app.classOf(item);
  const n = app.atlas.ids.of(item);
  const scores = app.atlas.score;
  return h("div", { class: "about" },
    h("h2", null, k === null ? null : swatch(app, k), k === null ? t("item.label", { n }) : t("point.class", { name: app.className(k) })),
    h("p", null, k === null ? t("point.split", { split }) : t("point.place", { split, n })),
    scores && h("p", null, t("point.score", { n: t.real(scores[item]!, 1), share: t.share(rank(scores, scores[item]!)) })));
}
