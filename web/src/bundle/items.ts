/** The original items, whose files are read when needed. */
import type { Files } from "./files.ts";
import { levelsOf, unitOf } from "./levels.ts";
import { BundleError, type Manifest } from "./manifest.ts";

const MAX_FILES = 96; // in memory

export interface Items {
  /** The values of an item as stored, in the bytes of `levelsOf`. */
  bytes(item: number): Promise<Uint8Array>;
  /** The same, scaled to 0…1 for drawing; a missing value is NaN. */
  unit(item: number): Promise<Float32Array>;
  /** Call `visit` with each of the sorted `wanted` items while `more` returns true. Files read for this are not kept in memory. */
  each(wanted: ArrayLike<number>, visit: (bytes: Uint8Array) => void, more: () => boolean): Promise<void>;
}

export function openItems(files: Files, manifest: Manifest): Items {
  const size = manifest.event_shape.reduce((a, b) => a * b, 1);
  const perFile = manifest.items.per_file;
  const levels = levelsOf(manifest);
  const cache = new Map<number, Promise<Uint8Array>>();

  async function load(file: number): Promise<Uint8Array> {
    const path = `data/items-${String(file).padStart(5, "0")}.u8`;
    const bytes = new Uint8Array(await files.read(path));
    const length = Math.min(perFile, manifest.count - file * perFile) * size;
    if (bytes.length !== length) throw new BundleError(`${path} must hold ${length} bytes, got ${bytes.length}; export the run again`);
    return bytes;
  }

  function file(index: number): Promise<Uint8Array> {
    const content = cache.get(index) ?? load(index);
    cache.delete(index);
    cache.set(index, content); // the newest last
    content.catch(() => cache.delete(index));
    if (cache.size > MAX_FILES) cache.delete(cache.keys().next().value!);
    return content;
  }

  async function bytes(item: number): Promise<Uint8Array> {
    const at = (item % perFile) * size;
    return (await file(Math.floor(item / perFile))).subarray(at, at + size);
  }

  return {
    bytes,
    unit: async (item) => unitOf(await bytes(item), levels),
    async each(wanted, visit, more) {
      let currentIndex = -1;
      let current: Uint8Array | null = null;
      for (let k = 0; k < wanted.length; k++) {
        const index = Math.floor(wanted[k]! / perFile);
        if (index !== currentIndex) {
          if (!more()) return;
          current = await (cache.get(index) ?? load(index));
          currentIndex = index;
        }
        const at = (wanted[k]! % perFile) * size;
        visit(current!.subarray(at, at + size));
      }
    },
  };
}
