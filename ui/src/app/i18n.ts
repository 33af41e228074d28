// Puts the words of every folder together and hands them to i18next.

import i18next, { type Resource } from "i18next";
import { initReactI18next } from "react-i18next";

type Tree = { [key: string]: string | Tree };

const files = import.meta.glob<Tree>(
  ["../words/*.{en,zh,de}.json", "../shared/words.*.json", "../features/*/words.*.json", "!../words/verify.*.json"],
  { eager: true, import: "default" },
);

/** Languages we speak, with the tag `Intl` knows them by. */
export const LANGUAGES = { en: "en-GB", zh: "zh-CN", de: "de-DE" } as const;
export type Language = keyof typeof LANGUAGES;

/** All words by language. */
export function words(): Record<Language, Tree> {
  const all: Record<Language, Tree> = { en: {}, zh: {}, de: {} };
  for (const [path, tree] of Object.entries(files)) {
    const language = /\.(en|zh|de)\.json$/.exec(path)?.[1] as Language;
    Object.assign(all[language], tree);
  }
  return all;
}

/** The language for a setting; `system` asks the machine. */
export function languageFor(setting: string, machine: readonly string[] = navigator.languages): Language {
  if (setting in LANGUAGES) return setting as Language;
  for (const tag of machine) {
    const base = tag.slice(0, 2).toLowerCase();
    if (base in LANGUAGES) return base as Language;
  }
  return "en";
}

const resources: Resource = Object.fromEntries(Object.entries(words()).map(([l, tree]) => [l, { translation: tree }]));

i18next.use(initReactI18next).init({
  resources,
  lng: languageFor("system"),
  fallbackLng: "en",
  interpolation: { escapeValue: false, prefix: "{", suffix: "}" },
  returnNull: false,
});

export { i18next };
