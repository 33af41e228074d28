// @vitest-environment node
import { describe, expect, test } from "vitest";
import { readAnchor } from "../commit";
import {
  AHEAD_MS,
  CHECKPOINT_BYTES,
  follow,
  readCheckpoint,
  readStep,
  TRUSTING_PERIOD_MS,
  type Trust,
  trustAnchor,
} from "../light";
import { Refusal } from "../refusal";
import { bytesOf, certificateOf, Ledger, type Member, type Plain, Signer, setOf, toJson } from "./ledger";
import { random } from "./random";

type Obj = { [key: string]: Plain };

const members = (names: string): Member[] =>
  [...names].map((name) => {
    const signer = new Signer(`validator ${name}`);
    return { signer, party: signer.did, weight: 1 };
  });
const signersOf = (some: readonly Member[]): Signer[] => some.map((one) => one.signer);

const first = members("abc");
const second = members("bcde");

/** Heights: 1 and 2 plain, 3 to the second set, 4 and 5 plain. */
const ledger = new Ledger(signersOf(first), []);
for (const next of [null, null, second, null, null]) ledger.commit([], {}, next);

const OTHER = "22".repeat(32);
const header = (height: number): Obj => ledger.headers[height - 1] as Obj;
const timeOf = (height: number): number => Date.parse(String(header(height).time));
/** An hour after the last block above. */
const NOW = timeOf(5) + 3_600_000;

const newest = (height: number): Obj => ({ commit: ledger.certificate(height), header: header(height) });
const change = (height: number, next = ledger.membersAt(height + 1), more: Obj = {}): Obj => ({
  change: { ...newest(height), validators: setOf(next), ...more },
});
/** A header with other members, certified by these validators. */
const told = (height: number, more: Obj, by: readonly Member[] = ledger.membersAt(height)): Obj => {
  const other = { ...header(height), ...more };
  return { commit: certificateOf(other, signersOf(by)), header: other };
};

/** The change, as if it had been decided when the network was founded. */
const founding = told(3, { time: ledger.genesis.created ?? "" });
const changeAtFounding: Obj = { change: { ...founding, validators: setOf(second) } };

const anchor: Trust = trustAnchor(readAnchor(bytesOf({ form: "sealroad-anchor.1", genesis: ledger.genesis })));
const walked = (steps: readonly Obj[], from: Trust = anchor, now = NOW): Trust =>
  steps.reduce((trust, step) => follow(trust, readStep(toJson(step)), now), from);

