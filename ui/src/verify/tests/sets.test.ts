// @vitest-environment node
import { describe, expect, test } from "vitest";
import { readAnchor } from "../commit";
import { certificationOf, FIRST_CHECK, type NotProved, verifyEvidence } from "../evidence";
import { bytesOf, certificateOf, hashOf, Ledger, type Member, type Plain, partyState, Signer, setOf } from "./ledger";
import { random } from "./random";

type Obj = { [key: string]: Plain };

const author = new Signer("author");
const about = `shipment:${author.did}:S-1`;
const self = `party:${author.did}:self`;

/** Validators by name, each a party of its own unless one is named. */
const members = (weights: Readonly<Record<string, number>>, party?: string): Member[] =>
  Object.entries(weights).map(([name, weight]) => {
    const signer = new Signer(`validator ${name}`);
    return { signer, party: party ?? signer.did, weight };
  });
const signersOf = (some: readonly Member[]): Signer[] => some.map((one) => one.signer);

/** A ledger of these first validators that knows the author. */
function founded(first: readonly Member[]): Ledger {
  const sorted = [...first].sort((a, b) => (a.signer.did < b.signer.did ? -1 : 1));
  const ledger = new Ledger(
    signersOf(sorted),
    sorted.map((one) => one.party),
    "system",
    sorted.map((one) => one.weight),
  );
  ledger.commit([ledger.record(author, "party.founded.1", [self])], { [self]: partyState(author, 1) });
  return ledger;
}

function speak(ledger: Ledger, next: readonly Member[] | null = null): void {
  ledger.commit([ledger.record(author, "logistics.departed.1", [about])], {}, next);
}

const first = members({ a: 4, b: 3, c: 2 });
const second = members({ a: 1, b: 1, d: 1, e: 1 });
const third = members({ d: 5, e: 5, f: 5 });

/** Heights: 1 founded, 2 a record, 3 to the second set, 4 a record, 5 to the third set, 6 a record, 7 the head. */
function changed(told: { readonly [height: number]: Obj } = {}): Ledger {
  const ledger = founded(first);
  speak(ledger);
  ledger.change(second, told[3]);
  speak(ledger);
  ledger.change(third, told[5]);
  speak(ledger);
  ledger.commit([]);
  return ledger;
}

const ledger = changed();
const file = ledger.evidence(about);
const anchor = readAnchor(bytesOf({ form: "sealroad-anchor.1", genesis: ledger.genesis }));

const rows = (value: Obj, key: string): Obj[] => value[key] as Obj[];
const set = (value: Obj, i: number): Obj => rows(value, "sets")[i] as Obj;
const member = (value: Obj, key: string): Obj => value[key] as Obj;
const headerOf = (value: Obj, i: number): Obj => member(set(value, i), "header");

/** Certifies the i-th change again, by these validators, after its header was changed. */
function certify(value: Obj, i: number, by: readonly Member[], vote = {}): void {
  set(value, i).commit = certificateOf(headerOf(value, i), signersOf(by), vote);
}

function reportAfter(change: (value: Obj) => void, of: Obj = file) {
  const copy = structuredClone(of);
  change(copy);
  return verifyEvidence(bytesOf(copy), { expected: anchor }).report;
}

