// Mantine's whole sheet is three times as large as what we draw with: `mantine.css` takes only the parts in use. Which those are is read
// from Mantine's own modules, each of which names the sheet it needs.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = join(dirname(fileURLToPath(import.meta.url)), "..");
const MANTINE = join(SRC, "../node_modules/@mantine/core");
const read = (path: string) => readFileSync(path, "utf8");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** What a list in braces names, without types. */
const named = (list: string) => list.split(",").map((name) => name.trim());

/** The components a text takes from Mantine. */
function taken(text: string): string[] {
  return [...text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].flatMap(([, list = ""]) =>
    named(list).filter((name) => name !== "" && !name.startsWith("type ")),
  );
}

/** The sheets that components and whatever they are made of name. */
function sheets(components: Iterable<string>): Set<string> {
  const home = new Map(
    [...read(join(MANTINE, "esm/index.mjs")).matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)].flatMap(
      ([, list = "", from = ""]) => named(list).map((name) => [name, join(MANTINE, "esm", from)] as const),
    ),
  );
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, from = ""] of read(path).matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
      if (from.endsWith(".module.mjs")) found.add(basename(from, ".module.mjs"));
      walk(join(dirname(path), from));
    }
  };
  for (const name of components) {
    const path = home.get(name);
    if (!path) throw new Error(`Mantine has no ${name}`);
    walk(path);
  }
  return found;
}

describe("Mantine's sheets", () => {
  const listed = [...read(join(SRC, "app/mantine.css")).matchAll(/@import "@mantine\/core\/styles\/([\w-]+)\.css";/g)];
  const parts = listed.map(([, part = ""]) => part);
  const BASE = ["baseline", "default-css-variables", "global"];

  it("are there for all that is used, and no other", () => {
    const used = new Set(sources(SRC).flatMap((path) => taken(read(path))));
    expect(used.size).toBeGreaterThan(15);
    expect([...parts].sort()).toEqual([...BASE, ...sheets(used)].sort());
  });

  it("stand in the order of the whole sheet, so that the same rule wins", () => {
    const whole = read(join(MANTINE, "styles.css"));
    const at = parts.map((part) => whole.indexOf(read(join(MANTINE, `styles/${part}.css`)).trim()));
    expect(at.filter((place) => place < 0)).toEqual([]);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });

  it("would be missed", () => {
    expect(taken('import { Button, type ButtonProps } from "@mantine/core";')).toEqual(["Button"]);
    expect(sheets(["Slider"])).toContain("Slider");
    expect(parts).not.toContain("Slider");
  });
});
