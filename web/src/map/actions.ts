/** What moving, tapping or drawing on the map does, which depends on the open panel. */
import type { App } from "../app.ts";
import { type Point, simplify } from "../math/lasso.ts";
import { nearestOf } from "../math/grid-index.ts";
import { selecting } from "../state/selecting.ts";
import type { State, Stop } from "../state/state.ts";
import type { View } from "./camera.ts";

export const MOUSE_RADIUS = 10; // a tap within this many pixels of a point selects it
const TOUCH_RADIUS = 18;
const MAX_STOPS = 12; // of a drawn path

export interface MapActions {
  moveCursor(x: number, y: number): void;
  tap(x: number, y: number, view: View, touch: boolean): void;
  stroke(points: Point[], view: View, done: boolean): void;
  drawing(): boolean;
}

/** The item nearest to (x, y) within `pixels`, or null. */
export function itemAt(app: App, x: number, y: number, view: View, pixels: number): number | null {
  const item = app.planeData().index().near(x, y, pixels / view.kx, Math.abs(view.ky / view.kx), app.visible());
  return item < 0 ? null : item;
}

/** The code at a place of the map. On a UMAP plane, which has no inverse, it is the code of the nearest item. */
export function codeAt(app: App, x: number, y: number): number[] {
  const { plane, bounds, index } = app.planeData();
  return plane.lift(x, y, app.store.get().base) ?? app.mean(nearestOf(index(), x, y, bounds));
}

/** The change of state that opens an item. */
export function openItem(app: App, item: number): Partial<State> {
  return { item, z: app.mean(item), panel: "point" };
}

export function makeActions(app: App): MapActions {
  const { store } = app;
  return {
    moveCursor(x, y) {
      store.set({ z: codeAt(app, x, y) });
    },
    drawing: () => store.get().pen && ["path", "select"].includes(store.get().panel),
    tap(x, y, view, touch) {
      const state = store.get();
      const item = state.points ? itemAt(app, x, y, view, touch ? TOUCH_RADIUS : MOUSE_RADIUS) : null;
      const z = item === null ? codeAt(app, x, y) : app.mean(item);
      if (state.panel === "path") {
        const stop: Stop = item === null ? { z } : { item };
        store.set({ stops: [...state.stops, stop], z, playing: false, frame: 0 });
      } else if (state.panel === "select") {
        store.set(selecting(state, { lasso: state.open ? [...state.lasso, [x, y]] : [[x, y]], open: true }));
      } else if (state.panel === "class" && item !== null) {
        const k = app.classOf(item);
        if (k !== null) store.set({ classA: k, classB: null, z });
      } else if (item !== null && state.panel !== "draw") {
        store.set(openItem(app, item));
        app.announce(app.words()("map.picked", { n: app.atlas.ids.of(item) }));
      } else {
        store.set({ z, pinned: touch || !state.pinned });
      }
    },
    stroke(points, view, done) {
      const { panel } = store.get();
      const line = simplify(points, 1.5 / view.kx);
      if (panel === "select") store.set(selecting(store.get(), { lasso: line, open: !done }));
      else if (panel === "path") {
        const stops = spaced(simplify(points, 6 / view.kx), MAX_STOPS).map(([x, y]): Stop => ({ z: codeAt(app, x, y) }));
        store.set({ stops, playing: false, frame: 0, ...(done ? { pen: false } : {}) });
      }
    },
  };
}

/** At most `count` of the points, evenly spaced, including both ends. */
function spaced(points: Point[], count: number): Point[] {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, k) => points[Math.round((k * (points.length - 1)) / (count - 1))]!);
}
