import de from "../../words/verify.de.json";
import en from "../../words/verify.en.json";
import zh from "../../words/verify.zh.json";

/** Languages of the page; the tag is that of the document. */
export const LANGUAGES = { en: "English", zh: "简体中文", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const TAGS: Readonly<Record<Language, string>> = { en: "en", zh: "zh-Hans", de: "de" };
const WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, zh, de };

/** The words of one language. */
export class Words {
  readonly language: Language;

  constructor(language: Language) {
    this.language = language;
  }

  /** BCP 47 tag of the document. */
  get tag(): string {
    return TAGS[this.language];
  }

  /** The words of a key, `{name}` filled in; null where there are none. */
  find(key: string, filled: Readonly<Record<string, string | number>> = {}): string | null {
    const words = WORDS[this.language][key];
    return words?.replace(/\{(\w+)\}/g, (_, name: string) => this.shown(filled[name])) ?? null;
  }

  /** The words of a key that exists in every language; the key itself where it does not. */
  say(key: string, filled: Readonly<Record<string, string | number>> = {}): string {
    return this.find(key, filled) ?? key;
  }

  private shown(value: string | number | undefined): string {
    return typeof value === "number" ? value.toLocaleString(this.tag) : (value ?? "");
  }

  /** A protocol time for people, in UTC and saying so. */
  time(iso: string): string {
    const format = new Intl.DateTimeFormat(this.tag, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
    return `${format.format(new Date(iso))} UTC`;
  }
}

/** The first of the reader's languages that the page speaks. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.slice(0, 2).toLowerCase();
    if (primary === "en" || primary === "zh" || primary === "de") return primary;
  }
  return "en";
}