describe("a set that changed", () => {
  test("is accepted by its anchor, and the figures are those of the last set", () => {
    const examination = verifyEvidence(bytesOf(file), { expected: anchor });
    expect(file.form).toBe("sealroad-evidence.2");
    expect(examination.report).toMatchObject({ verdict: "accepted", as_of: { height: 7 } });
    expect(examination.report.not_proved).toEqual(["signed-is-not-true", "later-than-as-of"]);
    expect(examination.evidence && certificationOf(examination.evidence)).toEqual({
      votes: 3,
      validators: 3,
      changes: 2,
    });
  });

  test("a change in the head itself is not yet one of its file", () => {
    const own = founded(first);
    own.change(second);
    const { form } = own.evidence(about);
    expect(form).toBe("sealroad-evidence.1");
    expect(verifyEvidence(bytesOf(own.evidence(about)), {}).report.verdict).toBe("consistent");
  });

  test("and changed back is accepted with both changes", () => {
    const own = founded(first);
    own.change(second);
    own.change(first);
    speak(own);
    expect(rows(own.evidence(about), "sets").length).toBe(2);
    expect(verifyEvidence(bytesOf(own.evidence(about)), {}).report.verdict).toBe("consistent");
  });

  test("by more than two thirds of the weight, whatever the number of votes", () => {
    expect(reportAfter((value) => certify(value, 0, first.slice(0, 2))).verdict).toBe("accepted");
    const heavy = founded(members({ a: 1_000_000, b: 1, c: 1 }));
    heavy.change(second);
    speak(heavy);
    const evidence = heavy.evidence(about);
    certify(
      evidence,
      0,
      heavy.membersAt(2).filter((one) => one.weight > 1),
    );
    expect(verifyEvidence(bytesOf(evidence), {}).report.verdict).toBe("consistent");
  });
});

test("subjects that the validators govern are public codes of their own scheme", () => {
  const asked = (subject: string) => verifyEvidence(bytesOf(ledger.evidence(subject)), { expected: anchor }).report;
  for (const subject of ["alliance:validators", `alliance:member/${author.did.slice(8)}`]) {
    expect(asked(subject)).toMatchObject({ verdict: "accepted", first_failed: null });
    expect(asked(subject).not_proved).toContain("not-recorded");
  }
  expect(asked("alliances:validators").first_failed).toBe(FIRST_CHECK);
  expect(asked("alliance:").first_failed).toBe(FIRST_CHECK);
});

type Lie = readonly [name: string, change: (value: Obj) => void];

const forms: readonly Lie[] = [
  ["form 2 without sets", (v) => delete v.sets],
  ["form 1 with sets", (v) => (v.form = "sealroad-evidence.1")],
  ["no change at all", (v) => (v.sets = [])],
  ["null for the changes", (v) => (v.sets = null)],
  ["an object for the changes", (v) => (v.sets = {})],
  ["a form that is none", (v) => (v.form = "sealroad-evidence.3")],
  ["changes in reverse", (v) => rows(v, "sets").reverse()],
  ["a change twice", (v) => rows(v, "sets").push(set(v, 1))],
  ["a change with more members", (v) => (set(v, 0).path = [])],
  ["a change without certificate", (v) => delete set(v, 0).commit],
  ["a change without header", (v) => delete set(v, 0).header],
  ["a change without the set", (v) => delete set(v, 0).validators],
  ["an empty set", (v) => (set(v, 0).validators = [])],
  ["a set out of order", (v) => rows(set(v, 0), "validators").reverse()],
  ["a validator twice", (v) => rows(set(v, 0), "validators").push(rows(set(v, 0), "validators")[3] as Obj)],
  ["a weight of nothing", (v) => ((rows(set(v, 0), "validators")[0] as Obj).weight = 0)],
  ["a weight above a million", (v) => ((rows(set(v, 0), "validators")[0] as Obj).weight = 1_000_001)],
  ["a validator with more members", (v) => ((rows(set(v, 0), "validators")[0] as Obj).name = "x")],
  ["a key that is none", (v) => ((rows(set(v, 0), "validators")[0] as Obj).key = `did:key:z6Mk${"1".repeat(44)}`)],
  ["more than 100 validators", (v) => (set(v, 0).validators = setOf(many(101)))],
  ["the set of before shown as the next", (v) => (set(v, 0).validators = setOf(first))],
  ["a header of height 0", (v) => (headerOf(v, 0).height = 0)],
  ["a time that does not exist", (v) => (headerOf(v, 0).time = "2026-02-30T08:00:00.000Z")],
  ["a signer twice", (v) => twice(rows(member(set(v, 0), "commit"), "signatures"))],
  ["no signer", (v) => (member(set(v, 0), "commit").signatures = [])],
  ["a round beyond a million", (v) => (member(set(v, 0), "commit").round = 1_000_001)],
];

