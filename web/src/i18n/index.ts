/** Texts and numbers in the language of the user. */
import type { Language } from "../state/state.ts";
import { type Dictionary, type Key, en } from "./en.ts";
import { ja } from "./ja.ts";

export type { Key } from "./en.ts";
export const dictionaries: Record<Language, Dictionary> = { en, ja };

export interface Words {
  (key: Key, values?: Record<string, string | number>): string;
  language: Language;
  /** Format a whole number with separators. */
  count(value: number): string;
  /** Format a number with at most `digits` decimal places. */
  real(value: number, digits?: number): string;
  /** Format a share of 1 as a percentage. */
  share(value: number): string;
}

export function words(language: Language): Words {
  const dictionary = dictionaries[language];
  const format = (options: Intl.NumberFormatOptions) => (value: number) =>
    new Intl.NumberFormat(language, options).format(value).replace("-", "−");
  const t = (key: Key, values: Record<string, string | number> = {}): string =>
    dictionary[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => isolated(String(values[name] ?? placeholder)));
  return Object.assign(t, {
    language,
    count: format({ maximumFractionDigits: 0 }),
    real: (value: number, digits = 2) => format({ maximumFractionDigits: digits })(value),
    share: (value: number) => format({ style: "percent", maximumFractionDigits: value > 0 && value < 0.1 ? 1 : 0 })(value),
  });
}

/** Isolate right-to-left text, so that it does not change the order of the words around it. */
function isolated(text: string): string {
  return /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/.test(text) ? `\u2068${text}\u2069` : text;
}

export function preferred(): Language {
  return navigator.languages.some((tag) => tag.startsWith("ja")) && !navigator.language.startsWith("en") ? "ja" : "en";
}
