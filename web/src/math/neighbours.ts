/** The items whose means are nearest to a code, by comparing all items: 200 000 items in 64 dimensions take about 20 ms. */

export interface Neighbour { item: number; distance: number }

export function nearest(means: Float32Array, dim: number, z: ArrayLike<number>, k: number, keep?: (i: number) => boolean): Neighbour[] {
  const count = means.length / dim;
  const items = new Int32Array(k).fill(-1);
  const squares = new Float64Array(k).fill(Infinity);
  const at = Float64Array.from(z);
  let worst = Infinity;
  for (let i = 0, p = 0; i < count; i++, p += dim) {
    let sum = 0;
    for (let j = 0; j < dim && sum < worst; j++) {
      const d = means[p + j]! - at[j]!;
      sum += d * d;
    }
    if (!(sum < worst) || (keep && !keep(i))) continue;
    let place = k - 1; // insert at its sorted position
    while (place > 0 && squares[place - 1]! > sum) {
      squares[place] = squares[place - 1]!;
      items[place] = items[place - 1]!;
      place--;
    }
    squares[place] = sum;
    items[place] = i;
    worst = squares[k - 1]!;
  }
  return Array.from(items, (item, place) => ({ item, distance: Math.sqrt(squares[place]!) })).filter(({ item }) => item >= 0);
}