function twice(list: Obj[]): void {
  list.unshift(list[0] as Obj);
}

function many(count: number): Member[] {
  return members(Object.fromEntries(Array.from({ length: count }, (_, i) => [`many ${i}`, 1])));
}

const quorums: readonly Lie[] = [
  ["the first change left out", (v) => rows(v, "sets").shift()],
  ["the last change left out", (v) => rows(v, "sets").pop()],
  ["all changes left out", withoutSets],
  ["a weight other than certified", (v) => ((rows(set(v, 1), "validators")[0] as Obj).weight = 6)],
  ["a party other than certified", (v) => ((rows(set(v, 1), "validators")[0] as Obj).party = author.did)],
  ["a validator more than certified", (v) => (set(v, 1).validators = setOf([...third, ...members({ x: 1 })]))],
  ["a validator less than certified", (v) => (set(v, 1).validators = setOf(third.slice(1)))],
  ["another set than certified, in both places", (v) => swapSet(v, members({ x: 1 }))],
  ["another set than certified, and a head that it certifies", (v) => takeOver(v, members({ x: 1 }))],
  ["votes of the new set for its own coming", (v) => certify(v, 0, second)],
  ["two thirds of the weight and no more", (v) => certify(v, 0, [first[0], first[2]] as Member[])],
  ["many votes of little weight", (v) => certify(v, 0, first.slice(1))],
  ["a stranger's vote beside enough", (v) => certify(v, 0, [...first, ...members({ x: 1 })])],
  ["a vote of the next set beside enough", (v) => certify(v, 0, [...first, ...members({ d: 1 })])],
  ["a false vote beside enough", (v) => flip(rows(member(set(v, 0), "commit"), "signatures")[2] as Obj)],
  ["a certificate of another round than signed", (v) => (member(set(v, 0), "commit").round = 1)],
  ["prevotes for precommits", (v) => certify(v, 0, first, { domain: "sealroad-prevote.1" })],
  ["votes in another network", (v) => certify(v, 0, first, { network: "00".repeat(32) })],
  ["a certificate of another change", (v) => (set(v, 0).commit = set(v, 1).commit as Obj)],
  ["a certificate of another height", (v) => (member(set(v, 0), "commit").height = 4)],
  ["a header other than certified", (v) => (headerOf(v, 0).index_root = "00".repeat(32))],
  ["a change in another network", (v) => told(v, 0, { network: "00".repeat(32) }, first)],
  ["a change at the head's height", (v) => told(v, 1, { height: 7 }, second)],
  ["a change above the head", (v) => told(v, 1, { height: 8 }, second)],
  ["a change at the same time as the one before", (v) => told(v, 1, { time: headerOf(v, 0).time as string }, second)],
  ["a change before the one before", (v) => told(v, 1, { time: "2026-11-02T08:02:59.999Z" }, second)],
  ["a head at the time of the last change", (v) => headTold(v, { time: headerOf(v, 1).time as string })],
  ["a head before the last change", (v) => headTold(v, { time: "2026-11-02T08:04:59.999Z" })],
  ["the head certified by the first set", (v) => (v.commit = certificateOf(member(v, "head"), signersOf(first)))],
  ["the head certified by the set before", (v) => (v.commit = certificateOf(member(v, "head"), signersOf(second)))],
  ["a head that names the set before", (v) => headOf(v, second)],
  ["a head that names the first set", (v) => headOf(v, first)],
  ["other first validators", (v) => (member(v, "genesis").validators = setOf(second))],
];

function withoutSets(value: Obj): void {
  delete value.sets;
  value.form = "sealroad-evidence.1";
}

function flip(vote: Obj): void {
  vote.signature = `${String(vote.signature).startsWith("0") ? "1" : "0"}${String(vote.signature).slice(1)}`;
}

/** The liar shows his own set where the second certified the third, and certifies the head himself. */
function takeOver(value: Obj, own: readonly Member[]): void {
  set(value, 1).validators = setOf(own);
  headOf(value, own);
}

