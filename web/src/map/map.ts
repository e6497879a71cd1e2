/** The map: three canvases, drawn at most once a frame, and only those whose part of the state changed. */
import type { App } from "../app.ts";
import { first, timed } from "../clock.ts";
import { canvas, context, h } from "../dom.ts";
import type { Bounds } from "../math/density.ts";
import type { Camera, State } from "../state/state.ts";
import { CLOSER, type View, bounded, cameraOf, fit, fitStrip, toWorld, viewOf } from "./camera.ts";
import { colourOf, holdBack } from "./dots.ts";
import { gestures } from "./gestures.ts";
import { type Manifold, makeManifold } from "./manifold.ts";
import { drawOverlay } from "./overlay.ts";
import { type Dots, dotRadius, rasterise } from "./raster.ts";
import type { Scene } from "./scene.ts";
import { memo } from "../memo.ts";

const MOST_DENSE = 2; // device pixels to a CSS pixel: more are not seen, and cost four times as much

export interface MapView {
  el: HTMLElement;
  /** The whole map's camera. */
  whole(): Camera;
  view(): View;
  stop(): void;
}

export interface MapEvents {
  hover(x: number, y: number, px: number, py: number, touch: boolean): void;
  left(): void;
  tap(x: number, y: number, view: View, touch: boolean): void;
  stroke(points: [number, number][], view: View, done: boolean): void;
  drawing(): boolean;
  /** What is drawn over the points. */
  scene(): Scene;
  /** Points to keep in full colour; null for all. */
  kept(): ((i: number) => boolean) | null;
}

export function createMap(app: App, events: MapEvents): MapView {
  const { store } = app;
  const layers = { images: canvas(1, 1), points: canvas(1, 1), overlay: canvas(1, 1) };
  layers.images.className = "images";
  layers.points.className = "points";
  for (const layer of Object.values(layers)) layer.setAttribute("aria-hidden", "true");
  const el = h("div", { class: "map" }, layers.images, layers.points, layers.overlay);
  let [width, height, dense] = [0, 0, 1];
  let pixels: { image: ImageData; words: Uint32Array } | null = null;
  let manifold: Manifold | null = null;
  let asked = 0;
  let stopped = false;
  const dirty = { images: true, points: true, overlay: true };

  const whole = (): Camera => {
    const sheet = app.sheet();
    return (sheet.plane.spec.kind === "strip" ? fitStrip : fit)(sheet.bounds, width, height);
  };
  const camera = (): Camera => bounded(store.get().camera ?? whole(), whole());
  const view = (): View => viewOf(camera(), width, height, store.get().plane.kind === "strip");

  const coloured = memo((coords: Float32Array, colouring: State["colouring"], dark: boolean) =>
    colourOf(app.atlas, colouring, dark, () => app.sheet().density(), coords));
  const dotsOf = memo((colours: ReturnType<typeof coloured>, coords: Float32Array, kept: ((i: number) => boolean) | null): Dots =>
    holdBack(colours.colour, colours.palette, coords, kept));

  /** The data's bounds, and all that the whole map shows beside them. */
  function around({ left, right, low, high }: Bounds): Bounds {
    const all = viewOf(whole(), width, height, store.get().plane.kind === "strip");
    const [[x0, y1], [x1, y0]] = [toWorld(all, 0, 0), toWorld(all, width, height)];
    return { left: Math.min(left, x0), right: Math.max(right, x1), low: Math.min(low, y0), high: Math.max(high, y1) };
  }

  function draw(): void {
    asked = 0;
    if (width === 0 || height === 0) return;
    const begun = performance.now();
    const [now, state, look] = [view(), store.get(), app.look()];
    const sheet = app.sheet();
    if (dirty.images) {
      const on = context(layers.images);
      on.setTransform(dense, 0, 0, dense, 0, 0);
      on.clearRect(0, 0, width, height);
      if (manifold && state.manifold && state.plane.kind !== "umap") {
        manifold.draw(on, now, { plane: sheet.plane, base: state.base, ink: look.ink, bounds: around(sheet.bounds) });
      } else manifold?.stop();
      layers.images.classList.toggle("faint", state.points);
    }
    if (dirty.points && pixels) {
      layers.points.hidden = !state.points;
      if (state.points) {
        const dots = dotsOf(coloured(sheet.plane.coords, state.colouring, look.dark), sheet.plane.coords, events.kept());
        const zoom = whole().span / camera().span;
        const scale = { kx: now.kx * dense, ky: now.ky * dense, tx: now.tx * dense, ty: now.ty * dense };
        rasterise(pixels.words, pixels.image.width, pixels.image.height, dots, scale, dotRadius(app.atlas.count, width * height, zoom) * dense, 0.8);
        context(layers.points).putImageData(pixels.image, 0, 0);
      }
    }
    if (dirty.overlay) {
      const on = context(layers.overlay);
      on.setTransform(dense, 0, 0, dense, 0, 0);
      drawOverlay(on, now, events.scene(), look);
    }
    dirty.images = dirty.points = dirty.overlay = false;
    timed("zukan:frame", begun);
    first("zukan:map");
  }

  function redraw(...which: (keyof typeof dirty)[]): void {
    for (const layer of which) dirty[layer] = true;
    if (which.length && !asked) asked = requestAnimationFrame(draw);
  }

  const hands = gestures(el, {
    moved: (k, tx, ty) => store.set({ camera: cameraOf({ ...view(), kx: k, ky: -k, tx, ty }) }),
    hover: (px, py, touch) => events.hover(...toWorld(view(), px, py), px, py, touch),
    left: events.left,
    tap: (px, py, touch) => events.tap(...toWorld(view(), px, py), view(), touch),
    stroke: (points, done) => events.stroke(points.map(([px, py]) => toWorld(view(), px, py)), view(), done),
    drawing: events.drawing,
  });

  function follow(): void {
    if (width === 0) return;
    const all = Math.min(width, height) / whole().span;
    hands.follow(view(), all * CLOSER.least, all * CLOSER.most);
  }

  const unwatch = store.watch((now, before) => {
    const changed = (...keys: (keyof State)[]): boolean => keys.some((key) => now[key] !== before[key]);
    const moved = changed("camera", "plane", "theme");
    if (moved) follow();
    if (moved || changed("base", "manifold", "points")) redraw("images");
    if (moved || changed("points", "colouring", "panel", "classA", "classB", "lasso", "open")) redraw("points");
    redraw("overlay");
  });

  const sized = new ResizeObserver(() => {
    [width, height, dense] = [el.clientWidth, el.clientHeight, Math.min(MOST_DENSE, devicePixelRatio || 1)];
    if (width === 0 || height === 0) return;
    for (const layer of Object.values(layers)) [layer.width, layer.height] = [Math.round(width * dense), Math.round(height * dense)];
    const image = new ImageData(layers.points.width, layers.points.height);
    pixels = { image, words: new Uint32Array(image.data.buffer) };
    follow();
    Object.assign(dirty, { images: true, points: true, overlay: true });
    cancelAnimationFrame(asked);
    draw(); // at once: a resized canvas is empty
  });
  sized.observe(el);
  app.engine.then((engine) => {
    if (stopped) return;
    manifold = makeManifold(async (z, n) => app.toUnit(await engine.decode(z, n)), app.painter(), () => redraw("images"), app.failed);
    redraw("images");
  }, () => undefined); // the shell tells the reader

  return {
    el, whole, view,
    stop() {
      stopped = true;
      unwatch();
      sized.disconnect();
      hands.stop();
      manifold?.stop();
      cancelAnimationFrame(asked);
    },
  };
}
