// Stretches of time in words: "12 seconds ago", "5 minutes".

import { useTranslation } from "react-i18next";

const STEPS: Array<[Intl.RelativeTimeFormatUnit, number]> = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** The greatest unit that fits, and how many whole ones. */
function whole(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) ?? ["second" as const, 1];
  return [Math.floor(seconds / size), unit];
}

export function useSpan(): { ago(seconds: number): string; long(seconds: number): string } {
  const { i18n } = useTranslation();
  const tag = i18n.language;
  return {
    ago(seconds) {
      const [count, unit] = whole(seconds);
      return new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(-count, unit);
    },
    long(seconds) {
      const [count, unit] = whole(seconds);
      return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" }).format(count);
    },
  };
}
