/** Performance entries that `npm run measure` and the browser's developer tools read. */

const MAX_ENTRIES = 2000; // older ones are deleted, since the browser keeps all entries
const counts = new Map<string, number>();

/** Record the time from `start` until now. */
export function recordDuration(name: "zukan:frame" | "zukan:rest" | "zukan:cursor", start: number): void {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  if (count % MAX_ENTRIES === 0) performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
}

/** Record the time at which something is shown for the first time. */
export function recordFirst(name: "zukan:first" | "zukan:map" | "zukan:image"): void {
  if (performance.getEntriesByName(name).length === 0) performance.mark(name);
}
