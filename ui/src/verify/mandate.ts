import { isArray, isObject, type Json, type JsonObject } from "./canonical";
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
  const from = entry.get("from");
  if (typeof from !== "number") return false;
  // A party's root key founds it in the very block that carries its mandate.
  if (!(from < height || (from === height && record.signer === record.party))) return false;
  const revoked = entry.get("revoked");
  if (!(revoked === null || (typeof revoked === "number" && height <= revoked))) return false;
  const until = entry.get("until");
  if (!(until === null || (typeof until === "string" && time <= until))) return false;
  const kinds = entry.get("kinds") ?? null;
  return isArray(kinds) && kinds.some((kind) => covers(kind, record.kind));
}

function covers(mandated: Json, kind: string): boolean {
  const [system, name] = kind.split(".");
  return mandated === "*" || mandated === `${system}.${name}` || mandated === `${system}.*`;
}
