/** Remembers the last answer, for as long as the arguments stay the very same. */
export function memo<A extends unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; answer: R } | null = null;
  return (...args) => {
    if (!last || last.args.some((value, i) => value !== args[i])) last = { args, answer: compute(...args) };
    return last.answer;
  };
}
