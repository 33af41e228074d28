//! What is allowed next with goods.

use super::records::{
    Confirmed, Corrected, CorrectionReason, Inspected, LotMade, LotOutput, LotUse, Processed, RecallEnded, Recalled,
    SerialMade,
};
use super::state::{AWAITING, LotState, Net, ProductState, RECALLS, SerialState, Standing};
use crate::shared::check::MILLION;
use crate::shared::context::{Context, Facts, Rule, Said, Violation, demand, owned_by};
use crate::shared::goods::{Quantity, Unit, Who};
use crate::shared::rules::rule;
use crate::{Payload, State};
use ledger::{Subject, Time};

/// The rules of this room.
pub(crate) fn check(said: &Said<'_>, payload: &Payload, ctx: &Context<'_>) -> Result<(), Violation> {
    match payload {
        Payload::LotMade(record) => lot_made(record, ctx),
        Payload::SerialMade(record) => serial_made(said, record, ctx),
        Payload::Processed(record) => processed(said, record, ctx),
        Payload::EventCaptured(record) => super::captured::check(record),
        Payload::Inspected(record) => inspected(said, record, ctx),
        Payload::GoodsCorrected(record) => corrected(said, record, ctx),
        Payload::Recalled(record) => recalled(said, record, ctx),
        Payload::RecallEnded(record) => recall_ended(said, record, ctx),
        Payload::GoodsConfirmed(record) => confirmed(said, record, ctx),
        _ => Ok(()),
    }
}

fn product<'a>(subject: &Subject, ctx: &Context<'a>, field: &str) -> Result<&'a ProductState, Violation> {
    match ctx.existing(subject, field)? {
        State::Product(product) => Ok(product),
        _ => Err(Violation::new("shared.subject-type", field)),
    }
}

fn lot<'a>(subject: &Subject, ctx: &Context<'a>, field: &str) -> Result<&'a LotState, Violation> {
    match ctx.existing(subject, field)? {
        State::Lot(lot) => demand(!lot.void, "supply-chain.never-made", field).map(|()| lot),
        _ => Err(Violation::new("shared.subject-type", field)),
    }
}

/// Both units count the same thing: they are one unit, or both are of mass.
fn comparable(a: Unit, b: Unit) -> bool {
    a == b || (a.grams().is_some() && b.grams().is_some())
}

fn not_before(at: Time, made: Time, field: &str) -> Result<(), Violation> {
    if at >= made {
        Ok(())
    } else {
        Err(Violation::new("shared.before-made", field).with("made", made))
    }
}

fn lot_made(record: &LotMade, ctx: &Context<'_>) -> Result<(), Violation> {
    let product = product(&record.product, ctx, "product")?;
    demand(
        comparable(record.quantity.unit, product.unit),
        "supply-chain.unit-differs",
        "quantity.unit",
    )
}

fn serial_made(said: &Said<'_>, record: &SerialMade, ctx: &Context<'_>) -> Result<(), Violation> {
    let product = product(&record.product, ctx, "product")?;
    let gtin = record
        .gtin
        .as_ref()
        .map(|text| super::touches::gtin(text, "gtin"))
        .transpose()?;
    let same = gtin.as_ref().map(|gtin| gtin.as_str()) == product.gtin.as_deref();
    demand(same, "supply-chain.gtin-differs", "gtin")?;
    demand(owned_by(&record.lot, said.party), "shared.not-yours", "lot")?;
    let lot = lot(&record.lot, ctx, "lot")?;
    demand(
        lot.links.contains(&record.product),
        "supply-chain.product-differs",
        "product",
    )?;
    demand(
        matches!(lot.unit, Unit::H87 | Unit::PR | Unit::SET),
        "supply-chain.piece-unit",
        "lot",
    )?;
    demand(lot.left >= MILLION, "supply-chain.left", "lot").map_err(|violation| violation.with("left", 0))?;
    not_before(record.at.time, lot.at, "at")
}

fn processed(said: &Said<'_>, record: &Processed, ctx: &Context<'_>) -> Result<(), Violation> {
    let mut mass_in = Some(0_i128);
    for (i, input) in record.inputs.iter().enumerate() {
        let lot =
            used(said, input, record.at.time, ctx).map_err(|violation| violation.inside(&format!("inputs.{i}")))?;
        mass_in = mass_in
            .zip(mass(&input.quantity, lot.net, true))
            .and_then(|(sum, more)| sum.checked_add(more));
    }
    let mut mass_out = Some(0_i128);
    for (i, output) in record.outputs.iter().enumerate() {
        let net = came_out(output, ctx).map_err(|violation| violation.inside(&format!("outputs.{i}")))?;
        mass_out = mass_out
            .zip(mass(&output.quantity, net, false))
            .and_then(|(sum, more)| sum.checked_add(more));
    }
    match (mass_in, mass_out) {
        (Some(mass_in), Some(mass_out)) if mass_out > mass_in && record.difference.is_none() => {
            let grams = |micrograms: i128| micrograms / i128::from(MILLION);
            let violation = Violation::new("supply-chain.mass", "difference");
            Err(violation
                .with("in_grams", grams(mass_in))
                .with("out_grams", grams(mass_out)))
        }
        _ => Ok(()),
    }
}

