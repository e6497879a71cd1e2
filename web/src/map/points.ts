/**
 * The layer of points. While the map moves, a frame draws as many points as fit into it: a sample, if more are visible. When the map
 * rests, all of them are drawn in slices, between which the page can answer, and are shown once they are complete. With a fast graphics
 * card, WebGL draws all of them in every frame instead.
 */
import { canvas, context } from "../dom.ts";
import type { GridIndex } from "../math/grid-index.ts";
import { memo } from "../memo.ts";
import { yieldToBrowser } from "../model/queue.ts";
import { recordDuration } from "../timings.ts";
import type { View } from "./camera.ts";
import { type GlPoints, isFaster, makeGlPoints } from "./gl-points.ts";
import { type Dots, type Target, countVisible, rasterise } from "./raster.ts";

const SAMPLE_TIME = 6; // milliseconds of a frame for the points
const SLICE = 8; // milliseconds between two chances of the browser to draw
const REST = 40; // milliseconds without a movement before all points are drawn
const MIN_SAMPLE = 40_000; // fewer points do not show the shape of the data

const GL_GAIN = 3; // WebGL must be faster by this factor
const SLOW = 100; // milliseconds of a frame, after which WebGL is not used any more; the first one sends the points to the graphics card

export interface Points {
  /** Change the size, in device pixels; the layer is empty afterwards. */
  resize(width: number, height: number): void;
  /** Draw the points with discs of `radius` device pixels; `pixelRatio` is the number of these per pixel of the view. */
  draw(index: GridIndex, dots: Dots, view: View, pixelRatio: number, radius: number): void;
  stop(): void;
}

const OPACITY = 0.8;

export function makePoints(on: HTMLCanvasElement): Points {
  let [front, back] = [new ImageData(1, 1), new ImageData(1, 1)]; // the image that is shown, and the one that is being drawn
  let speed = 20_000; // points per millisecond, measured while drawing
  let timer = 0;
  let gl: GlPoints | null = null; // not null if it is faster
  let probed = false;
  let version = 0; // changes when what is being drawn is outdated
  const inOrder = memo((colour: Uint16Array, index: GridIndex) => {
    const tints = new Uint16Array(colour.length);
    for (let k = 0; k < tints.length; k++) tints[k] = colour[index.order[k]!]!;
    return tints;
  });

  function show(image: ImageData): void {
    context(on).putImageData(image, 0, 0);
  }

  /** Run steps until `until`, and measure their speed; return whether there are more. */
  function run(steps: Generator<number, void>, until: number): boolean {
    const start = performance.now();
    let [points, done] = [0, false];
    do {
      const step = steps.next();
      done = step.done ?? false;
      points += step.value ?? 0;
    } while (!done && performance.now() < until);
    const took = performance.now() - start;
    if (points > MIN_SAMPLE / 2 && took > 0) speed += 0.3 * (points / took - speed);
    return !done;
  }

  async function probe(): Promise<void> {
    probed = true;
    const candidate = makeGlPoints(canvas(1, 1));
    if (candidate && await isFaster(candidate, GL_GAIN * speed)) gl = candidate;
  }

  /** Draw all points with WebGL and return true, if that is faster. */
  function drawByGl(index: GridIndex, dots: Dots, tints: Uint16Array, target: Target, radius: number): boolean {
    if (!gl || gl.lost()) return false;
    const start = performance.now();
    gl.draw(index, tints, dots, target, radius, OPACITY);
    const to = context(on);
    to.clearRect(0, 0, on.width, on.height);
    to.drawImage(gl.canvas, 0, 0);
    if (performance.now() - start > SLOW) gl = null;
    return true;
  }

  /** Draw all points in slices and show them. */
  async function complete(steps: Generator<number, void>, since: number): Promise<void> {
    const started = version;
    while (run(steps, performance.now() + SLICE)) {
      await yieldToBrowser();
      if (started !== version) return;
    }
    [front, back] = [back, front];
    show(front);
    recordDuration("zukan:rest", since);
    if (!probed) void probe();
  }

  return {
    resize(width, height) {
      [on.width, on.height] = [width, height];
      [front, back] = [new ImageData(width, height), new ImageData(width, height)];
    },
    draw(index, dots, view, pixelRatio, radius) {
      clearTimeout(timer);
      version++;
      const since = performance.now();
      const tints = inOrder(dots.colour, index);
      const targetOf = (image: ImageData): Target => ({
        pixels: new Uint32Array(image.data.buffer), width: image.width, height: image.height,
        kx: view.kx * pixelRatio, ky: view.ky * pixelRatio, tx: view.tx * pixelRatio, ty: view.ty * pixelRatio,
      });
      const target = targetOf(front);
      const visible = countVisible(index, target);
      const share = Math.max(MIN_SAMPLE, SAMPLE_TIME * speed) / visible;
      if (share < 1 && drawByGl(index, dots, tints, target, radius)) return;
      run(rasterise(target, index, tints, dots, radius, OPACITY, share), Infinity);
      show(front);
      if (share < 1) timer = window.setTimeout(() => void complete(rasterise(targetOf(back), index, tints, dots, radius, OPACITY), since), REST);
    },
    stop() {
      clearTimeout(timer);
      version++;
    },
  };
}
