/** The decoded manifold behind the points: tiles that are decoded when seen, and finer as one comes closer. */
import type { Rgb } from "../look/colour.ts";
import type { Painter } from "../look/painter.ts";
import { canvas, context } from "../dom.ts";
import type { Bounds } from "../math/density.ts";
import { type Plane, STRIP } from "../math/plane.ts";
import { breath } from "../model/queue.ts";
import { type View, toScreen } from "./camera.ts";
import { type Lattice, SIDE, type Tile, cellSize, cells, keyOf, levelOf, visible } from "./tiles.ts";

const KEPT = 220; // tiles in memory
const SLICE = 6; // milliseconds of decoding between two breaths: a frame is 16
const MOST_PIXELS = 64; // of a cell's side in memory

/** Images of `n` codes, 0…1. */
export type Decode = (z: Float32Array, n: number) => Promise<Float32Array>;
export interface Cut { plane: Plane; base: number[]; ink: Rgb; bounds: Bounds }
export interface Manifold {
  /** Draw what there is, and have what is missing decoded. */
  draw(on: CanvasRenderingContext2D, view: View, cut: Cut): void;
  /** How many tiles are still to come. */
  waiting(): number;
  stop(): void;
}

export function makeManifold(decode: Decode, painter: Painter, redraw: () => void, failed: (why: unknown) => void): Manifold {
  const scale = Math.min(1, MOST_PIXELS / Math.max(painter.width, painter.height));
  const [cw, ch] = [Math.max(1, Math.round(painter.width * scale)), Math.max(1, Math.round(painter.height * scale))];
  const target = painter.image ? Math.min(104, Math.max(46, 1.4 * cw)) : 88; // pixels that a cell is wide at least
  const inset = painter.image ? 0 : 0.13; // bars that touch those of the next cell cannot be read
  const scratch = canvas(painter.width, painter.height);
  const drawn = new Map<string, HTMLCanvasElement>();
  let wanted: Tile[] = [];
  let now: Cut | null = null;
  let epoch = 0;
  let working: string | null = null; // the tile that is being decoded
  let batch = 8;

  const latticeOf = (cut: Cut): Lattice => ({ aspect: ch / cw, strip: cut.plane.spec.kind === "strip" });

  async function work(): Promise<void> {
    if (working !== null) return;
    try {
      for (let tile = wanted.shift(); tile; tile = wanted.shift()) {
        working = keyOf(tile);
        await decodeTile(tile, now!, epoch);
      }
    } catch (why) {
      failed(why);
    } finally {
      working = null;
    }
  }

  async function decodeTile(tile: Tile, cut: Cut, born: number): Promise<void> {
    const lattice = latticeOf(cut);
    const places = cells(tile, lattice);
    const sheet = canvas(cw * SIDE, ch * (lattice.strip ? 1 : SIDE));
    const [on, from] = [context(sheet), context(scratch)];
    const codes = places.map(([x, y]) => cut.plane.lift(x, y, cut.base)!);
    for (let start = 0; start < codes.length; ) {
      const part = codes.slice(start, start + batch);
      const begun = performance.now();
      const images = await decode(Float32Array.from(part.flat()), part.length);
      if (born !== epoch) return;
      const size = images.length / part.length;
      part.forEach((_, k) => {
        from.putImageData(painter.paint(images, k * size, cut.ink), 0, 0);
        const [x, y] = [((start + k) % SIDE) * cw, Math.floor((start + k) / SIDE) * ch];
        on.drawImage(scratch, x + inset * cw, y + inset * ch, cw * (1 - 2 * inset), ch * (1 - 2 * inset));
      });
      start += part.length;
      const took = performance.now() - begun;
      batch = Math.max(1, Math.min(64, Math.round((batch * SLICE) / Math.max(took, 0.5))));
      await breath();
      if (born !== epoch) return;
    }
    drawn.set(keyOf(tile), sheet);
    if (drawn.size > KEPT) drawn.delete(drawn.keys().next().value!);
    redraw();
  }

  function place(on: CanvasRenderingContext2D, view: View, tile: Tile, lattice: Lattice): void {
    const sheet = drawn.get(keyOf(tile));
    if (!sheet) return;
    const [w, h] = cellSize(tile.level, lattice).map((size) => size * SIDE) as [number, number];
    const [x, y] = toScreen(view, tile.column * w, (tile.row + 1) * h);
    const high = lattice.strip ? ((w * view.kx) / SIDE) * lattice.aspect : h * -view.ky;
    const [left, right] = [Math.round(x), Math.round(x + w * view.kx)]; // whole pixels: no seams
    const top = Math.round(lattice.strip ? stripTop(view) : y);
    const bottom = Math.round((lattice.strip ? stripTop(view) : y) + high);
    on.clearRect(left, top, right - left, bottom - top); // an image in ink would let a coarser one shine through
    on.drawImage(sheet, left, top, right - left, bottom - top);
  }

  return {
    draw(on, view, cut) {
      // Another plane, slice or ink: no tile is right any more, the one that is being decoded neither.
      if (now && (now.plane !== cut.plane || now.base !== cut.base || now.ink !== cut.ink)) {
        drawn.clear();
        epoch++;
        working &&= "";
      }
      now = cut;
      const lattice = latticeOf(cut);
      const room = ((1 + STRIP.images - 0.04) * -view.ky) / lattice.aspect; // below a strip's lanes
      const level = levelOf(view, lattice.strip ? Math.max(24, room / 2) : target);
      clip(on, view, cut.bounds);
      on.imageSmoothingEnabled = painter.image;
      for (let coarse = level - 4; coarse <= level; coarse++) {
        for (const tile of visible(view, coarse, lattice, cut.bounds)) place(on, view, tile, lattice);
      }
      on.restore();
      wanted = visible(view, level, lattice, cut.bounds).filter((tile) => !drawn.has(keyOf(tile)) && keyOf(tile) !== working);
      void work();
    },
    waiting: () => wanted.length + Number(working !== null),
    stop() {
      wanted = [];
      epoch++;
    },
  };
}

/** The manifold ends with the map's data, as a plate does, however far one zooms out. */
function clip(on: CanvasRenderingContext2D, view: View, { left, right, low, high }: Bounds): void {
  const [x, y] = toScreen(view, left, high);
  on.save();
  on.beginPath();
  on.rect(x, y, (right - left) * view.kx, (low - high) * view.ky);
  on.clip();
}

/** Where a strip's row of images begins, in pixels. */
export function stripTop(view: View): number {
  return STRIP.images * view.ky + view.ty;
}