/// An input is there, ours or come to us, and enough.
fn used<'a>(said: &Said<'_>, input: &LotUse, at: Time, ctx: &Context<'a>) -> Result<&'a LotState, Violation> {
    let lot = lot(&input.lot, ctx, "lot")?;
    demand(
        input.quantity.unit == lot.unit,
        "supply-chain.unit-differs",
        "quantity.unit",
    )?;
    not_before(at, lot.at, "lot")?;
    let asked = input.quantity.millionths().unwrap_or(i64::MAX);
    let left = match &input.received_in {
        None => {
            demand(owned_by(&input.lot, said.party), "shared.not-yours", "lot")?;
            lot.left
        }
        Some(shipment) => {
            let state = ctx.existing(shipment, "received_in")?;
            let ours = |facts: crate::shared::context::ShipmentFacts<'_>| {
                facts.delivered && *facts.consignee == Who::Party(*said.party)
            };
            demand(
                state.shipment().is_some_and(ours),
                "supply-chain.not-received",
                "received_in",
            )?;
            state.holds(&input.lot).unwrap_or_default()
        }
    };
    if asked <= left {
        return Ok(lot);
    }
    let violation = Violation::new("supply-chain.left", "quantity");
    Err(violation
        .with("left", Quantity::of_millionths(left, lot.unit))
        .with("asked", &input.quantity))
}

/// An output is of a product that is counted so; gives its mass for an amount, as it is stated or as the product says.
fn came_out(output: &LotOutput, ctx: &Context<'_>) -> Result<Option<Net>, Violation> {
    let product = product(&output.product, ctx, "product")?;
    demand(
        comparable(output.quantity.unit, product.unit),
        "supply-chain.unit-differs",
        "quantity.unit",
    )?;
    let stated = output
        .net_grams
        .zip(output.quantity.millionths())
        .map(|(grams, of)| Net { grams, of });
    Ok(stated.or(product.net_grams.map(|grams| Net { grams, of: MILLION })))
}

/// Mass in micrograms; `None` if nobody said. Rounding never makes a balance fail: inputs are rounded up, outputs down.
fn mass(quantity: &Quantity, net: Option<Net>, up: bool) -> Option<i128> {
    let amount = i128::from(quantity.millionths()?);
    if let Some(grams) = quantity.unit.grams() {
        return amount.checked_mul(i128::from(grams));
    }
    let net = net?;
    let (product, of) = (
        amount
            .checked_mul(i128::from(net.grams))?
            .checked_mul(i128::from(MILLION))?,
        i128::from(net.of),
    );
    let rounding = if up { of.checked_sub(1)? } else { 0 };
    product.checked_add(rounding)?.checked_div(of)
}

/// What inspections, recalls and confirmations look at, with the time it was made.
fn standing<'a>(subject: &Subject, ctx: &Context<'a>, field: &str) -> Result<(&'a Standing, Option<Time>), Violation> {
    match ctx.existing(subject, field)? {
        State::Product(product) => Ok((&product.standing, None)),
        State::Lot(lot) => demand(!lot.void, "supply-chain.never-made", field).map(|()| (&lot.standing, Some(lot.at))),
        State::Serial(serial) => {
            demand(!serial.void, "supply-chain.never-made", field).map(|()| (&serial.standing, Some(serial.at)))
        }
        _ => Err(Violation::new("shared.subject-type", field)),
    }
}

fn inspected(said: &Said<'_>, record: &Inspected, ctx: &Context<'_>) -> Result<(), Violation> {
    let (standing, made) = standing(&record.about, ctx, "about")?;
    if let Some(made) = made {
        not_before(record.at.time, made, "at")?;
    }
    match &record.inspector {
        Some(inspector) if *inspector != Who::Party(*said.party) => {
            demand(
                owned_by(&record.about, said.party),
                "supply-chain.inspector-on-behalf",
                "inspector",
            )?;
            demand(
                standing.awaiting.len() < AWAITING,
                "supply-chain.statements-full",
                "inspector",
            )
        }
        _ => Ok(()),
    }
}

