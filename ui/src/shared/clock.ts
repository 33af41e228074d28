// What time it is for the user: the machine's, or on a ledger with a simulated clock what that clock shows.

let simulated: string | null = null;

/** Follows the ledger's own clock; null: the machine's. */
export function followClock(time: string | null): void {
  simulated = time;
}

/** Now, as the ledger counts. */
export function present(): Date {
  return simulated === null ? new Date() : new Date(simulated);
}

/** How far an author's clock may stand from the validators' before a reader is told: an event may lie as far ahead (rule `shared.time-future`). */
const FAR = 24 * 60 * 60 * 1000;

/** Whole days between what the author's clock said and what the validators witnessed, where that is a day or more; null otherwise. */
export function clockGap(entry: {
  claimed: string;
  witnessed: string | null;
}): { days: number; ahead: boolean } | null {
  if (entry.witnessed === null) return null;
  const gap = Date.parse(entry.claimed) - Date.parse(entry.witnessed);
  if (Number.isNaN(gap) || Math.abs(gap) < FAR) return null;
  return { days: Math.floor(Math.abs(gap) / FAR), ahead: gap > 0 };
}
