//! Lies about records and subjects, under headers that are true.

use crate::liar::{Liar, Lie, after, certified, headers, pages, raw_pages};
use crate::lies;
use crate::world::{Folder, World, wait};
use ledger::light::page::{Page, Proved, Shown};
use ledger::{Hash, IndexProof, RecordDraft, SecretKey, State, Subject};
use serde_json::Value;
use std::sync::{Arc, Mutex};

fn flip(hash: &mut Hash) {
    hash.0[7] ^= 1;
}

/// The lot's part of the page, where it has records.
fn lot(page: &mut Page) -> Option<&mut Shown> {
    let is_lot = |shown: &&mut Shown| shown.subject.as_str().starts_with("lot:") && !shown.records.is_empty();
    page.subjects.iter_mut().find(is_lot)
}

/// The place in the page of the lot's last record: the recall.
fn recall(page: &mut Page) -> Option<usize> {
    lot(page).and_then(|shown| shown.records.last().copied())
}

/// A lie about how the lot is proved.
fn proof(lie: impl Fn(&mut Proved) + Send + Sync + 'static) -> Lie {
    pages(move |page| lot(page).and_then(|shown| shown.proved.as_mut()).map(&lie).is_some())
}

/// A lie about the block of the lot's first record.
fn block(lie: impl Fn(&mut ledger::evidence::ShownBlock) + Send + Sync + 'static) -> Lie {
    pages(move |page| {
        let first = lot(page).map(|shown| shown.records[0]);
        let height = first.map(|at| page.records[at].height);
        let block = page.blocks.iter_mut().find(|block| Some(block.header.height) == height);
        block.map(&lie).is_some()
    })
}

/// A lie about the recall.
fn record(lie: impl Fn(&mut ledger::light::page::PlacedRecord) + Send + Sync + 'static) -> Lie {
    pages(move |page| recall(page).map(|at| lie(&mut page.records[at])).is_some())
}

/// The record with another nonce, signed by its own firm again.
fn signed_again(record: &ledger::Record) -> ledger::Record {
    let draft = RecordDraft {
        network: record.network(),
        kind: record.kind().clone(),
        party: *record.party(),
        subjects: record.subjects().to_vec(),
        reads: record.reads().to_vec(),
        seen: record.seen().clone(),
        refers: record.refers().to_vec(),
        claimed: record.claimed(),
        until: record.until(),
        nonce: [9; 16],
        body: serde_json::from_str(record.body_json()).unwrap(),
        commits: record.commits().to_vec(),
    };
    let key = SecretKey::from_seed(Hash::of(b"sealroad-bench 1 0").as_bytes());
    draft.sign(&key).unwrap()
}

/// A state that says that less was recalled, or whatever else its first number counts.
fn other_state(state: &State) -> State {
    let text = String::from_utf8(state.bytes().to_vec()).unwrap();
    let altered = text.replace("480", "481");
    assert_ne!(text, altered);
    State::parse(altered.as_bytes()).unwrap()
}

