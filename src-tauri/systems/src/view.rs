//! The line that stands for a subject in tables and searches; the rooms' own views are in their folders.

use crate::alliance::view as alliance;
use crate::shared::context::{Entry, Lookup, type_of};
use crate::shared::goods::{LocalText, Quantity, Unit};
use crate::shared::places;
use crate::shared::standing::{Spot, number};
use crate::supply_chain::state::{Standing, linked};
use crate::{Payload, State};
use ledger::{Record, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

pub use crate::logistics::view::{ShipmentView, Stage, shipment};
pub use crate::parties::view::{PartyView, party};
pub use crate::shared::context::Told;
pub use crate::supply_chain::captured::{EventView, event};
pub use crate::supply_chain::view::{LotView, ProductView, SerialView, lot, product, serial};

/// A line of a table or a search: enough to recognise a subject.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Row {
    /// Subject.
    pub subject: String,
    /// `product`, `lot`, `item`, `event`, `shipment`, `party`, `partner`, `code`, `alliance`.
    pub r#type: String,
    /// Own number; of a party, member or validator its did:key.
    pub number: String,
    /// Name in the languages we have (of the product, the firm, from–to for a shipment, the type of an event).
    pub name: LocalText,
    /// Public code (GTIN, container, tracking), if any.
    pub code: Option<String>,
    /// Quantity left (lots) or packages (shipments), as the cell shows it; of a product none, in the unit that it is counted in.
    pub quantity: Option<Quantity>,
    /// Stage of a shipment; `recalled`, `single-sourced` or `ok` of goods; `claimed-twice` or `ok` of a code;
    /// `proposed`, `admitted` or `suspended` of a member; `double-voted` of a validator caught; `ok` of others.
    pub status: String,
    /// Where it is, or of goods that have not left it where they were made: by its UN/LOCODE's names where we know them, else as
    /// it was said. Of goods that travelled it is filled in when the row is read: their shipment moves, and they are not written.
    pub place: Option<LocalText>,
    /// Seat of a party or partner, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// When it last changed: claimed time of the newest record.
    pub at: String,
    /// Promised, for shipments.
    pub due: Option<String>,
    /// Latest expected arrival that anybody gave, for shipments, until they are there.
    pub expected: Option<String>,
    /// Exceptions that stand open, for shipments until they are delivered.
    pub exceptions: u32,
    /// Goods: entered on behalf of somebody who has not confirmed it.
    pub single_sourced: bool,
    /// A recall of it stands; of a shipment, of goods that were packed in it (filled in when the row is read).
    pub recalled: bool,
    /// Goods: the shipment that all of it went with, the latest.
    pub shipment: Option<String>,
    /// Who founded it: name.
    pub owner: LocalText,
}

impl Row {
    /// The line of `subject` before anything is known of it but its name.
    #[must_use]
    pub fn bare(subject: &Subject) -> Self {
        let number = match subject.owner().filter(|_| type_of(subject) == "party") {
            Some(party) => party.to_string(),
            None => number(subject),
        };
        Self {
            subject: subject.to_string(),
            r#type: type_of(subject).to_owned(),
            number,
            name: LocalText::default(),
            code: None,
            quantity: None,
            status: String::new(),
            place: None,
            country: None,
            at: String::new(),
            due: None,
            expected: None,
            exceptions: 0,
            single_sourced: false,
            recalled: false,
            shipment: None,
            owner: LocalText::default(),
        }
    }
}

/// The line of `subject`, whose newest record is `last`.
#[must_use]
pub fn row(subject: &Subject, entry: &Entry, last: &Record, lookup: &Lookup<'_>) -> Row {
    let mut row = Row {
        status: "ok".to_owned(),
        at: last.claimed().to_string(),
        owner: subject
            .owner()
            .map(|party| name_of(&Subject::party(&party), lookup))
            .unwrap_or_default(),
        ..Row::bare(subject)
    };
    match entry.state.as_ref() {
        State::Party(party) => {
            row.name = party.name.clone();
            row.country = Some(party.country.clone());
        }
        State::Partner(partner) => {
            row.name = partner.name.clone();
            row.country = Some(partner.country.clone());
        }
        State::Product(product) => {
            row.name = product.name.clone();
            row.code.clone_from(&product.gtin);
            row.quantity = Some(Quantity::of_millionths(0, product.unit));
            stands(&mut row, &product.standing, false);
        }
        State::Lot(lot) => {
            row.quantity = Some(Quantity::of_millionths(lot.left, lot.unit));
            row.place = Some(places::named(&lot.place));
            goods(&mut row, &lot.links, &lot.standing, lookup);
        }
        State::Serial(serial) => {
            row.code = linked(&serial.links, "gs1").map(number);
            row.place = Some(places::named(&serial.place));
            row.shipment = serial.shipment().map(ToString::to_string);
            goods(&mut row, &serial.links, &serial.standing, lookup);
        }
        State::Event(event) => row.name = LocalText::everywhere(&event.event_type),
        State::Code(code) => {
            row.r#type = "code".to_owned();
            row.code = Some(row.number.clone());
            let twice = code.parties() > 1;
            row.status = if twice { "claimed-twice" } else { "ok" }.to_owned();
            row.name = code
                .claims
                .first()
                .map(|claim| name_of(&claim.subject, lookup))
                .unwrap_or_default();
        }
        State::Shipment(shipment) => shipment_row(&mut row, shipment),
        State::Member(_) | State::Validators(_) | State::Validator(_) => {
            alliance_row(&mut row, entry.state.as_ref(), lookup)
        }
    }
    row
}

