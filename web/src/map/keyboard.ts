/** Keyboard control of the map: arrows move the cursor, Enter selects, plus, minus and 0 zoom, H pins the cursor. */
import type { App } from "../app.ts";
import { BORDER, type View, bounded, toScreen } from "./camera.ts";
import { glide } from "./glide.ts";
import { type MapActions, codeAt } from "./actions.ts";
import type { MapView } from "./map.ts";

const STEP = 8; // pixels
const LARGE_STEP = 48; // with Shift

export function zoomBy(app: App, map: MapView, factor: number): void {
  const camera = app.store.get().camera ?? map.whole();
  glide(app, map.whole(), bounded({ ...camera, span: camera.span / factor }, map.whole()));
}

export function mapKeys(app: App, map: MapView, actions: MapActions): (event: KeyboardEvent) => void {
  const { store } = app;

  /** The position of the cursor, or the middle of the view if its code has no position on the plane. */
  function place(view: View): [number, number] {
    return app.planeData().plane.project(store.get().z) ?? [(view.width / 2 - view.tx) / view.kx, (view.height / 2 - view.ty) / view.ky];
  }

  function moveCursor(dx: number, dy: number): void {
    const view = map.view();
    let [x, y] = place(view);
    [x, y] = [x + dx / view.kx, y + dy / Math.abs(view.ky)];
    const camera = store.get().camera ?? map.whole();
    const [px, py] = toScreen(view, x, y);
    const outside = px < BORDER || py < BORDER || px > view.width - BORDER || py > view.height - BORDER;
    store.set({ z: codeAt(app, x, y), pinned: true, ...(outside ? { camera: { ...camera, x, y } } : {}) });
    app.announce(app.words()("map.at", { place: `${app.words().real(x)}, ${app.words().real(y)}` }));
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const shortcuts: Record<string, () => void> = {
      ArrowLeft: () => moveCursor(-step, 0), ArrowRight: () => moveCursor(step, 0),
      ArrowUp: () => moveCursor(0, step), ArrowDown: () => moveCursor(0, -step),
      "+": () => zoomBy(app, map, 1.5), "=": () => zoomBy(app, map, 1.5), "-": () => zoomBy(app, map, 1 / 1.5),
      "0": () => glide(app, map.whole(), null),
      Enter: () => {
        const view = map.view();
        actions.tap(...place(view), { ...view, kx: view.kx / 3, ky: view.ky / 3 }, false); // keys are less precise: three times the radius
      },
      h: () => store.set({ pinned: !store.get().pinned }),
      Escape: () => store.set({ open: false, pen: false, playing: false }),
    };
    const shortcut = shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!shortcut) return;
    event.preventDefault();
    shortcut();
  };
}
