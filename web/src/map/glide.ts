/** Animation of the camera to a new place, unless the user prefers reduced motion. */
import type { App } from "../app.ts";
import { prefersReducedMotion } from "../look/theme.ts";
import type { Camera } from "../state/state.ts";

const DURATION = 320; // milliseconds
const ease = (t: number): number => 1 - (1 - t) ** 3;

/** Interpolate two cameras: the span geometrically, and the center in proportion to the span, so that the motion looks even. */
export function between(a: Camera, b: Camera, t: number): Camera {
  const span = a.span * (b.span / a.span) ** t;
  const share = Math.abs(b.span - a.span) < 1e-9 * a.span ? t : (span - a.span) / (b.span - a.span);
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y), span };
}

const frames = new WeakMap<App, number>(); // of each of two maps

/** Move the camera to `to`; null means the whole map, whose camera is `whole`. */
export function glide(app: App, whole: Camera, to: Camera | null): void {
  const { store } = app;
  const [from, target] = [store.get().camera ?? whole, to ?? whole];
  cancelAnimationFrame(frames.get(app) ?? 0);
  if (prefersReducedMotion()) {
    store.set({ camera: to });
    return;
  }
  const start = performance.now();
  let last: Camera | null = store.get().camera;
  const step = (): void => {
    if (store.get().camera !== last) return; // the user moved the map
    const t = Math.min(1, (performance.now() - start) / DURATION);
    last = t < 1 ? between(from, target, ease(t)) : to;
    store.set({ camera: last });
    if (t < 1) frames.set(app, requestAnimationFrame(step));
  };
  step();
}
