import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GAP, watchKeys, whenAlone } from "./burst";

describe("a key that acts", () => {
  let unwatch = () => {};
  let clock = 0;
  let acted: string[] = [];

  /** Strikes a key so many milliseconds after the one before; every key wants to act. */
  function strike(key: string, after: number) {
    vi.advanceTimersByTime(after);
    clock += after;
    const event = new KeyboardEvent("keydown", { key });
    Object.defineProperty(event, "timeStamp", { value: clock });
    window.dispatchEvent(event);
    whenAlone(GAP, () => acted.push(key));
  }

  beforeEach(() => {
    vi.useFakeTimers();
    clock += 10_000;
    acted = [];
    unwatch = watchKeys();
  });
  afterEach(() => {
    unwatch();
    vi.useRealTimers();
  });

  it("acts when nothing comes shortly before or after it", () => {
    strike("j", 1_000);
    strike("k", GAP + 20);
    strike("s", GAP + 20);
    vi.advanceTimersByTime(1_000);
    expect(acted).toEqual(["j", "k", "s"]);
  });

  it("is part of a label at its beginning, inside and at its end", () => {
    strike("s", 1_000);
    for (const key of "J9506s") strike(key, GAP - 10);
    vi.advanceTimersByTime(1_000);
    expect(acted).toEqual([]);
  });

  it("acts again after a label", () => {
    for (const key of "9506s") strike(key, 5);
    strike("s", 500);
    vi.advanceTimersByTime(1_000);
    expect(acted).toEqual(["s"]);
  });
});