lies! {
    dropped_recall: "light.withheld", pages(|page| lot(page).and_then(|shown| shown.records.pop()).is_some());
    dropped_recall_with_a_smaller_count: "light.bad-index-proof", pages(|page| {
        let Some(shown) = lot(page) else { return false };
        shown.records.pop();
        let present = shown.proved.as_mut().and_then(|proved| proved.present.as_mut());
        present.map(|(value, _)| value.count -= 1).is_some()
    });
    first_record_dropped: "light.withheld", pages(|page| lot(page).map(|shown| shown.records.remove(0)).is_some());
    records_in_another_order: "light.other-records", pages(|page| lot(page).map(|shown| shown.records.reverse()).is_some());
    a_record_twice: "light.other-records", pages(|page| {
        lot(page).map(|shown| shown.records.push(*shown.records.last().unwrap())).is_some()
    });
    a_record_of_another_subject: "light.other-records", pages(|page| {
        let of_lot = |record: &ledger::Record| record.subjects().iter().any(|one| one.as_str().starts_with("lot:"));
        let other = page.records.iter().position(|placed| !of_lot(&placed.record));
        let Some(other) = other else { return false };
        lot(page).map(|shown| *shown.records.last_mut().unwrap() = other).is_some()
    });
    a_place_beyond_the_page: "light.other-records", pages(|page| {
        lot(page).map(|shown| *shown.records.last_mut().unwrap() = usize::MAX).is_some()
    });
    said_to_be_absent: "light.bad-index-proof", proof(|proved| proved.present = None);
    said_to_be_absent_beside_another: "light.bad-index-proof", proof(|proved| {
        let (key, value) = (Hash::of(b"another"), Hash::of(b"its value"));
        *proved = Proved { present: None, proof: IndexProof { leaf: Some(ledger::index::OtherLeaf { key, value }), ..proved.proof.clone() } };
    });
    wrong_index_proof: "light.bad-index-proof", proof(|proved| flip(&mut proved.proof.siblings[0]));
    short_index_proof: "light.bad-index-proof", proof(|proved| proved.proof.siblings.truncate(proved.proof.siblings.len() - 1));
    index_proof_of_another_subject: "light.bad-index-proof", pages(|page| {
        let proofs: Vec<_> = page.subjects.iter().map(|one| (one.subject.clone(), one.proved.clone())).collect();
        let Some(shown) = lot(page) else { return false };
        let other = proofs.into_iter().find(|(subject, proved)| *subject != shown.subject && proved.as_ref().is_some_and(|one| one.present.is_some()));
        other.map(|(_, proved)| shown.proved = proved).is_some()
    });
    thousands_of_siblings: "light.bad-index-proof", proof(|proved| proved.proof.siblings.resize(5_000, Hash::of(b""))) ;
    state_altered: "light.other-state", proof(|proved| {
        let Some((_, state)) = &mut proved.present else { return };
        *state = other_state(state);
    });
    state_and_value_altered: "light.bad-index-proof", proof(|proved| {
        let Some((value, state)) = &mut proved.present else { return };
        *state = other_state(state);
        value.state = state.hash();
    });
    record_altered: "light.not-in-block", raw_pages(|page| {
        let text = page.to_string();
        let altered = text.replace("loose threads", "loose thread5");
        *page = serde_json::from_str::<Value>(&altered).unwrap();
        text != altered
    });
    record_signed_again: "light.not-in-block", record(|placed| placed.record = signed_again(&placed.record));
    record_at_another_index: "light.not-in-block", record(|placed| placed.index += 1);
    record_in_another_block: "light.not-in-block", record(|placed| placed.height -= 1);
    record_above_the_head: "light.not-in-block", record(|placed| placed.height += 1_000);
    record_with_another_path: "light.not-in-block", pages(|page| {
        let with_path = page.records.iter_mut().find(|placed| !placed.path.is_empty());
        with_path.map(|placed| flip(&mut placed.path[0])).is_some()
    });
    records_root_of_a_block_altered: "light.not-in-history", block(|block| flip(&mut block.header.records_root));
    time_of_a_block_altered: "light.not-in-history", block(|block| block.header.time = block.header.time.plus_millis(1));
    path_of_a_block_altered: "light.not-in-history", block(|block| flip(&mut block.path[0]));
    a_block_withheld: "light.not-in-block", pages(|page| lot(page).is_some() && page.blocks.pop().is_some());
    subjects_nobody_asked_for: "light.not-asked", pages(|page| {
        let Some(shown) = lot(page).map(|shown| shown.clone()) else { return false };
        page.subjects.push(Shown { subject: Subject::code("tracking", "RB123456785CN").unwrap(), ..shown });
        true
    });
    no_page_of_any_form: "light.unreadable", raw_pages(|page| {
        *page = Value::from("nothing happened");
        true
    });
}

/// What says nothing false does no harm: the same block twice.
#[test]
fn a_block_twice() {
    let world = World::shared();
    let twice = pages(|page| {
        let last = page.blocks.last().cloned();
        lot(page).is_some() && last.map(|block| page.blocks.push(block)).is_some()
    });
    let liar = Liar::start(&world, twice);
    let folder = Folder::new("block-twice");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    world.ends_right(&light);
    assert!(liar.lies() > 0);
    light.stop();
}

