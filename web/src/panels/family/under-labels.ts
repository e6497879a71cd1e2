/** The code at the cursor decoded under each setting of the condition: the same style under every label. */
import type { App } from "../../app.ts";
import { h } from "../../dom.ts";
import { decodeAll, section } from "../parts.ts";
import { gallery } from "../gallery.ts";
import type { PanelView } from "../panel.ts";
import { rested } from "./rested.ts";
import { thumb } from "./thumb.ts";

const MOST = 24; // images
const MOST_CARDS = 3; // columns of a card

/** Null if the model has no condition. */
export function underLabels(app: App): PanelView | null {
  const t = app.words();
  const { names, setting } = app.atlas.conditions;
  if (names.length === 0) return null;
  const shown = names.slice(0, app.table ? MOST_CARDS : MOST);
  const card = app.table ? gallery(app, shown.map((text) => ({ text, decoded: true }))) : null;
  const thumbs = card ? [] : shown.map((name, k) => {
    const one = thumb(app, t("labels.choose", { name }), name);
    one.press(() => app.store.set({ condition: k }));
    return one;
  });
  const task = rested(app, async (isLatest) => {
    const { z } = app.store.get();
    for (let k = 0; k < shown.length && isLatest(); k++) {
      await decodeAll(app, [z], setting(k), (unit) => (card ? card.show(k, unit) : thumbs[k]!.show(unit)), isLatest);
    }
  });
  const rest = names.length - shown.length;
  return {
    el: section(t("labels.title"), card?.el ?? h("div", { class: "items tight" }, ...thumbs.map(({ el }) => el)),
      h("p", { class: "note" }, [t("labels.note"), rest > 0 && t("labels.rest", { n: rest })].filter(Boolean).join(" "))),
    update(now, before) {
      if (now.z !== before?.z) task.request();
      if (now.condition !== before?.condition) thumbs.forEach(({ el }, k) => el.setAttribute("aria-pressed", String(k === now.condition)));
    },
    stop: () => task.stop(),
  };
}
