// A hand scanner is a keyboard that types faster than people do. What comes in a burst is a label, never a shortcut: a key acts only
// if nothing was pressed shortly before it and nothing comes shortly after.

/** Longest pause between two characters of a scan, in milliseconds. People take longer, also in a hurry. */
export const GAP = 60;

let presses = 0;
let last = Number.NEGATIVE_INFINITY;
let quick = false;
let watchers = 0;

export function isCharacter(event: KeyboardEvent): boolean {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
}

function note(event: KeyboardEvent): void {
  if (!isCharacter(event)) return;
  quick = event.timeStamp - last < GAP;
  last = event.timeStamp;
  presses += 1;
}

/** Sees every key before anybody else does, until the returned function is called. */
export function watchKeys(): () => void {
  watchers += 1;
  if (watchers === 1) window.addEventListener("keydown", note, true);
  return () => {
    watchers -= 1;
    if (watchers === 0) window.removeEventListener("keydown", note, true);
  };
}

/** Acts `wait` milliseconds after the key that was just noted, unless it is part of a burst. */
export function whenAlone(wait: number, act: () => void): void {
  if (quick) return;
  const mine = presses;
  const alone = () => presses === mine;
  // Keys may be waiting behind slow work when the time is over: they are let in before it is decided.
  setTimeout(() => alone() && setTimeout(() => alone() && act(), 0), wait);
}
