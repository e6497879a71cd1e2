/** What a new user sees, and three things to do; shown until it is closed. */
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import { prefersReducedMotion } from "../look/theme.ts";
import { openItem } from "../map/actions.ts";
import type { State } from "../state/state.ts";
import { exampleStops } from "./example.ts";

export function intro(app: App): HTMLElement {
  const t = app.words();
  const go = (change: () => Partial<State>) => (): void => app.store.set({ ...change(), intro: false });
  const kind = app.table ? "table" : app.painter().image ? "image" : "vector";
  const first = app.atlas.ids.beside(null, 1);
  return h("section", { class: "intro" },
    h("h2", { class: "sub" }, t("intro.title")),
    h("p", null, t("intro.points", { n: t.count(app.atlas.count) })),
    h("p", null, t(kind === "image" ? "intro.images" : "intro.bars")),
    h("ul", { class: "intro-steps" },
      h("li", null, button(t("intro.path"), go(() => ({ panel: "path", stops: exampleStops(app), frame: 0, playing: !prefersReducedMotion() })))),
      h("li", null, button(t("intro.item"), go(() => openItem(app, first)))),
      h("li", null, button(t(`intro.draw.${kind}`), go(() => ({ panel: "draw" }))))),
    button(t("intro.close"), go(() => ({})), { class: "link" }));
}
