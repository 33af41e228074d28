//! Every limit of the protocol in one place. Section numbers are those of `docs/protocol.md`.

/// Greatest integer a number may hold: 2^53 − 1, the last one every JSON reader keeps exactly (RFC 8785, 3.2.2.3; section 1).
pub const MAX_INTEGER: u64 = 9_007_199_254_740_991;
/// Levels of nesting in a record, header, certificate, genesis or state (section 1).
pub const DEPTH: usize = 16;
/// Levels of nesting in an evidence file, which wraps the others (section 1).
pub const EVIDENCE_DEPTH: usize = 24;
/// Levels of nesting in the value of an opening (section 11).
pub const OPENING_DEPTH: usize = 8;
/// Bytes of a record, its proof included (section 1).
pub const RECORD_BYTES: usize = 65_536;
/// Bytes of a subject's state in canonical form (section 1).
pub const STATE_BYTES: usize = 16_384;
/// Bytes of an evidence file (section 1).
pub const EVIDENCE_BYTES: usize = 16_777_216;
/// Bytes of an anchor (section 1).
pub const ANCHOR_BYTES: usize = 65_536;
/// Bytes of a checkpoint (section 12).
pub const CHECKPOINT_BYTES: usize = 65_536;
/// Characters of a subject, least (section 2).
pub const SUBJECT_MIN: usize = 3;
/// Characters of a subject, most (section 2).
pub const SUBJECT_MAX: usize = 200;
/// Subjects one record may write (section 3); the least is 1.
pub const SUBJECTS: usize = 64;
/// Subjects one record may read (section 3).
pub const READS: usize = 64;
/// Records one record may refer to (section 3).
pub const REFERS: usize = 64;
/// Commitments one record may carry (section 3).
pub const COMMITS: usize = 32;
/// Milliseconds from `claimed` to the latest `until`: 30 days (section 3).
pub const UNTIL_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Subjects one state may link to (section 7).
pub const LINKS: usize = 128;
/// Validators of one set (section 6).
pub const VALIDATORS: usize = 100;
/// Weight of one validator, most (section 6); the least is 1.
pub const WEIGHT: u64 = 1_000_000;
/// Greatest round a commit certificate may name (section 6).
pub const ROUND: u32 = 1_000_000;
/// Milliseconds after which a light node no longer goes on from what it trusts: 30 days (section 14). Whoever held vote keys of
/// a set long gone may sign another past with them at no cost (Buterin, "weak subjectivity", 2014); within the period they are
/// still known and can be held to account, after it a person gives a new checkpoint. 30 days is what the longest record may
/// wait to be committed, so whoever waits for one still follows.
pub const TRUSTING_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Milliseconds by which a header may be ahead of a light node's clock: 10 s (section 14), as the light client of CometBFT allows
/// (`defaultMaxClockDrift`); a desktop's clock set by NTP is off by far less.
pub const DRIFT_MILLIS: i64 = 10_000;
/// Code points of a network's name, most (section 6); the least is 1.
pub const NAME: usize = 100;
/// Siblings of an index proof: one for each bit of the key at most (section 7).
pub const SIBLINGS: usize = 256;
/// Characters of a commitment's name, most (section 11); the least is 1.
pub const COMMITMENT_NAME: usize = 60;
/// Records of one block, most (section 5).
pub const BLOCK_RECORDS: usize = 4096;
/// Bytes of the records of one block, most (section 5).
pub const BLOCK_BYTES: usize = 8 << 20;
