/** The cells of a table as text, in the units and with the precision of their column. */
import { type Column, rint, tidy } from "../bundle/columns.ts";
import type { Words } from "../i18n/index.ts";

const DIGITS = 6; // of a number that is not rounded to decimals

/** A cell as text; of a missing one, a dash. */
export function cellText(t: Words, column: Column, value: number): string {
  if (Number.isNaN(value)) return "—";
  if (column.kind === "category") return column.levels[Math.round(value)] ?? "—";
  if (column.kind === "boolean") return t(value >= 0.5 ? "cell.yes" : "cell.no");
  if (column.kind === "date") return dateText(column, value);
  return numberText(value, column.kind === "count" ? 0 : column.decimals);
}

/** A mean of cells or what is decoded: of a boolean the share of yes, of a count with a decimal. */
export function meanText(t: Words, column: Column, value: number): string {
  if (Number.isNaN(value)) return "—";
  if (column.kind === "boolean") return `${t("cell.yes")} ${t.share(value)}`;
  return column.kind === "count" ? t.real(value, 1) : cellText(t, column, tidy(column, value));
}

function numberText(value: number, decimals: number | null): string {
  const isPlain = decimals !== null && Math.abs(value) < 1e15;
  return (isPlain ? value.toFixed(Math.min(decimals, 20)) : String(Number(value.toPrecision(DIGITS)))).replace("-", "−");
}

/** Seconds since 1970 as Python writes them: dates, points in time, or text in the form of the column. */
export function dateText({ stored, form, decimals }: Pick<Column, "stored" | "form" | "decimals">, seconds: number): string {
  if (stored === "date") return formatted("%Y-%m-%d", rint(seconds / 86400) * 86400, 0);
  if (stored === "timestamp") return formatted("%Y-%m-%d %H:%M:%S", seconds, decimals ?? 0, form.split(", ")[1]);
  const step = decimals ? 0 : form.includes("%S") ? 1 : form.includes("%M") ? 60 : 86400; // the smallest unit that is written
  return formatted(form, step ? rint(seconds / step) * step : seconds, decimals ?? 0);
}

function formatted(form: string, seconds: number, decimals: number, zone?: string): string {
  const micro = rint((seconds - Math.floor(seconds)) * 1e6);
  const date = new Date(1000 * (Math.floor(seconds) + Number(micro === 1e6)));
  if (Number.isNaN(date.getTime())) return String(seconds);
  const two = (part: number): string => String(part).padStart(2, "0");
  const fraction = decimals > 0 ? `.${String(micro % 1e6).padStart(6, "0").slice(0, decimals)}` : "";
  const parts: Record<string, string> = zoned(date, zone) ?? {
    Y: String(date.getUTCFullYear()).padStart(4, "0"), m: two(date.getUTCMonth() + 1), d: two(date.getUTCDate()), H: two(date.getUTCHours()), M: two(date.getUTCMinutes()), S: two(date.getUTCSeconds()),
  };
  return form.replace(/%([YmdHMS])/g, (_, part: string) => parts[part]! + (part === "S" ? fraction : ""));
}

/** The parts of a point in time in a time zone; null without one, or if the browser does not know it. */
function zoned(date: Date, zone: string | undefined): Record<string, string> | null {
  if (!zone) return null;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const by = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
    return { Y: by.year!.padStart(4, "0"), m: by.month!, d: by.day!, H: by.hour!, M: by.minute!, S: by.second! };
  } catch {
    return null;
  }
}
