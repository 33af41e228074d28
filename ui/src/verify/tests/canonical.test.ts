// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { utf8 } from "../bytes";
import { parseCanonical } from "../canonical";
import { Refusal } from "../refusal";
import { assignedRanges, isAssigned, normalizesCurrently } from "../unicode";
import { reread } from "./ledger";

const code = (text: string | Uint8Array, depth = 16): string => {
  try {
    parseCanonical(typeof text === "string" ? utf8(text) : text, depth);
    return "accepted";
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
};

const ACCEPTED = [
  "{}",
  "[]",
  "null",
  "true",
  "0",
  "-1",
  "9007199254740991",
  "-9007199254740991",
  '""',
  '"/"',
  '"\\"\\\\"',
  '"é 中文 Ü 𝄞 🚂"',
  '{"":0,"1":1,"10":2,"2":3,"__proto__":[]}',
  // UTF-16 order: the surrogate pair of U+1F600 sorts before U+FB33's neighbour U+FF01.
  '{"😀":1,"！":2}',
  '"\u{2EBF0}"',
];

const REFUSED: readonly (readonly [string, string])[] = [
  ["", "syntax"],
  [" {}", "white-space"],
  ["{} ", "white-space"],
  ["{}\n", "white-space"],
  ['{"a": 1}', "white-space"],
  ["[1, 2]", "white-space"],
  ["[1 ]", "white-space"],
  ['{"a":1,"a":1}', "key-order"],
  ['{"b":1,"a":1}', "key-order"],
  ['{"！":2,"😀":1}', "key-order"],
  ['{"a":1,}', "syntax"],
  ["[1,]", "syntax"],
  ["[", "syntax"],
  ['"abc', "syntax"],
  ["{}{}", "syntax"],
  ["nul", "syntax"],
  ["True", "syntax"],
  ["NaN", "syntax"],
  ["-", "syntax"],
  ["+1", "syntax"],
  [".5", "syntax"],
  ["-0", "number"],
  ["01", "number"],
  ["-01", "number"],
  ["00", "number"],
  ["1.0", "number"],
  ["1e2", "number"],
  ["1E2", "number"],
  ["1.", "number"],
  ["9007199254740992", "number"],
  ["-9007199254740992", "number"],
  ["1".repeat(400), "number"],
  ['"\\n"', "escape"],
  ['"\\u0041"', "escape"],
  ['"\\/"', "escape"],
  ['"\\', "escape"],
  ['"\n"', "character"],
  ['"\u007f"', "character"],
  ['"\u0085"', "character"],
  ['"\u200b"', "character"],
  ['"\u202e"', "character"],
  ['"\ufeff"', "character"],
  ["\ufeff{}", "syntax"],
  ['"\ue000"', "character"],
  ['"\u{f0000}"', "character"],
  ['"\u{fdd0}"', "character"],
  ['"\u{1ccd6}"', "character"],
  ['"\u0378"', "character"],
  ['"e\u0301"', "normal-form"],
  ['"\u212b"', "normal-form"],
  ['{"e\u0301":1}', "normal-form"],
];

describe("canonical bytes", () => {
  test.each(ACCEPTED)("accepts %s and writes it back", (text) => {
    expect(reread(utf8(text), 16)).toBe(text);
  });

  test.each(REFUSED)("refuses %j as %s", (text, wanted) => {
    expect(code(text)).toBe(wanted);
  });

  test("counts levels from the top-level value", () => {
    expect(code("[".repeat(16) + "]".repeat(16))).toBe("accepted");
    expect(code("[".repeat(17) + "]".repeat(17))).toBe("depth");
    expect(code("[".repeat(200_000))).toBe("depth");
  });

  test("refuses bytes that are not UTF-8", () => {
    expect(code(Uint8Array.of(0x22, 0xff, 0x22))).toBe("utf8");
    expect(code(Uint8Array.of(0x22, 0xc0, 0xa2, 0x22))).toBe("utf8");
    expect(code(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toBe("utf8");
  });
});

describe("Unicode 15.1", () => {
  test("the ranges are those of the published vector", () => {
    const path = new URL("../../../../docs/vectors/unicode-15.1-assigned.json", import.meta.url);
    const published: unknown = JSON.parse(readFileSync(path, "utf8"));
    expect(assignedRanges()).toEqual(published);
  });

  test("as many code points are assigned as the standard counts", () => {
    // 149,813 graphic and format characters, 65 controls, 137,468 private use, 2,048 surrogates.
    const count = assignedRanges().reduce((sum, [first, last]) => sum + last - first + 1, 0);
    expect(count).toBe(149_813 + 65 + 137_468 + 2_048);
    expect([0x377, 0x378, 0x10ffff, 0x2ebf0, 0x2ee5e].map(isAssigned)).toEqual([true, false, false, true, false]);
  });

  test("this engine normalises by a Unicode late enough", () => {
    expect(normalizesCurrently()).toBe(true);
  });
});
