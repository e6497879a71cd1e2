/** The items by their values, the lowest first or, if `down`, the highest; those without a value come last, and equal ones stay in their order. */
export function orderBy(items: Int32Array, values: ArrayLike<number>, down: boolean): Int32Array {
  const sign = down ? -1 : 1;
  const lacks = (item: number): number => Number(Number.isNaN(values[item]!));
  return items.slice().sort((a, b) => lacks(a) - lacks(b) || sign * (values[a]! - values[b]!) || a - b);
}
