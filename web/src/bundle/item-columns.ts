/**
 * All columns of the items under one numbering: those of a table, extra ones, the split, then the class, the score and free texts, which
 * have colors of their own or none.
 */
import type { Atlas } from "./atlas.ts";
import { CELL_TYPES, type Column, KINDS } from "./columns.ts";
import { BundleError } from "./errors.ts";
import type { Files } from "./files.ts";
import { type Cells, type Table, openTable } from "./table.ts";
import type { Manifest } from "./manifest.ts";

export interface ItemColumn extends Column {
  /** What the page itself knows: its name is a text of the page. */
  built?: "split" | "class" | "score";
}
export interface ItemColumns {
  columns: ItemColumn[];
  /** How many are columns of the table whose rows the items are; they come first. */
  own: number;
  /** The cells of a column that is not free text. */
  cells(k: number): Promise<Cells>;
  /** The same, or null if they are not read yet. */
  loaded(k: number): Cells | null;
  /** The texts of a column of free text; an empty one is missing. */
  texts(k: number): Promise<string[]>;
  loadedTexts(k: number): string[] | null;
}

/** Check the extra columns of atlas.json. */
export function checkExtra(columns: unknown): void {
  const wrong = (rule: string, got: unknown): never => {
    throw new BundleError(`atlas.json: extra.columns${rule}, got ${JSON.stringify(got)}; export the run again`);
  };
  if (!Array.isArray(columns)) return wrong(" must be a list", columns);
  (columns as Column[]).forEach(({ name, kind, cells, levels }, k) => {
    if (typeof name !== "string") wrong(`[${k}].name must be a text`, name);
    if (![...KINDS, "text"].includes(kind)) wrong(`[${k}].kind must be one of ${KINDS.join(", ")}, text`, kind);
    if (kind === "text" ? cells !== "json" : !(CELL_TYPES as readonly string[]).includes(cells)) wrong(`[${k}].cells must fit its kind`, cells);
    if (!Array.isArray(levels) || levels.some((level) => typeof level !== "string")) wrong(`[${k}].levels must be texts`, levels);
  });
}

const built = (name: "split" | "class" | "score", change: Partial<Column>): ItemColumn => ({
  name, built: name, kind: "category", levels: [], decimals: null, low: null, high: null, stored: "text", form: "", offset: 0, factor: 1, quantiles: null, cells: "f32", ...change,
});

/** The columns of a run in their order; the number of those that may color the points is `colouring`. */
export function listColumns({ table, extra, splits, classes, score }: Pick<Manifest, "table" | "extra" | "splits" | "classes" | "score">): { columns: ItemColumn[]; colouring: number } {
  const more = extra?.columns ?? [];
  const first: ItemColumn[] = [...(table?.columns ?? []), ...more.filter(({ kind }) => kind !== "text")];
  if (splits.filter(({ count }) => count > 0).length > 1) first.push(built("split", { levels: splits.map(({ name }) => name) }));
  return {
    colouring: first.length,
    columns: [...first, ...(classes ? [built("class", { levels: classes.names })] : []), ...(score ? [built("score", { kind: "number", stored: "float", decimals: 1 })] : []), ...more.filter(({ kind }) => kind === "text")],
  };
}

export function openColumns(files: Files, { manifest, count, labels, score }: Atlas, table: Table | null): ItemColumns {
  const { columns } = listColumns(manifest);
  const extra = manifest.extra?.columns ?? [];
  const read = openTable(files, extra, count, manifest.piece_bytes, "extra");
  const own = manifest.table?.columns.length ?? 0;
  const reading = new Map<number, Promise<string[]>>();
  const done = new Map<number, string[]>();
  const ready = new Map<string, Cells>();
  const place = (k: number): number => extra.indexOf(columns[k]!);

  function known(k: number): Cells | null {
    const name = columns[k]!.built;
    if (!name) return null;
    const cells = ready.get(name) ?? (name === "score" ? score! : name === "class" ? Float32Array.from(labels!, (label) => (label >= 0 && label < columns[k]!.levels.length ? label : NaN)) : splitCells());
    ready.set(name, cells);
    return cells;
  }

  function splitCells(): Cells {
    const cells = new Float32Array(count);
    let start = 0;
    manifest.splits.forEach(({ count: size }, split) => cells.fill(split, start, (start += size)));
    return cells;
  }

  async function load(k: number): Promise<string[]> {
    const path = `data/extra-${String(place(k)).padStart(5, "0")}.json`;
    const texts = JSON.parse(new TextDecoder().decode(await files.read(path))) as unknown;
    if (!Array.isArray(texts) || texts.length !== count || texts.some((text) => typeof text !== "string")) throw new BundleError(`${path} must list ${count} texts; export the run again`);
    done.set(k, texts as string[]);
    return texts as string[];
  }

  return {
    columns, own,
    cells: async (k) => known(k) ?? (k < own ? table!.cells(k) : read.cells(place(k))),
    loaded: (k) => known(k) ?? (k < own ? table!.loaded(k) : read.loaded(place(k))),
    texts(k) {
      const texts = reading.get(k) ?? load(k);
      texts.catch(() => reading.delete(k));
      reading.set(k, texts);
      return texts;
    },
    loadedTexts: (k) => done.get(k) ?? null,
  };
}
