import { expect, it, vi } from "vitest";
import type { App } from "../../src/app.ts";
import { glide } from "../../src/map/glide.ts";
import { type Limits, type State, initialState } from "../../src/state/state.ts";
import { createStore } from "../../src/state/store.ts";

it("one map glides on when the other one starts to", () => {
  const waiting = new Map<number, () => void>();
  let last = 0;
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("requestAnimationFrame", (step: () => void) => { waiting.set(++last, step); return last; });
  vi.stubGlobal("cancelAnimationFrame", (id: number) => waiting.delete(id));
  const whole = { x: 0, y: 0, span: 8 };
  const [a, b] = [0, 1].map(() => ({ store: createStore<State>(initialState({ dim: 2, classes: 0, activity: [0, 1] } as unknown as Limits, "en")) }) as App) as [App, App];
  for (const app of [a, b, a]) glide(app, whole, { x: 1, y: 1, span: 1 });
  expect(waiting.size).toBe(2);
  vi.unstubAllGlobals();
});
