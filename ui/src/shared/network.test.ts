import { describe, expect, it } from "vitest";
import { READY } from "../api/mock";
import { ALLIANCE, SOLO } from "../api/mock-network";
import { freshness, marginOf, STALE, standingOf } from "./network";

/** A page whose validators weigh so much; those that agree are marked. */
function page(weights: number[], agree: boolean[]) {
  const first = ALLIANCE.validators[0];
  if (!first) throw new Error("no validator");
  const validators = weights.map((weight, n) => ({ ...first, weight, agreed: agree[n] ?? false }));
  const of = weights.reduce((sum, weight) => sum + weight, 0);
  const weight = validators.reduce((sum, v) => sum + (v.agreed ? v.weight : 0), 0);
  return { validators, quorum: { weight, of, needed: Math.floor((of * 2) / 3) + 1 } };
}
const yes = (count: number, of: number) => Array.from({ length: of }, (_, n) => n < count);

describe("how many more may fail", () => {
  it.each([
    [4, 4, 3, 1],
    [3, 4, 3, 0],
    [2, 4, 3, -1],
    [7, 7, 5, 2],
    [6, 7, 5, 1],
    [4, 7, 5, -1],
    [1, 1, 1, 0],
  ])("%i of %i agree, %i needed: %i", (agree, all, needed, spare) => {
    const heavy = page(Array(all).fill(5), yes(agree, all));
    expect(marginOf(heavy)).toEqual({ agree, all, needed, spare, weighed: false });
  });

  it("takes the heaviest as the ones that fail, and says weights when they differ", () => {
    expect(marginOf(page([40, 20, 20, 20], yes(4, 4)))).toEqual({
      agree: 100,
      all: 100,
      needed: 67,
      spare: 0,
      weighed: true,
    });
    expect(marginOf(page([25, 25, 25, 24, 1], yes(5, 5))).spare).toBe(1);
  });
});

describe("the line at the bottom", () => {
  const now = () => new Date().toISOString();
  const aged = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();

  it("is lost with two thirds and no more, and only among several", () => {
    expect(freshness({ ...READY, validators: [3, 4], time: now() })).toBe("fresh");
    expect(freshness({ ...READY, validators: [2, 3], time: now() })).toBe("lost");
    expect(freshness({ ...READY, validators: [2, 4], time: now() })).toBe("lost");
    expect(freshness({ ...READY, validators: [0, 1], time: aged(10 * STALE) })).toBe("fresh");
    expect(freshness({ ...READY, validators: [0, 4], height: 0, time: null })).toBe("fresh");
  });

  it("is old after two minutes without a block", () => {
    expect(freshness({ ...READY, validators: [4, 4], time: aged(STALE - 30_000) })).toBe("fresh");
    expect(freshness({ ...READY, validators: [4, 4], time: aged(STALE + 30_000) })).toBe("old");
  });
});

describe("where a firm stands", () => {
  const member = (standing: "proposed" | "admitted" | "suspended") => ({
    ...ALLIANCE,
    operator: false,
    members: [{ party: ALLIANCE.party, name: {}, standing, votes: [] }],
  });

  it("speaks when it operates, is admitted or is alone", () => {
    expect(standingOf(ALLIANCE)).toBe("speaks");
    expect(standingOf(SOLO)).toBe("speaks");
    expect(standingOf(member("admitted"))).toBe("speaks");
  });

  it("waits until then, and is told when suspended", () => {
    expect(standingOf(member("proposed"))).toBe("waiting");
    expect(standingOf({ ...ALLIANCE, operator: false, members: [] })).toBe("waiting");
    expect(standingOf(member("suspended"))).toBe("suspended");
  });
});
