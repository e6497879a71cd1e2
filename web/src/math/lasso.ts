/** Selection of the points inside a drawn line. */

export type Point = [number, number];

/** Return whether (x, y) is inside the polygon, by the even–odd rule. */
export function inside(polygon: Point[], x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i]!;
    const [xj, yj] = polygon[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/** Ascending indices of the points (x0, y0, x1, y1, …) inside the polygon. */
export function select(coords: Float32Array, polygon: Point[]): Int32Array {
  if (polygon.length < 3) return new Int32Array(0);
  const xs = polygon.map((p) => p[0]);
  const ys = polygon.map((p) => p[1]);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const selected = new Int32Array(coords.length / 2);
  let count = 0;
  for (let i = 0; i < selected.length; i++) {
    const x = coords[2 * i]!;
    const y = coords[2 * i + 1]!;
    if (x >= left && x <= right && y >= low && y <= high && inside(polygon, x, y)) selected[count++] = i;
  }
  return selected.slice(0, count);
}

/** Simplify a line to fewer points (Ramer–Douglas–Peucker), at most `tolerance` away from it. */
export function simplify(line: Point[], tolerance: number): Point[] {
  if (line.length < 3) return line;
  const [a, b] = [line[0]!, line.at(-1)!];
  let [furthest, at] = [0, 0];
  for (let i = 1; i < line.length - 1; i++) {
    const d = distance(line[i]!, a, b);
    if (d > furthest) [furthest, at] = [d, i];
  }
  if (furthest <= tolerance) return [a, b];
  return [...simplify(line.slice(0, at + 1), tolerance).slice(0, -1), ...simplify(line.slice(at), tolerance)];
}

function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = Math.hypot(bx - ax, by - ay);
  if (length === 0) return Math.hypot(x - ax, y - ay);
  const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length ** 2));
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}