/// The places a subject's state speaks of, as they were said, and their UN/LOCODEs: by these words too it is found.
pub fn places_said(state: &State) -> impl Iterator<Item = &str> {
    let spots: [Option<&Spot>; 3] = match state {
        State::Lot(lot) => [Some(&lot.place), None, None],
        State::Serial(serial) => [Some(&serial.place), None, None],
        State::Shipment(shipment) => [
            Some(&shipment.origin),
            Some(&shipment.destination),
            shipment.place.as_ref(),
        ],
        _ => [None; 3],
    };
    let spots = spots.into_iter().flatten();
    spots.flat_map(|spot| std::iter::once(spot.name.as_str()).chain(spot.locode.as_deref()))
}

/// Whether a record puts goods into packages, and marks on these.
#[must_use]
pub fn is_marking(record: &Record) -> bool {
    record.kind().as_str() == "logistics.packed.1"
}

/// What a record packs.
pub struct Packing {
    /// Into this shipment.
    pub shipment: Subject,
    /// The marks of its packages.
    pub marks: Vec<String>,
    /// Lots and items.
    pub goods: BTreeSet<Subject>,
}

/// What a record packs, if it does.
#[must_use]
pub fn packing(record: &Record) -> Option<Packing> {
    match Payload::parse(record.kind(), record.body_json()).ok()? {
        Payload::Packed(packed) => {
            let contents = packed.packages.iter().flat_map(|package| &package.contents);
            Some(Packing {
                goods: contents.map(|content| content.subject.clone()).collect(),
                marks: packed.packages.into_iter().map(|package| package.mark).collect(),
                shipment: packed.shipment,
            })
        }
        _ => None,
    }
}

/// Whether all of a lot is packed into shipments: nothing of it is left, was used or singled out.
#[must_use]
pub fn all_packed(state: &State) -> bool {
    matches!(state, State::Lot(lot) if lot.packed > 0 && lot.packed == lot.made)
}

/// Name and status of what the validators govern together: a member is named as the party is, once that has registered.
fn alliance_row(row: &mut Row, state: &State, lookup: &Lookup<'_>) {
    let key = alliance::key_of(&row.subject);
    row.number = key.clone().unwrap_or_else(|| row.number.clone());
    match state {
        State::Member(member) => {
            let party = key.and_then(|key| key.parse().ok());
            row.name = party
                .map(|party| name_of(&Subject::party(&party), lookup))
                .unwrap_or_default();
            row.status = alliance::standing_text(member.standing).to_owned();
        }
        State::Validator(validator) if !validator.offences.is_empty() => row.status = "double-voted".to_owned(),
        _ => {}
    }
}

/// From–to, in every language.
fn route(from: &Spot, to: &Spot) -> LocalText {
    let (from, to) = (places::named(from), places::named(to));
    let between = |from: Option<String>, to: Option<String>| Some(format!("{} → {}", from?, to?));
    LocalText {
        en: between(from.en, to.en),
        zh: between(from.zh, to.zh),
        de: between(from.de, to.de),
    }
}

fn shipment_row(row: &mut Row, shipment: &crate::logistics::state::ShipmentState) {
    row.name = route(&shipment.origin, &shipment.destination);
    row.code = shipment.container.clone().or_else(|| shipment.tracking.clone());
    row.quantity = Some(Quantity {
        value: i64::from(shipment.packages),
        scale: 0,
        unit: Unit::H87,
    });
    let stage = serde_json::to_value(shipment.stage).unwrap_or_default();
    row.status = stage.as_str().unwrap_or_default().to_owned();
    row.place = Some(places::named(shipment.place.as_ref().unwrap_or(&shipment.origin)));
    row.due = shipment.due.map(|due| due.to_string());
    row.expected = shipment.still_expected().map(|expected| expected.to_string());
    // Nobody resolves what no longer matters: goods that have come are in no trouble on the way.
    let open = match shipment.stage {
        Stage::Delivered => 0,
        _ => shipment.exceptions.len(),
    };
    row.exceptions = u32::try_from(open).unwrap_or(u32::MAX);
}

/// Name and status of a lot or item: the name is its product's, and a recall of the product is one of the goods.
fn goods(row: &mut Row, links: &[Subject], standing: &Standing, lookup: &Lookup<'_>) {
    let product = linked(links, "product").and_then(lookup);
    let mut called_back = false;
    if let Some(State::Product(product)) = product.as_deref() {
        row.name = product.name.clone();
        called_back = !product.standing.recalls.is_empty();
    }
    stands(row, standing, called_back);
}

/// Goods that are recalled may be single-sourced too: the status is the gravest, and each is kept by itself.
fn stands(row: &mut Row, standing: &Standing, product_recalled: bool) {
    row.recalled = product_recalled || !standing.recalls.is_empty();
    row.single_sourced = !standing.awaiting.is_empty();
    let status = match (row.recalled, row.single_sourced) {
        (true, _) => "recalled",
        (false, true) => "single-sourced",
        (false, false) => "ok",
    };
    row.status = status.to_owned();
}

fn name_of(subject: &Subject, lookup: &Lookup<'_>) -> LocalText {
    match lookup(subject).as_deref() {
        Some(State::Party(party)) => party.name.clone(),
        Some(State::Partner(partner)) => partner.name.clone(),
        Some(State::Product(product)) => product.name.clone(),
        _ => LocalText::default(),
    }
}
