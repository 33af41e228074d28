// How a test opens the whole program on a core of fixed answers, and strikes keys as people and scanners do.

import { act, render } from "@testing-library/react";
import axe from "axe-core";
import type { Call, Session } from "../api/generated";
import { newClient } from "../api/hooks";
import { enterBy } from "../api/host";
import { type MockDoor, mockDoor } from "../api/mock";
import { App } from "./App";

export function start(session: Session, hash = "#/", own: MockDoor["own"] = {}): MockDoor {
  const door = mockDoor(session);
  door.own = own;
  enterBy(door);
  window.location.hash = hash;
  render(<App client={newClient()} env="test" />);
  return door;
}

export const asked = <C extends Call["call"]>(door: MockDoor, name: C) =>
  door.asked.filter((c): c is Extract<Call, { call: C }> => c.call === name);

let clock = 1_000_000;

/** Strikes keys with so many milliseconds between them, whatever time the test itself takes; before the first it is quiet. */
export function strike(keys: readonly string[], gap: number): void {
  clock += 5_000;
  act(() => {
    for (const key of keys) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      Object.defineProperty(event, "timeStamp", { value: clock });
      (document.activeElement ?? document.body).dispatchEvent(event);
      clock += gap;
    }
  });
}

/** What axe finds against the rules of accessibility. */
export async function violations(): Promise<string[]> {
  // jsdom draws nothing, so colours are judged in the browser tests.
  const found = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`);
}
