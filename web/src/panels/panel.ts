/** What a panel is, and what it gets. */
import type { App } from "../app.ts";
import type { MapView } from "../map/map.ts";
import type { Findings } from "../map/scene-of.ts";
import type { State } from "../state/state.ts";

export interface Desk {
  map: MapView;
  /** What the map shows of a panel's findings. */
  find(findings: Partial<Findings>): void;
  /** The image decoded at the cursor, whenever a new one is there. Returns how to stop. */
  decoded(heard: (unit: Float32Array) => void): () => void;
}
export interface PanelView {
  el: HTMLElement;
  /** `before` is null the first time. */
  update(now: State, before: State | null): void;
  stop?(): void;
}
export type PanelMaker = (app: App, desk: Desk) => PanelView;
