//! Bringing a ledger back: founding it again where it is gone, and mending one of which a part is damaged.
//!
//! A ledger is what its blocks make of it. So a repair makes the whole file anew beside the damaged one: every block is taken from the
//! damaged file where its certificate, its records and what they make of the ledger are right, and asked of peers where not; one code judges
//! both, the one that judges blocks in a running network ([`Chain`]). Everything derived (index, history, states, places of records) comes out
//! of that by itself. The new file takes the place of the damaged one by a rename, once a full check of it found nothing. Until that check
//! nothing of the folder is changed, and the damaged file lies aside until a check of the whole folder is clean.

mod givers;
mod salvage;
mod swap;

use crate::chain::Chain;
use crate::driver::Driver;
use crate::error::NodeError;
use crate::execute::{Candidate, rules_hash};
use crate::folder::DataFolder;
use crate::fsck::{Fault, Fsck};
use crate::light::Light;
use crate::network::Invitation;
use crate::store::{LEDGER, Store, VOTES, Votes};
use givers::{Givers, Giving};
use ledger::{CommitCertificate, Genesis, Hash, Header, PublicKey, Record};
use rand::SeedableRng;
use rand::rngs::StdRng;
use salvage::Salvage;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Blocks mended that are told one by one, at most; all are counted.
const TOLD: usize = 100;
/// Records named for one mended block, at most.
const NAMED: usize = 100;

/// A block that was damaged and came from a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Which.
    pub height: u64,
    /// Node key of the peer.
    pub from: PublicKey,
    /// Those of its records that were not here, or not as they were signed.
    pub records: Vec<Hash>,
}

/// Why a ledger could not be mended. Then nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmended {
    /// The block is damaged and nobody else keeps this ledger: only a backup has it.
    NobodyElse(u64),
    /// The block is damaged or missing, and no validator in reach gave it.
    NobodyGave(u64),
    /// The block was made under rules that this version does not know.
    OtherRules(u64),
    /// The genesis document cannot be read, and no invitation is kept that has it.
    NoGenesis,
}

impl Unmended {
    /// Code for words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NobodyElse(_) => "repair.nobody-else",
            Self::NobodyGave(_) => "repair.nobody-gave",
            Self::OtherRules(_) => "repair.other-rules",
            Self::NoGenesis => "repair.no-genesis",
        }
    }

    /// The block in question.
    #[must_use]
    pub const fn height(self) -> Option<u64> {
        match self {
            Self::NobodyElse(height) | Self::NobodyGave(height) | Self::OtherRules(height) => Some(height),
            Self::NoGenesis => None,
        }
    }
}

/// What a repair found and did.
#[derive(Clone, Debug)]
pub struct Repaired {
    /// What was wrong.
    pub before: Vec<Fault>,
    /// What is wrong now; as before where it could not be mended.
    pub after: Fsck,
    /// Why not, if it could not be mended.
    pub unmended: Option<Unmended>,
    /// The ledger was made anew from its blocks.
    pub rebuilt: bool,
    /// It is a light node's: what it follows is fetched anew when it is next started.
    pub begun_again: bool,
    /// Blocks that came from peers, the first 100 that were damaged here; a block that was not here at all is only counted.
    pub mended: Vec<Mended>,
    /// How many blocks each peer gave, by its node key.
    pub given: BTreeMap<PublicKey, u64>,
    /// The newest block that could be read before is the one that stands at its height now; none if none could be read.
    pub same: Option<bool>,
    /// Records of the outbox that could not be read; they were signed here and nobody else has them.
    pub lost: u64,
    /// Votes were lost or damaged: the validator follows, and votes again two heights above what the others certified.
    pub votes_anew: bool,
    /// Where the damaged files lie, if they are still kept.
    pub aside: Option<PathBuf>,
}

