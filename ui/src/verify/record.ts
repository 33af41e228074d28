import { hash, join, toHex } from "./bytes";
import { canonicalBytes, DEPTH, depthOf, type Json, type JsonObject, without } from "./canonical";
import { type Commitment, readCommitments } from "./commitment";
import * as form from "./ids";
import { fromBase58, isSignedBy } from "./keys";
import { demand } from "./refusal";

const KIND = /^[a-z-]{2,24}\.[a-z-]{2,40}\.[1-9][0-9]{0,2}$/;
const MEMBERS = [
  "body",
  "claimed",
  "kind",
  "network",
  "nonce",
  "party",
  "proof",
  "reads",
  "refers",
  "seen",
  "subjects",
  "until",
];
const PROOF_MEMBERS = ["cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod"];
/** Most bytes of a record, its proof included. */
export const RECORD_BYTES = 65_536;
/** Thirty days, in milliseconds. */
const LONGEST_OFFER = 30 * 24 * 60 * 60 * 1000;

/** A record whose form is good. Nothing says yet that it was signed or committed. */
export type LedgerRecord = {
  /** RecordId, hex. */
  readonly id: string;
  readonly idBytes: Uint8Array;
  readonly body: JsonObject;
  readonly claimed: string;
  readonly commits: readonly Commitment[];
  readonly kind: string;
  readonly network: string;
  readonly party: string;
  readonly refers: readonly string[];
  readonly subjects: readonly string[];
  /** The did:key that signs. */
  readonly signer: string;
  readonly signature: Uint8Array;
  /** The 64 bytes signed. */
  readonly signed: Uint8Array;
  /** Canonical bytes of the whole record. */
  readonly leaf: Uint8Array;
};

/** Reads a record of the form of section 3. */
export function readRecord(value: Json, where: string): LedgerRecord {
  const object = form.exactObject(value, MEMBERS, where, ["commits"]);
  const leaf = canonicalBytes(object);
  demand(leaf.length <= RECORD_BYTES, "size", where);
  demand(depthOf(object) <= DEPTH, "depth", where);
  const at = (key: string): Json => form.member(object, key, where);
  const claimed = form.time(at("claimed"), `${where}.claimed`);
  checkUntil(claimed, form.time(at("until"), `${where}.until`), `${where}.until`);
  form.hex(at("nonce"), 16, `${where}.nonce`);
  const subjects = form.subjects(at("subjects"), 1, 64, `${where}.subjects`);
  checkReads(at("reads"), subjects, `${where}.reads`);
  checkSeen(at("seen"), subjects, `${where}.seen`);
  const commits = object.get("commits");
  const proof = readProof(at("proof"), `${where}.proof`);
  const idBytes = hash(canonicalBytes(without(object, "proof")));
  return {
    id: toHex(idBytes),
    idBytes,
    body: form.anyObject(at("body"), `${where}.body`),
    claimed,
    commits: commits === undefined ? [] : readCommitments(commits, `${where}.commits`),
    kind: form.textLike(at("kind"), KIND, `${where}.kind`),
    network: toHex(form.hex32(at("network"), `${where}.network`)),
    party: form.key(at("party"), `${where}.party`),
    refers: readRefers(at("refers"), `${where}.refers`),
    subjects,
    signer: proof.signer,
    signature: proof.signature,
    signed: join(proof.hash, idBytes),
    leaf,
  };
}

function readRefers(value: Json, where: string): readonly string[] {
  const refers = form.hashes(value, 64, where).map(toHex);
  form.demandRising(refers, where);
  return refers;
}

function checkUntil(claimed: string, until: string, where: string): void {
  const length = Date.parse(until) - Date.parse(claimed);
  demand(length > 0 && length <= LONGEST_OFFER, "range", where);
}

function checkReads(value: Json, written: readonly string[], where: string): void {
  for (const read of form.subjects(value, 0, 64, where)) demand(!written.includes(read), "order", where);
}

function checkSeen(value: Json, written: readonly string[], where: string): void {
  for (const [subject, turn] of form.anyObject(value, where)) {
    demand(written.includes(subject), "subject", where);
    form.integer(turn, 0, Number.MAX_SAFE_INTEGER, where);
  }
}

type Proof = { readonly signer: string; readonly signature: Uint8Array; readonly hash: Uint8Array };

function readProof(value: Json, where: string): Proof {
  const object = form.exactObject(value, PROOF_MEMBERS, where);
  const at = (key: string): Json => form.member(object, key, where);
  form.constant(at("type"), ["DataIntegrityProof"], `${where}.type`);
  form.constant(at("cryptosuite"), ["eddsa-jcs-2022"], `${where}.cryptosuite`);
  form.constant(at("proofPurpose"), ["assertionMethod"], `${where}.proofPurpose`);
  const method = form.text(at("verificationMethod"), `${where}.verificationMethod`);
  const signer = form.key(method.split("#", 1)[0] ?? "", `${where}.verificationMethod`);
  demand(method === `${signer}#${signer.slice("did:key:".length)}`, "form", `${where}.verificationMethod`);
  const value58 = form.text(at("proofValue"), `${where}.proofValue`);
  const signature = value58.startsWith("z") ? fromBase58(value58.slice(1), 64) : null;
  demand(signature !== null, "form", `${where}.proofValue`);
  return { signer, signature, hash: hash(canonicalBytes(without(object, "proofValue"))) };
}

/** Refuses a record whose signature does not verify (ZIP-215). */
export function checkSignature(record: LedgerRecord, where: string): void {
  demand(isSignedBy(record.signer, record.signature, record.signed), "signature", where);
}