/** The liar names his own set as the third and signs for the second, of which he holds but one key. */
function swapSet(value: Obj, own: readonly Member[]): void {
  set(value, 1).validators = setOf(own);
  headerOf(value, 1).next_validators = hashOf(setOf(own));
  certify(value, 1, second.slice(0, 1));
  member(value, "head").validators = hashOf(setOf(own));
  value.commit = certificateOf(member(value, "head"), signersOf(own));
}

/** These validators really certified such a header. */
function told(value: Obj, i: number, members: Obj, by: readonly Member[]): void {
  Object.assign(headerOf(value, i), members);
  certify(value, i, by);
}

/** The last set really certified such a head. */
function headTold(value: Obj, members: Obj): void {
  Object.assign(member(value, "head"), members);
  value.commit = certificateOf(member(value, "head"), signersOf(third));
}

function headOf(value: Obj, by: readonly Member[]): void {
  member(value, "head").validators = hashOf(setOf(by));
  value.commit = certificateOf(member(value, "head"), signersOf(by));
}

describe("lies about the set", () => {
  test.each(forms)("canonical bytes: %s", (_, change) => {
    expect(reportAfter(change)).toMatchObject({ first_failed: FIRST_CHECK, as_of: null, not_proved: [] });
  });
  test.each(quorums)("quorum: %s", (_, change) => {
    expect(reportAfter(change)).toMatchObject({ first_failed: "quorum", as_of: null, not_proved: [] });
  });
  test("another network whose validators came to be the same is refused at its name", () => {
    const other = readAnchor(bytesOf({ form: "sealroad-anchor.1", genesis: { ...ledger.genesis, name: "Other" } }));
    expect(verifyEvidence(bytesOf(file), { expected: other }).report.first_failed).toBe("network");
  });
});

describe("order and time", () => {
  const own = members({ own: 1 }, author.did);
  const others = members({ a: 1, b: 1 });
  type Step = (l: Ledger) => void;
  const code: NotProved = "order-and-time-own-word";

  function isOwnWord(steps: readonly Step[], genesis: readonly Member[]): boolean {
    const built = founded(genesis);
    for (const step of steps) step(built);
    built.commit([]);
    const { report } = verifyEvidence(bytesOf(built.evidence(about)), {});
    expect(report.verdict).toBe("consistent");
    return report.not_proved.includes(code);
  }

  const to =
    (next: readonly Member[]): Step =>
    (l) =>
      l.change(next);
  const speakAndTo =
    (next: readonly Member[]): Step =>
    (l) =>
      speak(l, next);

  test.each<readonly [boolean, string, readonly Member[], readonly Step[]]>([
    [true, "a record before others joined", own, [speak, to(others)]],
    [true, "a record in the block that lets others join", own, [speakAndTo(others)]],
    [false, "a record in the block after", own, [to(others), speak]],
    [false, "a record before the others left", others, [speak, to(own)]],
    [false, "a record in the block that lets the others go", others, [speakAndTo(own)]],
    [true, "a record in the block after they left", others, [to(own), speak]],
    [true, "one of two records", others, [speak, to(own), speak, to(others)]],
    [false, "one other among his own", [...own, ...members({ a: 1 })], [speak]],
    [false, "nothing recorded, though the author's party is the only validator", own, []],
  ])("own word %s: %s", (wanted, _, genesis, steps) => {
    expect(isOwnWord(steps, genesis)).toBe(wanted);
  });
});

