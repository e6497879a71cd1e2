/**
 * Filters as a part of the link: `r3,30,,a` for a range, `l4,0.2.m` for levels, `t,mazda` for a text. Links are untrusted.
 * A text is encoded twice: the link is decoded once as a whole, since mail programs may encode its commas.
 */
import type { Column } from "../bundle/columns.ts";
import { type Filter, MISSING, isLevels, isRange } from "./filter.ts";

const MOST = 32; // filters
const LONGEST = 200; // characters of a text

const end = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(12))) : "");

export function writeFilters(filters: readonly Filter[]): string {
  return filters.map((filter) => {
    if (isRange(filter)) return `r${filter.column},${end(filter.low)},${end(filter.high)},${filter.above ? "a" : ""}${filter.below ? "b" : ""}`;
    if (isLevels(filter)) return `l${filter.column},${filter.levels.map((level) => (level === MISSING ? "m" : level)).join(".")}`;
    return `t${filter.column ?? ""},${encodeURIComponent(encodeURIComponent(filter.text.slice(0, LONGEST)))}`;
  }).join(";");
}

export function readFilters(text: string, columns: readonly Column[]): Filter[] {
  const filters = text.split(";").slice(0, MOST).flatMap((part): Filter[] => {
    const kind = part[0];
    const [where = "", ...values] = part.slice(1).split(",");
    if (kind === "t") return textOf(where, values[0] ?? "", columns);
    const column = /^\d{1,6}$/.test(where) ? Number(where) : -1;
    const about = columns[column];
    if (!about || about.kind === "text") return [];
    if (kind === "r") {
      const [low, high] = [bound(values[0], -Infinity), bound(values[1], Infinity)];
      const flags = values[2] ?? "";
      return low <= high ? [{ column, low, high, ...(flags.includes("a") ? { above: true } : {}), ...(flags.includes("b") ? { below: true } : {}) }] : [];
    }
    const known = about.kind === "boolean" ? 2 : about.levels.length;
    const levels = (values[0] ?? "").split(".").map((level) => (level === "m" ? MISSING : /^\d{1,6}$/.test(level) ? Number(level) : NaN));
    return kind === "l" && levels.length && levels.every((level) => level === MISSING || level < known) ? [{ column, levels }] : [];
  });
  return filters.filter(({ column }, k) => filters.findIndex((other) => other.column === column) === k); // one filter for each column
}

function textOf(where: string, encoded: string, columns: readonly Column[]): Filter[] {
  const column = where === "" ? null : /^\d{1,6}$/.test(where) ? Number(where) : -1;
  if (column !== null && columns[column]?.kind !== "text") return [];
  try {
    const text = decodeURIComponent(encoded).slice(0, LONGEST);
    return text === "" ? [] : [{ column, text }];
  } catch {
    return [];
  }
}

/** An end of a range; NaN, which is in no order, if it is not a number. */
const bound = (text: string | undefined, open: number): number => (text === undefined || text === "" ? open : /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : NaN);
