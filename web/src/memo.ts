/** Return a function that computes its result again only if an argument has changed (compared by identity). */
export function memo<A extends unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | null = null;
  return (...args) => {
    if (!last || last.args.some((value, i) => value !== args[i])) last = { args, result: compute(...args) };
    return last.result;
  };
}
