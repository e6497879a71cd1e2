/** A floating box next to the cursor that shows the image decoded there. */
import type { App } from "./app.ts";
import { h } from "./dom.ts";
import { BORDER, type View } from "./map/camera.ts";
import { plate } from "./panels/parts.ts";

const GAP = 22;

export interface Magnifier {
  el: HTMLElement;
  show(unit: Float32Array): void;
  /** Move it next to the point `at` of the map, in pixels; null hides it. */
  move(at: [number, number] | null, view: View, touch: boolean): void;
}

export function createMagnifier(app: App): Magnifier {
  const image = plate(app, app.words()("cursor.decoded"), "middle");
  image.el.setAttribute("aria-hidden", "true"); // the panel has the same image with a label
  const el = h("div", { class: "magnifier", hidden: true }, image.el);
  return {
    el,
    show: image.show,
    move(at, view, touch) {
      el.hidden = at === null;
      if (!at) return;
      const [width, height] = [el.offsetWidth, el.offsetHeight];
      const gap = touch ? 3 * GAP : GAP; // a finger must not cover it
      let [x, y] = [at[0] + gap, at[1] - gap - height];
      if (x + width > view.width - BORDER) x = at[0] - gap - width;
      if (y < BORDER) y = at[1] + gap;
      el.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    },
  };
}
