//! What is allowed next with shipments.

use super::packing;
use super::records::{
    Arrived, Confirmed, Corrected, CorrectionReason, CustodyStated, Delivered, Departed, ExceptionRaised,
    ExceptionResolved, HandoverAccepted, HandoverEnded, HandoverOffered,
};
use super::state::{AWAITING, EXCEPTIONS, Offer, ShipmentState, Stage};
use crate::shared::context::{Context, Rule, Said, Violation, demand, owned_by};
use crate::shared::goods::{Place, Who};
use crate::shared::rules::rule;
use crate::shared::standing::is_party;
use crate::{Payload, State};
use ledger::{Hash, Subject, Time};

/// The rules of this room.
pub(crate) fn check(said: &Said<'_>, payload: &Payload, ctx: &Context<'_>) -> Result<(), Violation> {
    match payload {
        Payload::Packed(record) => packing::packed(said, record, ctx),
        Payload::Departed(record) => departed(said, record, ctx),
        Payload::Arrived(record) => arrived(said, record, ctx),
        Payload::Delivered(record) => delivered(said, record, ctx),
        Payload::HandoverOffered(record) => offered(said, record, ctx),
        Payload::HandoverAccepted(record) => accepted(said, record, ctx),
        Payload::HandoverEnded(record) => ended(said, record, ctx),
        Payload::CustodyStated(record) => stated(said, record, ctx),
        Payload::ExceptionRaised(record) => raised(said, record, ctx),
        Payload::ExceptionResolved(record) => resolved(said, record, ctx),
        Payload::ShipmentCorrected(record) => corrected(said, record, ctx),
        Payload::ShipmentConfirmed(record) => confirmed(said, record, ctx),
        _ => Ok(()),
    }
}

/// The shipment a record is about.
pub(super) fn shipment<'a>(subject: &Subject, ctx: &Context<'a>) -> Result<&'a ShipmentState, Violation> {
    match ctx.existing(subject, "shipment")? {
        State::Shipment(shipment) => Ok(shipment),
        _ => Err(Violation::new("shared.subject-type", "shipment")),
    }
}

/// Whether the author holds the goods, or founded the shipment and speaks for a holder without a key.
pub(super) fn holds(said: &Said<'_>, subject: &Subject, shipment: &ShipmentState) -> bool {
    let for_partner = || shipment.holder_has_no_key() && owned_by(subject, said.party);
    is_party(&shipment.holder, said.party) || for_partner()
}

fn custody(said: &Said<'_>, subject: &Subject, shipment: &ShipmentState) -> Result<(), Violation> {
    demand(holds(said, subject, shipment), "logistics.custody", "shipment")
}

/// The shipment is at one of these stages.
pub(super) fn at_stage(shipment: &ShipmentState, stages: &[Stage]) -> Result<(), Violation> {
    if stages.contains(&shipment.stage) {
        return Ok(());
    }
    let stage = serde_json::to_value(shipment.stage).unwrap_or_default();
    Err(Violation::new("logistics.stage", "shipment").with("stage", stage.as_str().unwrap_or_default()))
}

/// Nothing happens before what has already happened, and nothing moves while custody is on offer.
pub(super) fn in_order(shipment: &ShipmentState, at: Time) -> Result<(), Violation> {
    demand(shipment.offer.is_none(), "logistics.offer-open", "shipment")?;
    after_last(shipment, at)
}

fn after_last(shipment: &ShipmentState, at: Time) -> Result<(), Violation> {
    match shipment.last {
        Some(last) if at < last => Err(Violation::new("logistics.time-order", "at").with("last", last)),
        _ => Ok(()),
    }
}

fn where_it_is(shipment: &ShipmentState, place: &Place) -> Result<(), Violation> {
    match &shipment.place {
        Some(spot) if !spot.may_be(place) => {
            Err(Violation::new("logistics.elsewhere", "place").with("place", &spot.name))
        }
        _ => Ok(()),
    }
}

fn no_more_than(packages: u32, most: u32) -> Result<(), Violation> {
    if packages <= most {
        return Ok(());
    }
    Err(Violation::new("logistics.packages-count", "packages").with("most", most))
}

fn departed(said: &Said<'_>, record: &Departed, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    custody(said, &record.shipment, shipment)?;
    at_stage(shipment, &[Stage::Packed, Stage::AtPlace])?;
    in_order(shipment, record.at.time)?;
    where_it_is(shipment, &record.place)
}