/// A page under a head that too few certified is not believed, and does not keep the node from asking others.
#[test]
fn head_of_the_page_nobody_signed() {
    let world = World::shared();
    let liar = Liar::start(
        &world,
        pages(|page| {
            page.head = certified(after(&page.head.header), &[0, 1]);
            true
        }),
    );
    let folder = Folder::new("page-head");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    light.node.follow(vec![world.lot.clone()]).unwrap();
    let tried = || {
        light.network.nudge();
        liar.lies() > 0 && !light.seen(&liar.seat).refused.is_empty()
    };
    wait(tried, || light.peers());
    world.nothing_false(&light);
    assert!(light.ids(&world.lot).is_empty());
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    light.stop();
}

/// A page kept from before the recall, told under the newest head.
#[test]
fn a_new_state_withheld() {
    let world = World::found("withheld");
    let kept: Arc<Mutex<Vec<Shown>>> = Arc::default();
    let memory = Arc::clone(&kept);
    let liar = Liar::start(
        &world,
        pages(move |page| {
            let mut memory = memory.lock().unwrap();
            let have = memory
                .iter()
                .find(|old| old.subject.as_str().starts_with("lot:"))
                .cloned();
            let Some(shown) = page
                .subjects
                .iter_mut()
                .find(|shown| shown.subject.as_str().starts_with("lot:"))
            else {
                return false;
            };
            match have {
                None => memory.push(shown.clone()),
                Some(old) => {
                    *shown = Shown {
                        records: Vec::new(),
                        ..old
                    }
                }
            }
            true
        }),
    );
    let folder = Folder::new("withheld-light");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    light.node.follow(vec![world.lot.clone()]).unwrap();
    wait(
        || light.ids(&world.lot) == world.validator(1).ids(&world.lot),
        || light.peers(),
    );
    world.recall("dyes");
    let asked = || {
        light.node.follow(vec![world.lot.clone()]).unwrap();
        light.network.nudge();
        light.seen(&liar.seat).times("light.bad-index-proof") > 0
    };
    wait(asked, || light.peers());
    world.nothing_false(&light);
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    light.stop();
}

/// One fault too many: three of four certify an index of their own, and a false page under it is believed.
#[test]
fn three_of_four_make_a_page_believed() {
    let world = World::found("false-page");
    let subject = world.lot.clone();
    let forged: Arc<Mutex<Option<ledger::light::Certified>>> = Arc::default();
    let (told_head, page_head) = (Arc::clone(&forged), forged);
    let heads = headers(move |_, told| {
        let Some(head) = &told.head else { return };
        let mut header = after(&head.header);
        header.index_root = ledger::index::EMPTY;
        let head = told_head
            .lock()
            .unwrap()
            .get_or_insert_with(|| certified(header, &[0, 1, 2]))
            .clone();
        told.head = Some(head);
    });
    let absent = pages(move |page| {
        let Some(head) = page_head.lock().unwrap().clone() else {
            return false;
        };
        page.head = head;
        page.records.clear();
        page.blocks.clear();
        for shown in &mut page.subjects {
            shown.records.clear();
            let proof = IndexProof {
                leaf: None,
                siblings: Vec::new(),
            };
            shown.proved = Some(Proved { present: None, proof });
        }
        true
    });
    let liar = Liar::start(
        &world,
        Box::new(move |ask, honest| heads(ask, honest).or_else(|| absent(ask, honest))),
    );
    let folder = Folder::new("false-page-light");
    let light = world.light(&folder, vec![liar.seat.clone()]);
    light.node.follow(vec![subject]).unwrap();
    let believed = || {
        light.network.nudge();
        light
            .node
            .following()
            .unwrap()
            .is_some_and(|following| following.waiting == 0)
    };
    wait(believed, || light.peers());
    assert!(light.height() > world.level(1));
    light.stop();
}
