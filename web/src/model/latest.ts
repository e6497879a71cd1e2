/** Decodes the latest requested code and skips requests that are out of date. */
import type { Engine } from "./engine.ts";

export interface LatestDecoder {
  request(z: number[]): void;
}

/** `show` receives the image of the latest code. Codes that were requested while the decoder was busy are skipped. */
export function latestDecoder(engine: Engine, show: (x: Float32Array, z: number[]) => void, reportError: (error: unknown) => void): LatestDecoder {
  let pending: number[] | null = null;
  let busy = false;
  async function work(): Promise<void> {
    busy = true;
    try {
      while (pending) {
        const z: number[] = pending;
        pending = null;
        show(await engine.decode(Float32Array.from(z), 1, true), z);
      }
    } catch (error) {
      reportError(error);
    } finally {
      busy = false;
    }
  }
  return {
    request(z) {
      pending = z;
      if (!busy) void work();
    },
  };
}
