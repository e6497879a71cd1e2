/** The map: three canvases, each drawn at most once per frame, and only if its part of the state changed. */
import type { App } from "../app.ts";
import { recordDuration, recordFirst } from "../timings.ts";
import { canvas, context, h } from "../dom.ts";
import type { Bounds } from "../math/density.ts";
import { faint } from "../look/contrast.ts";
import { type Camera, type State, columnOf } from "../state/state.ts";
import { ZOOM_LIMITS, type View, bounded, cameraOf, fit, fitStrip, toScreen, toWorld, viewOf } from "./camera.ts";
import { colourOf, colourOfColumn, fadeOthers } from "./point-colours.ts";
import { createDecoding } from "./decoding.ts";
import { gestures } from "./gestures.ts";
import { type Manifold, makeManifold } from "./manifold.ts";
import { drawOverlay } from "./overlay.ts";
import { makePoints } from "./points.ts";
import { type Dots, dotRadius } from "./raster.ts";
import type { Scene } from "./scene.ts";
import { drawThumbnails } from "./thumbnails.ts";
import { openThumbnails } from "../bundle/thumbnails.ts";
import type { Column } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { createClusterLabels } from "./cluster-labels.ts";
import { shownValues } from "../state/values.ts";
import { memo } from "../memo.ts";

const MAX_PIXEL_RATIO = 2; // device pixels per CSS pixel; more are hardly visible and take four times as long

export interface MapView {
  el: HTMLElement;
  /** The camera that shows the whole map. */
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
  /** What is drawn above the points. */
  scene(): Scene;
  /** Selects the points in full color, the others are faded; null for all. */
  highlighted(): ((i: number) => boolean) | null;
}

