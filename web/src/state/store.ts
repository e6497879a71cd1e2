/** A store with one state object, which notifies its listeners of every change. */

export interface Store<S> {
  get(): S;
  set(patch: Partial<S>): void;
  /** Call `listener` after each change. Returns a function that stops it. */
  watch(listener: (now: S, before: S) => void): () => void;
}

export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial;
  const listeners = new Set<(now: S, before: S) => void>();
  return {
    get: () => state,
    set(patch) {
      const before = state;
      state = { ...state, ...patch };
      for (const listener of [...listeners]) listener(state, before);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
