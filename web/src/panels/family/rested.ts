/** Runs a task when its requests have rested, and drops outdated results. */
import type { App } from "../../app.ts";
import { latestTask } from "../parts.ts";

const REST = 180; // milliseconds

export function rested(app: App, task: (isLatest: () => boolean) => Promise<void>): { request(): void; stop(): void } {
  const start = latestTask();
  let timer = 0;
  return {
    request() {
      clearTimeout(timer);
      const isLatest = start();
      timer = window.setTimeout(() => { task(isLatest).catch(app.reportError); }, REST);
    },
    stop() {
      clearTimeout(timer);
      start();
    },
  };
}