fn corrected(said: &Said<'_>, record: &Corrected, ctx: &Context<'_>) -> Result<(), Violation> {
    let undone = record.reason == CorrectionReason::DidNotOccur;
    let says = record.quantity.is_some() || record.place.is_some() || record.at.is_some();
    demand(says != undone, "supply-chain.correction-empty", "reason")?;
    let (standing, _) = standing(&record.about, ctx, "about")?;
    if let Some(known) = standing
        .inspections
        .last
        .iter()
        .find(|known| known.record == record.record)
    {
        demand(known.party == *said.party, "supply-chain.correct-not-yours", "record")?;
        return demand(record.quantity.is_none(), "supply-chain.correct-quantity", "quantity");
    }
    let founded = match ctx.existing(&record.about, "about")? {
        State::Lot(lot) => lot.founded,
        State::Serial(serial) => serial.founded,
        _ => return Err(Violation::new("shared.subject-type", "about")),
    };
    demand(founded == record.record, "supply-chain.correct-unknown", "record")?;
    demand(
        owned_by(&record.about, said.party),
        "supply-chain.correct-not-yours",
        "record",
    )?;
    match ctx.existing(&record.about, "about")? {
        State::Lot(lot) => corrects_lot(lot, record, undone),
        State::Serial(serial) => corrects_serial(serial, record, undone),
        _ => Ok(()),
    }
}

fn corrects_lot(lot: &LotState, record: &Corrected, undone: bool) -> Result<(), Violation> {
    let gone = lot.made - lot.left;
    demand(!undone || gone == 0, "supply-chain.correct-used", "reason")?;
    let Some(quantity) = &record.quantity else {
        return Ok(());
    };
    demand(quantity.unit == lot.unit, "supply-chain.unit-differs", "quantity.unit")?;
    let made = quantity.millionths().unwrap_or_default();
    if made < gone {
        let gone = Quantity::of_millionths(gone, lot.unit);
        return Err(Violation::new("supply-chain.correct-left", "quantity").with("gone", gone));
    }
    demand(
        !lot.processed || made <= lot.made,
        "supply-chain.correct-upwards",
        "quantity",
    )
}

fn corrects_serial(serial: &SerialState, record: &Corrected, undone: bool) -> Result<(), Violation> {
    demand(record.quantity.is_none(), "supply-chain.correct-quantity", "quantity")?;
    demand(
        !undone || serial.shipment().is_none(),
        "supply-chain.correct-used",
        "reason",
    )
}

fn recalled(said: &Said<'_>, record: &Recalled, ctx: &Context<'_>) -> Result<(), Violation> {
    for (i, goods) in record.about.iter().enumerate() {
        let field = format!("about.{i}");
        demand(owned_by(goods, said.party), "shared.not-yours", &field)?;
        let (standing, _) = standing(goods, ctx, &field)?;
        demand(standing.recalls.len() < RECALLS, "supply-chain.recalls-full", &field)?;
    }
    Ok(())
}

fn recall_ended(said: &Said<'_>, record: &RecallEnded, ctx: &Context<'_>) -> Result<(), Violation> {
    for (i, goods) in record.about.iter().enumerate() {
        let field = format!("about.{i}");
        demand(owned_by(goods, said.party), "shared.not-yours", &field)?;
        let (standing, _) = standing(goods, ctx, &field)?;
        let open = standing.recalls.iter().any(|open| open.record == record.recall);
        demand(open, "supply-chain.recall-unknown", &field)?;
    }
    Ok(())
}

fn confirmed(said: &Said<'_>, record: &Confirmed, ctx: &Context<'_>) -> Result<(), Violation> {
    let (standing, _) = standing(&record.about, ctx, "about")?;
    let open = standing.awaiting.iter().find(|open| open.record == record.record);
    let open = open.ok_or_else(|| Violation::new("supply-chain.confirm-unknown", "record"))?;
    demand(ctx.is(said.party, &open.who), "supply-chain.confirm-not-you", "record")
}

