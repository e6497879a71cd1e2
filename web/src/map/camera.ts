/** Conversion between the coordinates of the plane ("world") and the pixels of the map ("screen"). */
import type { Bounds } from "../math/density.ts";
import type { Camera } from "../state/state.ts";

/** screen = world · k + t, in CSS pixels. ky is negative, since y points up on the plane. */
export interface View { width: number; height: number; kx: number; ky: number; tx: number; ty: number }

/** Width of the map's border in pixels. */
export const BORDER = 22;
export const STRIP_HEIGHT = 2; // world units; the height of a strip does not change

export function fit(bounds: Bounds, width: number, height: number): Camera {
  const [w, h] = [Math.max(50, width - 2 * BORDER), Math.max(50, height - 2 * BORDER)];
  const k = Math.min(w / (bounds.right - bounds.left), h / (bounds.high - bounds.low));
  return { x: (bounds.left + bounds.right) / 2, y: (bounds.low + bounds.high) / 2, span: Math.min(width, height) / k };
}

/** A strip always fills the height, so only its width is fitted. */
export function fitStrip(bounds: Bounds, width: number, height: number): Camera {
  const k = Math.max(50, width - 2 * BORDER) / (bounds.right - bounds.left);
  return { x: (bounds.left + bounds.right) / 2, y: 0, span: Math.min(width, height) / k };
}

/** Limits of the zoom, relative to the whole map; beyond them, neighboring places can no longer be distinguished. */
export const ZOOM_LIMITS = { out: 0.5, in: 4000 };

/** Return the camera within the limits of the zoom, which keys and links may exceed. */
export function bounded(camera: Camera, whole: Camera): Camera {
  const span = Math.min(whole.span / ZOOM_LIMITS.out, Math.max(whole.span / ZOOM_LIMITS.in, camera.span));
  return span === camera.span ? camera : { ...camera, span };
}

export function viewOf(camera: Camera, width: number, height: number, strip: boolean): View {
  const k = Math.min(width, height) / camera.span;
  const ky = strip ? -(height - 2 * BORDER) / STRIP_HEIGHT : -k;
  const y = strip ? 0 : camera.y;
  return { width, height, kx: k, ky, tx: width / 2 - camera.x * k, ty: height / 2 - y * ky };
}

export function cameraOf({ width, height, kx, ky, tx, ty }: View): Camera {
  return { x: (width / 2 - tx) / kx, y: (height / 2 - ty) / ky, span: Math.min(width, height) / kx };
}

export const toScreen = (view: View, x: number, y: number): [number, number] => [x * view.kx + view.tx, y * view.ky + view.ty];
export const toWorld = (view: View, px: number, py: number): [number, number] => [(px - view.tx) / view.kx, (py - view.ty) / view.ky];

/** Return round numbers between `from` and `to`, at most about `count`, with a step of 1, 2 or 5 times a power of ten. */
export function ticks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? 10 * power;
  const values = [];
  for (let k = Math.ceil(from / step); k * step <= to + 1e-9 * step; k++) values.push(Number((k * step).toPrecision(12)));
  return values;
}
