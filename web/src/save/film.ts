/** The frames of a path as a PNG or an animated GIF. */
import { GIFEncoder, applyPalette, quantize } from "gifenc";
import { canvas, context } from "../dom.ts";
import { type Rgb, css } from "../look/colour.ts";

const MIN_SIDE = 112; // pixels of a frame's longer side; smaller images are enlarged by a whole factor
const GAP = 4;
export const DELAY = 90; // milliseconds per frame

export const enlargement = (width: number, height: number): number => Math.max(1, Math.round(MIN_SIDE / Math.max(width, height)));

/** Enlarge a frame and draw it on an opaque background. */
function onPaper(frame: ImageData, paper: Rgb): HTMLCanvasElement {
  const scale = enlargement(frame.width, frame.height);
  const small = canvas(frame.width, frame.height);
  context(small).putImageData(frame, 0, 0);
  const large = canvas(frame.width * scale, frame.height * scale);
  const on = context(large);
  on.fillStyle = css(paper);
  on.fillRect(0, 0, large.width, large.height);
  on.imageSmoothingEnabled = false;
  on.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

/** All frames on one nearly square sheet. */
export async function pngOf(frames: ImageData[], paper: Rgb): Promise<Blob> {
  const sheets = frames.map((frame) => onPaper(frame, paper));
  const columns = frames.length <= 12 ? frames.length : Math.ceil(Math.sqrt(frames.length * 1.6));
  const [w, h] = [sheets[0]!.width + GAP, sheets[0]!.height + GAP];
  const whole = canvas(columns * w + GAP, Math.ceil(frames.length / columns) * h + GAP);
  const on = context(whole);
  on.fillStyle = css(paper);
  on.fillRect(0, 0, whole.width, whole.height);
  sheets.forEach((sheet, k) => on.drawImage(sheet, GAP + (k % columns) * w, GAP + Math.floor(k / columns) * h));
  return new Promise((resolve, reject) => whole.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser could not create the PNG file"))), "image/png"));
}

/** An endless animation, forwards and backwards. */
export function gifOf(frames: ImageData[], paper: Rgb): Blob {
  const pages = frames.map((frame) => {
    const sheet = onPaper(frame, paper);
    return context(sheet).getImageData(0, 0, sheet.width, sheet.height);
  });
  return new Blob([encodeGif([...pages, ...pages.slice(1, -1).reverse()])], { type: "image/gif" });
}

/** Encode opaque frames of the same size as a GIF file. */
export function encodeGif(frames: { data: Uint8ClampedArray; width: number; height: number }[]): Uint8Array<ArrayBuffer> {
  const encoder = GIFEncoder();
  for (const { data, width, height } of frames) {
    const palette = quantize(data, 256);
    encoder.writeFrame(applyPalette(data, palette), width, height, { palette, delay: DELAY, repeat: 0 });
  }
  encoder.finish();
  return encoder.bytes();
}
