import { describe, expect, it } from "vitest";
import { normal } from "../../src/math/random.ts";
import { memo } from "../../src/memo.ts";
import { workQueue } from "../../src/model/queue.ts";
import { posteriorSamples, rank } from "../../src/panels/point.ts";
import { createStore } from "../../src/state/store.ts";

it("the queue runs one task at a time, urgent tasks first", async () => {
  const queue = workQueue();
  const done: string[] = [];
  let running = 0;
  const task = (name: string) => async () => {
    expect(++running).toBe(1);
    await Promise.resolve();
    running--;
    done.push(name);
  };
  await Promise.all([queue.run(task("first"), false), queue.run(task("tile"), false), queue.run(task("cursor"), true)]);
  expect(done).toEqual(["first", "cursor", "tile"]);
});

it("the queue continues after a failure", async () => {
  const queue = workQueue();
  await expect(queue.run(() => Promise.reject(new Error("no")), true)).rejects.toThrow("no");
  await expect(queue.run(() => Promise.resolve(5), false)).resolves.toBe(5);
});

it("normal samples have mean 0 and variance 1, and are reproducible", () => {
  const draw = normal(5);
  const values = Array.from({ length: 100_000 }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.abs(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length - 1)).toBeLessThan(0.02);
  expect(normal(5)()).toBe(values[0]);
});

it("the samples of a posterior have its mean and variance", () => {
  const samples = posteriorSamples([3], [Math.log(4)], 50_000, 1).map(([z]) => z!);
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
  expect(Math.abs(mean - 3)).toBeLessThan(0.05);
  expect(Math.abs(samples.reduce((a, b) => a + (b - mean) ** 2, 0) / samples.length - 4)).toBeLessThan(0.1);
});

it("the rank of a score is the share of items with a lower score", () => {
  const scores = Float32Array.from([5, 1, 3, 3]);
  expect([rank(scores, 1), rank(scores, 3), rank(scores, 5)]).toEqual([0, 0.25, 0.75]);
});

describe("the store", () => {
  it("calls its listeners with the new and the old state until they stop", () => {
    const store = createStore({ a: 1, b: 2 });
    const calls: unknown[] = [];
    const stop = store.watch((now, before) => calls.push([now, before]));
    store.set({ b: 3 });
    stop();
    store.set({ a: 9 });
    expect(calls).toEqual([[{ a: 1, b: 3 }, { a: 1, b: 2 }]]);
    expect(store.get()).toEqual({ a: 9, b: 3 });
  });
});

it("memo computes again only for changed arguments", () => {
  let times = 0;
  const square = memo((x: number) => { times++; return x * x; });
  expect([square(2), square(2), square(3)]).toEqual([4, 4, 9]);
  expect(times).toBe(2);
});
