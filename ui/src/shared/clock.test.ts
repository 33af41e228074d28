// Where a reader is told that the author's clock and the validators' are far apart.

import { describe, expect, it } from "vitest";
import { clockGap } from "./clock";

const WITNESSED = "2026-11-15T12:00:00.000Z";

describe("the author's clock and the validators'", () => {
  it.each([
    ["2026-11-15T12:00:00.000Z", null],
    ["2026-11-14T12:00:00.001Z", null],
    ["2026-11-16T11:59:59.999Z", null],
    ["2026-11-14T12:00:00.000Z", { days: 1, ahead: false }],
    ["2026-11-12T11:00:00.000Z", { days: 3, ahead: false }],
    ["2026-11-16T12:00:00.000Z", { days: 1, ahead: true }],
    ["2027-11-15T12:00:00.000Z", { days: 365, ahead: true }],
    ["not a time", null],
  ])("%s", (claimed, gap) => {
    expect(clockGap({ claimed, witnessed: WITNESSED })).toEqual(gap);
  });

  it("says nothing before anybody witnessed it", () => {
    expect(clockGap({ claimed: "2020-01-01T00:00:00.000Z", witnessed: null })).toBeNull();
  });
});
