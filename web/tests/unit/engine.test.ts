import { expect, it, vi } from "vitest";
import type { Condition } from "../../src/bundle/manifest.ts";
import { type Engine, openEngine } from "../../src/model/engine.ts";
import { latestDecoder } from "../../src/model/latest.ts";

const { feeds } = vi.hoisted(() => ({ feeds: [] as Record<string, [number[], number[]]>[] }));

/** A runtime that records its inputs, as values and shape. */
vi.mock("onnxruntime-web/wasm", () => {
  class Tensor { constructor(readonly type: string, readonly data: Float32Array, readonly dims: number[]) {} }
  const session = {
    outputNames: ["mean"],
    async run(inputs: Record<string, Tensor>) {
      feeds.push(Object.fromEntries(Object.entries(inputs).map(([name, { data, dims }]) => [name, [Array.from(data), dims]])));
      return { x: { data: new Float32Array(2) }, mean: { data: new Float32Array(1) } };
    },
  };
  return { env: { wasm: {} }, Tensor, InferenceSession: { create: async () => session } };
});

const open = (condition: Condition | null): Promise<Engine> => {
  feeds.length = 0;
  return openEngine({ read: async () => new ArrayBuffer(8) }, { event_shape: [2], latent_dim: 1, condition });
};

it("both networks get a row of the class's number for each code or item", async () => {
  const engine = await open({ width: 4, numbers: [0, 3] });
  await engine.decode(Float32Array.from([5, 6]), 2, 1);
  await engine.encode(Float32Array.from([7, 8]), 1, 0);
  expect(feeds).toEqual([
    { z: [[5, 6], [2, 1]], condition: [[0, 0, 0, 1, 0, 0, 0, 1], [2, 4]] },
    { x: [[7, 8], [1, 2]], condition: [[1, 0, 0, 0], [1, 4]] },
  ]);
});

it("without a condition, the networks get no class", async () => {
  const engine = await open(null);
  await engine.decode(Float32Array.from([5]), 1, 1);
  await engine.encode(Float32Array.from([7, 8]), 1, null);
  expect(feeds).toEqual([{ z: [[5], [1, 1]] }, { x: [[7, 8], [1, 2]] }]);
});

it("a class that is missing or unknown is rejected", async () => {
  const engine = await open({ width: 4, numbers: [0, 3] });
  await expect(engine.decode(Float32Array.from([5]), 1, 2)).rejects.toThrow("class 2 is not one of the 2 classes");
  await expect(engine.encode(Float32Array.from([7, 8]), 1, null)).rejects.toThrow("class null");
});

it("the latest code is decoded under its class", async () => {
  const engine = await open({ width: 2, numbers: [0, 1] });
  await new Promise<void>((resolve, reject) => {
    let shown = 0;
    const decoder = latestDecoder(engine, () => void (++shown === 2 && resolve()), reject);
    decoder.request([1], 0);
    decoder.request([2], 0); // skipped
    decoder.request([2], 1);
  });
  expect(feeds.map(({ condition }) => condition![0])).toEqual([[1, 0], [0, 1]]);
});
