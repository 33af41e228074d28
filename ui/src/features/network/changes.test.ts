import { describe, expect, it } from "vitest";
import { NEWCOMER, OPERATORS, VOTES } from "../../api/mock-network";
import { changesOf, type Entry, linesOf, ofLine } from "./changes";

const [FIRST, , , LAST] = VOTES;
const weighed = (key: string, weight: string): Entry => ({ what: "weight", key, party: OPERATORS[0], weight });

describe("changes of validators", () => {
  it("are sorted by key, and a replacement is the old key out and the new one in with its weight", () => {
    const made = changesOf(
      [{ what: "replace", key: LAST, party: OPERATORS[3], weight: "7", next: NEWCOMER }, weighed(FIRST, "1,000")],
      "changes",
    );
    expect(made.inner).toEqual([]);
    expect(made.value).toEqual([
      { key: FIRST, party: OPERATORS[0], weight: 1000 },
      { key: LAST, party: OPERATORS[3], weight: 0 },
      { key: NEWCOMER, party: OPERATORS[3], weight: 7 },
    ]);
  });

  it("say beside each field what cannot be read", () => {
    const made = changesOf(
      [{ what: "add", key: "did:key:z6MkO0", party: "", weight: "0" }, { what: "remove" }, weighed(FIRST, "1000001")],
      "changes",
    );
    expect(made.inner?.map((p) => [p.field, p.code])).toEqual([
      ["changes.0.key", "not-a-key"],
      ["changes.0.party", "required"],
      ["changes.0.weight", "not-a-weight"],
      ["changes.1.key", "required"],
      ["changes.2.weight", "not-a-weight"],
    ]);
  });

  it("are at least one, and none of a key twice", () => {
    expect(changesOf([], "changes").problem).toBe("required");
    expect(changesOf([weighed(FIRST, "2"), { what: "remove", key: FIRST }], "changes").problem).toBe("key-twice");
  });

  it("carry a rule's word back to the line it comes from", () => {
    const entries: Entry[] = [
      { what: "replace", key: LAST, party: OPERATORS[3], weight: "1", next: NEWCOMER },
      weighed(FIRST, "1"),
    ];
    const broken = (field: string) => ({ code: "alliance.change-nothing", field, values: {}, retry: false });
    const at = (field: string) => ofLine(broken(field), "changes", entries, false).field;
    expect(at("changes.0.weight")).toBe("changes.1.weight");
    expect(at("changes.1.key")).toBe("changes.0.key");
    expect(at("changes.2.key")).toBe("changes.0.next");
    expect(at("changes")).toBe("changes");
    expect(ofLine(broken("changes.1.key"), "changes", entries, true).field).toBe("changes.1.key");
  });

  it("can be prepared by somebody", () => {
    expect(linesOf([{ key: LAST, party: OPERATORS[3], weight: 0 }])).toMatchObject([{ what: "remove", key: LAST }]);
    expect(linesOf([{ key: LAST, party: OPERATORS[3], weight: 4, what: "replace" }])).toMatchObject([
      { what: "replace", weight: "4" },
    ]);
  });
});
