// How values read in the user's language. Nothing here decides anything.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { LocalText, Place, Quantity, Row, When, Who } from "../api/generated";
import { present } from "./clock";
import { placeOf } from "./places";

const TAGS: Record<string, string> = { en: "en-GB", zh: "zh-CN", de: "de-DE" };

/** The text in the language asked for, else in any we have. */
export function local(text: LocalText | null | undefined, language: string): string {
  if (!text) return "";
  const order = [language, "en", "zh", "de"] as Array<keyof LocalText>;
  for (const tag of order) if (text[tag]) return text[tag] as string;
  return "";
}

/** Digits of an amount with its decimal point, exact, grouped as the language does. */
export function digits(amount: { value: number; scale: number }, tag: string): string {
  const sign = amount.value < 0 ? "-" : "";
  const text = String(Math.abs(amount.value)).padStart(amount.scale + 1, "0");
  const whole = text.slice(0, text.length - amount.scale);
  const part = amount.scale ? text.slice(-amount.scale) : "";
  const grouped = new Intl.NumberFormat(tag).format(BigInt(whole));
  const point = new Intl.NumberFormat(tag).formatToParts(1.1).find((p) => p.type === "decimal")?.value ?? ".";
  return sign + grouped + (part ? point + part : "");
}

/** `2026-11-03T14:02` as people at the place read it: shifted by the zone it was stated with. */
function shifted(when: When): Date {
  const match = /^([+-])(\d\d):(\d\d)$/.exec(when.zone);
  const minutes = match ? (Number(match[2]) * 60 + Number(match[3])) * (match[1] === "-" ? -1 : 1) : 0;
  return new Date(new Date(when.time).getTime() + minutes * 60_000);
}

/** The machine's own offset from UTC at a moment: `+01:00`. */
export function zoneOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** `Jilin, Xuerong mill (吉林雪绒工厂)`: many write a name in Latin letters and, in brackets, in Chinese. */
function inOwn(name: string, language: string): string {
  const both = /^(.+?)\s*[(（]([^()（）]*\p{Script=Han}[^()（）]*)[)）]$/u.exec(name);
  return (language === "zh" ? both?.[2] : both?.[1]) ?? name;
}

function placesOf(language: string) {
  const town = (place: Place) => placeOf(place.locode)?.name[language as "en"] ?? inOwn(place.name, language);
  return {
    own: (name: string) => inOwn(name, language),
    town,
    place(place: Place) {
      if (!place.locode) return place.name;
      const known = placeOf(place.locode);
      const own = town(place);
      if (place.name.includes(own)) return `${place.name} (${place.locode})`;
      const same = known && Object.values(known.name).includes(place.name);
      return `${own} (${place.locode})${same ? "" : ` · ${place.name}`}`;
    },
  };
}

export interface Formats {
  language: string;
  local(text: LocalText | null | undefined): string;
  /** Values for a sentence, the names among them in the reader's language. */
  values(of: { values: { [key in string]?: string }; names?: { [key in string]?: LocalText } }): Record<string, string>;
  number(value: number): string;
  quantity(amount: Quantity | null | undefined): string;
  mass(grams: number): string;
  /** A moment in the reader's own zone, for columns that hold nothing else. */
  time(iso: string | null | undefined): string;
  /** A moment in the reader's own zone, named: for what stands beside times of other places. */
  zoned(iso: string | null | undefined): string;
  /** The same with the year. */
  stamp(iso: string | null | undefined): string;
  day(iso: string | null | undefined): string;
  /** What happened at a place, by the clock there, with its zone. */
  when(when: When): string;
  /** A place in the reader's language where we know it, with its code and the name it was said with. */
  place(place: Place): string;
  /** Of a name written in Latin letters and in Chinese the part that the reader reads. */
  own(name: string): string;
  /** The shortest name of a place: the town's where we know it. */
  town(place: Place): string;
  country(code: string): string;
  ago(iso: string): string;
  bytes(size: number): string;
}

function timesOf(tag: string) {
  const options = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  const now = new Date().getFullYear();
  const withYear = (date: Date) => (date.getFullYear() === now ? {} : ({ year: "numeric" } as const));
  const time = (iso: string | null | undefined) => {
    if (!iso) return "";
    const date = new Date(iso);
    return new Intl.DateTimeFormat(tag, { ...options, ...withYear(date) }).format(date);
  };
  return {
    time,
    zoned: (iso: string | null | undefined) => (iso ? `${time(iso)} (${zoneOf(new Date(iso))})` : ""),
    stamp(iso: string | null | undefined) {
      if (!iso) return "";
      const date = new Date(iso);
      const text = new Intl.DateTimeFormat(tag, { ...options, year: "numeric" }).format(date);
      return `${text} (${zoneOf(date)})`;
    },
    day(iso: string | null | undefined) {
      if (!iso) return "";
      return new Intl.DateTimeFormat(tag, { day: "numeric", month: "short", year: "numeric" }).format(new Date(iso));
    },
    when(when: When) {
      const date = shifted(when);
      const text = new Intl.DateTimeFormat(tag, { ...options, ...withYear(date), timeZone: "UTC" }).format(date);
      return `${text} (${when.zone})`;
    },
    ago(iso: string) {
      const seconds = (new Date(iso).getTime() - present().getTime()) / 1000;
      const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
      const steps: Array<[Intl.RelativeTimeFormatUnit, number]> = [
        ["day", 86_400],
        ["hour", 3_600],
        ["minute", 60],
      ];
      for (const [unit, size] of steps) {
        if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
      }
      return relative.format(0, "minute");
    },
  };
}

/** Formats in the language of the screen. */
export function useFormats(): Formats {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const tag = TAGS[language] ?? "en-GB";
    const numbers = new Intl.NumberFormat(tag);
    const regions = new Intl.DisplayNames([tag], { type: "region" });
    const country = (code: string) => {
      try {
        return regions.of(code) ?? code;
      } catch {
        return code;
      }
    };
    return {
      language,
      local: (text) => local(text, language),
      values: (of) => ({
        ...(of.values as Record<string, string>),
        ...Object.fromEntries(Object.entries(of.names ?? {}).map(([key, text]) => [key, local(text, language)])),
      }),
      number: (value) => numbers.format(value),
      quantity: (amount) =>
        amount
          ? `${digits(amount, tag)} ${t(`units.${amount.unit}`, { count: amount.value / 10 ** amount.scale })}`
          : "",
      mass: (grams) => `${new Intl.NumberFormat(tag, { maximumFractionDigits: 3 }).format(grams / 1000)} kg`,
      ...placesOf(language),
      country,
      bytes: (size) => {
        const [unit, one] = size < 1_048_576 ? ["KiB", 1024] : ["MiB", 1_048_576];
        return `${new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }).format(size / one)} ${unit}`;
      },
      ...timesOf(tag),
    };
  }, [t, language]);
}

/** The subject or did:key that stands for somebody. */
export function idOf(who: Who): string {
  return "party" in who ? who.party : who.partner;
}

/** The name of a subject or party that a view mentions. */
export function nameOf(id: string, names: { [key in string]?: Row }, language: string): string {
  const row = names[id];
  if (row) return local(row.name, language) || row.number;
  return shortId(id);
}

/** A subject as short as it can be told apart: its own number, or the end of a key. */
export function shortId(id: string): string {
  if (id.startsWith("did:key:")) return `…${id.slice(-6)}`;
  const last = id.slice(id.lastIndexOf(":") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
