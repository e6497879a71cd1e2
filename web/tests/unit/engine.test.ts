import { expect, it, vi } from "vitest";
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

const open = (width: number | null, missing = false): Promise<Engine> => {
  feeds.length = 0;
  const condition = width === null ? null : { width, name: "label", settings: [], items: "labels" as const };
  return openEngine({ read: async () => new ArrayBuffer(8) }, { event_shape: [2], latent_dim: 1, missing, condition });
};
const row = (...values: number[]): Float32Array => Float32Array.from(values);

it("both networks get the condition's row for each code or item", async () => {
  const engine = await open(3);
  await engine.decode(row(5, 6), 2, row(0, 1, 0.5));
  await engine.encode(row(7, 8), 1, row(1, 0, 0));
  expect(feeds).toEqual([
    { z: [[5, 6], [2, 1]], condition: [[0, 1, 0.5, 0, 1, 0.5], [2, 3]] },
    { x: [[7, 8], [1, 2]], condition: [[1, 0, 0], [1, 3]] },
  ]);
});

it("without a condition, the networks get none", async () => {
  const engine = await open(null);
  await engine.decode(row(5), 1, row(1));
  await engine.encode(row(7, 8), 1, null);
  expect(feeds).toEqual([{ z: [[5], [1, 1]] }, { x: [[7, 8], [1, 2]] }]);
});

it("a code beside the sphere is moved onto it before it is decoded", async () => {
  feeds.length = 0;
  const manifest = { event_shape: [2], latent_dim: 2, layout: [{ kind: "sphere", size: 2 }], missing: false, condition: null };
  const engine = await openEngine({ read: async () => new ArrayBuffer(8) }, manifest);
  await engine.decode(row(0, -4), 1, null);
  expect(feeds).toEqual([{ z: [[0, -1], [1, 2]] }]);
});

it("a row that is missing or of another length is rejected", async () => {
  const engine = await open(3);
  await expect(engine.decode(row(5), 1, row(1, 0))).rejects.toThrow("a row of 3 numbers, got 2");
  await expect(engine.encode(row(7, 8), 1, null)).rejects.toThrow("a row of 3 numbers, got none");
});

it("if values may be missing, the encoder gets zeros for missing values, and which are there", async () => {
  const engine = await open(2, true);
  const x = row(NaN, 8, 0, NaN);
  await engine.encode(x, 2, row(1, 0));
  await engine.decode(row(5), 1, row(1, 0));
  expect(feeds).toEqual([
    { x: [[0, 8, 0, 0], [2, 2]], observed: [[0, 1, 1, 0], [2, 2]], condition: [[1, 0, 1, 0], [2, 2]] },
    { z: [[5], [1, 1]], condition: [[1, 0], [1, 2]] },
  ]);
  expect(x[0]).toBeNaN();
});

it("the latest code is decoded under its condition", async () => {
  const engine = await open(2);
  await new Promise<void>((resolve, reject) => {
    let shown = 0;
    const decoder = latestDecoder(engine, () => void (++shown === 2 && resolve()), reject);
    decoder.request([1], row(1, 0));
    decoder.request([2], row(1, 0)); // skipped
    decoder.request([2], row(0, 1));
  });
  expect(feeds.map(({ condition }) => condition![0])).toEqual([[1, 0], [0, 1]]);
});
