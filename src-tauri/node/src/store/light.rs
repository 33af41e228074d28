//! What a light node keeps beside what every node keeps: what it trusts, what it follows, and where single records stand.

use super::{LEDGER, Store, signed, unsigned};
use crate::error::NodeError;
use ledger::light::{Certified, Fork};
use ledger::{CommitCertificate, Hash, Header, Subject, Time, Trusted, merkle};
use rusqlite::{OptionalExtension, params};

pub(super) const TRUSTED: &str = "trusted";
const SCANNED: &str = "scanned";
const FORK: &str = "fork";

/// A record and where it stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// Height of its block.
    pub height: u64,
    /// Place in its block.
    pub index: u64,
    /// Inclusion path.
    pub path: Vec<Hash>,
}

impl Store {
    /// What a light node trusts; none where whole blocks are kept.
    pub(crate) fn trusted(&self) -> Result<Option<Trusted>, NodeError> {
        self.meta(TRUSTED)?
            .map(|bytes| Trusted::parse(&bytes).map_err(|error| NodeError::damaged(LEDGER, error)))
            .transpose()
    }

    /// From now on this is trusted. The header before it is forgotten unless something stands in its block.
    pub(crate) fn save_trusted(&self, trusted: &Trusted) -> Result<(), NodeError> {
        self.set_meta(TRUSTED, &trusted.to_bytes())?;
        let (Some(header), Some(commit)) = (trusted.header(), trusted.commit()) else {
            return Ok(());
        };
        self.connection
            .prepare_cached(
                "DELETE FROM blocks WHERE certificate IS NOT NULL AND height < ?1
                 AND NOT EXISTS(SELECT 1 FROM places WHERE places.height = blocks.height)
                 AND NOT EXISTS(SELECT 1 FROM sets WHERE sets.height = blocks.height + 1)",
            )?
            .execute([signed(header.height)])?;
        self.save_header(header, Some(commit))?;
        if header.next_validators != header.validators {
            self.save_validators(header.height + 1, trusted.validators())?;
        }
        Ok(())
    }

    /// Keeps a header; a certificate that is there already stays.
    pub(crate) fn save_header(&self, header: &Header, commit: Option<&CommitCertificate>) -> Result<(), NodeError> {
        self.connection
            .prepare_cached(
                "INSERT INTO blocks(height, id, time, first, count, header, certificate) VALUES(?1, ?2, ?3, 0, 0, ?4, ?5)
                 ON CONFLICT(height) DO UPDATE SET certificate = coalesce(certificate, ?5)",
            )?
            .execute(params![
                signed(header.height),
                header.id().as_bytes(),
                header.time.millis(),
                header.to_bytes(),
                commit.map(CommitCertificate::to_bytes)
            ])?;
        Ok(())
    }

    /// The height up to which blocks were looked through for what may concern us.
    pub(crate) fn scanned(&self) -> Result<u64, NodeError> {
        let bytes = self.meta(SCANNED)?.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        Ok(bytes.map_or(0, u64::from_be_bytes))
    }

    pub(crate) fn save_scanned(&self, height: u64) -> Result<(), NodeError> {
        self.set_meta(SCANNED, &height.to_be_bytes())
    }

    /// The fork that stopped this node.
    pub(crate) fn fork(&self) -> Result<Option<Fork>, NodeError> {
        self.meta(FORK)?
            .map(|bytes| Fork::parse(&bytes).map_err(|error| NodeError::damaged(LEDGER, error)))
            .transpose()
    }

    pub(crate) fn save_fork(&self, fork: &Fork) -> Result<(), NodeError> {
        self.set_meta(FORK, &fork.to_bytes())
    }

