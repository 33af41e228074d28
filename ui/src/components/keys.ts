// Keys that work anywhere on a screen, as long as nobody is typing and no scanner is.

import { useEffect, useRef } from "react";
import { GAP, isCharacter, watchKeys, whenAlone } from "./burst";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/**
 * Runs the action for a key (`j`, `Enter`, `ctrl+k`, `?`). Keys with ctrl also work while typing. A single character acts `wait`
 * milliseconds after it was pressed, and only if it is not part of what a scanner types.
 */
export function useKeys(keys: Keys, active = true, wait = GAP): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!active) return;
    let here = true;
    const unwatch = watchKeys();
    const press = (event: KeyboardEvent) => {
      const held = event.ctrlKey || event.metaKey;
      if (event.altKey || event.isComposing || event.defaultPrevented) return;
      if (!held && isTyping(event.target)) return;
      const name = held ? `ctrl+${event.key.toLowerCase()}` : event.key;
      const act = latest.current[name];
      if (!act) return;
      // Enter and space belong to the button or link that has the focus.
      if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("button,a")) return;
      event.preventDefault();
      if (!isCharacter(event)) act(event);
      else whenAlone(wait, () => here && latest.current[name]?.(event));
    };
    window.addEventListener("keydown", press);
    return () => {
      here = false;
      unwatch();
      window.removeEventListener("keydown", press);
    };
  }, [active, wait]);
}
