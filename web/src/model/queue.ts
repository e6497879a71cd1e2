/** A queue that runs one task at a time, urgent tasks first: the image at the cursor does not wait for the map's images. */

export interface Queue {
  run<T>(task: () => Promise<T>, urgent: boolean): Promise<T>;
}

export function workQueue(): Queue {
  const urgentTasks: (() => Promise<void>)[] = [];
  const otherTasks: (() => Promise<void>)[] = [];
  let busy = false;

  async function drain(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let next = urgentTasks.shift() ?? otherTasks.shift(); next; next = urgentTasks.shift() ?? otherTasks.shift()) await next();
    busy = false;
  }

  return {
    run: (task, urgent) => new Promise((resolve, reject) => {
      (urgent ? urgentTasks : otherTasks).push(() => task().then(resolve, reject));
      void drain();
    }),
  };
}

/** Let the browser draw and handle events before the next step. */
export function yieldToBrowser(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
}
