/** The filter panel: a search, the filters that are set, and the distribution of each column, which filters too. */
import type { App } from "../app.ts";
import { button, fill, h } from "../dom.ts";
import { type Filter, isText, replaced } from "../filter/filter.ts";
import { isLevelled } from "../filter/bins.ts";
import { selecting } from "../state/selecting.ts";
import { QueryError, parseQuery } from "../filter/query.ts";
import { columnName, columnNames, filterText } from "../filter/words.ts";
import { breakable } from "./card.ts";
import { histogram, type Plot } from "./histogram.ts";
import { levelBars } from "./level-bars.ts";
import type { PanelMaker } from "./panel.ts";

const AT_FIRST = 12; // columns whose cells are read and drawn at once

export const filterPanel: PanelMaker = (app) => {
  const { store, columns: { columns } } = app;
  const t = app.words();
  const query = h("input", { type: "text", class: "query", spellcheck: "false", autocomplete: "off", "aria-label": t("filter.query"), placeholder: example(app), on: { keydown: (event) => { if (event.key === "Enter") search(); } } });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const count = h("h2", { class: "counted" });
  const chips = h("div", { class: "chips" });
  const cards = h("div", { class: "facets" });
  const plots = new Map<number, Plot>();
  const fields = new Map<number, HTMLInputElement>(); // of free texts
  let frame = 0;

  function search(): void {
    try {
      const added = parseQuery(query.value, columns, columnNames(app));
      wrong.hidden = true;
      query.value = "";
      store.set({ filters: added.reduce((filters, next) => replaced(filters, next.column, next), [...store.get().filters]) });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      wrong.textContent = t(error.key, error.values);
      wrong.hidden = false;
    }
  }

  function card(k: number): HTMLElement {
    const about = columns[k]!;
    const name = columnName(app, k);
    const coloured = k < app.limits.columns ? `column${k}` as const : about.built === "class" || about.built === "score" ? about.built : null;
    const colour = coloured && h("button", { type: "button", class: "quiet colour", title: t("filter.colour", { name }), "aria-label": t("filter.colour", { name }), "data-colouring": coloured, on: { click: () => store.set({ colouring: coloured }) } }, "◑");
    const head = h("div", { class: "facet-head" }, h("h3", null, ...breakable(name)), colour);
    if (about.kind === "text") {
      const field = h("input", { type: "text", spellcheck: "false", autocomplete: "off", "aria-label": t("filter.contains", { name }), placeholder: t("filter.contains.short"),
        on: { change: () => store.set({ filters: replaced([...store.get().filters], k, field.value.trim() ? { column: k, text: field.value.trim() } : null) }) } });
      fields.set(k, field);
      return h("section", { class: "facet" }, head, field);
    }
    const plot = isLevelled(about) ? levelBars(app, k) : histogram(app, k);
    plots.set(k, plot);
    return h("section", { class: "facet" }, head, plot.el);
  }

  function open(from: number, to: number): void {
    cards.append(...columns.slice(from, to).map((_, at) => card(from + at)));
    if (to < columns.length) {
      const more = button(t("filter.columns.more", { n: columns.length - to }), () => { more.remove(); open(to, columns.length); draw(); });
      cards.append(more);
    }
  }

  function draw(): void {
    frame = 0;
    const { filters, colouring } = store.get();
    const shown = app.filters.count(filters);
    count.textContent = filters.length ? t("filter.count", { n: t.count(shown), all: t.count(app.atlas.count) }) : t("filter.all", { n: t.count(app.atlas.count) });
    fill(chips, ...filters.map((filter) => chip(app, filter)),
      filters.length ? button(t("filter.list"), () => store.set({ ...selecting(store.get()), panel: "select", pen: true }), { class: "primary" }) : null,
      filters.length ? button(t("filter.clear"), () => store.set({ filters: [] })) : null);
    const filterOf = (k: number): Filter | undefined => filters.find(({ column }) => column === k);
    for (const [k, plot] of plots) {
      const result = app.filters.bars(k, filters);
      if (result) plot.show(result.bins, result.bars, filterOf(k));
    }
    for (const [k, field] of fields) {
      const filter = filterOf(k);
      if (document.activeElement !== field) field.value = filter && isText(filter) ? filter.text : "";
    }
    for (const mark of cards.querySelectorAll<HTMLElement>("[data-colouring]")) mark.setAttribute("aria-pressed", String(mark.dataset.colouring === colouring));
  }

  open(0, AT_FIRST);
  const el = h("div", { class: "filter-panel" },
    h("div", { class: "row first" }, query, button(t("filter.search"), search)), wrong,
    h("p", { class: "hint" }, t("filter.hint")), count, chips, cards);
  return {
    el,
    update(now, before) {
      if (before && now.filters === before.filters && now.colouring === before.colouring) return;
      if (!before) draw();
      else frame ||= requestAnimationFrame(draw); // a brush sends more changes than frames
      const last = before && now.filters.length !== before.filters.length;
      if (last) app.announce(t("filter.count", { n: t.count(app.filters.count(now.filters)), all: t.count(app.atlas.count) }));
    },
    stop: () => cancelAnimationFrame(frame),
  };
};

/** A filter as a button that removes it. */
function chip(app: App, filter: Filter): HTMLElement {
  const text = filterText(app, filter);
  return h("button", { type: "button", class: "chip", "aria-label": app.words()("filter.remove", { text }), on: { click: () => app.store.set({ filters: app.store.get().filters.filter((other) => other !== filter) }) } },
    h("span", { class: "clip" }, text), h("span", { "aria-hidden": "true" }, "×"));
}

/** A query that fits the columns of this run. */
function example(app: App): string {
  const { columns } = app.columns;
  const k = columns.findIndex(({ kind, low, high }) => ["number", "count"].includes(kind) && low !== null && high !== null);
  return k < 0 ? app.words()("filter.example") : `${columnName(app, k)} > ${Number(((columns[k]!.low! + columns[k]!.high!) / 2).toPrecision(2))}`;
}
