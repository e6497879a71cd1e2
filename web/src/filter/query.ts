/** From what is typed into the search to filters: `mpg > 30`, `origin = Japan, name contains mazda`, or only a text. */
import type { Column } from "../bundle/columns.ts";
import type { Key } from "../i18n/index.ts";
import { type Filter, type RangeFilter, MISSING, folded, isRange } from "./filter.ts";

/** Why a query is not understood, as a text of the page and its values. */
export class QueryError extends Error {
  constructor(readonly key: Key, readonly values: Record<string, string> = {}) { super(key); }
}

const OPERATOR = /^\s*(>=|<=|≥|≤|!=|≠|=|<|>|:|contains(?=\s))\s*/i;
const SAME: Record<string, string> = { "≥": ">=", "≤": "<=", "≠": "!=", contains: ":" };
const NAME = ["name", "名前"]; // of the items, unless a column is called so
const END = /,|、|\s+and\s+/i; // between two conditions

/** `names` are what the page calls the columns; a text alone is searched everywhere. */
export function parseQuery(query: string, columns: readonly Column[], names: readonly string[]): Filter[] {
  const filters: Filter[] = [];
  let rest = query.normalize("NFKC").trim();
  while (rest) {
    const [filter, after] = condition(rest, columns, names);
    const before = filters.findIndex(({ column }) => column === filter.column);
    if (before < 0) filters.push(filter);
    else filters[before] = both(filters[before]!, filter);
    rest = after;
  }
  return filters;
}

function condition(text: string, columns: readonly Column[], names: readonly string[]): [Filter, string] {
  const called = [...names.map((name, k) => ({ name: folded(name), k: k as number | null })), ...NAME.map((name) => ({ name, k: null }))];
  const matching = called.filter(({ name }) => name !== "" && folded(text).startsWith(name) && OPERATOR.test(text.slice(name.length))).sort((a, b) => b.name.length - a.name.length)[0];
  if (!matching) {
    const unknown = /^([^<>=≤≥≠:,]+?)\s*(>=|<=|≥|≤|!=|≠|=|<|>)/.exec(text);
    if (unknown) throw new QueryError("filter.unknown", { name: unknown[1]!, names: names.join(", ") });
    const [value, after] = valueOf(text);
    return [{ column: null, text: value }, after];
  }
  const tail = text.slice(matching.name.length);
  const sign = OPERATOR.exec(tail)!;
  const [value, after] = valueOf(tail.slice(sign[0].length));
  if (value === "") throw new QueryError("filter.no.value", { name: text.trim() });
  const operator = SAME[sign[1]!.toLowerCase()] ?? sign[1]!;
  if (matching.k === null) return [{ column: null, text: value }, after];
  return [filterOf(matching.k, columns[matching.k]!, names[matching.k]!, operator, value), after];
}

/** The value at the start of a text, which quotation marks may enclose, and what follows. */
function valueOf(text: string): [string, string] {
  const quoted = /^\s*"([^"]*)"\s*(?:,|、|and\s|$)/i.exec(text);
  if (quoted) return [quoted[1]!, text.slice(quoted[0].length).trim()];
  const end = END.exec(text);
  return end ? [text.slice(0, end.index).trim(), text.slice(end.index + end[0].length).trim()] : [text.trim(), ""];
}

function filterOf(column: number, about: Column, name: string, operator: string, value: string): Filter {
  if (about.kind === "text") {
    if (operator !== ":" && operator !== "=") throw new QueryError("filter.text.only", { name });
    return { column, text: value };
  }
  if (operator === "=" && ["missing", "欠損"].includes(folded(value))) return { column, levels: [MISSING] };
  if (about.kind === "category" || about.kind === "boolean") {
    const levels = about.kind === "boolean" ? ["no false 0 いいえ", "yes true 1 はい"] : about.levels;
    const fits = (level: string): boolean => (about.kind === "boolean" ? level.split(" ").includes(folded(value)) : operator === ":" ? folded(level).includes(folded(value)) : folded(level) === folded(value));
    if (!["=", "!=", ":"].includes(operator)) throw new QueryError("filter.level.only", { name });
    const chosen = levels.flatMap((level, k) => (fits(level) ? [k] : []));
    if (chosen.length === 0) throw new QueryError("filter.no.level", { name, value, names: about.kind === "boolean" ? "yes, no" : about.levels.slice(0, 8).join(", ") });
    return { column, levels: operator === "!=" ? levels.map((_, k) => k).filter((k) => !chosen.includes(k)) : chosen };
  }
  const number = numberOf(about, value);
  if (Number.isNaN(number) || operator === ":" || operator === "!=") throw new QueryError(about.kind === "date" ? "filter.date.only" : "filter.number.only", { name, value });
  const low = operator.startsWith("<") ? -Infinity : number;
  const high = operator.startsWith(">") ? Infinity : number;
  return { column, low, high, ...(operator === ">" ? { above: true } : {}), ...(operator === "<" ? { below: true } : {}) };
}

/** A typed number, or a typed date in seconds since 1970; NaN if it is neither. */
export function numberOf({ kind }: Pick<Column, "kind">, text: string): number {
  const plain = text.normalize("NFKC").replace("−", "-").trim();
  if (kind !== "date") return plain === "" ? NaN : Number(plain);
  const [day, time = "00:00"] = plain.replaceAll("/", "-").split(/[ T]/);
  return /^\d{4}(-\d{2}){0,2}$/.test(day!) ? Date.parse(`${day}${day!.length === 10 ? `T${time}Z` : ""}`) / 1000 : NaN;
}

/** Two conditions on one column at once: the common part of two ranges, otherwise the later one. */
function both(a: Filter, b: Filter): Filter {
  if (!isRange(a) || !isRange(b)) return b;
  const [low, high] = [a.low >= b.low ? a : b, a.high <= b.high ? a : b];
  const result: RangeFilter = { column: a.column, low: low.low, high: high.high };
  if (low.above) result.above = true;
  if (high.below) result.below = true;
  return result;
}
