/** The map by keys: arrows walk, Enter picks, plus, minus and 0 zoom, H holds. */
import type { App } from "../app.ts";
import { BORDER, type View, bounded, toScreen } from "./camera.ts";
import { glide } from "./glide.ts";
import { type Hand, codeAt } from "./hand.ts";
import type { MapView } from "./map.ts";

const STEP = 8; // pixels
const LEAP = 48;

export function zoomBy(app: App, map: MapView, factor: number): void {
  const camera = app.store.get().camera ?? map.whole();
  glide(app, map.whole(), bounded({ ...camera, span: camera.span / factor }, map.whole()));
}

export function mapKeys(app: App, map: MapView, hand: Hand): (event: KeyboardEvent) => void {
  const { store } = app;

  /** Where the cursor lies; without a way back to the plane, the middle of the view. */
  function place(view: View): [number, number] {
    return app.sheet().plane.project(store.get().z) ?? [(view.width / 2 - view.tx) / view.kx, (view.height / 2 - view.ty) / view.ky];
  }

  function walk(dx: number, dy: number): void {
    const view = map.view();
    let [x, y] = place(view);
    [x, y] = [x + dx / view.kx, y + dy / Math.abs(view.ky)];
    const camera = store.get().camera ?? map.whole();
    const [px, py] = toScreen(view, x, y);
    const out = px < BORDER || py < BORDER || px > view.width - BORDER || py > view.height - BORDER;
    store.set({ z: codeAt(app, x, y), held: true, ...(out ? { camera: { ...camera, x, y } } : {}) });
    app.say(app.words()("map.at", { place: `${app.words().real(x)}, ${app.words().real(y)}` }));
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? LEAP : STEP;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => walk(-step, 0), ArrowRight: () => walk(step, 0), ArrowUp: () => walk(0, step), ArrowDown: () => walk(0, -step),
      "+": () => zoomBy(app, map, 1.5), "=": () => zoomBy(app, map, 1.5), "-": () => zoomBy(app, map, 1 / 1.5),
      "0": () => glide(app, map.whole(), null),
      Enter: () => {
        const view = map.view();
        hand.tap(...place(view), { ...view, kx: view.kx / 3, ky: view.ky / 3 }, false); // keys aim less finely: reach three times as far
      },
      h: () => store.set({ held: !store.get().held }),
      Escape: () => store.set({ open: false, pen: false, playing: false }),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
}