fn arrived(said: &Said<'_>, record: &Arrived, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    custody(said, &record.shipment, shipment)?;
    at_stage(shipment, &[Stage::UnderWay])?;
    in_order(shipment, record.at.time)
}

fn delivered(said: &Said<'_>, record: &Delivered, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    custody(said, &record.shipment, shipment)?;
    at_stage(shipment, &[Stage::AtPlace])?;
    in_order(shipment, record.at.time)?;
    where_it_is(shipment, &record.place)?;
    let at_end = shipment.destination.may_be(&record.place) || shipment.holder == shipment.consignee;
    demand(at_end, "logistics.destination", "place")?;
    no_more_than(record.packages, shipment.packages)
}

fn offered(said: &Said<'_>, record: &HandoverOffered, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    custody(said, &record.shipment, shipment)?;
    at_stage(shipment, &[Stage::Packed, Stage::AtPlace])?;
    in_order(shipment, record.at.time)?;
    demand(record.to != shipment.holder, "logistics.handover-self", "to")?;
    where_it_is(shipment, &record.place)?;
    no_more_than(record.packages, shipment.packages)
}

fn open_offer<'a>(shipment: &'a ShipmentState, offer: &Hash) -> Result<&'a Offer, Violation> {
    let open = shipment.offer.as_ref().filter(|open| open.record == *offer);
    open.ok_or_else(|| Violation::new("logistics.offer-gone", "offer"))
}

fn accepted(said: &Said<'_>, record: &HandoverAccepted, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    let offer = open_offer(shipment, &record.offer)?;
    demand(is_party(&offer.to, said.party), "logistics.offer-not-to-you", "offer")?;
    after_last(shipment, record.at.time)?;
    no_more_than(record.packages, offer.packages)?;
    demand(
        record.packages == offer.packages || record.remark.is_some(),
        "logistics.remark-missing",
        "remark",
    )
}

fn ended(said: &Said<'_>, record: &HandoverEnded, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    let offer = open_offer(shipment, &record.offer)?;
    let may = is_party(&offer.to, said.party) || holds(said, &record.shipment, shipment);
    demand(may, "logistics.offer-not-to-you", "offer")
}

fn stated(said: &Said<'_>, record: &CustodyStated, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    demand(record.from == shipment.holder, "logistics.custody-from", "from")?;
    let may = match (&record.from, &record.to) {
        (Who::Party(_), Who::Party(_)) => return Err(Violation::new("logistics.both-have-keys", "to")),
        (Who::Party(from), Who::Partner(_)) => from == said.party,
        (Who::Partner(_), to) => {
            let named = *to == shipment.consignee || *to == shipment.consignor;
            owned_by(&record.shipment, said.party) || (named && is_party(to, said.party))
        }
    };
    demand(may, "logistics.custody-statement", "from")?;
    at_stage(shipment, &[Stage::Packed, Stage::AtPlace])?;
    in_order(shipment, record.at.time)?;
    where_it_is(shipment, &record.place)?;
    // One place stays free, so that a delivery can always be said.
    demand(
        shipment.awaiting.len() + 1 < AWAITING,
        "logistics.statements-full",
        "shipment",
    )?;
    no_more_than(record.packages, shipment.packages)
}

/// Whether the author has a part in the shipment.
fn takes_part(said: &Said<'_>, subject: &Subject, shipment: &ShipmentState) -> bool {
    let named = [&shipment.holder, &shipment.consignor, &shipment.consignee];
    named.into_iter().any(|who| is_party(who, said.party)) || owned_by(subject, said.party)
}

fn raised(said: &Said<'_>, record: &ExceptionRaised, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    demand(
        takes_part(said, &record.shipment, shipment),
        "logistics.stranger",
        "shipment",
    )?;
    demand(
        shipment.exceptions.len() < EXCEPTIONS,
        "logistics.exceptions-full",
        "shipment",
    )
}

fn resolved(said: &Said<'_>, record: &ExceptionResolved, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    let open = shipment.exceptions.iter().find(|open| open.record == record.exception);
    let open = open.ok_or_else(|| Violation::new("logistics.exception-unknown", "exception"))?;
    let may = open.party == *said.party || owned_by(&record.shipment, said.party);
    demand(may, "logistics.exception-resolver", "exception")
}

