/** The border of the map: two lines, alternating bars as on printed maps, and the coordinates of the plane. */
import { css } from "../look/colour.ts";
import type { Look } from "../look/theme.ts";
import { BORDER, type View, ticks, toWorld } from "./camera.ts";
import type { Axis, Scene } from "./scene.ts";

const BAR = 4;
/** Japanese has no italics. */
const fontOf = (name: string, look: Look): string => `${/[\u3040-\u9fff]/.test(name) ? "" : "italic "}13px ${look.serif}`;
const format = (value: number): string => String(value).replace("-", "−");

export function drawBorder(on: CanvasRenderingContext2D, view: View, look: Look, axes: Scene["axes"], strip: boolean): void {
  const { width, height } = view;
  on.save();
  on.fillStyle = css(look.paper);
  on.fillRect(0, 0, width, BORDER);
  on.fillRect(0, height - BORDER, width, BORDER);
  on.fillRect(0, 0, BORDER, height);
  on.fillRect(width - BORDER, 0, BORDER, height);
  on.strokeStyle = css(look.ink);
  on.lineWidth = 1;
  on.strokeRect(BORDER - 0.5, BORDER - 0.5, width - 2 * BORDER + 1, height - 2 * BORDER + 1);
  on.strokeRect(BORDER - BAR - 0.5, BORDER - BAR - 0.5, width - 2 * (BORDER - BAR) + 1, height - 2 * (BORDER - BAR) + 1);
  if (axes) {
    side(on, view, look, true, axes[0]);
    if (!strip) side(on, view, look, false, axes[1]);
  }
  on.restore();
}

function side(on: CanvasRenderingContext2D, view: View, look: Look, across: boolean, axis: Axis): void {
  const length = across ? view.width : view.height;
  const [from, to] = across
    ? [toWorld(view, BORDER, 0)[0], toWorld(view, view.width - BORDER, 0)[0]]
    : [toWorld(view, 0, view.height - BORDER)[1], toWorld(view, 0, BORDER)[1]];
  on.font = fontOf(axis.name, look);
  const name = on.measureText(axis.name).width < 0.6 * length ? axis.name : axis.short;
  const reserved = on.measureText(name).width + 18;
  const marks = ticks(from, to, length / 90);
  const step = (marks[1] ?? to) - (marks[0] ?? from);
  const place = (value: number): number => (across ? value * view.kx + view.tx : value * view.ky + view.ty);
  const inside = (at: number): number => Math.min(length - BORDER, Math.max(BORDER, at));
  on.fillStyle = css(look.ink);
  for (const value of [(marks[0] ?? from) - step, ...marks]) {
    if (Math.round(value / step) % 2) continue; // every second interval is filled
    const [a, b] = [inside(place(value)), inside(place(value + step))];
    for (const edge of [BORDER - BAR, across ? view.height - BORDER : view.width - BORDER]) {
      if (across) on.fillRect(Math.min(a, b), edge, Math.abs(b - a), BAR);
      else on.fillRect(edge, Math.min(a, b), BAR, Math.abs(b - a));
    }
  }
  on.font = `10px ${look.sans}`;
  on.fillStyle = css(look.soft);
  on.textAlign = "center";
  on.textBaseline = "middle";
  if (!axis.bare) for (const value of marks) label(on, view, across, place(value), format(value), reserved);
  on.font = fontOf(name, look);
  on.fillStyle = css(look.ink);
  const middle = BORDER + 4 + on.measureText(name).width / 2;
  label(on, view, across, across ? view.width - middle : middle, name, 0);
}

/** Write a number, unless the edge or the `reserved` length of the axis's name is too near; 0 for the name itself. */
function label(on: CanvasRenderingContext2D, view: View, across: boolean, at: number, text: string, reserved: number): void {
  const length = across ? view.width : view.height;
  if (reserved && (at < BORDER + 12 || at > length - BORDER - 12 || (across ? at > length - BORDER - reserved : at < BORDER + reserved))) return;
  on.save();
  if (across) on.translate(at, view.height - (BORDER - BAR) / 2 + 0.5);
  else {
    on.translate((BORDER - BAR) / 2, at);
    on.rotate(-Math.PI / 2);
  }
  on.fillText(text, 0, 0);
  on.restore();
}
