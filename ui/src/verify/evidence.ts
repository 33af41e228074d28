import { CHECKS, type Expectation } from "./checks";
import { EVIDENCE_BYTES, type Evidence, readEvidence, recordsOf } from "./evidence-form";
import { Refusal } from "./refusal";
import { setAt } from "./set-change";

/** What the verifier says: protocol, section 10. */
export type Verdict = "accepted" | "consistent" | "refused" | "unreadable";

/** What a good file still does not prove, in the protocol's order. */
export type NotProved =
  | "signed-is-not-true"
  | "network-unknown"
  | "order-and-time-own-word"
  | "simulated-clock"
  | "later-than-as-of"
  | "not-recorded";

/** One check that was run. */
export type CheckReport = {
  readonly name: string;
  readonly passed: boolean;
  /** What was wrong and where; null where it passed. */
  readonly reason: string | null;
};

/** The report, of the same shape as the command line's. */
export type Report = {
  readonly verdict: Verdict;
  readonly network: string | null;
  readonly as_of: { readonly height: number; readonly time: string } | null;
  readonly first_failed: string | null;
  readonly checks: readonly CheckReport[];
  readonly not_proved: readonly NotProved[];
};

/** The report with what it was made of, for whoever shows it. */
export type Examination = {
  readonly report: Report;
  /** The file; null when it was unreadable or failed the first check. */
  readonly evidence: Evidence | null;
  readonly refusal: Refusal | null;
};

/** Name of the first check. */
export const FIRST_CHECK = "canonical bytes";

/** Exit code of each verdict. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { accepted: 0, refused: 1, unreadable: 2, consistent: 3 };

const UNREADABLE: Report = {
  verdict: "unreadable",
  network: null,
  as_of: null,
  first_failed: null,
  checks: [],
  not_proved: [],
};

/** What is said of a file that cannot be read at all. */
export function unreadable(): Examination {
  return { report: UNREADABLE, evidence: null, refusal: null };
}

/** Runs the checks of section 10 in their order and stops at the first that fails. */
export function verifyEvidence(bytes: Uint8Array, expectation: Expectation): Examination {
  if (!isReadable(bytes)) return unreadable();
  const checks: CheckReport[] = [];
  let evidence: Evidence | null = null;
  const failed = attempt(FIRST_CHECK, checks, () => {
    evidence = readEvidence(bytes);
  });
  if (evidence === null || failed !== null) return refused(checks, null, failed);
  return runChecks(evidence, expectation, checks);
}

function runChecks(evidence: Evidence, expectation: Expectation, checks: CheckReport[]): Examination {
  for (const [name, check] of CHECKS) {
    if (name === "network" && expectation.expected === undefined) continue;
    const failed = attempt(name, checks, () => {
      check(evidence, expectation);
    });
    if (failed !== null) return refused(checks, evidence, failed);
  }
  const known = [expectation.expected, ...(expectation.trusted ?? [])];
  const isKnown = known.some((one) => one?.network === evidence.head.network);
  const report: Report = {
    verdict: isKnown ? "accepted" : "consistent",
    network: isKnown ? evidence.genesis.name : null,
    as_of: asOf(evidence),
    first_failed: null,
    checks,
    not_proved: notProved(evidence, isKnown),
  };
  return { report, evidence, refusal: null };
}

/** `{` first or `}` last is enough to be taken for an evidence file: a torn one is refused, not merely unreadable. */
function isReadable(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > EVIDENCE_BYTES) return false;
  return bytes[0] === 0x7b || bytes.at(-1) === 0x7d;
}

function attempt(name: string, checks: CheckReport[], check: () => void): Refusal | null {
  try {
    check();
    checks.push({ name, passed: true, reason: null });
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    checks.push({ name, passed: false, reason: error.message });
    return error;
  }
}

function refused(checks: readonly CheckReport[], evidence: Evidence | null, refusal: Refusal | null): Examination {
  const isCertified = checks.some((one) => one.name === "quorum" && one.passed);
  const report: Report = {
    verdict: "refused",
    network: null,
    as_of: evidence !== null && isCertified ? asOf(evidence) : null,
    first_failed: checks.at(-1)?.name ?? null,
    checks,
    not_proved: [],
  };
  return { report, evidence, refusal };
}

function asOf({ head }: Evidence): { height: number; time: string } {
  return { height: head.height, time: head.time };
}

/** How the head of a file that passed `quorum` was certified, and what it took to know the certifying set. */
export type Certification = {
  /** Validators of the head's set whose votes are in the certificate. */
  readonly votes: number;
  /** Validators of the head's set. */
  readonly validators: number;
  /** Changes of the set since genesis. */
  readonly changes: number;
};

/** The figures of the certification, for people. */
export function certificationOf({ commit, genesis, head, sets }: Evidence): Certification {
  const { validators } = setAt(genesis, sets, head.height);
  return { votes: commit.signatures.length, validators: validators.length, changes: sets.length };
}

/** Whether a record of `about` stands in a block that nobody certified but the authors of its records. */
function isOwnWord(evidence: Evidence): boolean {
  const about = recordsOf(evidence, evidence.about);
  const authors = new Set(about.map((one) => one.record.party));
  return about.some(({ height }) =>
    setAt(evidence.genesis, evidence.sets, height).validators.every((one) => authors.has(one.party)),
  );
}

function notProved(evidence: Evidence, isKnown: boolean): readonly NotProved[] {
  const isAbsent = recordsOf(evidence, evidence.about).length === 0;
  const applies: readonly (readonly [NotProved, boolean])[] = [
    ["signed-is-not-true", true],
    ["network-unknown", !isKnown],
    ["order-and-time-own-word", isOwnWord(evidence)],
    ["simulated-clock", evidence.genesis.clock === "simulated"],
    ["later-than-as-of", true],
    ["not-recorded", isAbsent],
  ];
  return applies.filter(([, applicable]) => applicable).map(([code]) => code);
}
