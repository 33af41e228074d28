import { utf8 } from "./bytes";
import { demand, Refusal } from "./refusal";
import { isPermitted } from "./unicode";

/** An object is a Map, so that no key (`__proto__`, `1`) has a meaning of its own or moves. */
export type JsonObject = ReadonlyMap<string, Json>;
/** A value of the protocol's narrow JSON. Numbers are safe integers. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Greatest nesting of records, headers, certificates and states. */
export const DEPTH = 16;
/** Greatest nesting of an evidence file. */
export const EVIDENCE_DEPTH = 24;

const NUMBER = /-?(?:0|[1-9][0-9]*)/y;
/** What may legally follow a number; anything else (`.`, `e`, a digit after 0) is another spelling of it. */
const AFTER_NUMBER = new Set([",", "]", "}", undefined]);

/**
 * Reads canonical bytes (protocol, section 1) strictly: any other spelling of the same value is refused,
 * so bytes that pass equal their own canonical form.
 */
export function parseCanonical(bytes: Uint8Array, maxDepth: number): Json {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("utf8", "file");
  }
  return new CanonicalReader(text, maxDepth).document();
}

class CanonicalReader {
  private at = 0;
  private readonly text: string;
  private readonly maxDepth: number;

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  document(): Json {
    const value = this.value(0);
    demand(this.at === this.text.length, this.strayCode(), this.place());
    return value;
  }

  private place(): string {
    return `character ${this.at}`;
  }

  private strayCode(): "white-space" | "syntax" {
    return /[ \t\r\n]/.test(this.text[this.at] ?? "") ? "white-space" : "syntax";
  }

  private value(depth: number): Json {
    const first = this.text[this.at];
    switch (first) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.literal("true", true);
      case "f":
        return this.literal("false", false);
      case "n":
        return this.literal("null", null);
      default:
        return this.number();
    }
  }

  private literal<T extends boolean | null>(word: string, value: T): T {
    demand(this.text.startsWith(word, this.at), "syntax", this.place());
    this.at += word.length;
    return value;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0];
    demand(found !== undefined, this.strayCode(), this.place());
    const value = Number(found);
    demand(found !== "-0" && Number.isSafeInteger(value), "number", this.place());
    this.at += found.length;
    const next = this.text[this.at];
    demand(AFTER_NUMBER.has(next), this.strayCode() === "white-space" ? "white-space" : "number", this.place());
    return value;
  }

  /** Consumes the expected character. */
  private take(wanted: string): void {
    demand(this.text[this.at] === wanted, this.strayCode(), this.place());
    this.at += 1;
  }

  private array(depth: number): readonly Json[] {
    demand(depth <= this.maxDepth, "depth", this.place());
    this.take("[");
    const elements: Json[] = [];
    if (this.text[this.at] === "]") {
      this.at += 1;
      return elements;
    }
    for (;;) {
      elements.push(this.value(depth));
      if (this.text[this.at] === "]") break;
      this.take(",");
    }
    this.at += 1;
    return elements;
  }

  private object(depth: number): JsonObject {
    demand(depth <= this.maxDepth, "depth", this.place());
    this.take("{");
    const members = new Map<string, Json>();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return members;
    }
    let previous: string | null = null;
    for (;;) {
      const start = this.place();
      const key = this.string();
      // JavaScript compares strings by UTF-16 code units, the very order of RFC 8785, 3.2.3. Strictly
      // rising keys are sorted and cannot repeat.
      demand(previous === null || previous < key, "key-order", start);
      previous = key;
      this.take(":");
      members.set(key, this.value(depth));
      if (this.text[this.at] === "}") break;
      this.take(",");
    }
    this.at += 1;
    return members;
  }

  private string(): string {
    this.take('"');
    const start = this.at;
    let escaped = false;
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      demand(!Number.isNaN(unit), "syntax", this.place());
      if (unit === 0x22) break;
      if (unit === 0x5c) {
        const next = this.text[this.at + 1];
        demand(next === '"' || next === "\\", "escape", this.place());
        escaped = true;
        this.at += 1;
      }
      this.at += 1;
    }
    const raw = this.text.slice(start, this.at);
    this.at += 1;
    const content = escaped ? raw.replace(/\\(["\\])/g, "$1") : raw;
    checkText(content, `character ${start}`);
    return content;
  }
}

/** Refuses a text with a character section 1 forbids, or not in Normalization Form C. */
export function checkText(text: string, where: string): void {
  let plain = true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit < 0x7f) continue;
    const point = text.codePointAt(i) ?? 0;
    demand(isPermitted(point), "character", where);
    if (point > 0xffff) i += 1;
    // Below U+0300 every code point is its own NFC in any context.
    if (point >= 0x300) plain = false;
  }
  demand(plain || text.normalize("NFC") === text, "normal-form", where);
}

/** Canonical bytes of a value. */
export function canonicalBytes(value: Json): Uint8Array {
  return utf8(canonicalText(value));
}

/** Canonical text of a value whose texts were already checked by the reader. */
export function canonicalText(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    demand(Number.isSafeInteger(value) && !Object.is(value, -0), "number", String(value));
    return String(value);
  }
  if (typeof value === "string") return quoted(value);
  if (isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const keys = [...value.keys()].sort(byCodeUnits);
  return `{${keys.map((key) => `${quoted(key)}:${canonicalText(value.get(key) ?? null)}`).join(",")}}`;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Levels of nesting: 0 for a text, number or literal, 1 for an object or array that holds only such. */
export function depthOf(value: Json): number {
  if (value === null || typeof value !== "object") return 0;
  let deepest = 0;
  for (const part of isArray(value) ? value : value.values()) deepest = Math.max(deepest, depthOf(part));
  return deepest + 1;
}

/** Narrows to an array. */
export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Narrows to an object. */
export function isObject(value: Json): value is JsonObject {
  return value instanceof Map;
}

/** The object without one member. */
export function without(object: JsonObject, key: string): JsonObject {
  const rest = new Map(object);
  rest.delete(key);
  return rest;
}
