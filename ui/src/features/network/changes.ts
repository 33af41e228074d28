// From what an operator chose to the changes that will be said, and back.

import type { JsonValue, UserError, ValidatorChange } from "../../api/generated";
import type { Made } from "../../shared/form/spec";

export const WHAT = ["add", "remove", "weight", "replace"] as const;
export type What = (typeof WHAT)[number];

/** One line of the form. */
export interface Entry {
  what: What;
  /** Vote key; of a replacement the old one. */
  key?: string;
  party?: string;
  weight?: string;
  /** Of a replacement the new vote key. */
  next?: string;
}

/** Greatest weight of a validator (protocol section 6). */
const WEIGHT = 1_000_000;
const KEY = /^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/;

/** Which line a change comes from, and which field of it holds the key. */
interface Placed {
  change: ValidatorChange;
  line: number;
  key: "key" | "next";
}

const weightOf = (entry: Entry): number => Number((entry.weight ?? "").replace(/[\s.,'’\u00a0\u202f]/g, ""));

/** The changes in the order the record wants them, each with the line it comes from. */
function placed(entries: readonly Entry[]): Placed[] {
  const all = entries.flatMap((entry, line): Placed[] => {
    const { what, party = "" } = entry;
    const [old, next] = [(entry.key ?? "").trim(), (entry.next ?? "").trim()];
    const one = (key: string, weight: number, field: Placed["key"]): Placed => ({
      change: { key, party: party.trim(), weight },
      line,
      key: field,
    });
    if (what === "remove") return [one(old, 0, "key")];
    if (what === "replace") return [one(old, 0, "key"), one(next, weightOf(entry), "next")];
    return [one(old, weightOf(entry), "key")];
  });
  return all.sort((a, b) => (a.change.key < b.change.key ? -1 : 1));
}

const FIELDS: Record<What, Array<keyof Entry>> = {
  add: ["key", "party", "weight"],
  remove: ["key"],
  weight: ["key", "weight"],
  replace: ["key", "next"],
};

function lineProblems(entry: Entry, path: string): UserError[] {
  return FIELDS[entry.what].flatMap((field): UserError[] => {
    const text = (entry[field] ?? "").trim();
    const at = (code: string) => [{ code, field: `${path}.${field}`, values: {}, retry: false }];
    if (!text) return at("required");
    if (field === "weight") {
      const weight = weightOf(entry);
      return Number.isInteger(weight) && weight >= 1 && weight <= WEIGHT ? [] : at("not-a-weight");
    }
    return KEY.test(text) ? [] : at("not-a-key");
  });
}

/** The changes that the lines mean, and what cannot be read. */
export function changesOf(value: unknown, path: string): Made {
  const entries = (value ?? []) as Entry[];
  if (!entries.length) return { problem: "required" };
  const inner = entries.flatMap((entry, line) => lineProblems(entry, `${path}.${line}`));
  const changes = placed(entries).map((one) => one.change);
  const twice = changes.some((change, n) => n > 0 && change.key !== "" && change.key === changes[n - 1]?.key);
  if (twice && !inner.length) return { value: changes as unknown as JsonValue, problem: "key-twice" };
  return { value: changes as unknown as JsonValue, inner };
}

/** What a rule says of `changes.N` said of the line that it comes from. */
export function ofLine(problem: UserError, path: string, entries: readonly Entry[], own: boolean): UserError {
  const match = new RegExp(`^${path}\\.(\\d+)(?:\\.(\\w+))?$`).exec(problem.field ?? "");
  // What this form found itself names the line already.
  if (own || !match) return problem;
  const from = placed(entries)[Number(match[1])];
  if (!from) return problem;
  const field = match[2] === "key" || !match[2] ? from.key : match[2];
  return { ...problem, field: `${path}.${from.line}.${field}` };
}

/** The lines of changes that somebody has prepared; what they mean is read off their weights. */
export function linesOf(value: JsonValue): Entry[] {
  const changes = (Array.isArray(value) ? value : []) as unknown as Array<ValidatorChange & { what?: What }>;
  return changes.map(({ key, party, weight, what }) => ({
    what: what ?? (weight === 0 ? "remove" : key ? "weight" : "add"),
    key,
    party,
    weight: weight ? String(weight) : "",
  }));
}