/// Founds the ledger of a folder again whose `ledger.db` is gone, from the genesis in the invitation that the folder keeps; it is then caught
/// up from peers like that of a newcomer. What is left of the votes stays; where they are gone too, the validator votes only when
/// nothing it may have signed before can contradict it. False: there is a ledger, or no invitation.
///
/// # Errors
/// The invitation cannot be read, or the ledger cannot be written.
pub fn refound(folder: &DataFolder) -> Result<bool, NodeError> {
    let Some(papers) = Invitation::of_folder(folder.path())?.filter(|_| !folder.has_ledger()) else {
        return Ok(false);
    };
    // A log of the old file would be read as one of the new file.
    swap::remove_logs(folder.path(), LEDGER)?;
    Driver::found_again(folder.path(), &papers.genesis)?;
    Ok(true)
}

/// Mends the ledger of a folder that nobody has open. `told` hears of each block: its height, of how many. A light node's ledger is founded
/// again where it is damaged, and fetched anew when it is next started; `light` says what it was if that can no longer be read.
///
/// # Errors
/// There is no ledger and no trace of one, the disk is full, or a file cannot be written. Nothing was changed then.
pub fn repair(folder: &DataFolder, light: bool, told: &mut dyn FnMut(u64, u64)) -> Result<Repaired, NodeError> {
    let path = folder.path();
    let papers = Invitation::of_folder(path)?;
    let before = match crate::fsck(path) {
        Err(NodeError::NoLedger(_)) if papers.is_some() => Fsck::gone(),
        other => other?,
    };
    let mut report = Repaired {
        before: before.faults.clone(),
        after: before,
        unmended: None,
        rebuilt: false,
        begun_again: false,
        mended: Vec::new(),
        given: BTreeMap::new(),
        same: None,
        lost: 0,
        votes_anew: false,
        aside: None,
    };
    if report.before.is_empty() {
        return Ok(report);
    }
    let aside = swap::Aside::of(path);
    if report.before.iter().any(|fault| fault.file == LEDGER) {
        let old = Salvage::open(path);
        match papers.as_ref().filter(|_| old.is_light().unwrap_or(light)) {
            Some(papers) => begin_again(path, papers, old, &aside, &mut report)?,
            None => make_anew(path, papers.as_ref(), old, &aside, &mut report, told)?,
        }
        if report.unmended.is_some() {
            return Ok(report);
        }
    }
    // Derived, and made anew at the next start.
    swap::remove_database(path, "views.db")?;
    if let Some(papers) = papers.as_ref().filter(|_| !report.begun_again) {
        report.votes_anew = votes_anew(path, &papers.genesis, &aside)?;
    }
    report.after = crate::fsck(path)?;
    let proven = report.after.faults.iter().all(|fault| fault.file != LEDGER) && report.same != Some(false);
    report.aside = aside.settle(proven)?;
    Ok(report)
}

/// The new file, proven and put in the place of the old one; or why that cannot be.
fn make_anew(
    path: &Path,
    papers: Option<&Invitation>,
    old: Salvage,
    aside: &swap::Aside,
    report: &mut Repaired,
    told: &mut dyn FnMut(u64, u64),
) -> Result<(), NodeError> {
    let genesis = papers.map(|papers| papers.genesis.clone());
    let Some(genesis) = genesis.or_else(|| old.genesis()) else {
        report.unmended = Some(Unmended::NoGenesis);
        return Ok(());
    };
    let givers = papers.map(Givers::start).transpose()?;
    let draft = swap::Draft::make(path)?;
    let chain = begin(draft.path(), &genesis)?;
    let mut rebuild = Rebuild {
        chain,
        next_record: 0,
        old,
        givers,
        random: StdRng::from_seed(crate::random()?),
        rules: rules_hash(),
        other_rules: false,
        report,
    };
    rebuild.report.unmended = rebuild.run(told)?;
    if rebuild.report.unmended.is_some() {
        return Ok(());
    }
    rebuild.finish()?;
    draft.proven()?;
    draft.replace(path, aside)?;
    report.rebuilt = true;
    Ok(())
}

