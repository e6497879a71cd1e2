/** Work one piece at a time, the urgent first: a cursor's image never waits behind a row of tiles. */

export interface Queue {
  run<T>(work: () => Promise<T>, urgent: boolean): Promise<T>;
}

export function workQueue(): Queue {
  const urgent: (() => Promise<void>)[] = [];
  const patient: (() => Promise<void>)[] = [];
  let busy = false;

  async function drain(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let next = urgent.shift() ?? patient.shift(); next; next = urgent.shift() ?? patient.shift()) await next();
    busy = false;
  }

  return {
    run: (work, now) => new Promise((resolve, reject) => {
      (now ? urgent : patient).push(() => work().then(resolve, reject));
      void drain();
    }),
  };
}

/** Ends after the browser had a chance to draw and to hear its user. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
}
