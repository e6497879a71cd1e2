import { describe, expect, it } from "vitest";
import { normal } from "../../src/math/random.ts";
import { memo } from "../../src/memo.ts";
import { workQueue } from "../../src/model/queue.ts";
import { posteriorSamples, rank } from "../../src/panels/point.ts";
import { createStore } from "../../src/state/store.ts";

it("the queue does one thing at a time, the urgent first", async () => {
  const queue = workQueue();
  const done: string[] = [];
  let running = 0;
  const work = (name: string) => async () => {
    expect(++running).toBe(1);
    await Promise.resolve();
    running--;
    done.push(name);
  };
  await Promise.all([queue.run(work("first"), false), queue.run(work("tile"), false), queue.run(work("cursor"), true)]);
  expect(done).toEqual(["first", "cursor", "tile"]);
});

it("the queue goes on after a failure", async () => {
  const queue = workQueue();
  await expect(queue.run(() => Promise.reject(new Error("no")), true)).rejects.toThrow("no");
  await expect(queue.run(() => Promise.resolve(5), false)).resolves.toBe(5);
});

it("normal draws have mean 0 and variance 1, the same for the same seed", () => {
  const draw = normal(5);
  const values = Array.from({ length: 100_000 }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.abs(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length - 1)).toBeLessThan(0.02);
  expect(normal(5)()).toBe(values[0]);
});

it("an item's draws have its posterior's mean and variance", () => {
  const draws = posteriorSamples([3], [Math.log(4)], 50_000, 1).map(([z]) => z!);
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  expect(Math.abs(mean - 3)).toBeLessThan(0.05);
  expect(Math.abs(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length - 4)).toBeLessThan(0.1);
});

it("a score's rank is the share of items below it", () => {
  const scores = Float32Array.from([5, 1, 3, 3]);
  expect([rank(scores, 1), rank(scores, 3), rank(scores, 5)]).toEqual([0, 0.25, 0.75]);
});

describe("the store", () => {
  it("tells what was and what is, until one stops to watch", () => {
    const store = createStore({ a: 1, b: 2 });
    const heard: unknown[] = [];
    const stop = store.watch((now, before) => heard.push([now, before]));
    store.set({ b: 3 });
    stop();
    store.set({ a: 9 });
    expect(heard).toEqual([[{ a: 1, b: 3 }, { a: 1, b: 2 }]]);
    expect(store.get()).toEqual({ a: 9, b: 3 });
  });
});

it("memo computes again only for other arguments", () => {
  let times = 0;
  const square = memo((x: number) => { times++; return x * x; });
  expect([square(2), square(2), square(3)]).toEqual([4, 4, 9]);
  expect(times).toBe(2);
});
