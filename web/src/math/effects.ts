/** Effect sizes, as in zukan/evaluation/effects.py: how much two groups differ, whatever the unit of a column. */

/** The number of values, their mean, and the sum of their squared deviations. */
export interface Moments { count: number; mean: number; squares: number }

/** Of some items, or of all values; NaN is left out, and `at` gives the place of the value of an item. */
export function moments(values: ArrayLike<number>, items: ArrayLike<number> | null = null, at: (item: number) => number = (item) => item): Moments {
  let [count, mean, squares] = [0, 0, 0];
  for (let k = 0, all = (items ?? values).length; k < all; k++) {
    const value = values[items ? at(items[k]!) : k]!;
    if (Number.isNaN(value)) continue;
    const away = value - mean;
    mean += away / ++count;
    squares += away * (value - mean);
  }
  return { count, mean, squares };
}

/** The difference of the means in pooled standard deviations (Cohen's d); 0 if a group is empty; infinite if they differ and nothing varies. */
export function cohensD(a: Moments, b: Moments): number {
  const pooled = (a.squares + b.squares) / Math.max(a.count + b.count - 2, 1);
  return a.count && b.count && a.mean !== b.mean ? (a.mean - b.mean) / Math.sqrt(pooled) : 0;
}

/** The correlation of the values with the group: Cohen's d on the scale of Cramér's V. */
export function correlation(d: number, n: number, m: number): number {
  if (!Number.isFinite(d)) return Math.sign(d);
  return n && m ? d / Math.sqrt(d * d + ((n + m) * (n + m - 2)) / (n * m)) : 0;
}

/** How often each level occurs; NaN is left out. */
export function tally(values: ArrayLike<number>, items: ArrayLike<number>, levels: number): number[] {
  const counts = new Array<number>(levels).fill(0);
  for (let k = 0; k < items.length; k++) {
    const value = values[items[k]!]!;
    if (value >= 0 && value < levels) counts[value]!++;
  }
  return counts;
}

/** Cramér's V of the counts of two groups: 0 without a relation, 1 if the level tells the group. */
export function cramersV(a: number[], b: number[]): number {
  const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);
  const [n, m] = [sum(a), sum(b)];
  if (n === 0 || m === 0) return 0;
  let chi = 0;
  a.forEach((own, level) => {
    const all = own + b[level]!;
    if (all === 0) return;
    for (const [count, size] of [[own, n], [b[level]!, m]] as const) chi += (count - (all * size) / (n + m)) ** 2 / ((all * size) / (n + m));
  });
  return Math.sqrt(chi / (n + m));
}
