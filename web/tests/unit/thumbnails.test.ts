import { expect, it, vi } from "vitest";
import type { Manifest } from "../../src/bundle/manifest.ts";
import { openThumbnails } from "../../src/bundle/thumbnails.ts";

const tones = { ink: [0, 0, 0], missing: [[0, 0, 0], [0, 0, 0]] } as unknown as Parameters<NonNullable<ReturnType<typeof openThumbnails>>["start"]>[0];

it("a view whose items are on more sheets than the memory holds is drawn once, and reads no sheet twice", async () => {
  const count = 200; // each on a sheet of its own
  vi.stubGlobal("createImageBitmap", async () => ({ width: 1, height: 1 }));
  vi.stubGlobal("document", { createElement: () => ({ setAttribute: () => undefined, appendChild: () => undefined, getContext: () => ({ drawImage: () => undefined }) }) });
  const reads: string[] = [];
  const files = { read: async (path: string) => {
    reads.push(path);
    return path.endsWith(".i32") ? Int32Array.from({ length: count }, (_, item) => item).buffer as ArrayBuffer : new ArrayBuffer(1);
  } };
  const manifest = { count, missing: false, piece_bytes: 4096, thumbnails: { height: 1, width: 1, channels: 3, per_row: 1, format: "webp" } } as unknown as Manifest;
  let isChanged = true;
  const thumbnails = openThumbnails(files, manifest, "plain", () => { isChanged = true; })!;
  let shown = 0;
  const draw = (first: number): void => {
    isChanged = false;
    thumbnails.start(tones);
    shown = 0;
    for (let item = first; item < first + 100; item++) shown += Number(thumbnails.of(item) !== null);
  };
  for (const first of [0, 100]) { // the map moves to other items
    isChanged = true;
    for (let frame = 0; isChanged && frame < 200; frame++) {
      draw(first);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect([isChanged, shown]).toEqual([false, 64]);
  }
  expect(new Set(reads).size).toBe(reads.length);
  vi.unstubAllGlobals();
});
