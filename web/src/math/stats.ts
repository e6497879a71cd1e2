/** Statistics of sets of codes. */

export interface Summary { count: number; mean: number[]; variance: number[] }

/** Mean and variance of the chosen rows, by dimension. */
export function summary(means: Float32Array, dim: number, chosen: ArrayLike<number>): Summary {
  const mean = new Array<number>(dim).fill(0);
  const variance = new Array<number>(dim).fill(0);
  const count = chosen.length;
  for (let k = 0; k < count; k++) for (let j = 0; j < dim; j++) mean[j]! += means[chosen[k]! * dim + j]! / count;
  for (let k = 0; k < count; k++) for (let j = 0; j < dim; j++) variance[j]! += (means[chosen[k]! * dim + j]! - mean[j]!) ** 2 / count;
  return { count, mean, variance };
}

/** Mean and covariance of the chosen points in the plane. */
export function planeSummary(coords: Float32Array, chosen: ArrayLike<number>): { x: number; y: number; xx: number; xy: number; yy: number } {
  let [x, y, xx, xy, yy] = [0, 0, 0, 0, 0];
  const count = Math.max(1, chosen.length);
  for (let k = 0; k < chosen.length; k++) {
    x += coords[2 * chosen[k]!]! / count;
    y += coords[2 * chosen[k]! + 1]! / count;
  }
  for (let k = 0; k < chosen.length; k++) {
    const [dx, dy] = [coords[2 * chosen[k]!]! - x, coords[2 * chosen[k]! + 1]! - y];
    xx += (dx * dx) / count;
    xy += (dx * dy) / count;
    yy += (dy * dy) / count;
  }
  return { x, y, xx, xy, yy };
}

export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low])! - sorted[low]!);
}

const MAX_SORTED = 200_000; // values, whose quantiles differ from those of all values by less than the eye sees

/** The values that are numbers, sorted; of many values, an evenly spaced part. */
export function sortedSample(values: ArrayLike<number>, at: (k: number) => number = (k) => values[k]!, count = values.length): Float64Array {
  const length = Math.min(count, MAX_SORTED);
  const sample = new Float64Array(length);
  for (let k = 0; k < length; k++) sample[k] = at(Math.floor((k * count) / length));
  return sample.filter((value) => !Number.isNaN(value)).sort();
}

/** The indices of the items of each class. */
export function byClass(labels: Int32Array, classes: number): Int32Array[] {
  const counts = new Int32Array(classes);
  for (const label of labels) if (label >= 0 && label < classes) counts[label]!++;
  const items = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label >= 0 && label < classes) items[label]![counts[label]!++] = i;
  }
  return items;
}
