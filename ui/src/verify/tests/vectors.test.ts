// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromHex, toHex, utf8 } from "../bytes";
import { parseCanonical } from "../canonical";
import { checkCertificate, type Genesis, readAnchor, readCertificate, readHeader } from "../commit";
import { commitmentHash } from "../commitment";
import { certificationOf, verifyEvidence } from "../evidence";
import { historyRoot, isInHistory } from "../history";
import { isIndexed } from "../index-proof";
import { keyBytes } from "../keys";
import { follow, readCheckpoint, readStep, type Trust, trustAnchor } from "../light";
import { checkInclusion, leafHash, recordsRoot } from "../merkle";
import { checkSignature, readRecord } from "../record";
import { Refusal } from "../refusal";
import { doubleVote, readVote } from "../votes";
import { bytesOf, hashOf, type Plain, plainOf, reread, toJson } from "./ledger";
import { type Operation, patched } from "./patch";
import { bitFlips } from "./random";

const FOLDER = new URL("../../../../docs/vectors/", import.meta.url);
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FOLDER)));
const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as T;
const hex = (text: string): Uint8Array => fromHex(text, text.length / 2) as Uint8Array;

/** Runs what may refuse; the code, or null. */
function refusal(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

test("every file of the vectors is read by a test here or next door", () => {
  const known = [
    "anchor-other.json",
    "anchor.json",
    "canonical.json",
    "commit.json",
    "commitments.json",
    "evidence-absent.json",
    "evidence-good.json",
    "evidence-lies.json",
    "evidence-sets-good.json",
    "evidence-sets.json",
    "evidence-solo.json",
    "history.json",
    "index.json",
    "keys.json",
    "light.json",
    "merkle.json",
    "record.json",
    // Sealed documents are no part of what a verifier of evidence reads.
    "sealed.json",
    "unicode-15.1-assigned.json",
    "votes.json",
  ];
  const present = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  expect(present.sort()).toEqual(known);
});

type Canonical = { accept: string[]; depth: number; refuse: { hex: string; text: string | null; why: string }[] };

describe("canonical", () => {
  const { accept, depth, refuse } = load<Canonical>("canonical.json");
  test.each(accept)("accepts %j", (text) => {
    expect(reread(utf8(text), depth)).toBe(text);
  });
  test.each(refuse.map((one) => [one.why, one.hex]))("refuses: %s", (_, encoded) => {
    expect(refusal(() => void parseCanonical(hex(encoded), depth))).not.toBeNull();
  });
});

test("keys", () => {
  type Keys = { accept: { key: string; bytes: string }[]; refuse: { key: string; why: string }[] };
  const { accept, refuse } = load<Keys>("keys.json");
  for (const { key, bytes: wanted } of accept) expect(toHex(keyBytes(key) ?? new Uint8Array())).toBe(wanted);
  for (const { key, why } of refuse) expect(keyBytes(key), why).toBeNull();
  expect(refuse.length).toBeGreaterThan(0);
});

test("record", () => {
  type Signed = { id: string; leaf: string; signature: string; signed: string; text: string };
  const wanted = load<Signed>("record.json");
  const record = readRecord(parseCanonical(utf8(wanted.text), 16), "record");
  expect(record.id).toBe(wanted.id);
  expect(toHex(record.signature)).toBe(wanted.signature);
  expect(toHex(record.signed)).toBe(wanted.signed);
  expect(toHex(leafHash(record.leaf))).toBe(wanted.leaf);
  expect(refusal(() => checkSignature(record, "record"))).toBeNull();
});

test("merkle", () => {
  type Tree = { leaves: string[]; proofs: { count: number; index: number; path: string[] }[]; root: string };
  const { trees } = load<{ trees: Tree[] }>("merkle.json");
  for (const { leaves, proofs, root } of trees) {
    expect(toHex(recordsRoot(leaves.map(hex)))).toBe(root);
    proofs.forEach(({ count, index, path }) => {
      const proof = { count, index, path: path.map(hex) };
      const leaf = hex(leaves[index] ?? "");
      expect(refusal(() => checkInclusion(leaf, proof, hex(root), "leaf"))).toBeNull();
      expect(refusal(() => checkInclusion(leafHash(leaf), proof, hex(root), "leaf"))).toBe("inclusion");
      expect(refusal(() => checkInclusion(leaf, { ...proof, index: count }, hex(root), "leaf"))).toBe("inclusion");
    });
  }
  expect(trees.length).toBeGreaterThan(0);
});

test("history", () => {
  const { trees } = load<{ trees: { ids: string[]; paths: string[][]; root: string }[] }>("history.json");
  for (const { ids, paths, root } of trees) {
    expect(toHex(historyRoot(ids.map(hex)))).toBe(root);
    paths.forEach((path, i) => {
      const holds = (id: string, at: number) => isInHistory(hex(id), at, ids.length, path.map(hex), hex(root));
      expect(holds(ids[i] ?? "", i)).toBe(true);
      expect(holds(ids[i] ?? "", ids.length)).toBe(false);
      expect(holds(root, i)).toBe(false);
    });
  }
  expect(trees.length).toBeGreaterThan(0);
});

test("index", () => {
  type Leaf = { key: string; value: string };
  type Lookup = { key: string; value: string | null; proof: { leaf: Leaf | null; siblings: string[] } };
  const { trees } = load<{ trees: { entries: Leaf[]; lookups: Lookup[]; root: string }[] }>("index.json");
  for (const { lookups, root } of trees) {
    for (const { key, value, proof } of lookups) {
      const leaf = proof.leaf && { key: hex(proof.leaf.key), value: hex(proof.leaf.value) };
      const read = { leaf, siblings: proof.siblings.map(hex) };
      const holds = (wanted: Uint8Array | null) => isIndexed(hex(key), wanted, read, hex(root));
      expect(holds(value === null ? null : hex(value))).toBe(true);
      expect(holds(value === null ? hex(root) : null)).toBe(false);
    }
  }
  expect(trees.length).toBeGreaterThan(0);
});

test("commitments", () => {
  const all = load<{ hash: string; name: string; salt: string; value: Plain }[]>("commitments.json");
  for (const { hash, name, salt, value } of all) {
    expect(toHex(commitmentHash(name, hex(salt), toJson(value)))).toBe(hash);
  }
  expect(all.length).toBeGreaterThan(0);
});

test("commit", () => {
  type Case = { certificate: Plain; error: string | null };
  type Commit = { block: string; cases: Case[]; header: Plain; validators: Genesis["validators"] };
  const { block, cases, header, validators } = load<Commit>("commit.json");
  const read = readHeader(toJson(header), "header");
  expect(toHex(read.id)).toBe(block);
  const set = { validators, validatorsHash: hashOf(validators as unknown as Plain) } as Genesis;
  for (const { certificate, error } of cases) {
    const act = () => checkCertificate(readCertificate(toJson(certificate), "commit"), read, set, "commit");
    expect(refusal(act) === null, error ?? "good").toBe(error === null);
  }
  expect(cases.length).toBeGreaterThan(0);
});

describe("votes", () => {
  type Said = { bytes: string; vote?: Plain; proposal?: Plain };
  type Votes = {
    double_votes: { document: Plain; error: string | null; name: string }[];
    key: string;
    network: string;
  };
  const { double_votes, key, network, signed } = load<Votes & { signed: Said[] }>("votes.json");

  test.each(signed.map((one) => [one.bytes, one.vote ?? one.proposal ?? null] as const))("signed: %s", (text, said) => {
    expect(readVote(toJson(said), network, "vote")).toMatchObject({ key, signed: toHex(utf8(text)), isSigned: true });
  });

  const CODES: Readonly<Record<string, string>> = {
    "both say the same": "vote-same",
    "not of its form": "range",
    "the first is not the lesser": "order",
    "a signature does not verify": "vote-signature",
  };
  test.each(double_votes.map((one) => [one.name, one] as const))("%s", (_, { document, error }) => {
    const wanted = error === null ? null : (CODES[error] ?? "vote-apart");
    expect(doubleVote(network, toJson(document))).toBe(wanted);
  });
});

describe("light nodes", () => {
  type Case = {
    name: string;
    error: string | null;
    changes: number;
    checkpoint: Plain;
    height: number;
    now: string;
    step: Plain;
    validators: string;
  };
  const { anchor, cases, changes, now } = load<{ anchor: Plain; cases: Case[]; changes: Plain[]; now: string }>(
    "light.json",
  );
  const CODES: Readonly<Record<string, string>> = {
    "bad signature": "certificate-signature",
    fork: "fork",
    "from the future": "ahead-of-clock",
    "next set missing": "set-missing",
    "no change": "set-unchanged",
    "not above": "not-forward",
    "time not later": "not-later",
    "too little weight": "certificate-weight",
    "too long": "size",
    "trust expired": "trust-expired",
    "unknown key": "certificate-stranger",
    "wrong block": "certificate-block",
    "wrong height": "certificate-block",
    "wrong network": "other-network",
    "wrong next set": "set-named",
    "wrong set": "validator-set",
  };

  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, wanted) => {
    let trust: Trust | null = null;
    const code = refusal(() => {
      const start =
        wanted.checkpoint === null
          ? trustAnchor(readAnchor(bytesOf(anchor)))
          : readCheckpoint(bytesOf(wanted.checkpoint));
      trust = changes
        .slice(0, wanted.changes)
        .reduce<Trust>((from, change) => follow(from, readStep(toJson(stepOf(change))), Date.parse(now)), start);
      if (wanted.step !== null) trust = follow(trust, readStep(toJson(wanted.step)), Date.parse(wanted.now));
    });
    expect(code).toBe(wanted.error === null ? null : CODES[wanted.error]);
    if (trust === null) return;
    const { newest, set } = trust as Trust;
    expect(newest?.header.height ?? 0).toBe(wanted.height);
    expect(set.validatorsHash).toBe(wanted.validators);
  });

  const stepOf = (change: Plain): Plain => ({ change });
});

