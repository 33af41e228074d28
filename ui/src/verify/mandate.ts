import { isArray, isObject, type Json, type JsonObject } from "./canonical";
import { isTime } from "./ids";
import type { LedgerRecord } from "./record";
import { demand } from "./refusal";

/** Refuses a record whose signing key holds no mandate in the party's state (protocol, section 3). */
export function checkMandate(
  record: LedgerRecord,
  state: JsonObject,
  height: number,
  time: string,
  where: string,
): void {
  const entries = state.get("keys") ?? null;
  const held = isArray(entries) && entries.some((entry) => mandates(entry, record, height, time));
  demand(held, "no-mandate", where);
}

/** A mandate missing a member, or with one of another type, mandates nothing. */
function mandates(entry: Json, record: LedgerRecord, height: number, time: string): boolean {
  if (!isObject(entry) || entry.get("key") !== record.signer) return false;
  const from = entry.get("from") ?? null;
  if (!isCount(from)) return false;
  // A party's root key founds it in the very block that carries its mandate.
  if (!(from < height || (from === height && record.signer === record.party))) return false;
  const revoked = entry.get("revoked");
  if (revoked === undefined || !(revoked === null || (isCount(revoked) && height <= revoked))) return false;
  const until = entry.get("until");
  if (!(until === null || (typeof until === "string" && isTime(until) && time <= until))) return false;
  const kinds = entry.get("kinds") ?? null;
  if (!isArray(kinds) || !kinds.every((kind) => typeof kind === "string")) return false;
  return kinds.some((kind) => covers(kind, record.kind));
}

/** Whether a value is an integer of 0 or more. */
function isCount(value: Json): value is number {
  return typeof value === "number" && value >= 0;
}

function covers(mandated: string, kind: string): boolean {
  const [system, name] = kind.split(".");
  return mandated === "*" || mandated === `${system}.${name}` || mandated === `${system}.*`;
}
