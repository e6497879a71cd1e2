/** The interface of a panel, and what the page provides to panels. */
import type { App } from "../app.ts";
import type { Highlights } from "../map/build-scene.ts";
import type { MapView } from "../map/map.ts";
import type { State } from "../state/state.ts";

export interface PanelHost {
  map: MapView;
  /** Show results of the panel on the map. */
  showOnMap(highlights: Partial<Highlights>): void;
  /** Call `listener` with each new image decoded at the cursor. Returns a function that stops it. */
  onDecoded(listener: (unit: Float32Array) => void): () => void;
}
export interface PanelView {
  el: HTMLElement;
  /** `before` is null at the first call. */
  update(now: State, before: State | null): void;
  stop?(): void;
}
export type PanelMaker = (app: App, host: PanelHost) => PanelView;