    /// Follows a subject from now on, if it is not followed already.
    pub(crate) fn follow(&self, subject: &Subject) -> Result<(), NodeError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO followed VALUES(?1, 0, 0, 0, NULL)")?
            .execute([subject.as_str()])?;
        Ok(())
    }

    /// All of a subject's records up to a height are here; `fresh` is given where some are new: the running number of the answer that
    /// brought them, and the hash of what the index says of the subject.
    pub(crate) fn save_seen(
        &self,
        subject: &Subject,
        height: u64,
        now: Time,
        fresh: Option<(u64, Hash)>,
    ) -> Result<(), NodeError> {
        self.connection
            .prepare_cached(
                "INSERT INTO followed VALUES(?1, ?2, ?3, coalesce(?4, 0), ?5)
                 ON CONFLICT DO UPDATE SET seen = ?2, at = ?3, step = coalesce(?4, step), value = coalesce(?5, value)",
            )?
            .execute(params![
                subject.as_str(),
                signed(height),
                now.millis(),
                fresh.map(|(step, _)| signed(step)),
                fresh.map(|(_, value)| value.0)
            ])?;
        Ok(())
    }

    /// The hash of what the index said of a followed subject.
    pub(crate) fn followed_value(&self, subject: &Subject) -> Result<Option<Hash>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM followed WHERE subject = ?1")?;
        let value: Option<Option<[u8; 32]>> = statement.query_row([subject.as_str()], |row| row.get(0)).optional()?;
        Ok(value.flatten().map(Hash))
    }

    /// The running number of the newest answer that brought records.
    pub(crate) fn step(&self) -> Result<u64, NodeError> {
        let step: i64 = self
            .connection
            .prepare_cached("SELECT coalesce(max(step), 0) FROM followed")?
            .query_row([], |row| row.get(0))?;
        Ok(unsigned(step))
    }

    /// Subjects that the answers after `step` brought records of, each with the number of its answer, in the order of those.
    pub(crate) fn brought_after(&self, step: u64, limit: u32) -> Result<Vec<(Subject, u64)>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT subject, step FROM followed WHERE step > ?1 ORDER BY step LIMIT ?2")?;
        let rows = statement.query_map(params![signed(step), limit], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        })?;
        rows.map(|row| {
            let (subject, step) = row?;
            Ok((parse_subject(&subject)?, unsigned(step)))
        })
        .collect()
    }

    /// The height up to which a followed subject is complete; none where it is not followed, 0 before the first answer.
    pub(crate) fn seen(&self, subject: &Subject) -> Result<Option<u64>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seen FROM followed WHERE subject = ?1")?;
        let seen: Option<i64> = statement.query_row([subject.as_str()], |row| row.get(0)).optional()?;
        Ok(seen.map(unsigned))
    }

    /// Followed subjects of which nobody said anything since, those that wait longest first.
    pub(crate) fn followed_before(&self, since: Time, limit: u32) -> Result<Vec<Subject>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT subject FROM followed WHERE at < ?1 ORDER BY at LIMIT ?2")?;
        let rows = statement.query_map(params![since.millis(), limit], |row| row.get::<_, String>(0))?;
        rows.map(|row| parse_subject(&row?)).collect()
    }

    /// How many subjects are followed, and how many of them wait for their first answer.
    pub(crate) fn count_followed(&self) -> Result<(u64, u64), NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*), coalesce(sum(seen = 0), 0) FROM followed")?;
        let counts: (i64, i64) = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((unsigned(counts.0), unsigned(counts.1)))
    }

    /// All followed subjects.
    pub(crate) fn followed(&self) -> Result<Vec<Subject>, NodeError> {
        let mut statement = self.connection.prepare_cached("SELECT subject FROM followed")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        rows.map(|row| parse_subject(&row?)).collect()
    }

    /// Subjects by which the network is governed.
    pub(crate) fn governing(&self, limit: u32) -> Result<Vec<Subject>, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT name FROM subjects WHERE name >= 'alliance:' AND name < 'alliance;' ORDER BY name LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |row| row.get::<_, String>(0))?;
        rows.map(|row| parse_subject(&row?)).collect()
    }

    /// Where the record with a running number stands.
    pub(crate) fn save_place(&self, number: u64, place: &Place) -> Result<(), NodeError> {
        let path: Vec<u8> = place.path.iter().flat_map(|hash| hash.0).collect();
        self.connection
            .prepare_cached("INSERT INTO places VALUES(?1, ?2, ?3, ?4)")?
            .execute(params![signed(number), signed(place.height), signed(place.index), path])?;
        Ok(())
    }

    /// The place of the record with a running number.
    pub(crate) fn place(&self, number: u64) -> Result<Option<Place>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT height, place, path FROM places WHERE number = ?1")?;
        let row: Option<(i64, i64, Vec<u8>)> = statement
            .query_row([signed(number)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        row.map(|(height, index, path)| {
            let (path, over) = path.as_chunks::<32>();
            if !over.is_empty() {
                return Err(NodeError::damaged(
                    LEDGER,
                    format!("the place of record number {number}"),
                ));
            }
            Ok(Place {
                height: unsigned(height),
                index: unsigned(index),
                path: path.iter().map(|hash| Hash(*hash)).collect(),
            })
        })
        .transpose()
    }

    /// The running numbers of all records.
    pub(crate) fn placed(&self) -> Result<Vec<u64>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number FROM places ORDER BY number")?;
        let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
        rows.map(|row| Ok(unsigned(row?))).collect()
    }

    /// One more than the greatest running number.
    pub(crate) fn next_place(&self) -> Result<u64, NodeError> {
        let next: i64 = self
            .connection
            .query_row("SELECT coalesce(max(number) + 1, 0) FROM places", [], |row| row.get(0))?;
        Ok(unsigned(next))
    }

    /// Running numbers of records witnessed in `[from, to)`, or in one block, newest first; and how many there are.
    pub(crate) fn placed_between(
        &self,
        from: Option<Time>,
        to: Option<Time>,
        height: Option<u64>,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<u64>, u64), NodeError> {
        const AMONG: &str =
            "FROM places JOIN blocks USING(height) WHERE time >= ?1 AND time < ?2 AND height BETWEEN ?3 AND ?4";
        let (bottom, top) = (height.map_or(0, signed), height.map_or(i64::MAX, signed));
        let (from, to) = (from.map_or(i64::MIN, Time::millis), to.map_or(i64::MAX, Time::millis));
        let total: i64 = self
            .connection
            .prepare_cached(&format!("SELECT count(*) {AMONG}"))?
            .query_row(params![from, to, bottom, top], |row| row.get(0))?;
        let sql = format!("SELECT number {AMONG} ORDER BY height DESC, place DESC LIMIT ?5 OFFSET ?6");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![from, to, bottom, top, limit, signed(offset)], |row| {
            row.get::<_, i64>(0)
        })?;
        let numbers = rows.map(|row| Ok(unsigned(row?))).collect::<Result<_, NodeError>>()?;
        Ok((numbers, unsigned(total)))
    }

    /// The newest header with its certificate.
    pub(crate) fn newest(&self) -> Result<Option<Certified>, NodeError> {
        let Some(row) = self.newest_block(true)? else {
            return Ok(None);
        };
        self.certified(row.height)
    }

    /// The header of a height with its certificate.
    pub(crate) fn certified(&self, height: u64) -> Result<Option<Certified>, NodeError> {
        let block = self.block(height)?;
        Ok(block.and_then(|block| {
            Some(Certified {
                commit: block.certificate?,
                header: block.header,
            })
        }))
    }

    /// The leaves of a block's records, in order: without reading what the records say.
    pub(crate) fn leaves(&self, first: u64, count: u64) -> Result<Vec<Hash>, NodeError> {
        let mut leaves = Vec::new();
        self.lines(first, count, |_, line| leaves.push(merkle::leaf(line)))?;
        Ok(leaves)
    }
}

fn parse_subject(text: &str) -> Result<Subject, NodeError> {
    text.parse()
        .map_err(|error| NodeError::damaged(LEDGER, format!("followed subject {text}: {error}")))
}
