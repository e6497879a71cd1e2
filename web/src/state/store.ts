/** One state; who listens hears of every change, once a frame at most where they ask for that. */

export interface Store<S> {
  get(): S;
  set(patch: Partial<S>): void;
  /** Called at once after each change. Returns how to stop. */
  watch(heard: (now: S, before: S) => void): () => void;
}

export function createStore<S extends object>(first: S): Store<S> {
  let state = first;
  const watching = new Set<(now: S, before: S) => void>();
  return {
    get: () => state,
    set(patch) {
      const before = state;
      state = { ...state, ...patch };
      for (const heard of [...watching]) heard(state, before);
    },
    watch(heard) {
      watching.add(heard);
      return () => watching.delete(heard);
    },
  };
}
