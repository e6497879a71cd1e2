/** The sections of the cursor panel that depend on the model: its condition, the pieces of its codes, its prior, its table. */
import type { App } from "../../app.ts";
import type { PanelView } from "../panel.ts";
import { codebookSection } from "./codebook.ts";
import { columnEffects } from "./effects.ts";
import { partByPart } from "./part-by-part.ts";
import { priorSection } from "./prior.ts";
import { underLabels } from "./under-labels.ts";

/** `move` changes the code at the cursor. */
export function familySections(app: App, move: (z: number[]) => void): PanelView[] {
  return [underLabels(app), codebookSection(app, move), columnEffects(app), partByPart(app, move), priorSection(app, move)].filter((view) => view !== null);
}
