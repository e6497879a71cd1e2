/** The original items, read file by file when somebody looks at them. */
import type { Files } from "./files.ts";
import { BundleError, type Manifest } from "./manifest.ts";

const KEPT = 96; // files in memory

export interface Items {
  /** Values of one item as stored: 0…255 over `range`. */
  bytes(item: number): Promise<Uint8Array>;
  /** The same, scaled to 0…1 for drawing. */
  unit(item: number): Promise<Float32Array>;
  /** All of `wanted` (sorted), file after file; files that were not in memory are let go of again. */
  each(wanted: ArrayLike<number>, visit: (bytes: Uint8Array) => void, more: () => boolean): Promise<void>;
}

export function openItems(files: Files, manifest: Manifest): Items {
  const size = manifest.event_shape.reduce((a, b) => a * b, 1);
  const per = manifest.items.per_file;
  const kept = new Map<number, Promise<Uint8Array>>();

  async function load(file: number): Promise<Uint8Array> {
    const path = `data/items-${String(file).padStart(5, "0")}.u8`;
    const bytes = new Uint8Array(await files.read(path));
    const length = Math.min(per, manifest.count - file * per) * size;
    if (bytes.length !== length) throw new BundleError(`${path} must hold ${length} bytes, got ${bytes.length}; export the run again`);
    return bytes;
  }

  function file(index: number): Promise<Uint8Array> {
    const had = kept.get(index) ?? load(index);
    kept.delete(index);
    kept.set(index, had); // the newest last
    had.catch(() => kept.delete(index));
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return had;
  }

  async function bytes(item: number): Promise<Uint8Array> {
    const at = (item % per) * size;
    return (await file(Math.floor(item / per))).subarray(at, at + size);
  }

  return {
    bytes,
    unit: async (item) => Float32Array.from(await bytes(item), (value) => value / 255),
    async each(wanted, visit, more) {
      let now = -1;
      let held: Uint8Array | null = null;
      for (let k = 0; k < wanted.length; k++) {
        const index = Math.floor(wanted[k]! / per);
        if (index !== now) {
          if (!more()) return;
          held = await (kept.get(index) ?? load(index));
          now = index;
        }
        const at = (wanted[k]! % per) * size;
        visit(held!.subarray(at, at + size));
      }
    },
  };
}
