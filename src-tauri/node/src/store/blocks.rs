//! Blocks, their records, their certificates; the history tree over them.

use super::{LEDGER, Store, hash_column, signed, unsigned};
use crate::error::NodeError;
use ledger::{CommitCertificate, Hash, Header, Record, Time};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::HashMap;

/// Records are stored in pieces of about this many bytes: large enough to fill pages, small enough to read one record fast.
const PIECE: usize = 64 * 1024;

/// A confirmed record and where it stands.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The record.
    pub record: Record,
    /// Its block.
    pub height: u64,
    /// Its place in the block, from 0.
    pub index: u32,
    /// The witnessed time.
    pub time: Time,
}

/// A block without its records.
#[derive(Clone, Debug)]
pub struct StoredBlock {
    /// Header.
    pub header: Header,
    /// Certificate; none only if the node was stopped between saving the block and voting for it.
    pub certificate: Option<CommitCertificate>,
}

/// Where a block and its records lie.
#[derive(Clone, Copy, Debug)]
pub struct BlockRow {
    /// Height.
    pub height: u64,
    /// BlockId.
    pub id: Hash,
    /// Witnessed time.
    pub time: Time,
    /// Running number of its first record.
    pub first: u64,
    /// How many.
    pub count: u64,
}

fn block_row(row: &Row<'_>) -> rusqlite::Result<BlockRow> {
    Ok(BlockRow {
        height: unsigned(row.get(0)?),
        id: hash_column(row, 1)?,
        time: Time::from_millis(row.get(2)?).unwrap_or(Time::MIN),
        first: unsigned(row.get(3)?),
        count: unsigned(row.get(4)?),
    })
}

/// In `meta`: the block voted for whose records stand ahead of it.
const AHEAD: &str = "ahead";

const BLOCK_COLUMNS: &str = "height, id, time, first, count";

impl Store {
    /// The newest block that has a certificate; `certified: false` also takes one that has none yet.
    pub(crate) fn newest_block(&self, certified: bool) -> Result<Option<BlockRow>, NodeError> {
        let condition = if certified { "WHERE certificate IS NOT NULL" } else { "" };
        let sql = format!("SELECT {BLOCK_COLUMNS} FROM blocks {condition} ORDER BY height DESC LIMIT 1");
        Ok(self
            .connection
            .prepare_cached(&sql)?
            .query_row([], block_row)
            .optional()?)
    }

    pub(crate) fn block_row(&self, height: u64) -> Result<Option<BlockRow>, NodeError> {
        let sql = format!("SELECT {BLOCK_COLUMNS} FROM blocks WHERE height = ?1");
        Ok(self
            .connection
            .prepare_cached(&sql)?
            .query_row([signed(height)], block_row)
            .optional()?)
    }

    /// The block that holds the record with a running number.
    fn block_of(&self, number: u64) -> Result<Option<BlockRow>, NodeError> {
        let sql =
            format!("SELECT {BLOCK_COLUMNS} FROM blocks WHERE first <= ?1 AND count > 0 ORDER BY first DESC LIMIT 1");
        Ok(self
            .connection
            .prepare_cached(&sql)?
            .query_row([signed(number)], block_row)
            .optional()?)
    }

