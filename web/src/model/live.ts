/** Decode what is wanted now, and forget what was wanted before it. */
import type { Engine } from "./engine.ts";

export interface Live {
  ask(z: number[]): void;
}

/** `show` gets the newest code's image; codes that came and went while the decoder was busy are skipped. */
export function liveDecoder(engine: Engine, show: (x: Float32Array, z: number[]) => void, failed: (why: unknown) => void): Live {
  let wanted: number[] | null = null;
  let busy = false;
  async function work(): Promise<void> {
    busy = true;
    try {
      while (wanted) {
        const z: number[] = wanted;
        wanted = null;
        show(await engine.decode(Float32Array.from(z), 1, true), z);
      }
    } catch (why) {
      failed(why);
    } finally {
      busy = false;
    }
  }
  return {
    ask(z) {
      wanted = z;
      if (!busy) void work();
    },
  };
}
