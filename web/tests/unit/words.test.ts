import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dictionaries, words } from "../../src/i18n/index.ts";

const { en, ja } = dictionaries;
const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it("both languages have the same keys and the same placeholders", () => {
  expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(ja[key].trim(), key).not.toBe("");
    expect({ key, placeholders: placeholders(ja[key]) }).toEqual({ key, placeholders: placeholders(en[key]) });
  }
});

it("every key is used", () => {
  const root = join(import.meta.dirname, "..", "..", "src");
  const sources = (readdirSync(root, { recursive: true }) as string[]).filter((name) => name.endsWith(".ts") && !name.includes("i18n"))
    .map((name) => readFileSync(join(root, name), "utf8")).join("\n");
  const unused = Object.keys(en).filter((key) => !sources.includes(`"${key}"`) && !sources.includes(`\`${key.replace(/[^.]+$/, "")}\${`));
  expect(unused).toEqual([]);
});

it("fills placeholders, and isolates right-to-left names", () => {
  const t = words("en");
  expect(t("path.frame.of", { n: 3, all: 24 })).toBe("frame 3 of 24");
  expect(t("point.class", { name: "<b>" })).toBe("Class <b>");
  expect(t("point.class", { name: "\u202eabc" })).toBe("Class \u2068\u202eabc\u2069");
});

it("formats numbers for the language", () => {
  expect(words("en").count(70_000)).toBe("70,000");
  expect(words("en").real(-1.256)).toBe("−1.26");
  expect(words("ja").share(0.25)).toBe("25%");
  expect(words("en").share(0.0123)).toBe("1.2%");
});
