/**
 * Which items pass all filters, and the bars of each column among the items that pass all filters but its own. How many filters an item
 * fails is kept in a byte, so that a changed filter costs one pass over its column.
 */
import type { ItemColumns } from "../bundle/item-columns.ts";
import { type Bins, binsOf, countBars, isZero } from "./bins.ts";
import { type Filter, failLevels, failRange, failTexts, folded, isLevels, isRange, isText } from "./filter.ts";

export interface Crossfilter {
  /** Return 1 for each item that passes all filters and 0 for the others; null if nothing is filtered. The same array as long as the filters are the same. */
  visible(filters: readonly Filter[]): Uint8Array | null;
  /** How many items are visible. */
  count(filters: readonly Filter[]): number;
  /** The bars of a column, of all items and of those that pass all filters but the column's own; null until its cells are read. */
  bars(k: number, filters: readonly Filter[]): { bins: Bins; bars: Uint32Array } | null;
}

/** `nameOf` gives the name of an item; `changed` is called after cells were read that a filter or a bar was waiting for. */
export function crossfilter(count: number, data: ItemColumns, nameOf: (i: number) => string, changed: () => void, failed: (error: unknown) => void): Crossfilter {
  const own = new Map<Filter, Uint8Array>(); // 1 for each item that fails this filter
  const fails = new Uint8Array(count);
  const bins = new Map<number, Bins>();
  const counted = new Map<number, { others: Filter[]; bars: Uint32Array }>(); // the latest bars of each column, and the filters that they follow
  const waiting = new Set<string>();
  let mask: Uint8Array | null = null;
  let shown = count;
  let last: readonly Filter[] | null = null;

  /** Ask for the data of a column once. */
  function request(k: number, isFree: boolean): void {
    const key = `${isFree}${k}`;
    if (waiting.has(key)) return;
    waiting.add(key);
    (isFree ? data.texts(k) : data.cells(k)).then(() => { last = null; changed(); }, failed).finally(() => waiting.delete(key));
  }

  /** The texts in which a text is searched, or null until all are read. */
  function searched(column: number | null): ((i: number) => string)[] | null {
    const result: ((i: number) => string)[] = column === null ? [nameOf] : [];
    let isReady = true;
    data.columns.forEach((about, k) => {
      if (column !== null && k !== column) return;
      if (about.kind === "text") {
        const texts = data.loadedTexts(k);
        if (texts) result.push((i) => texts[i]!);
        else { isReady = false; request(k, true); }
      } else if (about.kind === "category") {
        const cells = data.loaded(k);
        if (cells) result.push((i) => about.levels[cells[i]!] ?? "");
        else { isReady = false; request(k, false); }
      }
    });
    return isReady ? result : null;
  }

  /** Which items fail a filter; null until its data is read. */
  function failing(filter: Filter): Uint8Array | null {
    const result = new Uint8Array(count);
    if (isText(filter)) {
      const texts = searched(filter.column);
      if (!texts) return null;
      failTexts(folded(filter.text), texts, result);
      return result;
    }
    const cells = data.loaded(filter.column);
    if (!cells) {
      request(filter.column, false);
      return null;
    }
    if (isRange(filter)) failRange(filter, cells, result);
    else if (isLevels(filter)) failLevels(filter, cells, result);
    return result;
  }

  function refresh(filters: readonly Filter[]): void {
    if (filters === last) return;
    last = filters;
    const gone = [...own].filter(([filter]) => !filters.includes(filter));
    const come = filters.flatMap((filter): [Filter, Uint8Array][] => {
      const mine = own.has(filter) ? null : failing(filter);
      return mine ? [[filter, mine]] : [];
    });
    if (gone.length + come.length === 0) return;
    for (const [filter] of gone) own.delete(filter);
    for (const [filter, mine] of come) own.set(filter, mine);
    if (gone.length === 1 && come.length === 1) { // a brush moves
      const [before, after] = [gone[0]![1], come[0]![1]];
      for (let i = 0; i < count; i++) fails[i]! += after[i]! - before[i]!;
    } else {
      for (const [, mine] of gone) for (let i = 0; i < count; i++) fails[i]! -= mine[i]!;
      for (const [, mine] of come) for (let i = 0; i < count; i++) fails[i]! += mine[i]!;
    }
    const now = own.size ? new Uint8Array(count) : null;
    let passing = now ? 0 : count;
    if (now) for (let i = 0; i < count; i++) passing += now[i] = isZero(fails[i]!);
    [mask, shown] = [now, passing];
  }

  return {
    visible(filters) {
      refresh(filters);
      return mask;
    },
    count(filters) {
      refresh(filters);
      return shown;
    },
    bars(k, filters) {
      refresh(filters);
      const cells = data.loaded(k);
      if (!cells) {
        request(k, false);
        return null;
      }
      const known = bins.get(k) ?? binsOf(data.columns[k]!, cells);
      bins.set(k, known);
      const others = [...own.keys()].filter((filter) => filter.column !== k);
      const old = counted.get(k);
      if (old && old.others.length === others.length && others.every((filter) => old.others.includes(filter))) return { bins: known, bars: old.bars };
      const mine = [...own].find(([filter]) => filter.column === k)?.[1] ?? null;
      const bars = others.length ? countBars(known.of, known.count, fails, mine) : known.all;
      counted.set(k, { others, bars });
      return { bins: known, bars };
    },
  };
}
