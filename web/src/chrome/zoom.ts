/** The buttons in the corner of the map: zoom in, zoom out, whole map. */
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import { glide } from "../map/glide.ts";
import { zoomBy } from "../map/keyboard.ts";
import type { MapView } from "../map/map.ts";

export function createZoom(app: App, map: MapView): HTMLElement {
  const t = app.words();
  const make = (sign: string, key: "map.zoom.in" | "map.zoom.out" | "map.zoom.all", press: () => void): HTMLElement =>
    button(sign, press, { class: "sign", "aria-label": t(key), title: t(key) });
  return h("div", { class: "zoom" },
    make("+", "map.zoom.in", () => zoomBy(app, map, 1.6)),
    make("−", "map.zoom.out", () => zoomBy(app, map, 1 / 1.6)),
    make("⤢", "map.zoom.all", () => glide(app, map.whole(), null)));
}
