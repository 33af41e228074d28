import type { Json } from "./canonical";
import {
  type CommitCertificate,
  checkCertificate,
  type Genesis,
  type Header,
  readCertificate,
  readHeader,
  readValidatorSet,
  type ValidatorSet,
} from "./commit";
import * as form from "./ids";
import { demand } from "./refusal";

/** A header that names another set for the next height, with its certificate and that set: protocol, section 6. */
export type SetChange = {
  readonly header: Header;
  readonly commit: CommitCertificate;
  /** The set in force from the next height on. */
  readonly next: ValidatorSet;
};

/** Reads an evidence file's `sets`: at least one, sorted by height, no height twice, each a change. */
export function readSetChanges(value: Json, where: string): readonly SetChange[] {
  let previous = 0;
  return form.array(value, 1, Number.MAX_SAFE_INTEGER, where).map((one, i) => {
    const change = readSetChange(one, `${where}[${i}]`);
    demand(change.header.height > previous, "order", `${where}[${i}]`);
    previous = change.header.height;
    return change;
  });
}

function readSetChange(value: Json, where: string): SetChange {
  const object = form.exactObject(value, ["commit", "header", "validators"], where);
  const header = readHeader(form.member(object, "header", where), `${where}.header`);
  const next = readValidatorSet(form.member(object, "validators", where), `${where}.validators`);
  demand(next.validatorsHash !== header.validators, "set-unchanged", where);
  return { header, commit: readCertificate(form.member(object, "commit", where), `${where}.commit`), next };
}

/**
 * Walks the changes from the genesis's set to the one that certifies the head (section 10, check 6), and returns it.
 * Refuses where one does not follow from the set before.
 */
export function walkSets(genesis: Genesis, changes: readonly SetChange[], head: Header): ValidatorSet {
  let set: ValidatorSet = genesis;
  let time: string | null = null;
  changes.forEach(({ header, commit, next }, i) => {
    const where = `sets[${i}]`;
    demand(header.height < head.height, "set-not-below-head", where);
    demand(time === null || header.time > time, "set-time", where);
    checkCertificate(commit, header, set, `${where}.commit`);
    demand(next.validatorsHash === header.nextValidators, "set-named", where);
    set = next;
    time = header.time;
  });
  const last = changes.at(-1)?.header;
  demand(last === undefined || head.time > last.time, "time-order", `sets[${changes.length - 1}]`);
  return set;
}

/**
 * Refuses a header that names another set than the genesis and the changes shown give for its height. Without this a file
 * could withhold a change to another set together with the change back. The changes must have been walked.
 */
export function checkNamedSet(
  genesis: Genesis,
  changes: readonly SetChange[],
  { height, validators }: Header,
  where: string,
): void {
  demand(validators === setAt(genesis, changes, height).validatorsHash, "validator-set", where);
}

/** The set that certifies the block of a height: the genesis's, or that of the last change below it. */
export function setAt(genesis: Genesis, changes: readonly SetChange[], height: number): ValidatorSet {
  return changes.findLast((one) => one.header.height < height)?.next ?? genesis;
}
