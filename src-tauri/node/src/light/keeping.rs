//! What is kept of an answer that was proved.

use super::{FOLLOWED, Kept, Light, STAGED_BYTES, Staged, member, read_state};
use crate::chain::Chain;
use crate::error::NodeError;
use crate::execute::violation;
use crate::hashing::Hashed;
use crate::receipt::Outcome;
use crate::store::{Place, Store, SubjectRow};
use ledger::light::page::{Page, Taken};
use ledger::{Hash, Party, PublicKey, Record, Subject, Time};
use std::collections::BTreeSet;
use std::sync::Arc;
use systems::{Entry, Violation};

impl Light {
    /// Keeps what a page was proved to say.
    ///
    /// # Errors
    /// Storage; then nothing of it is kept.
    pub fn keep(
        &mut self,
        chain: &mut Chain,
        now: Time,
        peer: &PublicKey,
        page: &Page,
        taken: Vec<Taken>,
    ) -> Result<Kept, NodeError> {
        let mut kept = Kept::default();
        chain.store.begin()?;
        let step = self.step + 1;
        let mut headers = page.blocks.iter().map(|block| &block.header);
        let saved = headers.try_for_each(|header| chain.store.save_header(header, None));
        let written = saved.and_then(|()| {
            taken.into_iter().try_for_each(|one| {
                // Somebody may have brought the same in the meantime.
                let had = self.follower(&chain.store, peer, one.subject.clone())?.frontier.count();
                let fresh = one.frontier.count() == had + u64::try_from(one.records.len()).unwrap_or(u64::MAX);
                if fresh {
                    self.keep_one(chain, (now, peer, step), page, one, &mut kept)
                } else {
                    Ok(())
                }
            })
        });
        if let Err(error) = written {
            chain.store.roll_back()?;
            chain.forget_numbers()?;
            self.staged.clear();
            return Err(error);
        }
        let gone = kept.outcomes.iter().map(|(id, _)| *id);
        chain.store.forget_pending(gone)?;
        let given_up = self.given_up(chain, now);
        match given_up.and_then(|gone| chain.store.commit().map(|()| gone)) {
            Ok(gone) => kept.outcomes.extend(gone),
            Err(error) => {
                chain.store.roll_back()?;
                chain.forget_numbers()?;
                return Err(error);
            }
        }
        if kept.news {
            self.step = step;
        }
        Ok(kept)
    }

    fn keep_one(
        &mut self,
        chain: &mut Chain,
        (now, peer, step): (Time, &PublicKey, u64),
        page: &Page,
        taken: Taken,
        kept: &mut Kept,
    ) -> Result<(), NodeError> {
        let fresh = taken
            .records
            .iter()
            .filter_map(|at| page.records.get(*at))
            .map(|placed| {
                let place = Place {
                    height: placed.height,
                    index: placed.index,
                    path: placed.path.clone(),
                };
                (placed.record.clone(), place)
            });
        let before = self.staged.remove(&taken.subject).filter(|staged| staged.from == *peer);
        let before = before.map(|staged| staged.records).unwrap_or_default();
        let records: Vec<(Record, Place)> = before.into_iter().chain(fresh).collect();
        if !taken.whole {
            let staged = Staged {
                from: *peer,
                frontier: taken.frontier,
                records,
            };
            self.staged.insert(taken.subject, staged);
            return self.bound_staged();
        }
        if !self.is_ours(&chain.store, &taken.subject, &records)? {
            return Ok(());
        }
        let news = !records.is_empty();
        let Some((value, state)) = taken.present else {
            return chain
                .store
                .save_seen(&taken.subject, page.head.header.height, now, None);
        };
        if news {
            let row = SubjectRow {
                number: chain.subject_number(&taken.subject)?,
                entry: Entry {
                    state: Arc::new(read_state(&taken.subject, state.bytes())?),
                    count: value.count,
                    turn: value.turn,
                    changed: value.changed,
                },
                frontier: taken.frontier,
            };
            let hashed = Hashed {
                key: taken.subject.index_key(),
                value: value.hash(),
                state: state.bytes().to_vec(),
            };
            kept.outcomes
                .extend(chain.place_records(&taken.subject, &row, &hashed, &records)?);
            self.reach(&chain.store, &state, &records)?;
            kept.news = true;
        }
        let fresh = news.then(|| (step, value.hash()));
        chain
            .store
            .save_seen(&taken.subject, page.head.header.height, now, fresh)
    }

    /// Follows what a subject's truth depends on: what its state links to, and who wrote it.
    fn reach(&self, store: &Store, state: &ledger::State, records: &[(Record, Place)]) -> Result<(), NodeError> {
        if store.count_followed()?.0 >= FOLLOWED {
            return Ok(());
        }
        let authors: BTreeSet<&Party> = records.iter().map(|(record, _)| record.party()).collect();
        let authors = authors.into_iter().map(Subject::party);
        authors
            .chain(state.links().iter().cloned())
            .try_for_each(|subject| store.follow(&subject))
    }

    fn bound_staged(&mut self) -> Result<(), NodeError> {
        let held = self.staged.values().flat_map(|staged| &staged.records);
        if held.map(|(record, _)| record.bytes().len()).sum::<usize>() > STAGED_BYTES {
            self.staged.clear();
            return Err(NodeError::Unknown(
                "a subject with more records than a light node holds".to_owned(),
            ));
        }
        Ok(())
    }

    /// Whether a subject is followed, from now on at the latest: one that a peer only named is if it does concern us.
    fn is_ours(&mut self, store: &Store, subject: &Subject, records: &[(Record, Place)]) -> Result<bool, NodeError> {
        self.wanted.remove(subject);
        if !self.hinted.remove(subject) || store.seen(subject)?.is_some() {
            return Ok(true);
        }
        let ours = self.concerns(subject, records) && store.count_followed()?.0 < FOLLOWED;
        if let Some(party) = member(subject).filter(|_| ours) {
            // Who is a member is told by its own records.
            store.follow(&Subject::party(&party))?;
        }
        Ok(ours)
    }

    /// Takes out of the outbox what no block can take any more.
    fn given_up(&self, chain: &mut Chain, now: Time) -> Result<Vec<(Hash, Outcome)>, NodeError> {
        let lapsed = self.lapsed(&chain.store)?;
        let mut gone = chain.give_up(lapsed, self.party.as_ref(), now)?;
        let overtaken = chain.overtaken()?;
        gone.extend(chain.give_up(overtaken, self.party.as_ref(), now)?);
        chain.store.forget_settled()?;
        Ok(gone)
    }

    /// Records of ours that no block can take any more: the trusted header is later than they may be confirmed, and all of their
    /// first subject's records up to it are here.
    fn lapsed(&self, store: &Store) -> Result<Vec<(Record, Violation)>, NodeError> {
        let mut lapsed = Vec::new();
        for record in store.pending()? {
            if record.until() >= self.trusted.time() {
                continue;
            }
            let Some(subject) = record.subjects().first() else {
                continue;
            };
            if store.seen(subject)? == Some(self.trusted.height()) && store.record_number(&record.id())?.is_none() {
                let refused = violation("node.too-late", "until", &record.until().to_string());
                lapsed.push((record, refused));
            }
        }
        Ok(lapsed)
    }
}
