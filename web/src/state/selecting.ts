/** Selecting one thing: items, a line on the map, or a group. What was selected before ends. */
import type { Group } from "./groups.ts";
import type { State } from "./state.ts";

type Selected = Partial<Pick<State, "lasso" | "open" | "picked">> & { chosen?: Group | null };

/** The change of state; without anything to select, it clears the selection. */
export const selecting = ({ shown }: State, { lasso = [], open = false, picked = null, chosen = null }: Selected = {}): Partial<State> =>
  ({ lasso, open, picked, ...(shown.chosen === chosen ? {} : { shown: { ...shown, chosen } }) });