/// A light node's ledger, as if it had just joined, but for what it follows and what waits in its outbox.
fn begin_again(
    path: &Path,
    papers: &Invitation,
    old: Salvage,
    aside: &swap::Aside,
    report: &mut Repaired,
) -> Result<(), NodeError> {
    let draft = swap::Draft::make(path)?;
    Light::found(draft.path(), &papers.trusted()?)?;
    let store = Store::open(draft.path())?;
    let (outbox, lost) = old.outbox(&papers.genesis.network());
    report.lost = lost;
    for record in &outbox {
        store.save_pending(record)?;
    }
    for one in old.aside() {
        store.set_aside(&one.record, &one.why, one.at)?;
    }
    for subject in old.followed() {
        store.follow(&subject)?;
    }
    drop(old);
    close(store)?;
    draft.proven()?;
    draft.replace(path, aside)?;
    report.rebuilt = true;
    report.begun_again = true;
    Ok(())
}

/// An empty ledger of that genesis. It is worth nothing before it is whole, so single saves need not wait for the disk.
fn begin(draft: &Path, genesis: &Genesis) -> Result<Chain, NodeError> {
    Driver::found_again(draft, genesis)?;
    let chain = Chain::open(draft, None)?;
    chain.store.connection.pragma_update(None, "synchronous", "OFF")?;
    Ok(chain)
}

/// Where several keep the ledger, votes that cannot be read are put aside for such that promise nothing is signed before it is safe.
fn votes_anew(path: &Path, genesis: &Genesis, aside: &swap::Aside) -> Result<bool, NodeError> {
    let network = genesis.network();
    let readable = Votes::reader(path, &network).and_then(|votes| votes.pages());
    match readable {
        Ok(pages) if pages == "ok" => return Ok(false),
        Err(error @ (NodeError::DiskFull | NodeError::TooNew { .. })) => return Err(error),
        _ => {}
    }
    aside.keep(path, VOTES)?;
    swap::remove_database(path, VOTES)?;
    drop(Votes::create(path, &network, Votes::UNKNOWN)?);
    Ok(true)
}

/// A ledger that is being made anew.
struct Rebuild<'a> {
    chain: Chain,
    /// Running number of the next block's first record.
    next_record: u64,
    old: Salvage,
    /// None where nobody else keeps the ledger.
    givers: Option<Givers>,
    random: StdRng,
    /// The rules of this version.
    rules: Hash,
    /// A block was met that others certified under rules that are not ours.
    other_rules: bool,
    report: &'a mut Repaired,
}

