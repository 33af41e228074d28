import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import listed from "../words/same-in-all.json";
import { i18next, type Language, words } from "./i18n";
import { FORMS } from "./Pages";

type Tree = { [key: string]: string | Tree };
const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../../..");

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") out.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) out.set(inner, text);
  }
  return out;
}

/** Keys whose text is rightly the same in English and another language. */
const same: string[] = listed;
/**
 * Kinds nobody types: the first is signed at set-up, the second comes with an imported file, and a double vote is shown by the node that saw it.
 */
const UNTYPED = ["parties.registered", "supply-chain.event-captured", "alliance.double-voted"];
const flats: Record<Language, Map<string, string>> = {
  en: flat(await words("en")),
  zh: flat(await words("zh")),
  de: flat(await words("de")),
};
/** Keys without the plural form: Chinese has one form where English and German have two. */
const bare = (keys: Iterable<string>) => new Set([...keys].map((key) => key.replace(/_(one|other)$/, "")));
const exists = (key: string) => i18next.exists(key) || i18next.exists(key, { count: 2 });

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ["generated", "verify"].includes(entry.name) && !path.includes("features") ? [] : files(path, ending);
    return ending.test(entry.name) ? [path] : [];
  });
}

function rust(path: string): string {
  return readFileSync(join(ROOT, "src-tauri", path), "utf8");
}

describe("words", () => {
  it.each(["zh", "de"] as const)("has every key in %s, and no other", (language) => {
    const english = bare(flats.en.keys());
    const other = bare(flats[language].keys());
    expect([...english].filter((key) => !other.has(key))).toEqual([]);
    expect([...other].filter((key) => !english.has(key))).toEqual([]);
  });

  it.each(["zh", "de"] as const)("differs from English in %s, but for what is listed", (language) => {
    const alike = [...flats[language]]
      .filter(([key, text]) => text === flats.en.get(key) && /\p{L}/u.test(text))
      .map(([key]) => key);
    expect(alike.filter((key) => !same.includes(key))).toEqual([]);
  });

  it("lists nothing as alike that is not", () => {
    const alike = (key: string) => [flats.zh.get(key), flats.de.get(key)].includes(flats.en.get(key));
    expect(same.filter((key) => !alike(key))).toEqual([]);
  });

  it.each(["zh", "de"] as const)("puts in the same values in %s as in English", (language) => {
    const values = (text: string | undefined) =>
      [...(text ?? "").matchAll(/\{(\w+)\}/g)]
        .map((m) => m[1])
        .sort()
        .join();
    const wrong = [...flats.en].filter(([key, text]) => {
      const twin = flats[language].get(key);
      // A singular may leave the number out.
      return twin !== undefined && !key.endsWith("_one") && values(twin) !== values(text);
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  it("has a sentence for every rule", () => {
    const rooms = ["shared", "parties", "supply_chain", "logistics", "alliance"];
    const codes = rooms.flatMap((room) => {
      const text = rust(`systems/src/${room}/rules.rs`);
      return [...text.slice(text.indexOf("pub const RULES")).matchAll(/rule!\(\s*"([a-z-]+\.[a-z0-9-]+)"/g)].map(
        (m) => m[1],
      );
    });
    expect(codes.length).toBeGreaterThan(80);
    expect(codes.filter((code) => !flats.en.has(`rules.${code}`))).toEqual([]);
  });

  it("has a sentence for every error, halt, consequence, entry of Home and step of the sample", () => {
    // What only the terminal can say is worded there.
    const spoken = files(join(ROOT, "src-tauri/app/src"), /\.rs$/).filter((path) => !path.includes("/terminal/"));
    const app = spoken.map((path) => readFileSync(path, "utf8"));
    const found = (pattern: RegExp) => [
      ...new Set(app.flatMap((text) => [...text.matchAll(pattern)].map((m) => m[1] as string))),
    ];
    const errors = found(/UserError::new\("([a-z.-]+)"\)/g).concat(
      [...rust("node/src/error.rs").matchAll(/"(node\.[a-z-]+)"/g)].map((m) => m[1] as string),
    );
    const halts = [...rust("node/src/error.rs").matchAll(/"(halt\.[a-z-]+)"/g)].map((m) => `halted.${m[1]}`);
    const home = [...rust("app/src/home.rs").matchAll(/entry\("([a-z-]+)"/g)].map((m) => `home.entries.${m[1]}`);
    const steps = readdirSync(join(ROOT, "assets/sample"))
      .filter((n) => n.endsWith(".json"))
      .flatMap((n) =>
        [...readFileSync(join(ROOT, "assets/sample", n), "utf8").matchAll(/"code":\s*"(thread\.[a-z]+)"/g)].map(
          (m) => `home.entries.${m[1]}`,
        ),
      );
    const follows = found(/"consequence\.([a-z-]+)"/g).map((code) => `consequences.${code}`);
    const worded = errors.map((code) => (flats.en.has(`rules.${code}`) ? `rules.${code}` : `errors.${code}`));
    const needed = [...worded, ...halts, ...home, ...steps, ...follows];
    expect(needed.length).toBeGreaterThan(60);
    expect(needed.filter((key) => !exists(key))).toEqual([]);
  });

  it("says in words what the network refused", () => {
    const node = ["net", "network", "agreement"].flatMap((room) =>
      files(join(ROOT, "src-tauri/node/src", room), /\.rs$/),
    );
    const spoken = node.filter((path) => !/tests?\b|_tests\.rs$/.test(path)).map((path) => readFileSync(path, "utf8"));
    const codes = new Set(
      spoken.flatMap((text) => [...text.matchAll(/"((?:net|block)\.[a-z-]+)"/g)].map((m) => m[1] as string)),
    );
    expect(codes.size).toBeGreaterThan(30);
    expect([...codes].filter((code) => !flats.en.has(`refusals.${code}`))).toEqual([]);
  });

  it("has a name for every kind, its form and its fields", () => {
    const kinds = [...rust("systems/src/payload.rs").matchAll(/= "([a-z-]+\.[a-z-]+)\.1"/g)].map((m) => m[1] as string);
    expect(kinds.length).toBeGreaterThan(25);
    const needed = kinds.flatMap((kind) => [`kinds.${kind}`, `actions.${kind}`]);
    for (const form of FORMS) {
      for (const field of form.fields) {
        for (const inner of [field, ...(field.of ?? [])])
          needed.push(
            `fields.${inner.path}`,
            ...(inner.options ?? []).map((o) => `${inner.words ?? `values.${inner.path}`}.${o}`),
          );
      }
    }
    expect(needed.filter((key) => !exists(key))).toEqual([]);
    const formless = kinds.filter((kind) => !UNTYPED.includes(kind) && !FORMS.some((form) => form.kind === kind));
    expect(formless).toEqual([]);
  });

  it("has every word the screens ask for", () => {
    const missing = files(join(HERE, ".."), /\.tsx?$/)
      .filter((path) => !/\.test\.tsx?$/.test(path))
      .flatMap((path) =>
        [...readFileSync(path, "utf8").matchAll(/\bt\(\s*"([a-z-]+\.[^"]+)"/g)].map((m) => m[1] as string),
      )
      .filter((key) => !exists(key));
    expect(missing).toEqual([]);
  });
});
