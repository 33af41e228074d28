//! Lies about hand-overs: offers never made, two answers, offers that were changed, goods sold twice.

use super::{Author, Desktop, HONEST, LIAR, Message, THIRD, US};
use ledger::{Hash, Record};

/// Our own shipment, offered to a firm; on its desk all of it waits.
fn we_offer(desktop: &Desktop, author: &mut Author, to: usize) -> Record {
    let ours = author.offered(US, to, &desktop.number());
    desktop.signs(&ours);
    ours[3].clone()
}

/// Who may answer: nobody else, whatever was offered, and nothing that was not.
#[test]
fn acceptances_of_offers_never_made() {
    let desktop = Desktop::new("desk-never");
    let liar = desktop.meet(LIAR);
    let mut author = Author::new(&desktop.world);
    let packed = author.packed(US, LIAR, &desktop.number());
    desktop.signs(&packed);
    let to_another = we_offer(&desktop, &mut author, HONEST);
    let before = desktop.state();
    let shipment = author.shipment(US, "100");
    let made_up = author.clone().say(
        LIAR,
        "logistics.handover-accepted.1",
        &author.acceptance(&shipment, Hash::of(b"an offer")),
    );
    let of_another = author.clone().accepted(LIAR, &to_another);
    let of_no_shipment = author.clone().say(
        LIAR,
        "logistics.handover-accepted.1",
        &author.acceptance(&author.shipment(US, "never"), to_another.id()),
    );
    let answer = liar.tell(&Message::of(&[made_up, of_another, of_no_shipment])).unwrap();
    println!("{answer:?}");
    assert!(answer.have.is_empty(), "{answer:?}");
    let mut after = desktop.state();
    // Who contradicts what waits may be shown to a person.
    after.rivals.clear();
    assert_eq!(after, before);
    desktop.goes_on();
}

/// The liar accepts and declines the same offer, both well signed: one of them counts, and it stays that one.
#[test]
fn two_answers_to_one_offer() {
    let mut desktop = Desktop::new("desk-two");
    let liar = desktop.meet(LIAR);
    let mut author = Author::new(&desktop.world);
    let offer = we_offer(&desktop, &mut author, LIAR);
    let accepted = author.clone().accepted(LIAR, &offer);
    let declined = author.clone().ended(LIAR, &offer);
    let answer = liar.tell(&Message::of(&[accepted.clone(), declined.clone()])).unwrap();
    assert_eq!(answer.have, [accepted.id()], "{answer:?}");
    assert_eq!(answer.not_kept[0].id, declined.id());
    let before = desktop.state();
    for _ in 0..3 {
        let answer = liar.tell(&Message::of(std::slice::from_ref(&declined))).unwrap();
        assert!(answer.have.is_empty(), "{answer:?}");
        assert_eq!(desktop.state().outbox, before.outbox);
    }
    desktop.restart();
    let liar = desktop.meet(LIAR);
    liar.tell(&Message::of(&[declined, accepted])).unwrap();
    assert_eq!(desktop.state().outbox, before.outbox);
    desktop.goes_on();
}

/// An offer is accepted; then the liar comes with another offer in its place, with a plan that was changed, or takes it back.
#[test]
fn an_offer_changed_after_its_acceptance() {
    let mut desktop = Desktop::new("desk-changed");
    let liar = desktop.meet(LIAR);
    let author = Author::new(&desktop.world);
    let mut before_offer = author.clone();
    let packed = before_offer.packed(LIAR, US, "1");
    let mut offering = before_offer.clone();
    let offer = author.offer(&author.shipment(LIAR, "1"), US);
    let offered = offering.say(LIAR, "logistics.handover-offered.1", &offer);
    let first = [packed, vec![offered.clone()]].concat();
    assert_eq!(liar.tell(&Message::of(&first)).unwrap().have.len(), 4);
    let ours = offering.accepted(US, &offered);
    desktop.signs(std::slice::from_ref(&ours));
    let before = desktop.state();
    // In the turn of the first offer: to somebody else, and with other words to us.
    let elsewhere = author.offer(&author.shipment(LIAR, "1"), THIRD);
    let elsewhere = before_offer
        .clone()
        .say(LIAR, "logistics.handover-offered.1", &elsewhere);
    let again = before_offer.clone().say(LIAR, "logistics.handover-offered.1", &offer);
    // On top of it: taken back in the turn of our acceptance.
    let mut on_top = before_offer.clone();
    on_top.say(LIAR, "logistics.handover-offered.1", &offer);
    let taken_back = on_top.ended(LIAR, &offered);
    for lie in [&elsewhere, &again, &taken_back] {
        let answer = liar.tell(&Message::of(std::slice::from_ref(lie))).unwrap();
        assert_eq!((answer.have.len(), answer.not_kept.len()), (0, 1), "{answer:?}");
    }
    let mut whole = Message::of(&first[..3]);
    whole.records.push(elsewhere.text().to_owned());
    liar.tell(&whole).unwrap();
    let after = desktop.state();
    assert_eq!((&after.outbox, &after.aside), (&before.outbox, &before.aside));
    desktop.restart();
    assert_eq!(desktop.state().outbox, before.outbox);
    desktop.goes_on();
}

