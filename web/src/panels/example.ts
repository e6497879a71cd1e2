/** An example of a path: two random items, of different classes if there are any. */
import type { App } from "../app.ts";
import { uniform } from "../math/random.ts";
import type { Stop } from "../state/state.ts";

const TRIES = 30;

export function exampleStops(app: App): Stop[] {
  const draw = uniform(Math.floor(Math.random() * 2 ** 31));
  const item = (): number => Math.floor(draw() * app.atlas.count);
  const first = item();
  let second = item();
  for (let tries = 0; tries < TRIES && (second === first || (app.classOf(second) !== null && app.classOf(second) === app.classOf(first))); tries++) second = item();
  return [{ item: first }, { item: second }];
}
