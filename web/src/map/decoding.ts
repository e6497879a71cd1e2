/** Says how many of the images behind the points are decoded, if it takes a while. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";

const PATIENCE = 400; // milliseconds

export interface Decoding { el: HTMLElement; update(waiting: number): void; stop(): void }

export function createDecoding(app: App): Decoding {
  const t = app.words();
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("map.decoding") });
  const el = h("div", { class: "decoding", hidden: true }, h("span", { "aria-hidden": "true" }, t("map.decoding")), bar);
  let most = 0; // parts of the map that waited at the same time
  let timer = 0;
  function end(): void {
    clearTimeout(timer);
    [most, timer] = [0, 0];
    el.hidden = true;
  }
  return {
    el,
    update(waiting) {
      if (waiting === 0) return end();
      most = Math.max(most, waiting);
      bar.value = 1 - waiting / most;
      timer ||= window.setTimeout(() => { el.hidden = false; }, PATIENCE);
    },
    stop: end,
  };
}
