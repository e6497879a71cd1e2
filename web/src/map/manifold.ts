/** The decoded images behind the points: tiles that are decoded when visible, at a level of detail that follows the zoom. */
import type { Painter, Tones } from "../look/painter.ts";
import { canvas, context } from "../dom.ts";
import type { Bounds } from "../math/density.ts";
import { type Plane, STRIP } from "../math/plane.ts";
import { yieldToBrowser } from "../model/queue.ts";
import { type View, toScreen } from "./camera.ts";
import { type Lattice, SIDE, type Tile, cellSize, cells, keyOf, levelOf, visible } from "./tiles.ts";

const MAX_TILES = 220; // in memory
const TIME_SLICE = 6; // milliseconds of decoding before the browser may draw a frame
const MAX_CELL = 64; // pixels of a cell's side in memory

/** Return the images of `n` codes under setting `k` of the condition, with values in 0…1. */
export type Decode = (z: Float32Array, n: number, k: number | null) => Promise<Float32Array>;
/** The slice of the latent space that is decoded: the plane through `base`, under the setting `condition`. */
export interface Slice { plane: Plane; base: number[]; condition: number | null; tones: Tones; bounds: Bounds }
export interface Manifold {
  /** Draw the decoded tiles, and start to decode the missing ones. */
  draw(on: CanvasRenderingContext2D, view: View, slice: Slice): void;
  /** Number of tiles that are not decoded yet. */
  waiting(): number;
  stop(): void;
}

export function makeManifold(decode: Decode, painter: Painter, redraw: () => void, reportError: (error: unknown) => void): Manifold {
  const scale = Math.min(1, MAX_CELL / Math.max(painter.width, painter.height));
  const [cw, ch] = [Math.max(1, Math.round(painter.width * scale)), Math.max(1, Math.round(painter.height * scale))];
  const target = painter.image ? Math.min(104, Math.max(46, 1.4 * cw)) : 88; // minimum width of a cell in pixels
  const inset = painter.image ? 0 : 0.13; // a margin that separates the bars of neighboring cells
  const scratch = canvas(painter.width, painter.height);
  const decoded = new Map<string, HTMLCanvasElement>();
  let pending: Tile[] = [];
  let current: Slice | null = null;
  let version = 0; // changes when all tiles become outdated
  let working: string | null = null; // the tile that is being decoded
  let batch = 8;

  const latticeOf = (slice: Slice): Lattice => ({ aspect: ch / cw, strip: slice.plane.spec.kind === "strip" });

  async function work(): Promise<void> {
    if (working !== null) return;
    try {
      for (let tile = pending.shift(); tile; tile = pending.shift()) {
        working = keyOf(tile);
        await decodeTile(tile, current!, version);
      }
    } catch (error) {
      reportError(error);
    } finally {
      working = null;
    }
  }

  async function decodeTile(tile: Tile, slice: Slice, started: number): Promise<void> {
    const lattice = latticeOf(slice);
    const places = cells(tile, lattice);
    const sheet = canvas(cw * SIDE, ch * (lattice.strip ? 1 : SIDE));
    const [on, from] = [context(sheet), context(scratch)];
    const inside = places.flatMap(([x, y], cell) => { // outside a sphere there are no codes
      const z = slice.plane.lift(x, y, slice.base);
      return z ? [{ z, cell }] : [];
    });
    const codes = inside.map(({ z }) => z);
    for (let start = 0; start < codes.length; ) {
      const part = codes.slice(start, start + batch);
      const startTime = performance.now();
      const images = await decode(Float32Array.from(part.flat()), part.length, slice.condition);
      if (started !== version) return;
      const size = images.length / part.length;
      part.forEach((_, k) => {
        from.putImageData(painter.paint(images, k * size, slice.tones), 0, 0);
        const { cell } = inside[start + k]!;
        const [x, y] = [(cell % SIDE) * cw, Math.floor(cell / SIDE) * ch];
        on.drawImage(scratch, x + inset * cw, y + inset * ch, cw * (1 - 2 * inset), ch * (1 - 2 * inset));
      });
      start += part.length;
      const took = performance.now() - startTime;
      batch = Math.max(1, Math.min(64, Math.round((batch * TIME_SLICE) / Math.max(took, 0.5))));
      await yieldToBrowser();
      if (started !== version) return;
    }
    decoded.set(keyOf(tile), sheet);
    if (decoded.size > MAX_TILES) decoded.delete(decoded.keys().next().value!);
    redraw();
  }

  function place(on: CanvasRenderingContext2D, view: View, tile: Tile, lattice: Lattice): void {
    const sheet = decoded.get(keyOf(tile));
    if (!sheet) return;
    const [w, h] = cellSize(tile.level, lattice).map((size) => size * SIDE) as [number, number];
    const [x, y] = toScreen(view, tile.column * w, (tile.row + 1) * h);
    const high = lattice.strip ? ((w * view.kx) / SIDE) * lattice.aspect : h * -view.ky;
    const [left, right] = [Math.round(x), Math.round(x + w * view.kx)]; // whole pixels, to avoid seams
    const top = Math.round(lattice.strip ? stripTop(view) : y);
    const bottom = Math.round((lattice.strip ? stripTop(view) : y) + high);
    on.clearRect(left, top, right - left, bottom - top); // a transparent image would not cover the coarser tile below
    on.drawImage(sheet, left, top, right - left, bottom - top);
  }

  return {
    draw(on, view, slice) {
      // With another plane, base, condition or theme, all tiles are outdated, including the one that is being decoded.
      if (current && (current.plane !== slice.plane || current.base !== slice.base || current.condition !== slice.condition || current.tones !== slice.tones)) {
        decoded.clear();
        version++;
        working &&= "";
      }
      current = slice;
      const lattice = latticeOf(slice);
      const room = ((1 + STRIP.images - 0.04) * -view.ky) / lattice.aspect; // below a strip's lanes
      const level = levelOf(view, lattice.strip ? Math.max(24, room / 2) : target);
      clip(on, view, slice.bounds);
      on.imageSmoothingEnabled = painter.image;
      for (let coarse = level - 4; coarse <= level; coarse++) {
        for (const tile of visible(view, coarse, lattice, slice.bounds)) place(on, view, tile, lattice);
      }
      on.restore();
      pending = visible(view, level, lattice, slice.bounds).filter((tile) => !decoded.has(keyOf(tile)) && keyOf(tile) !== working);
      void work();
    },
    waiting: () => pending.length + Number(working !== null),
    stop() {
      pending = [];
      version++;
    },
  };
}

/** Clip the images to the bounds of the data. */
function clip(on: CanvasRenderingContext2D, view: View, { left, right, low, high }: Bounds): void {
  const [x, y] = toScreen(view, left, high);
  on.save();
  on.beginPath();
  on.rect(x, y, (right - left) * view.kx, (low - high) * view.ky);
  on.clip();
}

/** The top of a strip's row of images, in pixels. */
function stripTop(view: View): number {
  return STRIP.images * view.ky + view.ty;
}