describe("a change withheld together with the change back", () => {
  const own = members({ own: 1 }, author.did);

  /** A ledger over these sets in turn, with a record under each, without the changes at these places. */
  function withheld(turns: readonly (readonly Member[])[], places: readonly number[], isSpoken = true): Obj {
    const built = founded(turns[0] ?? first);
    for (const turn of turns.slice(1)) {
      built.change(turn);
      if (isSpoken) speak(built);
    }
    built.commit([]);
    const evidence = built.evidence(about);
    expect(rows(evidence, "sets").length).toBe(turns.length - 1);
    evidence.sets = rows(evidence, "sets").filter((_, i) => !places.includes(i));
    if (rows(evidence, "sets").length === 0) withoutSets(evidence);
    return evidence;
  }

  test.each<readonly [string, readonly (readonly Member[])[], readonly number[]]>([
    ["as form 1", [first, own, first], [0, 1]],
    ["to others, as form 1", [first, third, first], [0, 1]],
    ["before one shown", [first, own, first, second], [0, 1]],
    ["after one shown", [first, second, own, second], [1, 2]],
    ["between two shown", [first, second, own, second, third], [1, 2]],
    ["twice", [first, own, first, own, first], [0, 1, 2, 3]],
  ])("is found by the blocks between: %s", (_, turns, places) => {
    const { evidence, refusal } = verifyEvidence(bytesOf(withheld(turns, [])), {});
    expect([evidence?.sets.length, refusal]).toEqual([turns.length - 1, null]);
    const lie = verifyEvidence(bytesOf(withheld(turns, places)), {});
    expect(lie.report.first_failed).toBe("quorum");
    expect(lie.refusal?.code).toBe("validator-set");
    expect(lie.refusal?.where).toMatch(/^blocks\[/);
  });

  test("says nothing where no block shown stands between", () => {
    const { report } = verifyEvidence(bytesOf(withheld([first, own, first], [0, 1], false)), {});
    expect(report.verdict).toBe("consistent");
    expect(report.not_proved).not.toContain("order-and-time-own-word");
  });
});

describe("random changes of the set", () => {
  const weight = (some: readonly Member[]): number => some.reduce((sum, one) => sum + one.weight, 0);

  /** 1–5 of eight validators with weights 1–9. */
  function someOf(next: () => number): Member[] {
    const names = [..."abcdefgh"].filter(() => next() < 0.4).slice(0, 5);
    return members(
      Object.fromEntries((names.length === 0 ? ["a"] : names).map((n) => [n, 1 + Math.floor(next() * 9)])),
    );
  }

  /** A ledger of up to eight blocks that change the set now and then. */
  function grown(next: () => number): Ledger {
    const own = founded(someOf(next));
    const blocks = 2 + Math.floor(next() * 7);
    for (let i = 0; i < blocks; i++) {
      const change = next() < 0.5 ? someOf(next) : null;
      if (next() < 0.5) speak(own, change);
      else own.commit([], {}, change);
    }
    speak(own);
    return own;
  }

  test("an honest walk passes, and each change left out or certified by too little weight does not", () => {
    const next = random(20_261_121);
    let changes = 0;
    for (let i = 0; i < 40; i++) {
      const own = grown(next);
      const evidence = own.evidence(about) as Obj;
      expect(verifyEvidence(bytesOf(evidence), {}).report.verdict, `ledger ${i}`).toBe("consistent");
      for (let at = 0; at < ((evidence.sets as Obj[] | undefined)?.length ?? 0); at++) {
        changes += 1;
        const height = headerOf(evidence, at).height as number;
        const by = own.membersAt(height);
        const enough = (some: readonly Member[]) => 3 * weight(some) > 2 * weight(by);
        const voters = by.filter(() => next() < 0.7);
        if (voters.length > 0) {
          const told = structuredClone(evidence);
          certify(told, at, voters);
          const wanted = enough(voters) ? null : "quorum";
          expect(verifyEvidence(bytesOf(told), {}).report.first_failed, `ledger ${i}, change ${at}`).toBe(wanted);
        }
        const told = structuredClone(evidence);
        rows(told, "sets").splice(at, 1);
        if (rows(told, "sets").length === 0) withoutSets(told);
        expect(verifyEvidence(bytesOf(told), {}).report.first_failed, `ledger ${i} without ${at}`).toBe("quorum");
      }
    }
    expect(changes).toBeGreaterThan(80);
  }, 60_000);
});