/** Why the last step is refused; null where it is taken. */
function refusal(steps: readonly Obj[], now = NOW, from: Trust = anchor): string | null {
  const trust = walked(steps.slice(0, -1), from);
  try {
    walked(steps.slice(-1), trust, now);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe("steps", () => {
  test("from an anchor over the change to the newest header", () => {
    const trust = walked([change(3), newest(5)]);
    expect(trust.newest?.header.height).toBe(5);
    expect(trust.set.validators.map((one) => one.key)).toEqual(second.map((one) => one.signer.did).sort());
    expect(walked([newest(1), newest(2), change(3), newest(4), newest(5)])).toEqual(trust);
  });

  test("the newest header needs no step between while the set stands", () => {
    expect(refusal([newest(2)])).toBeNull();
    expect(refusal([newest(1), newest(2)])).toBeNull();
    expect(refusal([newest(4)])).toBe("validator-set");
    expect(refusal([change(3), newest(4)])).toBeNull();
  });

  test.each<readonly [string, string, readonly Obj[]]>([
    ["other-network", "another network", [told(1, { network: "00".repeat(32) })]],
    ["not-forward", "backwards", [newest(2), newest(1)]],
    ["not-forward", "the same block again", [newest(2), newest(2)]],
    ["fork", "another block of the same height", [newest(2), told(2, { rules: OTHER })]],
    [
      "fork",
      "another change of the same height",
      [change(3), told(3, { next_validators: header(1).validators ?? "" })],
    ],
    ["not-forward", "another block that too few certify", [newest(2), told(2, { rules: OTHER }, first.slice(1))]],
    ["not-forward", "another block that the next set certifies", [change(3), told(3, { rules: OTHER }, second)]],
    ["set-missing", "a change without its set", [newest(3)]],
    ["not-later", "the same time", [newest(1), told(2, { time: header(1).time as string })]],
    ["not-later", "an earlier time", [newest(2), told(3, { time: header(1).time as string })]],
    ["not-later", "the first at the time of the anchor", [told(1, { time: ledger.genesis.created ?? "" })]],
    ["not-later", "the first before the anchor", [told(1, { time: "2026-10-31T23:59:59.999Z" })]],
    ["not-later", "a first change at the time of the anchor", [changeAtFounding]],
    ["validator-set", "over a change", [newest(2), newest(4)]],
    [
      "validator-set",
      "the set before, after a change",
      [change(3), told(4, { validators: header(1).validators ?? "" })],
    ],
    ["certificate-block", "a certificate of another block", [{ ...newest(2), commit: ledger.certificate(1) }]],
    ["certificate-stranger", "votes of others", [told(2, {}, second)]],
    ["certificate-weight", "two thirds and no more", [told(2, {}, first.slice(0, 2))]],
    ["set-named", "another set than certified", [change(3, members("xyz"))]],
    ["set-unchanged", "the set before shown as the next", [change(3, first)]],
    ["set-unchanged", "no change at all", [change(2)]],
    [
      "certificate-stranger",
      "a change by those who come",
      [change(3, second, { commit: certificateOf(header(3), signersOf(second)) })],
    ],
    ["members", "a step with more members", [{ ...newest(2), path: [] }]],
    ["order", "a signer twice", [{ ...newest(2), commit: doubled(ledger.certificate(2)) }]],
  ])("%s: %s", (wanted, _, steps) => {
    expect(refusal(steps)).toBe(wanted);
  });

  test("the network is said before the height, the height before the time, that before the set, the set before the certificate", () => {
    const network = "00".repeat(32);
    expect(refusal([newest(2), told(1, { network })])).toBe("other-network");
    expect(refusal([newest(2), told(1, { time: header(1).time as string, validators: network })])).toBe("not-forward");
    expect(refusal([newest(2), told(3, { time: header(1).time as string, validators: network })])).toBe("not-later");
    const stranger = { ...told(3, { validators: network }), commit: ledger.certificate(2) };
    expect(refusal([newest(2), stranger])).toBe("validator-set");
  });

  test("ten seconds ahead of the clock and no more", () => {
    expect(refusal([newest(2)], timeOf(2) - AHEAD_MS)).toBeNull();
    expect(refusal([newest(2)], timeOf(2) - AHEAD_MS - 1)).toBe("ahead-of-clock");
  });

  test("thirty days of trust and no more, in a header as in an anchor", () => {
    expect(refusal([newest(1), newest(2)], timeOf(1) + TRUSTING_PERIOD_MS)).toBeNull();
    expect(refusal([newest(1), newest(2)], timeOf(1) + TRUSTING_PERIOD_MS + 1)).toBe("trust-expired");
    const created = Date.parse(String(ledger.genesis.created));
    expect(refusal([newest(1)], created + TRUSTING_PERIOD_MS)).toBeNull();
    expect(refusal([newest(1)], created + TRUSTING_PERIOD_MS + 1)).toBe("trust-expired");
  });
});

test("random changes: all of them in a row lead to the newest header, any left out leads nowhere", () => {
  const next = random(20_261_121);
  const sets = ["abc", "bcd", "cde", "abcde", "e"].map(members);
  let leftOut = 0;
  for (let i = 0; i < 30; i++) {
    const own = new Ledger(signersOf(first), []);
    for (let blocks = 3 + Math.floor(next() * 8); blocks > 0; blocks--) {
      own.commit([], {}, next() < 0.4 ? (sets[Math.floor(next() * sets.length)] ?? null) : null);
    }
    own.commit([]);
    const height = own.headers.length;
    const changes = own.changesBelow(height).map((one) => ({ change: one }));
    const head = { commit: own.certificate(), header: own.headers[height - 1] as Obj };
    const from = trustAnchor(readAnchor(bytesOf({ form: "sealroad-anchor.1", genesis: own.genesis })));
    expect(refusal([...changes, head], NOW, from), `ledger ${i}`).toBeNull();
    changes.forEach((_, at) => {
      leftOut += 1;
      const left = changes.slice(at + 1);
      // The step after the gap is the one refused.
      const steps = [...changes.slice(0, at), left[0] ?? head];
      expect(refusal(steps, NOW, from), `ledger ${i} without ${at}`).toBe("validator-set");
    });
  }
  expect(leftOut).toBeGreaterThan(30);
});

function doubled(certificate: Obj): Obj {
  const signatures = certificate.signatures as Obj[];
  return { ...certificate, signatures: [signatures[0] as Obj, ...signatures] };
}

describe("checkpoint", () => {
  const good = (height: number): Obj => ({
    ...newest(height),
    form: "sealroad-checkpoint.1",
    genesis: ledger.genesis,
    validators: setOf(ledger.membersAt(height)),
  });
  const code = (checkpoint: Obj): string | null => {
    try {
      readCheckpoint(bytesOf(checkpoint));
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  };

  test("is a place to go on from", () => {
    const trust = readCheckpoint(bytesOf(good(4)));
    expect(trust.newest?.header.height).toBe(4);
    expect(refusal([newest(5)], NOW, trust)).toBeNull();
    expect(refusal([newest(2)], NOW, trust)).toBe("not-forward");
    expect(refusal([told(4, { rules: OTHER })], NOW, trust)).toBe("fork");
  });

  test("has at most 65,536 bytes", () => {
    const [signature] = ledger.certificate(4).signatures as Obj[];
    const of = (signatures: number, more: number): Obj => ({
      ...good(4),
      commit: { ...ledger.certificate(4), signatures: Array(signatures).fill(signature) },
      genesis: { ...ledger.genesis, name: "x".repeat(1 + more) },
    });
    const size = (signatures: number): number => bytesOf(of(signatures, 0)).length;
    const signatures = 1 + Math.floor((CHECKPOINT_BYTES - size(1)) / (size(2) - size(1)));
    const rest = CHECKPOINT_BYTES - size(signatures);
    expect(code(of(signatures, rest))).not.toBe("size");
    expect(code(of(signatures, rest + 1))).toBe("size");
  });

  test.each<readonly [string, Obj]>([
    ["form", { form: "sealroad-checkpoint.2" }],
    ["members", { more: 1 }],
    ["genesis-hash", { genesis: { ...ledger.genesis, name: "Other" } }],
    ["certificate-block", { commit: ledger.certificate(5) }],
    ["validator-set", { validators: setOf(first) }],
    ["certificate-weight", told(4, {}, second.slice(0, 2))],
    ["set-missing", told(4, { next_validators: OTHER })],
  ])("refused: %s", (wanted, more) => {
    expect(code(good(4))).toBeNull();
    expect(code({ ...good(4), ...more })).toBe(wanted);
  });
});
