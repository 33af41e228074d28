// Dates as people type them in the languages of the screen. Only forms that can mean one day are read: 1/11/2026 is November in
// Europe and January in America, so it is asked for again.

export interface Typed {
  /** `2026-11-03` */
  day: string;
  /** `14:02`; null when only a day was typed. */
  clock: string | null;
}

const MONTHS: Record<string, number> = {
  jan: 1,
  feb: 2,
  mar: 3,
  mär: 3,
  maerz: 3,
  apr: 4,
  may: 5,
  mai: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  okt: 10,
  nov: 11,
  dec: 12,
  dez: 12,
};
const NAMES =
  /^(jan(uary|uar)?|feb(ruary|ruar)?|mar(ch)?|märz?|maerz|apr(il)?|may|mai|june?|juni|july?|juli|aug(ust)?|sept?(ember)?|oct(ober)?|okt(ober)?|nov(ember)?|dec(ember)?|dez(ember)?)$/;

/** `2026-11-03`, `2026/11/3`, `2026年11月3日`, `3.11.2026`, `3 Nov 2026`, `3. November 2026`, `Nov 3, 2026`. */
const DAYS: Array<[RegExp, (m: RegExpExecArray) => [string, string | number, string]]> = [
  [/^(\d{4})([-/.])(\d\d?)\2(\d\d?)(?=\D|$)/, (m) => [m[1] ?? "", m[3] ?? "", m[4] ?? ""]],
  [/^(\d{4})\s*年\s*(\d\d?)\s*月\s*(\d\d?)\s*[日号]/, (m) => [m[1] ?? "", m[2] ?? "", m[3] ?? ""]],
  [/^(\d\d?)\.\s*(\d\d?)\.\s*(\d{4})(?=\D|$)/, (m) => [m[3] ?? "", m[2] ?? "", m[1] ?? ""]],
  [/^(\d\d?)\.?\s*(\p{L}+)\.?,?\s*(\d{4})(?=\D|$)/u, (m) => [m[3] ?? "", month(m[2]), m[1] ?? ""]],
  [/^(\p{L}+)\.?\s*(\d\d?),?\s+(\d{4})(?=\D|$)/u, (m) => [m[3] ?? "", month(m[1]), m[2] ?? ""]],
];

/** Number of a month by its English or German name; 0 when it is none. */
function month(name: string | undefined): number {
  const text = (name ?? "").toLowerCase();
  if (!NAMES.test(text)) return 0;
  return MONTHS[text] ?? MONTHS[text.slice(0, 3)] ?? 0;
}

const two = (digits: string | number) => String(digits).padStart(2, "0");

/** The day and, if there is one, the time of day; null when it is no such day, or could mean two. */
export function dateOf(text: string): Typed | null {
  const given = text.normalize("NFKC").trim();
  for (const [form, read] of DAYS) {
    const match = form.exec(given);
    if (!match) continue;
    const [year, m, d] = read(match);
    const day = `${year}-${two(m)}-${two(d)}`;
    const real = new Date(`${day}T00:00:00Z`);
    // `31 February` would otherwise quietly become March.
    if (Number.isNaN(real.getTime()) || real.toISOString().slice(0, 10) !== day) return null;
    const rest = given
      .slice(match[0].length)
      .replace(/^(,|T|um\s|\s)+/u, "")
      .trim();
    if (!rest) return { day, clock: null };
    const clock = /^(\d\d?)(?::|时|點|点)\s*(\d\d)\s*(?:分|Uhr|h)?$/u.exec(rest);
    return clock ? { day, clock: `${two(clock[1] ?? "")}:${clock[2]}` } : null;
  }
  return null;
}
