import { toHex } from "./bytes";
import { canonicalBytes, type Json } from "./canonical";
import * as form from "./ids";
import { isSignedBy } from "./keys";
import { demand, Refusal, type RefusalCode } from "./refusal";

const GREATEST = Number.MAX_SAFE_INTEGER;
const LATEST_ROUND = 1_000_000;
const MEMBERS = ["block", "height", "key", "round", "signature"];
const KINDS = ["precommit", "prevote"] as const;

/** A vote or a proposal, and what its key signed: protocol, section 6. */
export type SignedVote = {
  readonly kind: (typeof KINDS)[number] | "proposal";
  readonly height: number;
  readonly key: string;
  readonly round: number;
  /** Canonical bytes of the object signed, as hex, in which they compare as bytes do. */
  readonly signed: string;
  readonly isSigned: boolean;
};

/**
 * Why a document is no proof of a double vote in the network (protocol, section 6); null where it is one. It has exactly
 * `first`, `form` = `"sealroad-double-vote.1"` and `second`, `first` the one whose signed bytes are the lesser.
 */
export function doubleVote(network: string, document: Json): RefusalCode | null {
  try {
    checkDoubleVote(network, document);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

function checkDoubleVote(network: string, document: Json): void {
  const object = form.exactObject(document, ["first", "form", "second"], "document");
  form.constant(form.member(object, "form", "document"), ["sealroad-double-vote.1"], "form");
  const first = readVote(form.member(object, "first", "document"), network, "first");
  const second = readVote(form.member(object, "second", "document"), network, "second");
  const isOneTurn = first.height === second.height && first.round === second.round && first.kind === second.kind;
  demand(first.key === second.key && isOneTurn, "vote-apart", "document");
  demand(first.signed !== second.signed, "vote-same", "document");
  demand(first.signed < second.signed, "order", "document");
  demand(first.isSigned && second.isSigned, "vote-signature", "document");
}

/**
 * Reads a vote, of exactly `block`, `height`, `key`, `kind`, `round` and `signature`, or a proposal, with `proof_round`
 * (null or a round before its own) for `kind`, and checks its signature in the network.
 */
export function readVote(value: Json, network: string, where: string): SignedVote {
  const isProposal = !form.anyObject(value, where).has("kind");
  const object = form.exactObject(value, [...MEMBERS, isProposal ? "proof_round" : "kind"], where);
  const at = (member: string): Json => form.member(object, member, where);
  const round = form.integer(at("round"), 0, LATEST_ROUND, where);
  const kind = isProposal ? "proposal" : form.constant(at("kind"), KINDS, where);
  // A vote may be for nothing, a proposal may not.
  if (isProposal || at("block") !== null) form.hex32(at("block"), where);
  if (isProposal && at("proof_round") !== null) form.integer(at("proof_round"), 0, round - 1, where);
  const height = form.integer(at("height"), 1, GREATEST, where);
  const key = form.key(at("key"), where);
  const members: [string, Json][] = [
    ["block", at("block")],
    ["domain", `sealroad-${kind}.1`],
    ["height", height],
    ["network", network],
    ["round", round],
  ];
  if (isProposal) members.push(["proof_round", at("proof_round")]);
  const bytes = canonicalBytes(new Map(members));
  const isSigned = isSignedBy(key, form.hex(at("signature"), 64, where), bytes);
  return { kind, height, key, round, signed: toHex(bytes), isSigned };
}
