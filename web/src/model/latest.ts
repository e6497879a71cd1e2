/** Decodes the latest requested code and skips requests that are out of date. */
import type { Row } from "../bundle/conditions.ts";
import type { Engine } from "./engine.ts";

export interface LatestDecoder {
  /** Decode `z` under the condition `row`. */
  request(z: number[], row: Row): void;
}

/** `show` receives the image of the latest code. Codes that were requested while the decoder was busy are skipped. */
export function latestDecoder(engine: Engine, show: (x: Float32Array) => void, reportError: (error: unknown) => void): LatestDecoder {
  let pending: { z: number[]; row: Row } | null = null;
  let busy = false;
  async function work(): Promise<void> {
    busy = true;
    try {
      while (pending) {
        const { z, row }: { z: number[]; row: Row } = pending;
        pending = null;
        show(await engine.decode(Float32Array.from(z), 1, row, true));
      }
    } catch (error) {
      reportError(error);
    } finally {
      busy = false;
    }
  }
  return {
    request(z, row) {
      pending = { z, row };
      if (!busy) void work();
    },
  };
}
