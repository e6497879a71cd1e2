/** Draws a scene above the points: names, regions, ellipses, lines, marks and the cursor. */
import { type Rgb, css } from "../look/colour.ts";
import type { Look } from "../look/theme.ts";
import type { Ellipse } from "../math/plane.ts";
import { drawBorder } from "./border.ts";
import { type View, toScreen } from "./camera.ts";
import { drawContours } from "./contours.ts";
import type { Mark, Name, Scene } from "./scene.ts";

export function drawOverlay(on: CanvasRenderingContext2D, view: View, scene: Scene, look: Look): void {
  on.clearRect(0, 0, view.width, view.height);
  drawContours(on, view, scene.contours, look);
  for (const { rings, colour } of scene.regions) drawRegion(on, view, rings, colour);
  for (const { shape, colour } of scene.ellipses) drawEllipse(on, view, shape, colour, look);
  for (const line of scene.lines) drawLine(on, view, line, look);
  for (const mark of scene.marks) drawMark(on, view, mark, look);
  drawNames(on, view, scene.names, look);
  if (scene.cursor) drawCursor(on, view, scene.cursor, look);
  drawBorder(on, view, look, scene.axes, scene.strip);
}

/** Stroke the current path with a light outline, so that it is visible on any background. */
function strokeWithHalo(on: CanvasRenderingContext2D, look: Look, colour: Rgb, width: number): void {
  on.lineJoin = on.lineCap = "round";
  const dash = on.getLineDash();
  on.setLineDash([]);
  on.strokeStyle = css(look.paper, 0.85);
  on.lineWidth = width + 2.5;
  on.stroke();
  on.setLineDash(dash);
  on.strokeStyle = css(colour);
  on.lineWidth = width;
  on.stroke();
  on.setLineDash([]);
}

function drawRegion(on: CanvasRenderingContext2D, view: View, rings: [number, number][][], colour: Rgb): void {
  on.beginPath();
  for (const ring of rings) {
    ring.forEach(([x, y], k) => on[k ? "lineTo" : "moveTo"](...toScreen(view, x, y)));
    on.closePath();
  }
  on.fillStyle = css(colour, 0.16);
  on.fill("evenodd");
  on.strokeStyle = css(colour);
  on.lineWidth = 1.5;
  on.stroke();
}

function drawEllipse(on: CanvasRenderingContext2D, view: View, { x, y, rx, ry, angle }: Ellipse, colour: Rgb, look: Look): void {
  const [cx, cy] = toScreen(view, x, y);
  for (const deviations of [2, 1]) {
    on.beginPath();
    on.ellipse(cx, cy, Math.max(1, deviations * rx * view.kx), Math.max(1, deviations * ry * -view.ky), -angle, 0, 2 * Math.PI);
    if (deviations === 1) {
      on.fillStyle = css(colour, 0.14);
      on.fill();
    } else on.setLineDash([4, 4]);
    strokeWithHalo(on, look, colour, 1.5);
  }
}

function drawLine(on: CanvasRenderingContext2D, view: View, { points, kind, closed }: Scene["lines"][number], look: Look): void {
  if (points.length === 0) return;
  on.beginPath();
  points.forEach(([x, y], k) => on[k ? "lineTo" : "moveTo"](...toScreen(view, x, y)));
  if (closed) on.closePath();
  if (kind === "lasso") {
    on.fillStyle = css(look.seal, 0.08);
    if (closed) on.fill();
    on.setLineDash([6, 4]);
  } else if (kind === "between") on.setLineDash([2, 5]);
  strokeWithHalo(on, look, kind === "between" ? look.ink : look.seal, kind === "path" ? 2.5 : 1.75);
}

const RADIUS: Record<Mark["kind"], number> = { item: 7, neighbour: 4.5, stop: 9, centre: 5, drawn: 8, pointed: 11 };

function drawMark(on: CanvasRenderingContext2D, view: View, { x, y, kind, text, colour }: Mark, look: Look): void {
  const [px, py] = toScreen(view, x, y);
  on.beginPath();
  if (kind === "centre") {
    const r = RADIUS.centre;
    on.moveTo(px - r, py);
    on.lineTo(px + r, py);
    on.moveTo(px, py - r);
    on.lineTo(px, py + r);
    strokeWithHalo(on, look, look.ink, 2);
    return;
  }
  if (kind === "drawn") { // a diamond, since a drawing does not belong to the data
    on.moveTo(px, py - RADIUS.drawn);
    on.lineTo(px + RADIUS.drawn, py);
    on.lineTo(px, py + RADIUS.drawn);
    on.lineTo(px - RADIUS.drawn, py);
    on.closePath();
    on.fillStyle = css(look.seal);
    on.fill();
  } else on.arc(px, py, RADIUS[kind], 0, 2 * Math.PI);
  if (kind === "stop") {
    on.fillStyle = css(colour ?? look.seal);
    on.fill();
  }
  strokeWithHalo(on, look, kind === "neighbour" ? look.ink : kind === "stop" || kind === "drawn" ? look.paper : look.seal, kind === "neighbour" ? 1.25 : 2);
  if (text !== undefined) {
    on.font = `600 10px ${look.sans}`;
    on.textAlign = "center";
    on.textBaseline = "middle";
    on.fillStyle = css(look.paper);
    on.fillText(text, px, py + 0.5);
  }
}

/** Write the names of the classes; a name that would overlap another one is not drawn. */
function drawNames(on: CanvasRenderingContext2D, view: View, names: Name[], look: Look): void {
  const taken: [number, number, number, number][] = [];
  on.textAlign = "center";
  on.textBaseline = "middle";
  on.lineJoin = "round";
  for (const { x, y, text, strong } of [...names].sort((a, b) => Number(b.strong) - Number(a.strong))) {
    const [px, py] = toScreen(view, x, y);
    const shown = text.length > 28 ? `${text.slice(0, 27)}…` : text;
    on.font = `${strong ? "600" : "500"} ${strong ? 21 : 18}px ${look.serif}`;
    const half = on.measureText(shown).width / 2 + 4;
    const box: [number, number, number, number] = [px - half, py - 12, px + half, py + 12];
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    on.strokeStyle = css(look.paper, 0.9);
    on.lineWidth = 5;
    on.strokeText(shown, px, py);
    on.fillStyle = css(look.ink);
    on.fillText(shown, px, py);
  }
}

function drawCursor(on: CanvasRenderingContext2D, view: View, { x, y, pinned }: { x: number; y: number; pinned: boolean }, look: Look): void {
  const [px, py] = toScreen(view, x, y);
  on.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    on.moveTo(px + 5 * dx, py + 5 * dy);
    on.lineTo(px + 14 * dx, py + 14 * dy);
  }
  strokeWithHalo(on, look, look.ink, 1.5);
  if (pinned) {
    on.beginPath();
    on.arc(px, py, 3, 0, 2 * Math.PI);
    strokeWithHalo(on, look, look.seal, 3);
  }
}
