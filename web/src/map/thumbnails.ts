/** The layer of thumbnails above the points: it appears when so few points are visible that images of the items have room. */
import type { Thumbnails } from "../bundle/thumbnails.ts";
import { css } from "../look/colour.ts";
import type { Look } from "../look/theme.ts";
import type { GridIndex } from "../math/grid-index.ts";
import { type View, toScreen } from "./camera.ts";
import type { Dots } from "./raster.ts";

const [SMALLEST, LARGEST] = [22, 72]; // CSS pixels of the longer side
const FILLED = 0.45; // share of the map that the thumbnails cover, if none overlap

/** The longer side of thumbnails if `count` points are visible, or null if they would be too small. */
export function thumbnailSide(count: number, { width, height }: View): number | null {
  const side = Math.sqrt((FILLED * width * height) / Math.max(1, count));
  return side < SMALLEST ? null : Math.min(LARGEST, side);
}

/** The visible points that are neither hidden nor faded, as places in the order of the index, at most `most`; null if there are more. */
export function visiblePoints(index: GridIndex, { colour, palette }: Dots, view: View, most: number): number[] | null {
  const { coords, order, starts, side, column, row } = index;
  const [left, right] = [column(-view.tx / view.kx), column((view.width - view.tx) / view.kx)];
  const places: number[] = [];
  for (let r = row((view.height - view.ty) / view.ky); r <= row(-view.ty / view.ky); r++) {
    const [from, to] = [starts[r * side + left]!, starts[r * side + right + 1]!];
    if (to - from > 64 * most) return null; // without a look at each of very many
    for (let k = from; k < to; k++) {
      const [x, y] = toScreen(view, coords[2 * k]!, coords[2 * k + 1]!);
      if (!(x >= 0 && x < view.width && y >= 0 && y < view.height) || colour[order[k]!]! >= palette.length) continue;
      places.push(k);
      if (places.length > most) return null;
    }
  }
  return places;
}

/** Draw the thumbnails of visible items, each in a frame of its point's color. One that would cover another remains a point. */
export function drawThumbnails(on: CanvasRenderingContext2D, view: View, index: GridIndex, dots: Dots, thumbnails: Thumbnails, look: Look): void {
  const most = Math.floor((FILLED * view.width * view.height) / SMALLEST ** 2);
  const places = visiblePoints(index, dots, view, most);
  const side = places && thumbnailSide(places.length, view);
  if (!places || !side) return;
  thumbnails.start(look);
  const at = new Map<string, [number, number]>(); // what is drawn, by the cell of a grid whose cells have the size of a thumbnail
  for (const k of places) {
    const item = index.order[k]!;
    const [x, y] = toScreen(view, index.coords[2 * k]!, index.coords[2 * k + 1]!);
    const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
    if (overlaps(at, column, row, x, y, side)) continue;
    const thumbnail = thumbnails.of(item);
    if (!thumbnail) continue;
    at.set(`${column}/${row}`, [x, y]);
    const scale = side / Math.max(thumbnail.width, thumbnail.height);
    const [w, h] = [thumbnail.width * scale, thumbnail.height * scale];
    on.fillStyle = css(look.paper);
    on.fillRect(x - w / 2, y - h / 2, w, h);
    on.imageSmoothingEnabled = scale < 1;
    on.drawImage(thumbnail.sheet, thumbnail.x, thumbnail.y, thumbnail.width, thumbnail.height, x - w / 2, y - h / 2, w, h);
    on.strokeStyle = css(dots.palette[dots.colour[item]!]!);
    on.lineWidth = 1.5;
    on.strokeRect(x - w / 2, y - h / 2, w, h);
  }
}

/** Whether a square at (x, y) overlaps one of those in the cells around it. */
function overlaps(at: Map<string, [number, number]>, column: number, row: number, x: number, y: number, side: number): boolean {
  for (let c = column - 1; c <= column + 1; c++) {
    for (let r = row - 1; r <= row + 1; r++) {
      const other = at.get(`${c}/${r}`);
      if (other && Math.abs(other[0] - x) < side + 2 && Math.abs(other[1] - y) < side + 2) return true;
    }
  }
  return false;
}
