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
