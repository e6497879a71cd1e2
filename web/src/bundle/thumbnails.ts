/** The thumbnails of items: sheets of small images, read when needed, of items that lie close together on the map. */
import { canvas, context } from "../dom.ts";
import { type Print, type Tones, makePainter } from "../look/painter.ts";
import type { Files } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import { readArray } from "./pieces.ts";

const MAX_SHEETS = 64; // in memory
const TRIES = 2; // of a sheet that cannot be read

/** A thumbnail: `width` × `height` pixels of a sheet. */
export interface Thumbnail { sheet: HTMLCanvasElement; x: number; y: number; width: number; height: number }
export interface Thumbnails {
  /** Start a new drawing: the sheets that only earlier ones used may leave the memory. */
  start(tones: Tones): void;
  /**
   * The thumbnail of an item: null if it has none, or none yet; `changed` is then called once it has one. A drawing gets thumbnails
   * of at most 64 sheets: more would push each other out of the memory, and would be read again and again.
   */
  of(item: number): Thumbnail | null;
}
interface Sheet { picture: HTMLCanvasElement | null; drawing: number }

export function openThumbnails(files: Files, manifest: Manifest, print: Print, changed: () => void): Thumbnails | null {
  if (!manifest.thumbnails) return null;
  const { height, width, channels, per_row: perRow, format } = manifest.thumbnails;
  const painter = makePainter([height, width, channels], print, 0);
  const sheets = new Map<number, Sheet>(); // with the latest drawing that used it; the picture is null while it is being read
  const failures = new Map<number, number>();
  let places: Int32Array | null = null;
  let reading = false;
  let drawnWith: Tones | null = null;
  let drawing = 0;

  async function readPlaces(): Promise<void> {
    reading = true;
    places = await readArray(files, "data/thumbnails.i32", Int32Array, manifest.count, manifest.piece_bytes);
    changed();
  }

  async function readSheet(number: number, entry: Sheet, tones: Tones): Promise<void> {
    const bytes = await files.read(`data/sheet-${String(number).padStart(5, "0")}.${format}`);
    const picture = await createImageBitmap(new Blob([bytes], { type: `image/${format}` }));
    const sheet = canvas(picture.width, picture.height);
    const on = context(sheet);
    on.drawImage(picture, 0, 0);
    if (channels === 1 || manifest.missing) inTones(on, tones);
    if (sheets.get(number) !== entry) return; // outdated
    entry.picture = sheet;
    changed();
  }

  /** Draw the thumbnails of a sheet as the page draws items: in the tones of the theme, with stripes for missing values. */
  function inTones(on: CanvasRenderingContext2D, tones: Tones): void {
    const values = new Float32Array(height * width * channels);
    const { data } = on.getImageData(0, 0, perRow * width, perRow * height);
    for (let place = 0; place < perRow * perRow; place++) {
      const [x, y] = [(place % perRow) * width, Math.floor(place / perRow) * height];
      for (let i = 0; i < height * width; i++) {
        const at = 4 * ((y + Math.floor(i / width)) * perRow * width + x + (i % width));
        for (let c = 0; c < channels; c++) values[i * channels + c] = manifest.missing && data[at + 3]! < 128 ? NaN : data[at + c]! / 255;
      }
      on.putImageData(painter.paint(values, 0, tones), x, y);
    }
  }

  /** Make room for one more sheet, if a sheet is there that this drawing has not used. */
  function makeRoom(): boolean {
    if (sheets.size < MAX_SHEETS) return true;
    const oldest = [...sheets].reduce((a, b) => (b[1].drawing < a[1].drawing ? b : a));
    return oldest[1].drawing < drawing && sheets.delete(oldest[0]);
  }

  return {
    start(tones) {
      drawing++;
      if (drawnWith === tones) return;
      sheets.clear();
      drawnWith = tones;
    },
    of(item) {
      if (!places) {
        if (!reading) readPlaces().catch(() => undefined); // the points remain
        return null;
      }
      const place = places[item]!;
      if (place < 0) return null;
      const number = Math.floor(place / perRow ** 2);
      const known = sheets.get(number);
      if (known) known.drawing = drawing;
      else if (drawnWith && (failures.get(number) ?? 0) < TRIES && makeRoom()) {
        const entry: Sheet = { picture: null, drawing };
        sheets.set(number, entry);
        readSheet(number, entry, drawnWith).catch(() => {
          failures.set(number, (failures.get(number) ?? 0) + 1);
          if (sheets.get(number) === entry) sheets.delete(number);
        });
      }
      const within = place % perRow ** 2;
      const sheet = known?.picture;
      return sheet ? { sheet, x: (within % perRow) * width, y: Math.floor(within / perRow) * height, width, height } : null;
    },
  };
}
