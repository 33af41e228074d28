// A hand scanner is a keyboard that types faster than people do. Where nobody is typing, six characters or more within 50 ms of
// each other and an Enter are a scan.

import { useEffect, useRef } from "react";
import { isTyping } from "../components/keys";

const GAP = 50;
const LEAST = 6;

export function useScanner(scanned: (text: string) => void, active: boolean): void {
  const latest = useRef(scanned);
  latest.current = scanned;
  useEffect(() => {
    if (!active) return;
    let text = "";
    let last = 0;
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (event.timeStamp - last > GAP) text = "";
      last = event.timeStamp;
      if (event.key === "Enter") {
        if (text.length < LEAST) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        latest.current(text);
        text = "";
      } else if (event.key.length === 1) {
        text += event.key;
        // People press `j` quickly, and hold it; digits in a row are a label's, and no shortcuts.
        if (text.length > 1 && /\d/.test(text)) event.stopImmediatePropagation();
      }
    };
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [active]);
}