impl Rebuild<'_> {
    /// Block by block up to the newest that is known here; where none is, as far as peers give them.
    fn run(&mut self, told: &mut dyn FnMut(u64, u64)) -> Result<Option<Unmended>, NodeError> {
        let heard = self.givers.as_ref().map_or(0, Givers::newest);
        loop {
            let height = self.chain.height() + 1;
            let known = height <= self.old.newest();
            if !known && self.old.newest() > 0 {
                break;
            }
            if !self.own(height)? && !self.given(height)? {
                if self.other_rules {
                    return Ok(Some(Unmended::OtherRules(height)));
                }
                // Where nothing could be read here, there is as much as the others have.
                if !known && height > 1 {
                    break;
                }
                return Ok(Some(match &self.givers {
                    Some(_) => Unmended::NobodyGave(height),
                    None => Unmended::NobodyElse(height),
                }));
            }
            told(height, heard.max(self.old.newest()).max(height));
        }
        // Not one block, neither here nor with others: that is no ledger to go on with.
        let lost = self.chain.height() == 0 && !self.old.is_empty();
        Ok(lost.then_some(match &self.givers {
            Some(_) => Unmended::NobodyGave(1),
            None => Unmended::NobodyElse(1),
        }))
    }

    /// The block as it stands in the damaged file, if all of it is right.
    fn own(&mut self, height: u64) -> Result<bool, NodeError> {
        let Some(header) = self.old.header(height) else {
            return Ok(false);
        };
        let Some(records) = self.old.records(self.next_record, header.records_count) else {
            return Ok(false);
        };
        let certificate = self.old.certificate(&header, self.chain.validators());
        // Where one validator decides alone its newest block may still wait for its vote.
        let waits = certificate.is_none()
            && self.chain.validators().validators().len() == 1
            && self.givers.is_none()
            && height == self.old.newest();
        if certificate.is_none() && !waits {
            return Ok(false);
        }
        self.take(&header, certificate.as_ref(), &records)
    }

    /// The block as a peer gives it.
    fn given(&mut self, height: u64) -> Result<bool, NodeError> {
        let mut givers = self.givers.take();
        let given = match &mut givers {
            Some(givers) => self.given_by(givers, height),
            None => Ok(false),
        };
        self.givers = givers;
        given
    }

    fn given_by(&mut self, givers: &mut Givers, height: u64) -> Result<bool, NodeError> {
        while let Some(Giving { from, decided }) = givers.block(height) {
            let first = self.next_record;
            if self.take(&decided.header, Some(&decided.certificate), &decided.records)? {
                *self.report.given.entry(from).or_default() += 1;
                // What was not here at all is no damage to be told block by block.
                if height <= self.old.newest() && self.report.mended.len() < TOLD {
                    let missing = self.old.differing(first, &decided.records);
                    let records = missing.into_iter().take(NAMED).collect();
                    self.report.mended.push(Mended { height, from, records });
                }
                return Ok(true);
            }
            if self.other_rules {
                return Ok(false);
            }
            givers.distrust(from, "block.altered");
        }
        Ok(false)
    }

    /// Keeps a block if it is the next and all of it is right: its certificate, the signatures of its records, and what they make
    /// of the ledger.
    fn take(
        &mut self,
        header: &Header,
        certificate: Option<&CommitCertificate>,
        records: &[Record],
    ) -> Result<bool, NodeError> {
        if certificate.is_some_and(|one| one.verify(header, self.chain.validators()).is_err()) {
            return Ok(false);
        }
        if header.rules != self.rules {
            self.other_rules |= certificate.is_some();
            return Ok(false);
        }
        let signed = records.chunks(256).all(|some| {
            ledger::record::verify_batch(some, &mut self.random)
                .iter()
                .all(|good| *good)
        });
        if !signed {
            return Ok(false);
        }
        let candidates: Vec<Candidate> = records.iter().cloned().map(Candidate::read).collect();
        let Ok(prepared) = self.chain.judge(header, &candidates)? else {
            return Ok(false);
        };
        self.chain.commit(prepared, certificate)?;
        self.chain.fresh.clear();
        self.next_record += header.records_count;
        Ok(true)
    }

    /// The outbox comes along, and all of it goes to the disk.
    fn finish(self) -> Result<(), NodeError> {
        let Self {
            mut chain,
            old,
            givers,
            report,
            ..
        } = self;
        drop(givers);
        let (outbox, lost) = old.outbox(chain.network());
        report.lost = lost;
        for record in &outbox {
            if chain.store.record_number(&record.id())?.is_none() {
                chain.store.save_pending(record)?;
            }
        }
        for one in old.aside() {
            chain.store.set_aside(&one.record, &one.why, one.at)?;
        }
        chain.flush()?;
        report.same = match old.header(old.newest()) {
            Some(header) => Some(
                chain
                    .store
                    .block_row(header.height)?
                    .is_some_and(|row| row.id == header.id()),
            ),
            None => None,
        };
        close(chain.store)
    }
}

/// Everything of a ledger in its one file, on the disk.
fn close(store: Store) -> Result<(), NodeError> {
    store.connection.pragma_update(None, "synchronous", "FULL")?;
    store
        .connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}
