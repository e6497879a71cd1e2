/** A row of a table as a readable card: each column with its value, and beside it what the model decodes. */
import type { App } from "../app.ts";
import { tidy } from "../bundle/columns.ts";
import { type Child, h } from "../dom.ts";
import { cellText } from "../look/cells.ts";

const LONG = 60; // columns from which on the card scrolls

export type Row = ArrayLike<number> | null;
export interface Card {
  el: HTMLElement;
  /** Show rows in the units of the table, one for each heading; null for one that is not known yet. */
  show(...rows: Row[]): void;
}

/** Whether a heading is of cells as they are, or of decoded values, which are brought into the form of their column. */
export interface Heading { text: string; decoded: boolean }

/** A name that may be broken after marks between its words. */
export function breakable(name: string): Child[] {
  return name.split(/(?<=[_\-./:,;])/).flatMap((part, k): Child[] => (k === 0 ? [part] : [h("wbr", null), part]));
}

/** `headings` of the values; `most` columns are shown, the others are counted. */
export function createCard(app: App, label: string, headings: Heading[], most = Infinity): Card {
  const t = app.words();
  const columns = app.table!.columns;
  const shown = columns.slice(0, most);
  const cells = shown.map(() => headings.map(({ decoded }) => h("td", { class: decoded ? "decoded" : "own" })));
  const rest = columns.length - shown.length;
  const table = h("table", { class: "card" },
    headings.length > 1 ? h("thead", null, h("tr", null, h("th", { scope: "col" }, t("card.column")), ...headings.map(({ text }) => h("th", { scope: "col" }, text)))) : null,
    h("tbody", null, ...shown.map(({ name }, k) => h("tr", null, h("th", { scope: "row", title: name }, ...breakable(name)), ...cells[k]!)),
      rest > 0 ? h("tr", null, h("td", { colspan: headings.length + 1, class: "rest" }, t("card.rest", { n: rest }))) : null));
  const scrolls = shown.length > LONG;
  return {
    el: h("div", scrolls ? { class: "card-frame scrolls", role: "region", tabindex: "0", "aria-label": label } : { class: "card-frame", role: "group", "aria-label": label }, table),
    show(...rows) {
      shown.forEach((column, k) => headings.forEach(({ decoded }, which) => {
        const cell = cells[k]![which]!;
        const value = rows[which]?.[k];
        const isGap = value !== undefined && Number.isNaN(value);
        // The mean of a boolean is the probability of yes; the card says how probable its answer is.
        const share = decoded && column.kind === "boolean" && value !== undefined && value % 1 !== 0 && !isGap ? t.share(Math.max(value, 1 - value)) : "";
        const answer = value === undefined ? "" : isGap ? t("missing") : cellText(t, column, decoded ? tidy(column, value) : value);
        const text = share ? `${answer} (${share})` : answer;
        if (cell.textContent !== text) cell.textContent = text;
        cell.classList.toggle("gap", isGap);
        cell.title = share && t("card.share", { share });
      }));
    },
  };
}
