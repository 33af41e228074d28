// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import de from "../../words/verify.de.json";
import en from "../../words/verify.en.json";
import zh from "../../words/verify.zh.json";
import { CHECKS } from "../checks";
import { FIRST_CHECK } from "../evidence";
import { preferredLanguage, Words } from "../page/words";

const LANGUAGES: readonly Readonly<Record<string, string>>[] = [en, zh, de];
const source = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

/** Members of a union of texts, as its declaration lists them. */
function union(file: string, name: string): readonly string[] {
  const declared = source(file).split(`export type ${name} =`)[1]?.split(";")[0] ?? "";
  return [...declared.matchAll(/"([^"]+)"/g)].map((found) => found[1] ?? "");
}

test("the three languages have the same keys, and a text for each", () => {
  for (const words of LANGUAGES) {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    for (const text of Object.values(words)) expect(text.trim()).not.toBe("");
  }
});

test("a text is filled in with the same names in every language", () => {
  const names = (text: string | undefined): string[] => [...(text ?? "").matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(en)) {
    for (const words of LANGUAGES) expect(names(words[key]), key).toEqual(names(LANGUAGES[0]?.[key]));
  }
});

test("every check, reason, verdict and thing not proved has words", () => {
  const keys = [
    ...[FIRST_CHECK, ...CHECKS.map(([name]) => name)].flatMap((name) => [
      `check.${name}.title`,
      `check.${name}.compared`,
      `check.${name}.refused`,
      `count.${name}`,
    ]),
    ...union("refusal.ts", "RefusalCode").map((code) => `reason.${code}`),
    ...union("evidence.ts", "NotProved").map((code) => `not-proved.${code}`),
    ...union("evidence.ts", "Verdict").map((verdict) => `word.${verdict}`),
  ];
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});

test("the reader's language is found, and times say that they are UTC", () => {
  expect(preferredLanguage(["fr-FR", "zh-CN", "en"])).toBe("zh");
  expect(preferredLanguage(["de-AT"])).toBe("de");
  expect(preferredLanguage(["fr"])).toBe("en");
  expect(new Words("de").time("2026-11-02T08:00:00.000Z")).toBe("02.11.2026, 08:00 UTC");
});
