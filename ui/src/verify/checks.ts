import { hash, same } from "./bytes";
import { checkCertificate, type Genesis } from "./commit";
import { checkOpening } from "./commitment";
import { type Evidence, headerAt, recordsOf, type ShownRecord, type ShownSubject } from "./evidence-form";
import { historyRoot, isInHistory } from "./history";
import { selfOf } from "./ids";
import { checkIndex } from "./index-proof";
import { checkMandate } from "./mandate";
import { checkInclusion, leafHash } from "./merkle";
import { checkSignature } from "./record";
import { demand } from "./refusal";
import { checkNamedSet, walkSets } from "./set-change";

/** What the verifier was told besides the file. */
export type Expectation = {
  /** The network the evidence must come from, of an anchor got elsewhere. */
  readonly expected?: Genesis | undefined;
  /** Networks the verifier merely knows. */
  readonly trusted?: readonly Genesis[] | undefined;
  /** Least height of the head. */
  readonly notBefore?: number | undefined;
};

/** A check after the first: over the whole file, throws a `Refusal`. */
export type EvidenceCheck = (evidence: Evidence, expectation: Expectation) => void;

/** Checks 2 to 12 of section 10, in order. Check 7 runs only where an anchor is expected. */
export const CHECKS: readonly (readonly [string, EvidenceCheck])[] = [
  ["signature", checkSignatures],
  ["mandate", checkMandates],
  ["inclusion", checkInclusions],
  ["history", checkHistory],
  ["quorum", checkQuorum],
  ["network", checkNetwork],
  ["completeness", checkCompleteness],
  ["closure", checkClosure],
  ["state", checkStates],
  ["freshness", checkFreshness],
  ["openings", checkOpenings],
];

function placeOf(i: number): string {
  return `records[${i}]`;
}

function checkSignatures(evidence: Evidence): void {
  evidence.records.forEach((shown, i) => {
    checkSignature(shown.record, placeOf(i));
  });
}

function checkMandates(evidence: Evidence): void {
  const states = new Map(evidence.subjects.map((one) => [one.subject, one.present?.state]));
  evidence.records.forEach(({ record, height }, i) => {
    const header = headerAt(evidence, height);
    demand(header !== null, "no-header", placeOf(i));
    const state = states.get(selfOf(record.party));
    demand(state !== undefined, "no-party-state", placeOf(i));
    checkMandate(record, state, height, header.time, placeOf(i));
  });
}

function checkInclusions(evidence: Evidence): void {
  evidence.records.forEach(({ record, height, index, path }, i) => {
    const header = headerAt(evidence, height);
    demand(header !== null, "no-header", placeOf(i));
    checkInclusion(leafHash(record.leaf), { index, count: header.recordsCount, path }, header.recordsRoot, placeOf(i));
  });
}

function checkHistory(evidence: Evidence): void {
  const { head } = evidence;
  evidence.blocks.forEach(({ header, path }, i) => {
    const where = `blocks[${i}]`;
    demand(header.height < head.height, "not-below-head", where);
    const shown = isInHistory(header.id, header.height - 1, head.height - 1, path, head.historyRoot);
    demand(shown, "history", where);
  });
}

function checkQuorum(evidence: Evidence): void {
  const { genesis, head, sets } = evidence;
  demand(genesis.network === head.network, "genesis-hash", "genesis");
  evidence.blocks.forEach(({ header }, i) => {
    demand(header.network === head.network, "other-network", `blocks[${i}]`);
  });
  evidence.records.forEach(({ record }, i) => {
    demand(record.network === head.network, "other-network", placeOf(i));
  });
  sets.forEach(({ header }, i) => {
    demand(header.network === head.network, "other-network", `sets[${i}]`);
  });
  checkCertificate(evidence.commit, head, walkSets(genesis, sets, head), "commit");
  evidence.blocks.forEach(({ header }, i) => {
    checkNamedSet(genesis, sets, header, `blocks[${i}]`);
  });
}

function checkNetwork(evidence: Evidence, { expected }: Expectation): void {
  demand(expected?.network === evidence.head.network, "anchor", "genesis");
}

function checkCompleteness(evidence: Evidence): void {
  const listed = new Set(evidence.subjects.map((one) => one.subject));
  for (const shown of evidence.subjects) {
    checkIndex(shown.subject, shown.present?.bytes ?? null, shown.proof, evidence.head.indexRoot);
  }
  for (const shown of evidence.subjects) checkCount(shown, recordsOf(evidence, shown.subject));
  evidence.records.forEach(({ record }, i) => {
    demand(
      record.subjects.some((one) => listed.has(one)),
      "unlisted-record",
      placeOf(i),
    );
  });
  const heights = new Set(evidence.records.map((one) => one.height));
  evidence.blocks.forEach(({ header }, i) => {
    demand(heights.has(header.height), "empty-block", `blocks[${i}]`);
  });
  const ids = new Set<string>();
  for (const { record } of evidence.records) {
    demand(!ids.has(record.id), "record-twice", record.id);
    ids.add(record.id);
  }
}

function checkCount({ subject, present }: ShownSubject, records: readonly ShownRecord[]): void {
  if (present === null) {
    demand(records.length === 0, "absent-with-records", subject);
    return;
  }
  demand(records.length === present.count, "count", subject);
  const root = historyRoot(records.map((one) => one.record.idBytes));
  demand(same(root, present.records), "records-root", subject);
  demand(records.at(-1)?.height === present.changed, "changed", subject);
}

/** The subjects `about` depends on, itself among them: those reached by links and by authors. */
function reached(evidence: Evidence): ReadonlySet<string> {
  const shown = new Map(evidence.subjects.map((one) => [one.subject, one]));
  const found = new Set([evidence.about]);
  // A Set yields what is added while it is walked.
  for (const subject of found) {
    const present = shown.get(subject)?.present;
    if (!present) continue;
    for (const link of present.links) found.add(link);
    for (const { record } of recordsOf(evidence, subject)) found.add(selfOf(record.party));
  }
  return found;
}

function checkClosure(evidence: Evidence): void {
  const wanted = reached(evidence);
  const shown = new Map(evidence.subjects.map((one) => [one.subject, one]));
  for (const subject of wanted) demand(shown.has(subject), "missing-subject", subject);
  for (const { subject, present } of evidence.subjects) {
    demand(wanted.has(subject), "surplus-subject", subject);
    demand(present !== null || subject === evidence.about, "absent-subject", subject);
  }
}

function checkStates(evidence: Evidence): void {
  for (const { subject, present } of evidence.subjects) {
    demand(present === null || same(hash(present.stateBytes), present.stateHash), "state-hash", subject);
  }
}

function checkFreshness(evidence: Evidence, { notBefore }: Expectation): void {
  const { head } = evidence;
  demand(notBefore === undefined || head.height >= notBefore, "too-old", `height ${head.height}`);
  evidence.blocks.forEach(({ header }, i) => {
    demand(header.time <= head.time, "time-order", `blocks[${i}]`);
  });
}

function checkOpenings(evidence: Evidence): void {
  const records = new Map(evidence.records.map((one) => [one.record.id, one.record]));
  evidence.openings.forEach((opening, i) => {
    const record = records.get(opening.record);
    demand(record !== undefined, "opening-record", `openings[${i}]`);
    checkOpening(opening, record.commits, `openings[${i}]`);
  });
}