    pub(crate) fn block(&self, height: u64) -> Result<Option<StoredBlock>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT header, certificate FROM blocks WHERE height = ?1")?;
        let found: Option<(Vec<u8>, Option<Vec<u8>>)> = statement
            .query_row([signed(height)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found
            .map(|(header, certificate)| parse_block(height, &header, certificate.as_deref()))
            .transpose()
    }

    pub(crate) fn blocks(&self, below: Option<u64>, limit: u32) -> Result<Vec<StoredBlock>, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT height, header, certificate FROM blocks WHERE height < ?1 AND certificate IS NOT NULL ORDER BY height DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![below.map_or(i64::MAX, signed), limit], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, Option<Vec<u8>>>(2)?,
            ))
        })?;
        rows.map(|row| {
            let (height, header, certificate) = row?;
            parse_block(unsigned(height), &header, certificate.as_deref())
        })
        .collect()
    }

    /// Saves a header; `first` is the running number of the block's first record. Where one validator decides alone the
    /// certificate follows when the vote is saved.
    pub(crate) fn insert_block(
        &self,
        header: &Header,
        first: u64,
        certificate: Option<&CommitCertificate>,
    ) -> Result<(), NodeError> {
        self.connection
            .prepare_cached(
                "INSERT INTO blocks(height, id, time, first, count, header, certificate) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                signed(header.height),
                header.id().as_bytes(),
                header.time.millis(),
                signed(first),
                signed(header.records_count),
                header.to_bytes(),
                certificate.map(CommitCertificate::to_bytes)
            ])?;
        Ok(())
    }

    /// Saves a block's records, the first under the running number `first`.
    pub(crate) fn insert_records(&self, first: u64, records: &[Record]) -> Result<(), NodeError> {
        self.insert_ids(first, records)?;
        self.insert_bodies(first, records)
    }

    fn insert_bodies(&self, first: u64, records: &[Record]) -> Result<(), NodeError> {
        let mut insert_body = self.connection.prepare_cached("INSERT INTO bodies VALUES(?1, ?2)")?;
        let mut piece: Vec<u8> = Vec::with_capacity(PIECE + ledger::limits::RECORD_BYTES);
        let mut piece_first = first;
        for (number, record) in (first..).zip(records) {
            if piece.len() >= PIECE {
                insert_body.execute(params![signed(piece_first), piece])?;
                piece.clear();
                piece_first = number;
            }
            if !piece.is_empty() {
                piece.push(b'\n');
            }
            piece.extend_from_slice(record.bytes());
        }
        if !piece.is_empty() {
            insert_body.execute(params![signed(piece_first), piece])?;
        }
        Ok(())
    }

    /// Saves the records of a block that is voted for, where they stand if it is decided; in the caller's transaction.
    pub(crate) fn insert_ahead(&self, block: &Hash, first: u64, records: &[Record]) -> Result<(), NodeError> {
        self.insert_bodies(first, records)?;
        self.set_meta(AHEAD, block.as_bytes())
    }

    /// The block voted for whose records stand ahead of it, if any do.
    pub(crate) fn ahead(&self) -> Result<Option<Hash>, NodeError> {
        let found = self.meta(AHEAD)?;
        Ok(found.and_then(|bytes| bytes.try_into().ok()).map(Hash))
    }

    /// Saves a decided block's records, of which the bodies may stand there already; what stands there of another block makes way.
    pub(crate) fn insert_decided(&self, block: &Hash, first: u64, records: &[Record]) -> Result<(), NodeError> {
        let Some(ahead) = self.ahead()? else {
            return self.insert_records(first, records);
        };
        self.connection.execute("DELETE FROM meta WHERE key = ?1", [AHEAD])?;
        if ahead == *block {
            return self.insert_ids(first, records);
        }
        self.connection
            .execute("DELETE FROM bodies WHERE first >= ?1", [signed(first)])?;
        self.insert_records(first, records)
    }

    fn insert_ids(&self, first: u64, records: &[Record]) -> Result<(), NodeError> {
        let mut next = first;
        for record in records {
            self.ids.add(&self.connection, &record.id(), next)?;
            next += 1;
        }
        Ok(self.ids.sort_in(&self.connection, next)?)
    }

    /// Saves a certificate without waiting for the disk: block and vote are on it, and after a power loss the same certificate is
    /// made of them again.
    pub(crate) fn set_certificate(&self, certificate: &CommitCertificate) -> Result<(), NodeError> {
        self.connection.execute_batch("PRAGMA synchronous=NORMAL")?;
        let saved = self
            .connection
            .prepare_cached("UPDATE blocks SET certificate = ?2 WHERE height = ?1")
            .and_then(|mut update| update.execute(params![signed(certificate.height), certificate.to_bytes()]));
        self.connection.execute_batch("PRAGMA synchronous=FULL")?;
        saved?;
        Ok(())
    }

    /// The running number of a record.
    pub(crate) fn record_number(&self, id: &Hash) -> Result<Option<u64>, NodeError> {
        self.ids.refresh(&self.connection)?;
        self.look_up(id)
    }

    fn look_up(&self, id: &Hash) -> Result<Option<u64>, NodeError> {
        for number in self.ids.numbers(&self.connection, id)? {
            if self.records_from(number, 1)?.first().map(Record::id) == Some(*id) {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Whether a record that has a running number is looked for there.
    pub(crate) fn is_found(&self, id: &Hash, number: u64) -> Result<bool, NodeError> {
        self.ids.refresh(&self.connection)?;
        Ok(self.ids.numbers(&self.connection, id)?.contains(&number))
    }

    /// How the id begins, its first eight bytes, under which the record with a running number is looked for.
    pub(crate) fn id_begins(&self, number: u64) -> Result<Option<i64>, NodeError> {
        Ok(self.ids.prefix_of(&self.connection, number)?)
    }

    /// The running numbers of those of the records that stand in blocks.
    pub(crate) fn record_numbers(&self, ids: impl Iterator<Item = Hash>) -> Result<HashMap<Hash, u64>, NodeError> {
        let mut ids: Vec<Hash> = ids.collect();
        ids.sort_unstable(); // neighbours share pages
        let mut found = HashMap::new();
        self.ids.refresh(&self.connection)?;
        for id in ids {
            if let Some(number) = self.look_up(&id)? {
                found.insert(id, number);
            }
        }
        Ok(found)
    }

    /// Height and index of the record with a running number.
    pub(crate) fn place_of(&self, number: u64) -> Result<(BlockRow, u32), NodeError> {
        let damaged = || NodeError::damaged(LEDGER, format!("record number {number} is in no block"));
        if self.light {
            let place = self.place(number)?.ok_or_else(damaged)?;
            let block = self.block_row(place.height)?.ok_or_else(damaged)?;
            return Ok((block, u32::try_from(place.index).unwrap_or(u32::MAX)));
        }
        let block = self
            .block_of(number)?
            .filter(|block| number < block.first + block.count)
            .ok_or_else(damaged)?;
        Ok((block, u32::try_from(number - block.first).unwrap_or(u32::MAX)))
    }

    pub(crate) fn stored(&self, number: u64) -> Result<Stored, NodeError> {
        let (block, index) = self.place_of(number)?;
        let record = self.records_from(number, 1)?.into_iter().next();
        let record = record.ok_or_else(|| {
            NodeError::damaged(LEDGER, format!("record {index} of block {} is missing", block.height))
        })?;
        Ok(Stored {
            record,
            height: block.height,
            index,
            time: block.time,
        })
    }

    /// Records by running number; fewer than asked for only at the end of the ledger.
    pub(crate) fn records_from(&self, first: u64, count: u64) -> Result<Vec<Record>, NodeError> {
        let mut records = Vec::new();
        self.lines(first, count, |number, line| records.push((number, Record::parse(line))))?;
        let parsed = records.into_iter().map(|(number, record)| {
            record.map_err(|error| NodeError::damaged(LEDGER, format!("record number {number}: {error}")))
        });
        parsed.collect()
    }

    /// The bytes of records by running number.
    pub(crate) fn lines(&self, first: u64, count: u64, mut each: impl FnMut(u64, &[u8])) -> Result<(), NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT first, body FROM bodies WHERE first >= (SELECT max(first) FROM bodies WHERE first <= ?1) AND first < ?2 ORDER BY first",
        )?;
        let mut rows = statement.query(params![signed(first), signed(first.saturating_add(count))])?;
        while let Some(row) = rows.next()? {
            let piece_first = unsigned(row.get(0)?);
            let body = row
                .get_ref(1)?
                .as_blob()
                .map_err(|error| NodeError::damaged(LEDGER, error))?;
            for (number, line) in (piece_first..).zip(body.split(|byte| *byte == b'\n')) {
                if number >= first && number < first.saturating_add(count) {
                    each(number, line);
                }
            }
        }
        Ok(())
    }

    /// The records of a block, in order.
    pub(crate) fn block_records(&self, block: &BlockRow) -> Result<Vec<Record>, NodeError> {
        if block.count == 0 {
            Ok(Vec::new())
        } else {
            self.records_from(block.first, block.count)
        }
    }

    /// The running numbers `[first, end)` of records witnessed in `[from, to)`, or in one block.
    pub(crate) fn numbers_between(
        &self,
        from: Option<Time>,
        to: Option<Time>,
        height: Option<u64>,
    ) -> Result<(u64, u64), NodeError> {
        let bounds = |row: &Row<'_>| -> rusqlite::Result<(Option<i64>, Option<i64>)> { Ok((row.get(0)?, row.get(1)?)) };
        let (first, end) = match height {
            Some(height) => self
                .connection
                .prepare_cached("SELECT first, first + count FROM blocks WHERE height = ?1 AND certificate IS NOT NULL")?
                .query_row([signed(height)], bounds)
                .optional()?
                .unwrap_or((None, None)),
            None => self
                .connection
                .prepare_cached(
                    "SELECT (SELECT first FROM blocks WHERE time >= ?1 AND time < ?2 AND certificate IS NOT NULL ORDER BY time LIMIT 1),
                            (SELECT first + count FROM blocks WHERE time >= ?1 AND time < ?2 AND certificate IS NOT NULL ORDER BY time DESC LIMIT 1)",
                )?
                .query_row(params![from.map_or(i64::MIN, Time::millis), to.map_or(i64::MAX, Time::millis)], bounds)?,
        };
        Ok((unsigned(first.unwrap_or(0)), unsigned(end.unwrap_or(0))))
    }
}

fn parse_block(height: u64, header: &[u8], certificate: Option<&[u8]>) -> Result<StoredBlock, NodeError> {
    let damaged = |what: &str, error: &dyn std::fmt::Display| {
        NodeError::damaged(LEDGER, format!("{what} of block {height}: {error}"))
    };
    let header = Header::parse(header).map_err(|error| damaged("header", &error))?;
    let certificate = certificate
        .map(CommitCertificate::parse)
        .transpose()
        .map_err(|error| damaged("certificate", &error))?;
    Ok(StoredBlock { header, certificate })
}