/// What contradicts ours is kept for a person to choose from: a liar that contradicts it in a thousand ways fills no list.
#[test]
fn a_thousand_contradictions() {
    let desktop = Desktop::new("desk-contradictions");
    let liar = desktop.meet(LIAR);
    let mut author = Author::new(&desktop.world);
    let shipment = author.shipment(LIAR, "1");
    let first = author.offered(LIAR, US, "1");
    liar.tell(&Message::of(&first)).unwrap();
    let ours = author.clone().accepted(US, &first[3]);
    desktop.signs(std::slice::from_ref(&ours));
    let before = desktop.state();
    for _ in 0..6 {
        let ended: Vec<Record> = (0..200).map(|_| author.clone().ended(LIAR, &first[3])).collect();
        let answer = liar.tell(&Message::of(&ended)).unwrap();
        assert!(answer.have.is_empty(), "{answer:?}");
    }
    let after = desktop.state();
    println!("{} contradictions of {shipment} are kept", after.rivals.len());
    assert_eq!(after.outbox, before.outbox);
    // Of another firm a contradiction is still shown to the person.
    let honest = desktop.meet(HONEST);
    let theirs = author.offered(HONEST, US, "contradicted");
    honest.tell(&Message::of(&theirs)).unwrap();
    let accepted = author.clone().accepted(US, &theirs[3]);
    desktop.signs(std::slice::from_ref(&accepted));
    let taken_back = author.clone().ended(HONEST, &theirs[3]);
    honest.tell(&Message::of(std::slice::from_ref(&taken_back))).unwrap();
    assert!(
        desktop.state().rivals.contains(&taken_back.id()),
        "an honest contradiction is not shown"
    );
    assert!(
        after.rivals.len() <= 64,
        "{} contradictions are kept",
        after.rivals.len()
    );
    desktop.goes_on();
}

/// Goods sold twice: the liar offers one shipment to us, and to another firm in the same turn. Out of reach nobody can know; when
/// validators are in reach one of the two offers is confirmed, and ours is set aside with its reason.
#[test]
fn goods_that_were_sold_twice() {
    let world = std::sync::Arc::new(crate::world::World::found("desk-twice"));
    let mut desktop = Desktop::in_world(&world, "desk-twice-desktop");
    let liar = desktop.meet(LIAR);
    let mut author = Author::new(&world);
    let packed = author.packed(LIAR, US, "1");
    let shipment = author.shipment(LIAR, "1");
    let mut elsewhere = author.clone();
    let to_them = elsewhere.say(LIAR, "logistics.handover-offered.1", &author.offer(&shipment, THIRD));
    let to_us = author.say(LIAR, "logistics.handover-offered.1", &author.offer(&shipment, US));
    let told = [packed.clone(), vec![to_us.clone()]].concat();
    assert_eq!(liar.tell(&Message::of(&told)).unwrap().have.len(), 4);
    let ours = author.accepted(US, &to_us);
    desktop.signs(std::slice::from_ref(&ours));
    let sold = elsewhere.accepted(THIRD, &to_them);
    for record in packed.into_iter().chain([to_them, sold]) {
        world.confirm(1, vec![record]);
    }
    desktop.close();
    desktop.open_in_reach();
    let settled = || {
        desktop.running().network.nudge();
        let state = desktop.state();
        state.outbox.is_empty() && state.aside.contains(&ours.id())
    };
    crate::world::wait(settled, || format!("{:?}", desktop.state()));
    let aside = desktop.node().aside().unwrap();
    let why = aside.iter().find(|one| one.record.id() == ours.id()).unwrap();
    println!("{}", String::from_utf8_lossy(&why.why));
    desktop.close();
    desktop.open();
    // Told again it does not come back.
    let liar = desktop.meet(LIAR);
    let answer = liar.tell(&Message::of(&[to_us])).unwrap();
    assert!(
        answer.have.is_empty() && desktop.state().outbox.is_empty(),
        "{answer:?}"
    );
    desktop.goes_on();
}