export function createMap(app: App, events: MapEvents): MapView {
  const { store } = app;
  const layers = { images: canvas(1, 1), points: canvas(1, 1), thumbnails: canvas(1, 1), overlay: canvas(1, 1) };
  const thumbnails = openThumbnails(app.files, app.atlas.manifest, app.painter().print, () => redraw("points"));
  layers.images.className = "images";
  layers.points.className = "points";
  layers.thumbnails.className = "thumbnails";
  for (const layer of Object.values(layers)) layer.setAttribute("aria-hidden", "true");
  const decoding = createDecoding(app);
  const names = createClusterLabels(app, events.left);
  const el = h("div", { class: "map" }, layers.images, layers.points, h("div", null, layers.thumbnails), layers.overlay, decoding.el, names.el);
  let [width, height, pixelRatio] = [0, 0, 1];
  const points = makePoints(layers.points);
  let manifold: Manifold | null = null;
  let requested = 0; // animation frame
  let stopped = false;
  let inside = false; // the pointer is on the map
  const dirty = { images: true, points: true, overlay: true };

  const whole = (): Camera => {
    const { plane, bounds } = app.planeData();
    return (plane.spec.kind === "strip" ? fitStrip : fit)(bounds, width, height);
  };
  const camera = (): Camera => bounded(store.get().camera ?? whole(), whole());
  const view = (): View => viewOf(camera(), width, height, store.get().plane.kind === "strip");

  const coloursOf = memo((coords: Float32Array, colouring: State["colouring"], dark: boolean, cells: Cells | Uint8Array | null, column: Column | null) =>
    (cells && column ? colourOfColumn(column, cells, dark)
      : colourOf(app.atlas, colouring, dark, () => app.planeData().density(), coords)));

  const coloured = (colouring: State["colouring"]): Column | null =>
    (colouring === "values" ? shownValues(store.get())?.column : colouring === "cluster" ? app.clusters?.scales[store.get().shown.scale ?? 0]?.column : app.columns.columns[columnOf(colouring) ?? -1]) ?? null;

  /** The cells of the column that colors the points; if they are not read yet, null, and the points are drawn again afterwards. */
  function cellsOf(colouring: State["colouring"]): Cells | Uint8Array | null {
    if (colouring === "cluster") return app.clusters?.assigned(store.get().shown.scale ?? 0) ?? null;
    const k = columnOf(colouring);
    if (colouring === "values") return shownValues(store.get())?.cells ?? null;
    if (k === null) return null;
    const cells = app.columns.loaded(k);
    if (!cells) app.columns.cells(k).then(() => redraw("points"), app.reportError);
    return cells;
  }
  const dotsOf = memo((colours: ReturnType<typeof coloursOf>, coords: Float32Array, highlighted: ((i: number) => boolean) | null, mask: Uint8Array | null): Dots =>
    fadeOthers(colours.colour, colours.palette, coords, highlighted, mask));

  /** The bounds of the data, extended to all that the whole map shows. */
  function extended({ left, right, low, high }: Bounds): Bounds {
    const all = viewOf(whole(), width, height, store.get().plane.kind === "strip");
    const [[x0, y1], [x1, y0]] = [toWorld(all, 0, 0), toWorld(all, width, height)];
    return { left: Math.min(left, x0), right: Math.max(right, x1), low: Math.min(low, y0), high: Math.max(high, y1) };
  }

  function draw(): void {
    requested = 0;
    if (width === 0 || height === 0) return;
    const start = performance.now();
    const [now, state, look] = [view(), store.get(), app.look()];
    const data = app.planeData();
    if (dirty.images) {
      const on = context(layers.images);
      on.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      on.clearRect(0, 0, width, height);
      const decodes = manifold && state.manifold && state.plane.kind !== "umap";
      if (manifold && decodes) {
        manifold.draw(on, now, { plane: data.plane, base: state.base, condition: state.condition, tones: look, bounds: extended(data.bounds) });
      } else manifold?.stop();
      decoding.update(manifold && decodes ? manifold.waiting() : 0);
      layers.images.style.opacity = String(state.points ? (state.strength ?? 100 * faint(look.dark)) / 100 : 1);
    }
    if (dirty.points) {
      layers.points.hidden = layers.thumbnails.hidden = !state.points;
      if (state.points) {
        const dots = dotsOf(coloursOf(data.plane.coords, state.colouring, look.dark, cellsOf(state.colouring), coloured(state.colouring)), data.plane.coords, events.highlighted(), app.visible());
        const zoom = whole().span / camera().span;
        const shown = Math.max(1, app.filters.count(state.filters));
        points.draw(data.index(), dots, now, pixelRatio, dotRadius(shown, width * height, zoom) * pixelRatio);
        const on = context(layers.thumbnails);
        on.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
        on.clearRect(0, 0, width, height);
        if (thumbnails) drawThumbnails(on, now, data.index(), dots, thumbnails, look);
      }
    }
    if (dirty.overlay) {
      const on = context(layers.overlay);
      on.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      const scene = events.scene();
      drawOverlay(on, now, scene, look);
      names.update(state.points ? now : null, whole().span / camera().span, scene.cursor && (scene.cursor.pinned || !inside) ? toScreen(now, scene.cursor.x, scene.cursor.y) : null);
    }
    dirty.images = dirty.points = dirty.overlay = false;
    recordDuration("zukan:frame", start);
    recordFirst("zukan:map");
  }

  function redraw(...which: (keyof typeof dirty)[]): void {
    for (const layer of which) dirty[layer] = true;
    if (which.length && !requested) requested = requestAnimationFrame(draw);
  }

  const gestureControl = gestures(el, {
    moved: (k, tx, ty) => store.set({ camera: cameraOf({ ...view(), kx: k, ky: -k, tx, ty }) }),
    hover: (px, py, touch) => {
      inside = !touch;
      events.hover(...toWorld(view(), px, py), px, py, touch);
    },
    left: () => {
      inside = false;
      events.left();
      redraw("overlay");
    },
    tap: (px, py, touch) => events.tap(...toWorld(view(), px, py), view(), touch),
    stroke: (points, done) => events.stroke(points.map(([px, py]) => toWorld(view(), px, py)), view(), done),
    drawing: events.drawing,
  });

  function follow(): void {
    if (width === 0) return;
    const all = Math.min(width, height) / whole().span;
    gestureControl.follow(view(), all * ZOOM_LIMITS.out, all * ZOOM_LIMITS.in);
  }

  const unwatch = store.watch((now, before) => {
    const changed = (...keys: (keyof State)[]): boolean => keys.some((key) => now[key] !== before[key]);
    const moved = changed("camera", "plane", "theme");
    if (moved) follow();
    if (moved || changed("base", "condition", "manifold", "points", "strength")) redraw("images");
    if (moved || changed("points", "colouring", "panel", "classA", "classB", "lasso", "open", "filters", "shown", "picked", "values")) redraw("points");
    redraw("overlay");
  });

  const resizeObserver = new ResizeObserver(() => {
    [width, height, pixelRatio] = [el.clientWidth, el.clientHeight, Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1)];
    if (width === 0 || height === 0) return;
    const [columns, rows] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    for (const layer of [layers.images, layers.thumbnails, layers.overlay]) [layer.width, layer.height] = [columns, rows];
    points.resize(columns, rows);
    follow();
    Object.assign(dirty, { images: true, points: true, overlay: true });
    cancelAnimationFrame(requested);
    draw(); // now, since a resized canvas is empty
  });
  resizeObserver.observe(el);
  app.engine.then((engine) => {
    if (stopped) return;
    manifold = makeManifold(async (z, n, k) => app.toUnit(await engine.decode(z, n, app.atlas.conditions.setting(k))), app.painter(), () => redraw("images"), app.reportError);
    redraw("images");
  }, () => undefined); // the shell shows the error

  return {
    el, whole, view,
    stop() {
      stopped = true;
      unwatch();
      resizeObserver.disconnect();
      gestureControl.stop();
      manifold?.stop();
      points.stop();
      decoding.stop();
      cancelAnimationFrame(requested);
    },
  };
}
