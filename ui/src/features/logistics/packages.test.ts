import { describe, expect, it } from "vitest";
import type { Content } from "../../api/generated";
import { grouped } from "./Packages";

const one = (subject: string): Content => ({ subject, quantity: { value: 1, scale: 0, unit: "H87" } });

describe("contents of a package", () => {
  it("name the same goods once, in the order in which they were packed", () => {
    const contents = ["item:a:1", "lot:b:9", "item:a:2", "lot:a:3"].map(one);
    const groups = grouped(contents, (subject) => subject.split(":")[1] ?? "");
    expect(groups.map((g) => [g.name, g.contents.map((c) => c.subject)])).toEqual([
      ["a", ["item:a:1", "item:a:2", "lot:a:3"]],
      ["b", ["lot:b:9"]],
    ]);
  });
});
