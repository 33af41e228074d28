// Who may import whom (ARCHITECTURE.md): components and words know nobody; a feature never imports a feature; the core is reached
// through api/host.ts; only api/tauri.ts says @tauri-apps.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = join(dirname(fileURLToPath(import.meta.url)), "..");

const MAY: Record<string, string[]> = {
  components: ["components"],
  words: ["words"],
  verify: ["verify", "words"],
  api: ["api"],
  shared: ["shared", "components", "api"],
  features: ["features", "shared", "components", "api"],
  app: ["app", "features", "shared", "components", "api", "words"],
};

function faults(path: string, text: string): string[] {
  const found: string[] = [];
  const [room = "", feature] = path.split("/");
  for (const [, from = ""] of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (from.startsWith("@tauri-apps") && path !== "api/tauri.ts") found.push(`${path}: ${from}`);
    if (!from.startsWith(".")) continue;
    const target = join(dirname(path), from);
    const [to = "", other] = target.split("/");
    if (!MAY[room]?.includes(to)) found.push(`${path}: ${from}`);
    else if (room === "features" && to === "features" && other !== feature) found.push(`${path}: ${from}`);
  }
  return found;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

describe("imports", () => {
  it("keep the house in order", () => {
    const all = files(SRC)
      .map((path) => relative(SRC, path))
      .filter((path) => path !== "main.tsx" && path !== "app/imports.test.ts");
    expect(all.length).toBeGreaterThan(50);
    expect(all.flatMap((path) => faults(path, readFileSync(join(SRC, path), "utf8")))).toEqual([]);
  });

  it("would be told when out of order", () => {
    expect(faults("features/home/Page.tsx", 'import { x } from "../ledger/Page";')).toHaveLength(1);
    expect(faults("components/Chip.tsx", 'import { x } from "../api/host";')).toHaveLength(1);
    expect(faults("shared/route.ts", 'import { invoke } from "@tauri-apps/api/core";')).toHaveLength(1);
    expect(faults("app/App.tsx", 'const m = import("../features/home/Page");')).toHaveLength(0);
  });
});
