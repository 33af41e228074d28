// A hand scanner where nobody is typing: characters shortly after each other and an Enter are a scan.

import { useEffect, useRef } from "react";
import { GAP, isCharacter } from "../components/burst";
import { isTyping } from "../components/keys";

/** Shorter than this no label is; the Enter after it is swallowed all the same. */
const LEAST = 4;

export function useScanner(scanned: (text: string) => void, active: boolean): void {
  const latest = useRef(scanned);
  latest.current = scanned;
  useEffect(() => {
    if (!active) return;
    let text = "";
    let last = Number.NEGATIVE_INFINITY;
    const press = (event: KeyboardEvent) => {
      const enter = event.key === "Enter" && !event.repeat;
      // Shift comes between the letters of a label and says nothing by itself.
      if (isTyping(event.target) || !(enter || isCharacter(event))) return;
      if (event.timeStamp - last > GAP) text = "";
      last = event.timeStamp;
      if (enter) {
        if (text.length < 2) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (text.length >= LEAST) latest.current(text);
        text = "";
        return;
      }
      text += event.key;
      // A space inside a label must not press the button that has the focus.
      if (text.length > 1) event.preventDefault();
    };
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [active]);
}
