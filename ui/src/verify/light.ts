import { toHex } from "./bytes";
import { DEPTH, type Json, type JsonObject, parseCanonical } from "./canonical";
import {
  type CommitCertificate,
  checkCertificate,
  type Genesis,
  type Header,
  readCertificate,
  readGenesis,
  readHeader,
  readValidatorSet,
  type ValidatorSet,
} from "./commit";
import * as form from "./ids";
import { demand, Refusal } from "./refusal";

/** How far a header may be ahead of the node's clock, in milliseconds. */
export const AHEAD_MS = 10_000;
/** How old what is trusted may be, in milliseconds: 30 days. */
export const TRUSTING_PERIOD_MS = 30 * 24 * 60 * 60 * 1000;

/** Most bytes of a checkpoint. */
export const CHECKPOINT_BYTES = 65_536;

/** What a light node trusts: protocol, section 14. */
export type Trust = {
  readonly network: string;
  /** The set a further header must be certified by. */
  readonly set: ValidatorSet;
  /** When what is trusted was witnessed: time of the newest header, or when the anchor's network was founded. */
  readonly asOf: string;
  /** The newest header trusted, with the set that certified it; null where nothing but an anchor is. */
  readonly newest: { readonly header: Header; readonly by: ValidatorSet } | null;
};

/** A step a light node takes: with `next` it is a change of the set, else the newest header. */
export type LightStep = {
  readonly header: Header;
  readonly commit: CommitCertificate;
  /** The set that the header's `next_validators` names. */
  readonly next: ValidatorSet | null;
};

/** Trust in an anchor. */
export function trustAnchor(genesis: Genesis): Trust {
  return { network: genesis.network, set: genesis, asOf: genesis.created, newest: null };
}

/** Reads a checkpoint; to take it is to trust whoever gave it. */
export function readCheckpoint(bytes: Uint8Array): Trust {
  demand(bytes.length <= CHECKPOINT_BYTES, "size", "checkpoint");
  const members = ["commit", "form", "genesis", "header", "validators"];
  const object = form.exactObject(parseCanonical(bytes, DEPTH), members, "checkpoint");
  const at = (key: string): Json => form.member(object, key, "checkpoint");
  form.constant(at("form"), ["sealroad-checkpoint.1"], "form");
  const genesis = readGenesis(at("genesis"), "genesis");
  const header = readHeader(at("header"), "header");
  const set = readValidatorSet(at("validators"), "validators");
  demand(genesis.network === header.network, "genesis-hash", "genesis");
  checkCertified(readCertificate(at("commit"), "commit"), header, set);
  demandSameNext(header);
  return { network: genesis.network, set, asOf: header.time, newest: { header, by: set } };
}

/** Reads a step: `{change}`, of `commit`, `header` and `validators`, or `{commit, header}`. */
export function readStep(value: Json): LightStep {
  const object = form.anyObject(value, "step");
  return object.has("change") ? readChange(object) : readNewest(object);
}

function readChange(step: JsonObject): LightStep {
  const change = form.member(form.exactObject(step, ["change"], "step"), "change", "step");
  const object = form.exactObject(change, ["commit", "header", "validators"], "change");
  const next = readValidatorSet(form.member(object, "validators", "change"), "validators");
  return { ...readHeaderAndCommit(object), next };
}

function readNewest(step: JsonObject): LightStep {
  return { ...readHeaderAndCommit(form.exactObject(step, ["commit", "header"], "step")), next: null };
}

function readHeaderAndCommit(object: JsonObject): Pick<LightStep, "header" | "commit"> {
  return {
    header: readHeader(form.member(object, "header", "step"), "header"),
    commit: readCertificate(form.member(object, "commit", "step"), "commit"),
  };
}

/** What is trusted after the step; refuses in the order of section 14. `now` is the node's clock in milliseconds. */
export function follow(trust: Trust, step: LightStep, now: number): Trust {
  const { header, commit, next } = step;
  demand(header.network === trust.network, "other-network", "header");
  if (trust.newest !== null) checkForward(trust.newest, step);
  demand(header.time > trust.asOf, "not-later", "header");
  demand(Date.parse(header.time) <= now + AHEAD_MS, "ahead-of-clock", "header");
  demand(now - Date.parse(trust.asOf) <= TRUSTING_PERIOD_MS, "trust-expired", "trusted header");
  checkCertified(commit, header, trust.set);
  const after = { ...trust, asOf: header.time, newest: { header, by: trust.set } };
  if (next === null) {
    demandSameNext(header);
    return after;
  }
  demand(next.validatorsHash !== header.validators, "set-unchanged", "validators");
  demand(next.validatorsHash === header.nextValidators, "set-named", "validators");
  return { ...after, set: next };
}

/** Refuses a header that is not above the trusted one. */
function checkForward({ header: trusted, by }: NonNullable<Trust["newest"]>, { header, commit }: LightStep): void {
  if (header.height === trusted.height && toHex(header.id) !== toHex(trusted.id)) {
    // What its validators did not certify is no evidence of a fork, and must not stop a node.
    demand(!isCertified(commit, header, by), "fork", "header");
  }
  demand(header.height > trusted.height, "not-forward", "header");
}

function isCertified(commit: CommitCertificate, header: Header, set: ValidatorSet): boolean {
  try {
    checkCertified(commit, header, set);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Refuses a header that does not name the set, before one whose certificate is not good. */
function checkCertified(commit: CommitCertificate, header: Header, set: ValidatorSet): void {
  demand(set.validatorsHash === header.validators, "validator-set", "header");
  checkCertificate(commit, header, set, "commit");
}

/** Refuses a change shown without its set: nothing could be trusted after it. */
function demandSameNext(header: Header): void {
  demand(header.nextValidators === header.validators, "set-missing", "header");
}