/// The rules of this room.
pub const RULES: &[Rule] = &[
    rule!(
        "supply-chain.gtin",
        "The check digit of a GTIN must be right, or the label is another's.",
        "GS1 General Specifications, check digit"
    ),
    rule!(
        "supply-chain.hs",
        "Six digits are the part of the tariff all countries share.",
        "WCO Harmonized System, HS 2022"
    ),
    rule!(
        "supply-chain.mass-twice",
        "Where the quantity is a mass, a second one could only contradict it.",
        "UN/ECE Recommendation 20 (KGM, GRM, TNE)"
    ),
    rule!(
        "supply-chain.serial-characters",
        "A serial number under a GTIN must be printable as a barcode.",
        "GS1 General Specifications, AI (21) and AI encodable character set 82"
    ),
    rule!(
        "supply-chain.gtin-differs",
        "The public code of a piece is that of its product.",
        "GS1 General Specifications, GTIN with serial number"
    ),
    rule!(
        "supply-chain.product-differs",
        "A piece is of the product its lot is of.",
        "R35: one product identity"
    ),
    rule!(
        "supply-chain.piece-unit",
        "Only what is counted can be singled out.",
        "UN/ECE Recommendation 20 (H87, PR, SET)"
    ),
    rule!(
        "supply-chain.unit-differs",
        "Amounts of different units cannot be added or taken from each other.",
        "UN/ECE Recommendation 20; R31 with quantities"
    ),
    rule!(
        "supply-chain.input-twice",
        "One line for each input, so that amounts can be read at a glance.",
        "EPCIS 2.0, TransformationEvent"
    ),
    rule!(
        "supply-chain.output-twice",
        "Each output is its own lot.",
        "EPCIS 2.0, TransformationEvent"
    ),
    rule!(
        "supply-chain.own-input",
        "A lot cannot be made of itself.",
        "EPCIS 2.0, TransformationEvent"
    ),
    rule!(
        "supply-chain.left",
        "No more can be taken from a lot than is left of it, nor from a shipment than came with it.",
        "R31: quantities in both directions; mass balance, ISO 22095:2020"
    ),
    rule!(
        "supply-chain.not-received",
        "Goods of another owner are ours to use when a shipment to us was delivered.",
        "R34: transfers not held show a counterfeit"
    ),
    rule!(
        "supply-chain.mass",
        "More mass came out than went in, and nobody says why.",
        "ISO 22095:2020, mass balance; R31"
    ),
    rule!(
        "supply-chain.event-hash",
        "An event is named by its hash, and so is the same event everywhere.",
        "CBV 2.0, event hash ID; RFC 6920"
    ),
    rule!(
        "supply-chain.event-size",
        "An event kept whole has at most 30,000 bytes.",
        "protocol section 1, 65,536 bytes of a record"
    ),
    rule!(
        "supply-chain.event-form",
        "What is kept is one valid event, as JSON text without white space.",
        "EPCIS 2.0, event types, and its JSON schema"
    ),
    rule!(
        "supply-chain.event-differs",
        "Hash, type, time and goods are those of the event that is kept.",
        "CBV 2.0, event hash ID"
    ),
    rule!(
        "supply-chain.never-made",
        "Nothing can happen to what was never made.",
        "CBV 2.0, error reason did_not_occur"
    ),
    rule!(
        "supply-chain.condition-missing",
        "A conditional outcome names its conditions.",
        "ISO/IEC 17020:2012, 7.4"
    ),
    rule!(
        "supply-chain.certificate-dates",
        "A certificate ends after it begins.",
        "ISO/IEC 17065:2012, 7.7"
    ),
    rule!(
        "supply-chain.inspector-on-behalf",
        "Only the owner may enter what an inspector without a key said; everybody may say what it saw itself.",
        "R74: who speaks is who signs"
    ),
    rule!(
        "supply-chain.statements-full",
        "Eight statements on behalf of others stand unconfirmed; more would not be readable.",
        "protocol section 7, 16 KiB"
    ),
    rule!(
        "supply-chain.correction-empty",
        "A correction says what is right, or that it did not occur, and not both.",
        "CBV 2.0, error reasons"
    ),
    rule!(
        "supply-chain.correct-unknown",
        "Only what the subject still knows can be corrected: its making and its last inspections.",
        "EPCIS 2.0, ErrorDeclaration"
    ),
    rule!(
        "supply-chain.correct-not-yours",
        "Only who said it can correct it.",
        "EPCIS 2.0, ErrorDeclaration"
    ),
    rule!(
        "supply-chain.correct-quantity",
        "Only the making of a lot has a quantity to correct.",
        "EPCIS 2.0, ErrorDeclaration"
    ),
    rule!(
        "supply-chain.correct-left",
        "More has already been taken than would have been made.",
        "ISO 22095:2020, mass balance"
    ),
    rule!(
        "supply-chain.correct-upwards",
        "What came out of processing was weighed against what went in; a correction may only make it less.",
        "ISO 22095:2020, mass balance"
    ),
    rule!(
        "supply-chain.correct-used",
        "What was used or packed did occur.",
        "CBV 2.0, error reason did_not_occur"
    ),
    rule!(
        "supply-chain.recalls-full",
        "Sixteen recalls stand; end one first.",
        "protocol section 7, 16 KiB"
    ),
    rule!(
        "supply-chain.recall-unknown",
        "Only a recall that stands can end.",
        "Regulation (EU) 2023/988, Article 35; R39"
    ),
    rule!(
        "supply-chain.confirm-unknown",
        "Only what was entered on behalf of another and still waits can be confirmed.",
        "R74"
    ),
    rule!(
        "supply-chain.confirm-not-you",
        "Only the party it was entered for can confirm it.",
        "R74"
    ),
];
