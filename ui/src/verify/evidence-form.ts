import {
  canonicalBytes,
  DEPTH,
  depthOf,
  EVIDENCE_DEPTH,
  type Json,
  type JsonObject,
  parseCanonical,
} from "./canonical";
import { type CommitCertificate, type Genesis, type Header, readCertificate, readGenesis, readHeader } from "./commit";
import { type Opening, readOpenings } from "./commitment";
import * as form from "./ids";
import type { IndexProof } from "./index-proof";
import { type LedgerRecord, readRecord } from "./record";
import { demand } from "./refusal";
import { readSetChanges, type SetChange } from "./set-change";

const GREATEST = Number.MAX_SAFE_INTEGER;
const STATE_FORM = /^[a-z-]{2,20}\.[1-9][0-9]{0,2}$/;
/** Most bytes of an evidence file. */
export const EVIDENCE_BYTES = 16_777_216;
/** Most bytes of a state. */
const STATE_BYTES = 16_384;

/** A block other than the head, with its place in the history. */
export type ShownBlock = { readonly header: Header; readonly path: readonly Uint8Array[] };

/** A record with its place in its block. */
export type ShownRecord = {
  readonly height: number;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly record: LedgerRecord;
};

/** What the index holds about a subject, with the state it commits to. */
export type Present = {
  readonly changed: number;
  readonly count: number;
  readonly records: Uint8Array;
  readonly stateHash: Uint8Array;
  /** Canonical bytes of the value. */
  readonly bytes: Uint8Array;
  readonly state: JsonObject;
  readonly stateBytes: Uint8Array;
  readonly links: readonly string[];
};

/** A subject of the file; `present` is null where it shows that nothing was recorded. */
export type ShownSubject = {
  readonly subject: string;
  readonly proof: IndexProof;
  readonly present: Present | null;
};

/** An evidence file whose form is good: protocol, section 10. */
export type Evidence = {
  readonly about: string;
  readonly blocks: readonly ShownBlock[];
  readonly commit: CommitCertificate;
  readonly genesis: Genesis;
  readonly head: Header;
  readonly openings: readonly Opening[];
  readonly records: readonly ShownRecord[];
  /** Every change of the validator set since genesis; none in form 1. */
  readonly sets: readonly SetChange[];
  readonly subjects: readonly ShownSubject[];
};

/** Check 1: the bytes are canonical and everything has the form its section demands. */
export function readEvidence(bytes: Uint8Array): Evidence {
  demand(bytes.length <= EVIDENCE_BYTES, "size", "file");
  const keys = ["about", "blocks", "commit", "form", "genesis", "head", "openings", "records", "subjects"];
  const object = form.exactObject(parseCanonical(bytes, EVIDENCE_DEPTH), keys, "file", ["sets"]);
  const at = (key: string): Json => form.member(object, key, "file");
  const named = form.constant(at("form"), ["sealroad-evidence.1", "sealroad-evidence.2"], "form");
  demand(object.has("sets") === (named === "sealroad-evidence.2"), "members", "file.sets");
  demand(depthOf(at("commit")) <= DEPTH, "depth", "commit");
  return {
    about: form.subject(at("about"), "about"),
    blocks: readBlocks(at("blocks")),
    commit: readCertificate(at("commit"), "commit"),
    genesis: readGenesis(at("genesis"), "genesis"),
    head: readHeader(at("head"), "head"),
    openings: readOpenings(at("openings"), "openings"),
    records: readRecords(at("records")),
    sets: object.has("sets") ? readSetChanges(at("sets"), "sets") : [],
    subjects: readSubjects(at("subjects")),
  };
}

function readBlocks(value: Json): readonly ShownBlock[] {
  let previous = 0;
  return form.array(value, 0, GREATEST, "blocks").map((one, i) => {
    const where = `blocks[${i}]`;
    const object = form.exactObject(one, ["header", "path"], where);
    const header = readHeader(form.member(object, "header", where), `${where}.header`);
    demand(header.height > previous, "order", where);
    previous = header.height;
    return { header, path: form.hashes(form.member(object, "path", where), GREATEST, `${where}.path`) };
  });
}

