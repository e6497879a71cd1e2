/** What a move, a tap or a stroke on the map does: it depends on the panel that lies open. */
import type { App } from "../app.ts";
import { type Point, simplify } from "../math/lasso.ts";
import { nearest } from "../math/neighbours.ts";
import type { State, Stop } from "../state/state.ts";
import type { View } from "./camera.ts";

const REACH = 10; // pixels around a point that count as the point
const FINGER = 18;
const MOST_STOPS = 12; // of a drawn line

export interface Hand {
  walk(x: number, y: number): void;
  tap(x: number, y: number, view: View, touch: boolean): void;
  stroke(points: Point[], view: View, done: boolean): void;
  drawing(): boolean;
}

/** The item whose point lies nearest to (x, y), within `pixels`. */
export function itemAt(app: App, x: number, y: number, view: View, pixels: number): number | null {
  const found = app.sheet().index().near(x, y, pixels / view.kx, Math.abs(view.ky / view.kx));
  return found < 0 ? null : found;
}

/** The code at a place of the map; behind UMAP there is none, and the nearest item's stands in. */
export function codeAt(app: App, x: number, y: number): number[] {
  const { plane } = app.sheet();
  const z = plane.lift(x, y, app.store.get().base);
  if (z) return z;
  const [found] = nearest(plane.coords, 2, [x, y], 1);
  return app.mean(found!.item);
}

export function pick(app: App, item: number): Partial<State> {
  return { item, z: app.mean(item), panel: "point" };
}

export function makeHand(app: App): Hand {
  const { store } = app;
  return {
    walk(x, y) {
      store.set({ z: codeAt(app, x, y) });
    },
    drawing: () => store.get().pen && ["path", "select"].includes(store.get().panel),
    tap(x, y, view, touch) {
      const state = store.get();
      const item = state.points ? itemAt(app, x, y, view, touch ? FINGER : REACH) : null;
      const z = item === null ? codeAt(app, x, y) : app.mean(item);
      if (state.panel === "path") {
        const stop: Stop = item === null ? { z } : { item };
        store.set({ stops: [...state.stops, stop], z, playing: false, frame: 0 });
      } else if (state.panel === "select") {
        store.set({ lasso: state.open ? [...state.lasso, [x, y]] : [[x, y]], open: true });
      } else if (state.panel === "class" && item !== null) {
        const k = app.classOf(item);
        if (k !== null) store.set({ classA: k, classB: null, z });
      } else if (item !== null && state.panel !== "draw") {
        store.set(pick(app, item));
        app.say(app.words()("map.picked", { n: app.words().count(item) }));
      } else {
        store.set({ z, held: touch || !state.held });
      }
    },
    stroke(points, view, done) {
      const { panel } = store.get();
      const line = simplify(points, 1.5 / view.kx);
      if (panel === "select") store.set({ lasso: line, open: !done });
      else if (panel === "path") {
        const stops = spaced(simplify(points, 6 / view.kx), MOST_STOPS).map(([x, y]): Stop => ({ z: codeAt(app, x, y) }));
        store.set({ stops, playing: false, frame: 0, ...(done ? { pen: false } : {}) });
      }
    },
  };
}

/** At most `most` of the points, the ends among them. */
function spaced(points: Point[], most: number): Point[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, k) => points[Math.round((k * (points.length - 1)) / (most - 1))]!);
}
