//! Where every subject stands: one state, one variant for each type of subject.

use crate::Payload;
use crate::alliance::state::{MemberState, ValidatorState, ValidatorsState};
use crate::logistics::state::ShipmentState;
use crate::parties::state::{PartnerState, PartyState};
use crate::shared::claims::CodeState;
use crate::shared::context::{At, Facts, GoodsFacts, Said, ShipmentFacts, type_of};
use crate::supply_chain::captured::EventState;
use crate::supply_chain::state::{LotState, ProductState, SerialState};
use ledger::{Party, Record, Subject};
use serde::{Deserialize, Serialize};

/// What rules and strangers read of a subject (protocol section 7): at most 16 KiB and 128 links by construction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form")]
pub enum State {
    /// `party:…:self`.
    #[serde(rename = "party.1")]
    Party(PartyState),
    /// `partner:…`.
    #[serde(rename = "partner.1")]
    Partner(PartnerState),
    /// `product:…`.
    #[serde(rename = "product.1")]
    Product(ProductState),
    /// `lot:…`.
    #[serde(rename = "lot.1")]
    Lot(LotState),
    /// `item:…`.
    #[serde(rename = "item.1")]
    Serial(SerialState),
    /// `event:…`.
    #[serde(rename = "event.1")]
    Event(EventState),
    /// `gs1:…`, `container:…`, `tracking:…`.
    #[serde(rename = "code.1")]
    Code(CodeState),
    /// `shipment:…`.
    #[serde(rename = "shipment.1")]
    Shipment(Box<ShipmentState>),
    /// `alliance:member/…`.
    #[serde(rename = "member.1")]
    Member(MemberState),
    /// `alliance:validators`.
    #[serde(rename = "validators.1")]
    Validators(ValidatorsState),
    /// `alliance:validator/…`.
    #[serde(rename = "validator.1")]
    Validator(ValidatorState),
}

/// Bytes that are not a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Not canonical JSON.
    #[error("state is not canonical: {0}")]
    Canonical(#[from] ledger::CanonicalError),
    /// No form we know, or not of that form.
    #[error("state has no form we know: {0}")]
    Form(#[from] serde_json::Error),
}

impl State {
    /// Reads a state.
    ///
    /// # Errors
    /// When the bytes are not canonical or have no form this version knows.
    pub fn parse(bytes: &[u8]) -> Result<Self, StateError> {
        ledger::canonical::check(bytes, ledger::limits::DEPTH)?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The canonical bytes: `form`, `links` and the state's own members.
    #[must_use]
    pub fn to_canonical(&self) -> Vec<u8> {
        // Texts were checked when the body was, integers are bounded by rules: a state always has canonical bytes.
        ledger::canonical::to_bytes(self).unwrap_or_default()
    }

    /// The subjects its truth depends on; sorted, at most 128.
    #[must_use]
    pub fn links(&self) -> Vec<Subject> {
        match self {
            State::Party(state) => &state.links,
            State::Partner(state) => &state.links,
            State::Product(state) => &state.links,
            State::Lot(state) => &state.links,
            State::Serial(state) => &state.links,
            State::Event(state) => &state.links,
            State::Code(state) => &state.links,
            State::Shipment(state) => &state.links,
            State::Member(state) => &state.links,
            State::Validators(state) => &state.links,
            State::Validator(state) => &state.links,
        }
        .clone()
    }
}

impl Facts for State {
    fn linked(&self) -> Option<Party> {
        match self {
            State::Partner(partner) => partner.linked,
            _ => None,
        }
    }

    fn goods(&self) -> Option<GoodsFacts<'_>> {
        match self {
            State::Lot(lot) => Some(lot.facts()),
            State::Serial(serial) => Some(serial.facts()),
            _ => None,
        }
    }

    fn shipment(&self) -> Option<ShipmentFacts<'_>> {
        match self {
            State::Shipment(shipment) => Some(shipment.facts()),
            _ => None,
        }
    }

    fn holds(&self, goods: &Subject) -> Option<i64> {
        match self {
            State::Shipment(shipment) => shipment.holds(goods),
            _ => None,
        }
    }
}

/// The state of `subject` after a record that passed [`check`](crate::check) against `state`. Total: what does not fit changes
/// nothing, and where there is nothing to change the answer is the state of an unclaimed code, which claims nothing.
#[must_use]
pub fn apply(state: Option<&State>, subject: &Subject, record: &Record, payload: &Payload, at: &At<'_>) -> State {
    after(state, subject, &Said::of(record), payload, at)
}

