/** The page's own times, as the browser's user timings: `npm run measure` and developer tools read them. */

const KEPT = 2000; // entries: the browser would keep them all
const counts = new Map<string, number>();

export function timed(name: "zukan:frame" | "zukan:cursor", start: number): void {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  if (count % KEPT === 0) performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
}

/** The first time that something is seen. */
export function first(name: "zukan:map" | "zukan:image"): void {
  if (performance.getEntriesByName(name).length === 0) performance.mark(name);
}
