/** The cells of a table: a file for each column, read when first needed. NaN is a missing cell. */
import { type Column, positionOf, rint, scale, unscale, valueAt } from "./columns.ts";
import { BundleError } from "./errors.ts";
import type { Files } from "./files.ts";
import type { Items } from "./items.ts";
import type { Levels } from "./levels.ts";
import { readBytes } from "./pieces.ts";

export type Cells = Float32Array | Float64Array;
export interface Table {
  columns: Column[];
  /** The cells of column `k`, of all items, in the units of the table. */
  cells(k: number): Promise<Cells>;
  /** The same, or null if they are not read yet. */
  loaded(k: number): Cells | null;
  /** The cells of an item. */
  row(item: number): Promise<Float64Array>;
}

export type CellType = Exclude<Column["cells"], "json">;
const READERS: Record<CellType, { bytes: number; read(bytes: ArrayBuffer): Cells }> = {
  u8: { bytes: 1, read: (bytes) => Float32Array.from(new Uint8Array(bytes), (value) => (value === 255 ? NaN : value)) },
  u16: { bytes: 2, read: (bytes) => Float32Array.from(new Uint16Array(bytes), (value) => (value === 65535 ? NaN : value)) },
  f32: { bytes: 4, read: (bytes) => new Float32Array(bytes) },
  f64: { bytes: 8, read: (bytes) => new Float64Array(bytes) },
};

/** The cells of a column of `count` items, from the bytes of `path`. */
export function readCells({ cells }: Column, bytes: ArrayBuffer, count: number, path: string): Cells {
  const reader = READERS[cells as CellType];
  if (bytes.byteLength !== reader.bytes * count) throw new BundleError(`${path} must hold ${reader.bytes * count} bytes, got ${bytes.byteLength}; export the run again`);
  return reader.read(bytes);
}

/** `stem` is the start of the names of the files. */
export function openTable(files: Files, columns: Column[], count: number, pieceBytes: number, stem = "column"): Table {
  const read: (Promise<Cells> | undefined)[] = [];
  const done: (Cells | undefined)[] = [];
  async function load(k: number): Promise<Cells> {
    const { cells: type } = columns[k]!;
    const path = `data/${stem}-${String(k).padStart(5, "0")}.${type}`;
    return (done[k] = readCells(columns[k]!, await readBytes(files, path, READERS[type as CellType].bytes * count, pieceBytes), count, path));
  }
  function cells(k: number): Promise<Cells> {
    const reading = read[k] ?? load(k);
    reading.catch(() => { read[k] = undefined; });
    return (read[k] = reading);
  }
  return {
    columns, cells,
    loaded: (k) => done[k] ?? null,
    row: async (item) => {
      const all = await Promise.all(columns.map((_, k) => cells(k)));
      return Float64Array.from(all, (column) => column[item]!);
    },
  };
}

/** Conversions of whole rows, several of which may follow one another. */
export interface Rows {
  /** Positions of what the model sees between the ends of each column, for drawing. */
  toUnit(values: Float32Array): Float32Array;
  /** The values at positions, in the units of the table; those of counts, booleans and categories need not be whole. */
  values(unit: ArrayLike<number>): Float64Array;
  /** Positions of bytes, which are levels of categories, and of other columns steps of their range. */
  unit(bytes: ArrayLike<number>): Float32Array;
  /** What the model sees for bytes. */
  toData(bytes: ArrayLike<number>): Float32Array;
  /** The bytes of cells. */
  bytes(row: ArrayLike<number>): Uint8Array;
  /** The highest byte of each column. */
  steps: number[];
}

export function rowsOf(columns: Column[], { top, missing }: Levels): Rows {
  const steps = columns.map(({ kind, levels }) => (kind === "boolean" ? 1 : kind === "category" ? Math.min(top, Math.max(1, levels.length - 1)) : top));
  const at = (i: number): Column => columns[i % columns.length]!;
  const unit = (bytes: ArrayLike<number>): Float32Array => Float32Array.from(bytes, (byte, i) => (byte === missing ? NaN : byte / steps[i % steps.length]!));
  return {
    steps, unit,
    toUnit: (values) => values.map((value, i) => positionOf(at(i), unscale(at(i), value))),
    values: (positions) => Float64Array.from(positions, (position, i) => valueAt(at(i), position)),
    toData: (bytes) => unit(bytes).map((position, i) => {
      const value = valueAt(at(i), position);
      return scale(at(i), ["number", "date"].includes(at(i).kind) ? value : rint(value));
    }),
    bytes: (row) => Uint8Array.from(row, (value, j) => (Number.isNaN(value) ? missing ?? 0 : Math.round(steps[j]! * Math.min(1, Math.max(0, positionOf(columns[j]!, value)))))),
  };
}

/** The rows of a table as items. */
export function tableItems(table: Table, rows: Rows): Items {
  return {
    bytes: async (item) => rows.bytes(await table.row(item)),
    unit: async (item) => Float32Array.from(await table.row(item), (value, j) => positionOf(table.columns[j]!, value)),
    async each(wanted, visit, more) {
      for (let k = 0; k < wanted.length && more(); k++) visit(rows.bytes(await table.row(wanted[k]!)));
    },
  };
}
