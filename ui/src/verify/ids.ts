import { fromHex } from "./bytes";
import { isArray, isObject, type Json, type JsonObject } from "./canonical";
import { checkKey } from "./keys";
import { demand } from "./refusal";

const OWNED = /^[a-z][a-z-]{1,19}:(did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}):[A-Za-z0-9._~%/-]+$/;
const PUBLIC = /^(?:gs1|container|tracking|alliance):[A-Za-z0-9._~%/-]+$/;
const TIME = /^([2-9][0-9]{3})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/;

/** Reads a member that must be there. */
export function member(object: JsonObject, key: string, where: string): Json {
  const value = object.get(key);
  demand(value !== undefined, "members", `${where}.${key}`);
  return value;
}

/** Reads an object with exactly these members (those of `optional` may be absent). */
export function exactObject(
  value: Json,
  keys: readonly string[],
  where: string,
  optional: readonly string[] = [],
): JsonObject {
  const object = anyObject(value, where);
  for (const key of keys) demand(object.has(key), "members", `${where}.${key}`);
  for (const key of object.keys()) demand(keys.includes(key) || optional.includes(key), "members", `${where}.${key}`);
  return object;
}

/** Reads an object. */
export function anyObject(value: Json, where: string): JsonObject {
  demand(isObject(value), "type", where);
  return value;
}

/** Reads an array of `least` to `most` elements. */
export function array(value: Json, least: number, most: number, where: string): readonly Json[] {
  demand(isArray(value), "type", where);
  demand(value.length >= least && value.length <= most, "range", where);
  return value;
}

/** Reads a text. */
export function text(value: Json, where: string): string {
  demand(typeof value === "string", "type", where);
  return value;
}

/** Reads a text of a given form. */
export function textLike(value: Json, form: RegExp, where: string): string {
  const found = text(value, where);
  demand(form.test(found), "form", where);
  return found;
}

/** Reads exactly this text. */
export function constant<T extends string>(value: Json, wanted: readonly T[], where: string): T {
  const found = text(value, where);
  const known = wanted.find((one) => one === found);
  demand(known !== undefined, "form", where);
  return known;
}

/** Reads an integer of the given range. */
export function integer(value: Json, least: number, most: number, where: string): number {
  demand(typeof value === "number", "type", where);
  demand(value >= least && value <= most, "range", where);
  return value;
}

/** Reads lower-case hex of exactly `length` bytes. */
export function hex(value: Json, length: number, where: string): Uint8Array {
  const bytes = fromHex(text(value, where), length);
  demand(bytes !== null, "hex", where);
  return bytes;
}

/** Reads hex32. */
export function hex32(value: Json, where: string): Uint8Array {
  return hex(value, 32, where);
}

/** Reads an array of hex32. */
export function hashes(value: Json, most: number, where: string): readonly Uint8Array[] {
  return array(value, 0, most, where).map((one, i) => hex32(one, `${where}[${i}]`));
}

/** Reads a did:key, point checks included. */
export function key(value: Json, where: string): string {
  const did = text(value, where);
  checkKey(did, where);
  return did;
}

/** Reads a subject (protocol, section 2), the point checks of its party included. */
export function subject(value: Json, where: string): string {
  const found = text(value, where);
  demand(found.length >= 3 && found.length <= 200, "subject", where);
  if (PUBLIC.test(found)) return found;
  const party = OWNED.exec(found)?.[1];
  demand(party !== undefined, "subject", where);
  checkKey(party, where);
  return found;
}

/** Reads an array of subjects, sorted, no repeats. */
export function subjects(value: Json, least: number, most: number, where: string): readonly string[] {
  const found = array(value, least, most, where).map((one, i) => subject(one, `${where}[${i}]`));
  demandRising(found, where);
  return found;
}

/** Reads a time. */
export function time(value: Json, where: string): string {
  const found = text(value, where);
  demand(isTime(found), "time", where);
  return found;
}

/** Whether a text is a time (protocol, section 2): a day that exists, years 2000–9999. */
export function isTime(found: string): boolean {
  const parts = TIME.exec(found);
  if (parts === null) return false;
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Refuses texts that are not sorted as bytes or repeat. All such texts are ASCII, where code units are bytes. */
export function demandRising(texts: readonly string[], where: string): void {
  for (let i = 1; i < texts.length; i++) {
    demand((texts[i - 1] ?? "") < (texts[i] ?? ""), "order", `${where}[${i}]`);
  }
}

/** The subject that holds a party's keys. */
export function selfOf(party: string): string {
  return `party:${party}:self`;
}
