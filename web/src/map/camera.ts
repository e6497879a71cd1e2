/** Between the world of the plane and the pixels of the map. */
import type { Bounds } from "../math/density.ts";
import type { Camera } from "../state/state.ts";

/** screen = world · k + t, in CSS pixels; ky is negative, since y points up in the world. */
export interface View { width: number; height: number; kx: number; ky: number; tx: number; ty: number }

/** Width of the sheet's ruled border, which nothing else is drawn on. */
export const BORDER = 22;
export const STRIP_HEIGHT = 2; // world units that a strip always shows

export function fit(bounds: Bounds, width: number, height: number): Camera {
  const [w, h] = [Math.max(50, width - 2 * BORDER), Math.max(50, height - 2 * BORDER)];
  const k = Math.min(w / (bounds.right - bounds.left), h / (bounds.high - bounds.low));
  return { x: (bounds.left + bounds.right) / 2, y: (bounds.low + bounds.high) / 2, span: Math.min(width, height) / k };
}

/** A strip fills the height, and is fitted by its width alone. */
export function fitStrip(bounds: Bounds, width: number, height: number): Camera {
  const k = Math.max(50, width - 2 * BORDER) / (bounds.right - bounds.left);
  return { x: (bounds.left + bounds.right) / 2, y: 0, span: Math.min(width, height) / k };
}

/** How far one may zoom out and in, as parts of the whole map: closer, neither numbers nor images tell two places apart. */
export const CLOSER = { least: 0.5, most: 4000 };

/** The camera itself, or as near as zooming goes: keys and a stranger's link know no end. */
export function bounded(camera: Camera, whole: Camera): Camera {
  const span = Math.min(whole.span / CLOSER.least, Math.max(whole.span / CLOSER.most, camera.span));
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

/** Round numbers, 1, 2 or 5 times a power of ten apart, such that about `most` lie between `from` and `to`. */
export function ticks(from: number, to: number, most: number): number[] {
  const rough = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? 10 * power;
  const found = [];
  for (let k = Math.ceil(from / step); k * step <= to + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}