fn corrected(said: &Said<'_>, record: &Corrected, ctx: &Context<'_>) -> Result<(), Violation> {
    let undone = record.reason == CorrectionReason::DidNotOccur;
    demand(
        (record.place.is_some() || record.at.is_some()) != undone,
        "logistics.correction-empty",
        "reason",
    )?;
    let shipment = shipment(&record.shipment, ctx)?;
    let events = &shipment.events;
    let place = events.iter().position(|event| event.record == record.record);
    let place = place.ok_or_else(|| Violation::new("logistics.correct-unknown", "record"))?;
    let event = &events[place];
    demand(event.party == *said.party, "logistics.correct-not-yours", "record")?;
    let newest = place + 1 == events.len() && shipment.last == Some(event.time) && shipment.offer.is_none();
    demand(
        !undone || (newest && event.before.is_some()),
        "logistics.correct-newest",
        "reason",
    )?;
    if let Some(at) = &record.at {
        let not_before = place
            .checked_sub(1)
            .and_then(|before| events.get(before))
            .map(|before| before.time);
        let next = events.get(place + 1).map(|next| next.time);
        let not_after = next.or(shipment.last.filter(|last| *last > event.time));
        let fits = not_before.is_none_or(|before| before <= at.time) && not_after.is_none_or(|after| at.time <= after);
        demand(fits, "logistics.time-order", "at")?;
    }
    Ok(())
}

fn confirmed(said: &Said<'_>, record: &Confirmed, ctx: &Context<'_>) -> Result<(), Violation> {
    let shipment = shipment(&record.shipment, ctx)?;
    let open = shipment.awaiting.iter().find(|open| open.record == record.record);
    let open = open.ok_or_else(|| Violation::new("logistics.confirm-unknown", "record"))?;
    demand(ctx.is(said.party, &open.who), "logistics.confirm-not-you", "record")
}

