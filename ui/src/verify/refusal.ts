/** Why a file is refused: a stable code (with words in three languages) and the place in the file. */
export type RefusalCode =
  | "utf8"
  | "syntax"
  | "white-space"
  | "escape"
  | "number"
  | "key-order"
  | "character"
  | "normal-form"
  | "depth"
  | "size"
  | "members"
  | "type"
  | "range"
  | "form"
  | "hex"
  | "key"
  | "subject"
  | "time"
  | "order"
  | "presence"
  | "signature"
  | "no-header"
  | "no-party-state"
  | "no-mandate"
  | "inclusion"
  | "not-below-head"
  | "history"
  | "genesis-hash"
  | "other-network"
  | "validator-set"
  | "set-unchanged"
  | "set-not-below-head"
  | "set-time"
  | "set-named"
  | "set-missing"
  | "certificate-block"
  | "certificate-stranger"
  | "certificate-signature"
  | "certificate-weight"
  | "vote-apart"
  | "vote-same"
  | "vote-signature"
  | "fork"
  | "not-forward"
  | "not-later"
  | "ahead-of-clock"
  | "trust-expired"
  | "anchor"
  | "index"
  | "count"
  | "records-root"
  | "changed"
  | "absent-with-records"
  | "unlisted-record"
  | "empty-block"
  | "record-twice"
  | "missing-subject"
  | "surplus-subject"
  | "absent-subject"
  | "state-hash"
  | "too-old"
  | "time-order"
  | "opening-record"
  | "opening-name"
  | "opening-hash";

/** Thrown by every reader and check; never escapes `verifyEvidence`. */
export class Refusal extends Error {
  /** What is wrong. */
  readonly code: RefusalCode;
  /** Where, as a path into the file such as `records[3].record.claimed`, or a subject or record id. */
  readonly where: string;

  constructor(code: RefusalCode, where: string) {
    super(`${code}: ${where}`);
    this.name = "Refusal";
    this.code = code;
    this.where = where;
  }
}

/** Refuse unless `held`. */
export function demand(held: boolean, code: RefusalCode, where: string): asserts held {
  if (!held) throw new Refusal(code, where);
}
