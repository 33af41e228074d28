// Puts the words of every folder together and hands them to i18next, one language when it is needed.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export type Tree = { [key: string]: string | Tree };

/** Languages we speak, with the tag `Intl` knows them by. */
export const LANGUAGES = { en: "en-GB", zh: "zh-CN", de: "de-DE" } as const;
export type Language = keyof typeof LANGUAGES;

/** Each a file of its own: a window holds what it shows. */
const FILES: Record<Language, () => Promise<{ files: Record<string, Tree> }>> = {
  en: () => import("./words/en"),
  zh: () => import("./words/zh"),
  de: () => import("./words/de"),
};

/** All words of a language. */
export async function words(language: Language): Promise<Tree> {
  const { files } = await FILES[language]();
  return Object.assign({}, ...Object.values(files));
}

/** Has the words of a language at hand. */
export async function learn(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation"))
    i18next.addResourceBundle(language, "translation", await words(language));
}

/** Has the words of all languages at hand. */
export async function learnAll(): Promise<void> {
  await Promise.all((Object.keys(LANGUAGES) as Language[]).map(learn));
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

i18next.use(initReactI18next).init({
  resources: {},
  lng: languageFor("system"),
  fallbackLng: "en",
  interpolation: { escapeValue: false, prefix: "{", suffix: "}" },
  returnNull: false,
  // What is shown in all languages, as the search of commands, is shown anew when one more is there.
  react: { bindI18nStore: "added" },
});

export { i18next };
