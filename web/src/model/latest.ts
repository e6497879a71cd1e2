/** Decodes the latest requested code and skips requests that are out of date. */
import type { Engine } from "./engine.ts";

export interface LatestDecoder {
  /** Decode `z` under class `k`. */
  request(z: number[], k: number | null): void;
}

/** `show` receives the image of the latest code. Codes that were requested while the decoder was busy are skipped. */
export function latestDecoder(engine: Engine, show: (x: Float32Array) => void, reportError: (error: unknown) => void): LatestDecoder {
  let pending: { z: number[]; k: number | null } | null = null;
  let busy = false;
  async function work(): Promise<void> {
    busy = true;
    try {
      while (pending) {
        const { z, k }: { z: number[]; k: number | null } = pending;
        pending = null;
        show(await engine.decode(Float32Array.from(z), 1, k, true));
      }
    } catch (error) {
      reportError(error);
    } finally {
      busy = false;
    }
  }
  return {
    request(z, k) {
      pending = { z, k };
      if (!busy) void work();
    },
  };
}