/// The rules of this room.
pub const RULES: &[Rule] = &[
    rule!(
        "logistics.same-parties",
        "Goods go from one to another.",
        "UN/CEFACT Buy-Ship-Pay, consignor and consignee"
    ),
    rule!(
        "logistics.leg-times",
        "A leg ends after it begins, and the next one begins after that.",
        "DCSA Track & Trace 3.0, planned events"
    ),
    rule!(
        "logistics.route",
        "Each leg begins where the one before ends, or goods lie where nobody answers for them.",
        "UN/CEFACT Multi-Modal Transport reference model; R42"
    ),
    rule!(
        "logistics.container",
        "The check digit of a container number must be right.",
        "ISO 6346:2022"
    ),
    rule!(
        "logistics.tracking",
        "A tracking number of the postal form has a check digit, and it must be right.",
        "UPU S10, 2017"
    ),
    rule!(
        "logistics.sscc",
        "Eighteen digits are an SSCC, and its check digit must be right.",
        "GS1 General Specifications, check digit"
    ),
    rule!(
        "logistics.package-kind",
        "Two characters name the kind of package.",
        "UN/ECE Recommendation 21, revision 12"
    ),
    rule!(
        "logistics.mark-twice",
        "A mark names one package of the shipment.",
        "UN/ECE Recommendation 15, simpler shipping marks"
    ),
    rule!(
        "logistics.item-is-one",
        "A piece with its own number is one piece.",
        "GS1 General Specifications, GTIN with serial number"
    ),
    rule!(
        "logistics.item-packed",
        "A piece is in one package at a time.",
        "EPCIS 2.0, AggregationEvent; R34"
    ),
    rule!(
        "logistics.received-in-itself",
        "Goods cannot come with the shipment they are packed into.",
        "EPCIS 2.0, AggregationEvent"
    ),
    rule!(
        "logistics.not-received",
        "Goods of another owner are ours to pack when a shipment to us was delivered.",
        "R34: transfers not held show a counterfeit"
    ),
    rule!(
        "logistics.left",
        "No more can be packed than is left of the lot, or than came with the shipment.",
        "R31: quantities; mass balance, ISO 22095:2020"
    ),
    rule!(
        "logistics.unit-differs",
        "Amounts of different units cannot be taken from each other.",
        "UN/ECE Recommendation 20"
    ),
    rule!(
        "logistics.never-made",
        "What was never made cannot be packed.",
        "CBV 2.0, error reason did_not_occur"
    ),
    rule!(
        "logistics.shipment-full",
        "A shipment lists up to 100 lots and pieces as far as 16 KiB hold them; plan another one.",
        "protocol section 7"
    ),
    rule!(
        "logistics.custody",
        "Only who holds the goods moves them; for a holder without a key, who planned the shipment speaks.",
        "CMR Article 17, COTIF-CIM Article 23: liability from taking over to delivery; R40"
    ),
    rule!(
        "logistics.stage",
        "Nothing departs before it is packed, arrives without departing, or is delivered before it arrives.",
        "DCSA Track & Trace 3.0, event order"
    ),
    rule!(
        "logistics.time-order",
        "Events of a shipment follow each other in time.",
        "R51: strict chronological order"
    ),
    rule!(
        "logistics.elsewhere",
        "Goods leave from the place where they are.",
        "R34: impossible travel; UN/LOCODE"
    ),
    rule!(
        "logistics.destination",
        "Delivery is at the end of the route, unless the consignee itself holds the goods.",
        "CMR Article 13, COTIF-CIM Article 17"
    ),
    rule!(
        "logistics.packages-count",
        "There cannot be more packages than there were.",
        "CMR Article 8: checking the number of packages"
    ),
    rule!(
        "logistics.offer-needs-key",
        "Only a party with a key can accept; for others custody is stated.",
        "R40: hand-over with two signatures"
    ),
    rule!(
        "logistics.offer-open",
        "While custody is on offer nothing moves: withdraw the offer first.",
        "R40; CMR Article 17"
    ),
    rule!("logistics.handover-self", "Custody passes to somebody else.", "R40"),
    rule!(
        "logistics.offer-gone",
        "The offer has been accepted, declined or withdrawn: the first committed answer wins.",
        "protocol section 3, `seen`; R40"
    ),
    rule!(
        "logistics.offer-not-to-you",
        "Only who was meant may accept; only who was meant or who offered may end it.",
        "R40: hand-over with two signatures"
    ),
    rule!(
        "logistics.remark-missing",
        "Fewer packages than offered: say what differs, or the carrier is presumed to have all.",
        "CMR Articles 8 and 9: reservations"
    ),
    rule!(
        "logistics.custody-from",
        "Custody passes from who holds it: the chain has no gap.",
        "R40; CMR Article 34, successive carriers"
    ),
    rule!(
        "logistics.both-have-keys",
        "Two parties with keys both sign: offer and acceptance.",
        "R40: hand-over with two signatures"
    ),
    rule!(
        "logistics.custody-statement",
        "Custody is stated by who gives it away, by who planned the shipment, or by its consignor or consignee who takes it.",
        "R40; R74"
    ),
    rule!(
        "logistics.statements-full",
        "Five statements of custody stand unconfirmed; more would not be readable.",
        "protocol section 7, 16 KiB"
    ),
    rule!(
        "logistics.stranger",
        "Only who has a part in the shipment can raise an exception.",
        "R43: cargo supervision"
    ),
    rule!(
        "logistics.exceptions-full",
        "Ten exceptions stand open; resolve one first.",
        "protocol section 7, 16 KiB"
    ),
    rule!(
        "logistics.exception-unknown",
        "Only an exception that stands open can be resolved.",
        "DCSA Track & Trace 3.0, delay reasons"
    ),
    rule!(
        "logistics.exception-resolver",
        "Who raised it, or who planned the shipment, says that it is over.",
        "R43"
    ),
    rule!(
        "logistics.correction-empty",
        "A correction says what is right, or that it did not occur, and not both.",
        "CBV 2.0, error reasons"
    ),
    rule!(
        "logistics.correct-unknown",
        "Only the last eight movements can be corrected.",
        "EPCIS 2.0, ErrorDeclaration"
    ),
    rule!(
        "logistics.correct-not-yours",
        "Only who said it can correct it.",
        "EPCIS 2.0, ErrorDeclaration"
    ),
    rule!(
        "logistics.correct-newest",
        "Only the newest departure or arrival can be undone; later ones rest on it.",
        "CBV 2.0, error reason did_not_occur"
    ),
    rule!(
        "logistics.confirm-unknown",
        "Only what was entered on behalf of another and still waits can be confirmed.",
        "R74"
    ),
    rule!(
        "logistics.confirm-not-you",
        "Only the party it was entered for can confirm it.",
        "R74"
    ),
];