describe("evidence", () => {
  const anchor = readAnchor(bytes("anchor.json"));
  const other = readAnchor(bytes("anchor-other.json"));

  test.each(["evidence-good.json", "evidence-absent.json"])("%s is accepted", (name) => {
    expect(verifyEvidence(bytes(name), {}).report.verdict).toBe("consistent");
    expect(verifyEvidence(bytes(name), { trusted: [anchor] }).report.verdict).toBe("accepted");
    expect(verifyEvidence(bytes(name), { expected: anchor }).report.verdict).toBe("accepted");
    expect(verifyEvidence(bytes(name), { expected: other }).report.first_failed).toBe("network");
    const isAbsent = name.includes("absent");
    expect(verifyEvidence(bytes(name), {}).report.not_proved.includes("not-recorded")).toBe(isAbsent);
  });

  test("the ledger of one firm", () => {
    const { verdict, not_proved } = verifyEvidence(bytes("evidence-solo.json"), {}).report;
    expect(verdict).toBe("consistent");
    expect(not_proved).toEqual([
      "signed-is-not-true",
      "network-unknown",
      "order-and-time-own-word",
      "simulated-clock",
      "later-than-as-of",
    ]);
  });

  test("a file across two changes of the set", () => {
    const { evidence, report } = verifyEvidence(bytes("evidence-sets-good.json"), { expected: anchor });
    expect(report.verdict).toBe("accepted");
    expect(evidence && certificationOf(evidence).changes).toBe(2);
  });

  /** A file that differs from the good one by a patch, or stands as a text. */
  type Told = {
    name: string;
    text?: string;
    patch?: Operation[];
    anchor: string | null;
    not_before?: number | null;
  };
  type Lie = Told & { first_failed: string };
  type Truth = Told & { verdict: string; not_proved: string[] };
  const toldIn = (file: string) => load<{ good: string; lies: Lie[]; truths?: Truth[] }>(file);

  function reportOn(good: string, { anchor: named, not_before, patch, text }: Told) {
    const expected = named === null ? undefined : readAnchor(bytes(named));
    const told = text === undefined ? bytesOf(patched(plainOf(bytes(good)), patch ?? [])) : utf8(text);
    return verifyEvidence(told, { expected, notBefore: not_before ?? undefined }).report;
  }

  const lies = ["evidence-lies.json", "evidence-sets.json"].flatMap((file) => {
    const { good, lies: all } = toldIn(file);
    return all.map((lie) => [lie.first_failed, lie.name, good, lie] as const);
  });

  test.each(lies)("%s: %s", (wanted, _, good, lie) => {
    expect(reportOn(good, lie)).toMatchObject({ verdict: "refused", first_failed: wanted, not_proved: [] });
  });

  const { good, truths = [] } = toldIn("evidence-sets.json");

  test.each(truths.map((truth) => [truth.verdict, truth.name, truth] as const))("%s: %s", (verdict, _, truth) => {
    expect(reportOn(good, truth)).toMatchObject({ verdict, first_failed: null, not_proved: truth.not_proved });
  });

  test("2,000 flipped bits are refused every time", () => {
    for (const name of ["evidence-good.json", "evidence-sets-good.json"]) {
      for (const mutated of bitFlips(bytes(name), 1000)) {
        expect(["refused", "unreadable"]).toContain(verifyEvidence(mutated, { trusted: [anchor] }).report.verdict);
      }
    }
  }, 60_000);
});
