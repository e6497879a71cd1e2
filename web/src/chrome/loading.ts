/** What the page shows until the map can be used: a sample of the points, as soon as it is read, and how much of the rest is read. */
import type { AtlasWatch } from "../bundle/atlas.ts";
import type { Files } from "../bundle/files.ts";
import type { First, Manifest } from "../bundle/manifest.ts";
import { readArray } from "../bundle/pieces.ts";
import { canvas, fill, h } from "../dom.ts";
import { type Words, preferred } from "../i18n/index.ts";
import { isDark, readLook } from "../look/theme.ts";
import { fit, viewOf } from "../map/camera.ts";
import { colourOf } from "../map/point-colours.ts";
import { makePoints } from "../map/points.ts";
import { dotRadius } from "../map/raster.ts";
import { boundsOf, density } from "../math/density.ts";
import { gridIndex } from "../math/grid-index.ts";
import type { Theme } from "../state/state.ts";
import { recordFirst } from "../timings.ts";

/** `link` is the state in the address: with another view or another part of the map, no sample is shown. */
export function createLoading(root: HTMLElement, files: Files, link: string, t: Words): AtlasWatch {
  const text = h("p", { role: "status" }, t("loading.data"));
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("loading.data"), hidden: true });
  const el = h("div", { class: "opening" }, h("span", { class: "seal", "aria-hidden": "true" }, "図鑑"), text, bar);
  root.lang = preferred();
  fill(root, el);
  const dark = isDark((/[#&]t=(light|dark)/.exec(link)?.[1] ?? "auto") as Theme);

  async function sample({ count }: First, { classes, piece_bytes: bytes }: Manifest): Promise<void> {
    const [coords, labels] = await Promise.all([
      readArray(files, "data/first.f32", Float32Array, 2 * count, bytes),
      classes && readArray(files, "data/first.i32", Int32Array, count, bytes),
    ]);
    if (!el.isConnected) return;
    readLook(root, dark ? "dark" : "light", dark);
    const layer = canvas(1, 1, { "aria-hidden": "true" });
    fill(el, layer, h("div", { class: "caption" }, text, bar));
    el.classList.add("sampled");
    const [width, height, ratio] = [layer.clientWidth, layer.clientHeight, Math.min(2, devicePixelRatio || 1)];
    const points = makePoints(layer);
    points.resize(Math.round(width * ratio), Math.round(height * ratio));
    const bounds = boundsOf(coords);
    const { colour, palette } = colourOf({ labels, names: classes?.names ?? [], score: null }, classes ? "class" : "density", dark, () => density(coords, bounds, 256, 3), coords);
    const view = viewOf(fit(bounds, width, height), width, height, false);
    points.draw(gridIndex(coords, bounds), { coords, colour, palette, faded: false }, view, ratio, dotRadius(count, width * height, 1) * ratio);
    recordFirst("zukan:first");
  }

  return {
    async opened(manifest) {
      if (manifest.first && !/[#&][vc]=/.test(link)) await sample(manifest.first, manifest).catch(() => undefined); // the map shows errors of its own
    },
    progress(share) {
      bar.hidden = false;
      bar.value = share;
      text.textContent = t("loading.share", { percent: Math.floor(100 * share) });
    },
  };
}
