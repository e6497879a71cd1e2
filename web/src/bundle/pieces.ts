/** Arrays of the bundle. A long one is several files, which are read at the same time: name.f32, name.1.f32 and so on. */
import { BundleError } from "./errors.ts";
import type { Files } from "./files.ts";

/** Called with the number of bytes of each file that has been read. */
export type Progress = (bytes: number) => void;

/** Read the array at `path` of `total` bytes, whose files have at most `pieceBytes`. `must` says what a file of some bytes holds. */
export async function readBytes(
  files: Files, path: string, total: number, pieceBytes: number, progress: Progress = () => undefined, must = (size: number): string => `${size} bytes`,
): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(total);
  async function read(number: number): Promise<void> {
    const start = number * pieceBytes;
    const size = Math.min(pieceBytes, total - start);
    const name = number ? path.replace(/(?=\.\w+$)/, `.${number}`) : path;
    const piece = new Uint8Array(await files.read(name));
    if (piece.length !== size) throw new BundleError(`${name} must hold ${must(size)}, got ${piece.length} bytes; export the run again`);
    bytes.set(piece, start);
    progress(size);
  }
  await Promise.all(Array.from({ length: Math.ceil(total / pieceBytes) }, (_, number) => read(number)));
  return bytes.buffer;
}

/** Read the array at `path` of `length` numbers of 4 bytes. */
export async function readArray<T extends Float32Array | Int32Array>(
  files: Files, path: string, make: new (bytes: ArrayBuffer) => T, length: number, pieceBytes: number, progress?: Progress,
): Promise<T> {
  return new make(await readBytes(files, path, 4 * length, pieceBytes, progress, (size) => `${size / 4} numbers of 4 bytes`));
}
