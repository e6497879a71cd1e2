/** The camera moves to a new place instead of jumping there, for those who did not ask for less motion. */
import type { App } from "../app.ts";
import { calm } from "../look/theme.ts";
import type { Camera } from "../state/state.ts";

const TIME = 320; // milliseconds
const ease = (t: number): number => 1 - (1 - t) ** 3;

/** Between two cameras: the span by ratio, and the centre such that the eye follows it evenly. */
export function between(a: Camera, b: Camera, t: number): Camera {
  const span = a.span * (b.span / a.span) ** t;
  const share = Math.abs(b.span - a.span) < 1e-9 * a.span ? t : (span - a.span) / (b.span - a.span);
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y), span };
}

let frame = 0;

/** `to` null is the whole map, whose camera is `whole`. */
export function glide(app: App, whole: Camera, to: Camera | null): void {
  const { store } = app;
  const [from, target] = [store.get().camera ?? whole, to ?? whole];
  cancelAnimationFrame(frame);
  if (calm()) {
    store.set({ camera: to });
    return;
  }
  const begun = performance.now();
  let mine: Camera | null = store.get().camera;
  const step = (): void => {
    if (store.get().camera !== mine) return; // a hand took the sheet
    const t = Math.min(1, (performance.now() - begun) / TIME);
    mine = t < 1 ? between(from, target, ease(t)) : to;
    store.set({ camera: mine });
    if (t < 1) frame = requestAnimationFrame(step);
  };
  step();
}
