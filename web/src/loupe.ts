/** A lens beside the cursor with the image decoded there. */
import type { App } from "./app.ts";
import { h } from "./dom.ts";
import { BORDER, type View } from "./map/camera.ts";
import { plate } from "./panels/parts.ts";

const GAP = 22;

export interface Loupe {
  el: HTMLElement;
  show(unit: Float32Array): void;
  /** Beside (px, py); null hides it. */
  move(at: [number, number] | null, view: View, touch: boolean): void;
}

export function createLoupe(app: App): Loupe {
  const image = plate(app, app.words()("cursor.decoded"), "middle");
  image.el.setAttribute("aria-hidden", "true"); // the panel has the same image with a name
  const el = h("div", { class: "loupe", hidden: true }, image.el);
  return {
    el,
    show: image.show,
    move(at, view, touch) {
      el.hidden = at === null;
      if (!at) return;
      const [w, height] = [el.offsetWidth, el.offsetHeight];
      const gap = touch ? 3 * GAP : GAP; // beside the finger, not below it
      let [x, y] = [at[0] + gap, at[1] - gap - height];
      if (x + w > view.width - BORDER) x = at[0] - gap - w;
      if (y < BORDER) y = at[1] + gap;
      el.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    },
  };
}
