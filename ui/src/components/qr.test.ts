import { describe, expect, it } from "vitest";
import { qrPath } from "./QrCode";

/** Which modules a path of runs darkens. */
function modules(path: string): Set<string> {
  const dark = new Set<string>();
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let n = 0; n < Number(width); n += 1) dark.add(`${Number(x) + n} ${y}`);
  return dark;
}

describe("a QR code", () => {
  it("has its three finder patterns within a light border of four", () => {
    const drawn = qrPath("sealroad");
    expect(drawn?.size).toBe(21 + 8);
    const dark = modules(drawn?.path ?? "");
    for (const [x, y] of [
      [4, 4],
      [18, 4],
      [4, 18],
    ] as const) {
      const row = (line: number) =>
        Array.from({ length: 7 }, (_, n) => (dark.has(`${x + n} ${y + line}`) ? "#" : ".")).join("");
      expect([0, 1, 2, 3, 4, 5, 6].map(row)).toEqual([
        "#######",
        "#.....#",
        "#.###.#",
        "#.###.#",
        "#.###.#",
        "#.....#",
        "#######",
      ]);
    }
    expect([...dark].every((at) => at.split(" ").every((n) => Number(n) >= 4 && Number(n) < 25))).toBe(true);
  });

  it("holds 2,953 bytes and not one more", () => {
    expect(qrPath("ä".repeat(1476))?.size).toBe(177 + 8);
    expect(qrPath("x".repeat(2953))).not.toBeNull();
    expect(qrPath("x".repeat(2954))).toBeNull();
  });
});