pub(crate) fn after(
    state: Option<&State>,
    subject: &Subject,
    said: &Said<'_>,
    payload: &Payload,
    at: &At<'_>,
) -> State {
    match state {
        None => founded(subject, said, payload, at).unwrap_or_else(|| State::Code(CodeState::default())),
        Some(State::Party(party)) => State::Party(crate::parties::state::party(party, payload, at)),
        Some(State::Partner(partner)) => State::Partner(crate::parties::state::partner(partner, payload)),
        Some(State::Product(product)) => State::Product(product.after(said, payload)),
        Some(State::Lot(lot)) => State::Lot(lot.after(said, subject, payload)),
        Some(State::Serial(serial)) => State::Serial(serial.after(said, payload)),
        Some(State::Event(event)) => State::Event(event.clone()),
        Some(State::Code(code)) => State::Code(claimed(code, said, payload)),
        Some(State::Shipment(shipment)) => State::Shipment(Box::new(shipment.after(said, subject, payload))),
        Some(State::Member(member)) => State::Member(crate::alliance::state::member(member, said, payload, at)),
        Some(State::Validators(validators)) => State::Validators(validators.after(said, payload, at)),
        Some(State::Validator(validator)) => {
            State::Validator(crate::alliance::state::validator(validator, said, payload))
        }
    }
}

fn founded(subject: &Subject, said: &Said<'_>, payload: &Payload, at: &At<'_>) -> Option<State> {
    if type_of(subject) == "alliance" {
        return crate::alliance::state::founded(said, payload, at);
    }
    if !matches!(subject.parts(), ledger::SubjectParts::Owned { .. }) {
        return Some(State::Code(claimed(&CodeState::default(), said, payload)));
    }
    match (type_of(subject), payload) {
        ("party", Payload::Registered(record)) => Some(State::Party(PartyState::founded(&record.profile, said, at))),
        ("partner", Payload::PartnerNamed(record)) => Some(State::Partner(PartnerState::named(&record.profile))),
        ("product", Payload::ProductDefined(record)) => Some(State::Product(ProductState::defined(record))),
        ("lot", Payload::LotMade(record)) => Some(State::Lot(LotState::made(said, record))),
        ("lot", Payload::Processed(record)) => LotState::processed(said, subject, record).map(State::Lot),
        ("item", Payload::SerialMade(record)) => Some(State::Serial(SerialState::made(said, record))),
        ("event", Payload::EventCaptured(record)) => Some(State::Event(EventState::captured(record))),
        ("shipment", Payload::ShipmentPlanned(record)) => {
            ShipmentState::planned(said, record).map(|planned| State::Shipment(Box::new(planned)))
        }
        _ => None,
    }
}

/// What a record puts under a public code: the subject it founds.
fn claimed(code: &CodeState, said: &Said<'_>, payload: &Payload) -> CodeState {
    use crate::shared::statement::own;
    let subject = match payload {
        Payload::ProductDefined(record) => own("product", said.party, &record.number),
        Payload::SerialMade(record) => record.subject(said.party),
        Payload::ShipmentPlanned(record) => own("shipment", said.party, &record.number),
        _ => return code.clone(),
    };
    subject.map_or_else(|_| code.clone(), |subject| code.claimed(said.party, subject))
}

/// Whether `payload` moves the turn of `subject`: it decides the subject's course, so its author must have seen the newest.
#[must_use]
pub fn moves_turn(payload: &Payload, subject: &Subject) -> bool {
    let moved = match payload {
        Payload::Updated(_) | Payload::MandateGranted(_) | Payload::RecoveryNamed(_) => {
            return type_of(subject) == "party";
        }
        Payload::PartnerLinked(record) => &record.partner,
        Payload::GoodsCorrected(record) => &record.about,
        Payload::Packed(record) => &record.shipment,
        Payload::Departed(record) => &record.shipment,
        Payload::Arrived(record) => &record.shipment,
        Payload::Delivered(record) => &record.shipment,
        Payload::HandoverOffered(record) => &record.shipment,
        Payload::HandoverAccepted(record) => &record.shipment,
        Payload::HandoverEnded(record) => &record.shipment,
        Payload::CustodyStated(record) => &record.shipment,
        Payload::ShipmentCorrected(record) => &record.shipment,
        Payload::Registered(_)
        | Payload::MandateRevoked(_)
        | Payload::RootReplaced(_)
        | Payload::PartnerNamed(_)
        | Payload::ProductDefined(_)
        | Payload::LotMade(_)
        | Payload::SerialMade(_)
        | Payload::Processed(_)
        | Payload::EventCaptured(_)
        | Payload::Inspected(_)
        | Payload::Recalled(_)
        | Payload::RecallEnded(_)
        | Payload::GoodsConfirmed(_)
        | Payload::ShipmentPlanned(_)
        | Payload::ExceptionRaised(_)
        | Payload::ExceptionResolved(_)
        | Payload::ShipmentConfirmed(_)
        | Payload::MemberVoted(_)
        | Payload::ValidatorsProposed(_)
        | Payload::ValidatorsVoted(_)
        | Payload::DoubleVoted(_) => return false,
    };
    moved == subject
}
