/** The typical row of a selection: the mean of numbers, and the most frequent level of categories; NaN where all cells are missing. */
import type { Column } from "../bundle/columns.ts";

export function typicalCell({ kind }: Pick<Column, "kind">, cells: ArrayLike<number>, selection: ArrayLike<number>): number {
  return kind === "category" ? mostFrequent(cells, selection) : mean(cells, selection);
}

function mean(cells: ArrayLike<number>, selection: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let k = 0; k < selection.length; k++) {
    const value = cells[selection[k]!]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

function mostFrequent(cells: ArrayLike<number>, selection: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let k = 0; k < selection.length; k++) {
    const value = cells[selection[k]!]!;
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  let [best, most] = [NaN, 0];
  for (const [value, count] of counts) if (count > most || (count === most && value < best)) [best, most] = [value, count];
  return best;
}