function readRecords(value: Json): readonly ShownRecord[] {
  let height = 0;
  let index = -1;
  return form.array(value, 0, GREATEST, "records").map((one, i) => {
    const where = `records[${i}]`;
    const object = form.exactObject(one, ["height", "index", "path", "record"], where);
    const shown = {
      height: form.integer(form.member(object, "height", where), 1, GREATEST, `${where}.height`),
      index: form.integer(form.member(object, "index", where), 0, GREATEST, `${where}.index`),
      path: form.hashes(form.member(object, "path", where), GREATEST, `${where}.path`),
      record: readRecord(form.member(object, "record", where), `${where}.record`),
    };
    demand(shown.height > height || (shown.height === height && shown.index > index), "order", where);
    height = shown.height;
    index = shown.index;
    return shown;
  });
}

function readSubjects(value: Json): readonly ShownSubject[] {
  const found = form.array(value, 0, GREATEST, "subjects").map((one, i) => readSubject(one, `subjects[${i}]`));
  form.demandRising(
    found.map((one) => one.subject),
    "subjects",
  );
  return found;
}

function readSubject(value: Json, where: string): ShownSubject {
  const object = form.exactObject(value, ["proof", "state", "subject", "value"], where);
  const proof = readIndexProof(form.member(object, "proof", where), `${where}.proof`);
  const indexed = form.member(object, "value", where);
  const state = form.member(object, "state", where);
  demand((indexed === null) === (state === null), "presence", where);
  demand(indexed === null || proof.leaf === null, "presence", `${where}.proof.leaf`);
  return {
    subject: form.subject(form.member(object, "subject", where), `${where}.subject`),
    proof,
    present: indexed === null ? null : readPresent(indexed, state, where),
  };
}

function readPresent(value: Json, state: Json, where: string): Present {
  const object = form.exactObject(value, ["changed", "count", "records", "state", "turn"], `${where}.value`);
  const at = (key: string): Json => form.member(object, key, `${where}.value`);
  form.integer(at("turn"), 0, GREATEST, `${where}.value.turn`);
  const stateObject = form.anyObject(state, `${where}.state`);
  return {
    changed: form.integer(at("changed"), 0, GREATEST, `${where}.value.changed`),
    count: form.integer(at("count"), 1, GREATEST, `${where}.value.count`),
    records: form.hex32(at("records"), `${where}.value.records`),
    stateHash: form.hex32(at("state"), `${where}.value.state`),
    bytes: canonicalBytes(object),
    state: stateObject,
    stateBytes: stateBytes(stateObject, `${where}.state`),
    links: readLinks(stateObject, `${where}.state`),
  };
}

function stateBytes(state: JsonObject, where: string): Uint8Array {
  const bytes = canonicalBytes(state);
  demand(bytes.length <= STATE_BYTES, "size", where);
  demand(depthOf(state) <= DEPTH, "depth", where);
  return bytes;
}

function readLinks(state: JsonObject, where: string): readonly string[] {
  form.textLike(form.member(state, "form", where), STATE_FORM, `${where}.form`);
  return form.subjects(form.member(state, "links", where), 0, 128, `${where}.links`);
}

function readIndexProof(value: Json, where: string): IndexProof {
  const object = form.exactObject(value, ["leaf", "siblings"], where);
  const siblings = form.hashes(form.member(object, "siblings", where), 256, `${where}.siblings`);
  const leaf = form.member(object, "leaf", where);
  if (leaf === null) return { leaf: null, siblings };
  const other = form.exactObject(leaf, ["key", "value"], `${where}.leaf`);
  return {
    leaf: {
      key: form.hex32(form.member(other, "key", `${where}.leaf`), `${where}.leaf.key`),
      value: form.hex32(form.member(other, "value", `${where}.leaf`), `${where}.leaf.value`),
    },
    siblings,
  };
}

/** The records of a subject, in file order. */
export function recordsOf(evidence: Evidence, subject: string): readonly ShownRecord[] {
  return evidence.records.filter((one) => one.record.subjects.includes(subject));
}

/** The header of a height, of the head or of a block shown. */
export function headerAt(evidence: Evidence, height: number): Header | null {
  if (evidence.head.height === height) return evidence.head;
  return evidence.blocks.find((one) => one.header.height === height)?.header ?? null;
}
