// From what was typed to what will be said. Nothing is guessed: what cannot be read is a problem beside its field.

import type { JsonValue, LocalText, UserError } from "../../api/generated";
import { present } from "../clock";
import { zoneOf } from "../format";
import type { Body } from "../payload";
import { dateOf } from "./dates";
import type { Field, Made, Values } from "./spec";

export interface Assembled {
  body: Body;
  problems: UserError[];
}

const GROUPS = /[\s'’\u00a0\u202f]/g;

/** `1 234,50` and `1,234.50` as digits and scale; null when it is not a number that can only mean one thing. */
export function decimal(text: string): { value: number; scale: number } | null {
  let plain = text.replace(GROUPS, "");
  const comma = plain.lastIndexOf(",");
  const point = plain.lastIndexOf(".");
  if (comma >= 0 && point >= 0) {
    const [group, mark] = comma > point ? [".", ","] : [",", "."];
    plain = plain.split(group).join("").replace(mark, ".");
  } else {
    plain = plain.replace(",", ".");
  }
  const match = /^(\d{1,15})(?:\.(\d{1,6}))?$/.exec(plain);
  if (!match) return null;
  const part = (match[2] ?? "").replace(/0+$/, "");
  const value = Number(`${match[1]}${part}`);
  return Number.isSafeInteger(value) ? { value, scale: part.length } : null;
}

/** `2026-11-03 14:02`, in any form that `dateOf` reads, with `+08:00` as UTC with three decimals; null when there is no such time. */
export function instant(text: string, zone: string): string | null {
  const given = dateOf(text);
  if (!given || !/^[+-]\d\d:\d\d$/.test(zone)) return null;
  const date = new Date(`${given.day}T${given.clock ?? "00:00"}:00.000${zone}`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Text of the local time at `zone`, as people type it. */
export function typed(iso: string, zone: string): string {
  const match = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  const minutes = match ? (Number(match[2]) * 60 + Number(match[3])) * (match[1] === "-" ? -1 : 1) : 0;
  return new Date(new Date(iso).getTime() + minutes * 60_000).toISOString().slice(0, 16).replace("T", " ");
}

export function nowHere(): { text: string; zone: string } {
  const zone = zoneOf(new Date());
  return { text: typed(present().toISOString(), zone), zone };
}

function localOf(value: unknown): Made {
  const given = (value ?? {}) as LocalText;
  const kept = Object.entries(given).flatMap(([tag, text]) => (text?.trim() ? [[tag, text.trim()]] : []));
  return kept.length ? { value: Object.fromEntries(kept) } : {};
}

function quantityOf(value: unknown): Made {
  const given = (value ?? {}) as { text?: string; unit?: string };
  if (!given.text?.trim()) return {};
  const number = decimal(given.text);
  if (!number) return { problem: "not-a-number" };
  return { value: { ...number, unit: given.unit ?? "KGM" } };
}

function timeOf(value: unknown, whole: boolean): Made {
  const given = (value ?? {}) as { text?: string; zone?: string };
  if (!given.text?.trim()) return {};
  const zone = given.zone ?? zoneOf(new Date());
  const time = instant(given.text, zone);
  if (!time) return { problem: "not-a-time" };
  return { value: whole ? { time, zone } : time };
}

function whoOf(value: unknown): Made {
  const id = String(value ?? "");
  if (!id) return {};
  return { value: id.startsWith("did:") ? { party: id } : { partner: id } };
}

function gramsOf(value: unknown): Made {
  const text = String(value ?? "").trim();
  if (!text) return {};
  const kilograms = decimal(text);
  if (!kilograms || kilograms.scale > 3) return { problem: "not-a-mass" };
  return { value: kilograms.value * 10 ** (3 - kilograms.scale) };
}

function countOf(value: unknown): Made {
  const text = String(value ?? "").replace(GROUPS, "");
  if (!text) return {};
  return /^\d{1,9}$/.test(text) ? { value: Number(text) } : { problem: "not-a-count" };
}

/** Digits of an HS code, printed with dots or spaces: `6912.00`. */
function hsOf(value: unknown): Made {
  const text = String(value ?? "").trim();
  if (!text) return {};
  const digits = text.normalize("NFKC").replace(/[\s.]/g, "");
  return { value: /^\d+$/.test(digits) ? digits : text };
}

function dayOf(field: Field, value: unknown): Made {
  const text = String(value ?? "").trim();
  if (!text) return {};
  // A certificate holds to the end of its last day.
  const day = dateOf(text)?.day;
  const time = day ? instant(`${day} ${field.path.includes("until") ? "23:59" : "00:00"}`, "+00:00") : null;
  return time ? { value: time } : { problem: "not-a-day" };
}

function manyOf(field: Field, value: unknown): Made {
  const given = (value ?? []) as string[];
  const order = field.options;
  const list = order ? order.filter((option) => given.includes(option)) : [...new Set(given)].sort();
  return list.length || field.optional ? { value: [...list] } : {};
}

function wordsOf(field: Field, value: unknown): Made {
  const list = String(value ?? "")
    .split(/[,;，、\n]/)
    .map((word) => word.trim())
    .filter(Boolean);
  return list.length || field.optional ? { value: list } : {};
}

function listOf(field: Field, value: unknown, path: string): Made {
  const given = (value ?? []) as Values[];
  const parts = given.map((entry, n) => assemble(field.of ?? [], entry, `${path}.${n}.`));
  const inner = parts.flatMap((part) => part.problems);
  if (parts.length < (field.least ?? 0)) return { problem: "required" };
  return { value: parts.map((part) => part.body) as JsonValue, inner };
}

function groupOf(field: Field, value: unknown, path: string): Made {
  if (field.optional && !value) return {};
  const part = assemble(field.of ?? [], (value ?? {}) as Values, `${path}.`);
  return { value: part.body as JsonValue, inner: part.problems };
}

/** Legs from stops: each begins where the one before ends, so that they can never come apart. */
function flowOf(value: unknown, path: string): Made {
  const stops = (value ?? []) as Values[];
  if (stops.length < 2) return { problem: "required" };
  const inner: UserError[] = [];
  const legs = stops.slice(1).map((stop, n) => {
    const before = stops[n] as Values;
    const mode: Field = { path: "mode", type: "select" };
    const departs: Field = { path: "departs", type: "time", optional: true };
    const arrives: Field = { path: "arrives", type: "time", optional: true };
    const from = assemble([{ path: "place", type: "place" }, departs], before, `${path}.${n}.`);
    const to = assemble([{ path: "place", type: "place" }, mode, arrives], stop, `${path}.${n + 1}.`);
    inner.push(
      ...from.problems,
      ...(n === stops.length - 2 ? to.problems : to.problems.filter((p) => !p.field?.endsWith("place"))),
    );
    return {
      from: from.body.place,
      to: to.body.place,
      mode: to.body.mode,
      departs: from.body.departs,
      arrives: to.body.arrives,
    };
  });
  return { value: legs as JsonValue, inner };
}

function one(field: Field, value: unknown, path: string): Made {
  switch (field.type) {
    case "local":
      return localOf(value);
    case "quantity":
      return quantityOf(value);
    case "when":
      return timeOf(value, true);
    case "time":
      return timeOf(value, false);
    case "day":
      return dayOf(field, value);
    case "who":
      return whoOf(value);
    case "grams":
      return gramsOf(value);
    case "count":
      return countOf(value);
    case "hs":
      return hsOf(value);
    case "many":
    case "subjects":
      return manyOf(field, value);
    case "words":
      return wordsOf(field, value);
    case "list":
      return listOf(field, value, path);
    case "group":
      return groupOf(field, value, path);
    case "flow":
      return flowOf(value, path);
    case "own":
      return field.own?.make(value, path) ?? {};
    case "place":
      return value ? { value: value as JsonValue } : {};
    default: {
      const text = String(value ?? "").trim();
      return text ? { value: text } : {};
    }
  }
}

/** The body of a record from the values of a form, and what could not be read. */
export function assemble(fields: Field[], values: Values, prefix = ""): Assembled {
  const body: Body = {};
  const problems: UserError[] = [];
  for (const field of fields) {
    const path = `${prefix}${field.path}`;
    const made = one(field, values[field.path], path);
    if (made.inner) problems.push(...made.inner);
    const problem = made.problem ?? (made.value === undefined && !field.optional ? "required" : undefined);
    if (problem) problems.push({ code: problem, field: path, values: {}, retry: false });
    if (made.value !== undefined) body[field.path] = made.value;
  }
  return { body, problems };
}
