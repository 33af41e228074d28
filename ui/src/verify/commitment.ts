import { hash, same, toHex, utf8 } from "./bytes";
import { canonicalBytes, depthOf, type Json } from "./canonical";
import { array, demandRising, exactObject, hex32, member, textLike } from "./ids";
import { demand } from "./refusal";

const NAME = /^[a-z0-9_.-]{1,60}$/;
const DOMAIN = utf8("sealroad-commitment.1");
const ZERO = Uint8Array.of(0);
/** Greatest nesting of an opened value. */
const OPENED_DEPTH = 8;

/** A salted commitment to a private field: protocol, section 11. */
export type Commitment = { readonly name: string; readonly hash: Uint8Array };

/** A private field shown to whoever has the file. `record` is a RecordId in hex. */
export type Opening = {
  readonly name: string;
  readonly record: string;
  readonly salt: Uint8Array;
  readonly value: Json;
};

/** Reads a record's `commits`. */
export function readCommitments(value: Json, where: string): readonly Commitment[] {
  const found = array(value, 1, 32, where).map((one, i) => {
    const at = `${where}[${i}]`;
    const object = exactObject(one, ["hash", "name"], at);
    return {
      hash: hex32(member(object, "hash", at), `${at}.hash`),
      name: textLike(member(object, "name", at), NAME, `${at}.name`),
    };
  });
  demandRising(
    found.map((one) => one.name),
    where,
  );
  return found;
}

/** Reads an evidence file's `openings`. */
export function readOpenings(value: Json, where: string): readonly Opening[] {
  const found = array(value, 0, Number.POSITIVE_INFINITY, where).map((one, i) => readOpening(one, `${where}[${i}]`));
  // RecordIds all have the same length, so the pair compares as its joined text.
  demandRising(
    found.map((one) => one.record + one.name),
    where,
  );
  return found;
}

function readOpening(value: Json, where: string): Opening {
  const object = exactObject(value, ["name", "record", "salt", "value"], where);
  const opened = member(object, "value", where);
  demand(depthOf(opened) <= OPENED_DEPTH, "depth", `${where}.value`);
  return {
    name: textLike(member(object, "name", where), NAME, `${where}.name`),
    record: toHex(hex32(member(object, "record", where), `${where}.record`)),
    salt: hex32(member(object, "salt", where), `${where}.salt`),
    value: opened,
  };
}

/** The hash a record carries for a private field. */
export function commitmentHash(name: string, salt: Uint8Array, value: Json): Uint8Array {
  const content = canonicalBytes(
    new Map<string, Json>([
      ["name", name],
      ["value", value],
    ]),
  );
  return hash(DOMAIN, ZERO, salt, ZERO, content);
}

/** Refuses an opening of which the record has no such commitment. */
export function checkOpening(opening: Opening, commits: readonly Commitment[], where: string): void {
  const commitment = commits.find((one) => one.name === opening.name);
  demand(commitment !== undefined, "opening-name", where);
  demand(same(commitment.hash, commitmentHash(opening.name, opening.salt, opening.value)), "opening-hash", where);
}
