// @vitest-environment node
import { expect, test } from "vitest";
import { toHex } from "../bytes";
import { doubleVote } from "../votes";
import { bytesOf, type Plain, Signer, toJson } from "./ledger";

type Obj = { [key: string]: Plain };

const voter = new Signer("voter");
const network = "aa".repeat(32);
const one = "11".repeat(32);
const two = "22".repeat(32);

/** A vote or a proposal by this key in the network. */
function vote(kind: string, more: Obj = {}, by = voter, where = network): Obj {
  const said = { block: one, height: 7, round: 3, ...(kind === "proposal" ? { proof_round: null } : {}), ...more };
  const signed = bytesOf({ ...said, domain: `sealroad-${kind}.1`, network: where });
  const named: Obj = kind === "proposal" ? {} : { kind };
  return { ...said, ...named, key: by.did, signature: toHex(by.sign(signed)) };
}

const proof = (first: Obj, second: Obj, more: Obj = {}): Obj => ({
  first,
  form: "sealroad-double-vote.1",
  second,
  ...more,
});
const verdict = (of: Obj): string | null => doubleVote(network, toJson(of));

test.each<readonly [string, Obj, Obj]>([
  ["two precommits", vote("precommit"), vote("precommit", { block: two })],
  ["a precommit for a block and one for nothing", vote("precommit"), vote("precommit", { block: null })],
  ["two prevotes", vote("prevote"), vote("prevote", { block: two })],
  ["a prevote for a block and one for nothing", vote("prevote"), vote("prevote", { block: null })],
  ["two proposals", vote("proposal"), vote("proposal", { block: two })],
  ["one block on two proofs", vote("proposal", { proof_round: 0 }), vote("proposal", { proof_round: 2 })],
])("proved by %s, the lesser first", (_, first, second) => {
  expect(verdict(proof(first, second))).toBeNull();
  expect(verdict(proof(second, first))).toBe("order");
});

const stranger = new Signer("stranger");
const a = vote("precommit");
const b = vote("precommit", { block: two });
const firstRound = [vote("proposal", { round: 0 }), vote("proposal", { proof_round: 0, round: 0 })] as const;

test.each<readonly [string, string, Obj]>([
  ["vote-same", "one vote", proof(a, a)],
  ["vote-apart", "another height", proof(a, vote("precommit", { block: two, height: 8 }))],
  ["vote-apart", "another round", proof(a, vote("precommit", { block: two, round: 4 }))],
  ["vote-apart", "another key", proof(a, vote("precommit", { block: two }, stranger))],
  ["vote-apart", "a prevote and a precommit", proof(a, vote("prevote", { block: two }))],
  ["vote-apart", "a prevote and a proposal", proof(vote("prevote"), vote("proposal", { block: two }))],
  ["vote-signature", "the first in another network", proof(vote("precommit", {}, voter, two), b)],
  ["vote-signature", "the second in another network", proof(a, vote("precommit", { block: two }, voter, two))],
  [
    "vote-signature",
    "the first signed by a stranger",
    proof({ ...vote("precommit", {}, stranger), key: voter.did }, b),
  ],
  ["vote-signature", "both under another name", proof({ ...a, key: stranger.did }, { ...b, key: stranger.did })],
  ["vote-signature", "a prevote told as a precommit", proof({ ...vote("prevote"), kind: "precommit" }, b)],
  ["form", "an unknown kind", proof({ ...a, kind: "vote" }, { ...b, kind: "vote" })],
  ["form", "another form", proof(a, b, { form: "sealroad-double-vote.2" })],
  ["type", "a proposal for nothing", proof(vote("proposal"), vote("proposal", { block: null }))],
  ["members", "a precommit with a proof round", proof({ ...a, proof_round: null }, b)],
  ["members", "a vote of no kind", proof(a, without(b, "kind"))],
  ["members", "a vote of nobody", proof(a, without(b, "key"))],
  ["members", "a vote that names its network", proof(a, { ...b, network })],
  ["range", "a height of 0", proof(vote("precommit", { height: 0 }), b)],
  ["range", "a round below 0", proof(a, vote("precommit", { round: -1 }))],
  ["range", "a round beyond a million", proof(a, vote("precommit", { round: 1_000_001 }))],
  ["range", "a proof of its own round", proof(vote("proposal"), vote("proposal", { proof_round: 3 }))],
  ["range", "a proof of a later round", proof(vote("proposal"), vote("proposal", { proof_round: 4 }))],
  ["range", "a proof in the first round", proof(...firstRound)],
  ["range", "a proof round below 0", proof(vote("proposal"), vote("proposal", { proof_round: -1 }))],
  ["hex", "a block that is no hash", proof(a, vote("precommit", { block: "2".repeat(63) }))],
  ["hex", "a signature that is none", proof(a, { ...b, signature: "00" })],
  ["key", "a key that is none", proof(a, { ...b, key: "did:key:z6Mk" })],
  ["members", "more than the proof", proof(a, b, { third: a })],
])("%s: %s", (wanted, _, of) => {
  expect(verdict(of)).toBe(wanted);
});

function without(of: Obj, member: string): Obj {
  const { [member]: _, ...rest } = of;
  return rest;
}
