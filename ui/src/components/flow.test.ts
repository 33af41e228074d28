import { describe, expect, it } from "vitest";
import { twoLines } from "./FlowGraph";

describe("the name of a node", () => {
  it.each([
    ["Yarn", ["Yarn", ""]],
    ["Duvet cover 155 × 220 cm, cotton sateen", ["Duvet cover 155 ×", "220 cm, cotton sate…"]],
    ["贡缎被套 155 × 220 厘米", ["贡缎被套 155 × 220", "厘米"]],
    ["精梳棉纱四十支单纱环锭纺", ["精梳棉纱四十支单纱环", "锭纺"]],
    ["Baumwollspinnereierzeugnis", ["Baumwollspinnereier…", ""]],
  ])("%s stands on two lines, broken where one may", (name, lines) => {
    expect(twoLines(name, 20)).toEqual(lines);
  });
});
