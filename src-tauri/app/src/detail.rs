//! Everything about one subject.

use crate::App;
use crate::call::{Action, Detail, View};
use crate::error::UserError;
use crate::firm::Firm;
use crate::timeline::{self, Heard};
use crate::{import, names, trace};
use ledger::{Party, Subject};
use node::RowQuery;
use std::sync::Arc;
use systems::logistics::view::{ShipmentView, Stage};
use systems::parties::view::PartyView;
use systems::shared::goods::Who;
use systems::supply_chain::view::RecallView;
use systems::{Entry, State, view};

/// Parties in a pick list.
const PARTIES: u32 = 500;

/// Everything about a subject.
pub(crate) fn open(app: &App, subject: &str) -> Result<Detail, UserError> {
    let firm = app.firm()?;
    let subject = names::subject(subject)?;
    let subject = behind_code(&firm, subject)?;
    let unknown = || UserError::new("unknown-subject").at("subject").with("value", &subject);
    let entry = firm.node.entry(&subject)?.ok_or_else(unknown)?;
    let heard = timeline::history(&firm, &subject)?;
    let view = view_of(&firm, &subject, &entry, &heard)?.ok_or_else(unknown)?;
    let mut timeline = timeline::entries(&firm, &heard)?;
    timeline.extend(timeline::waiting(&firm, &subject)?);
    let json = |value: Result<serde_json::Value, serde_json::Error>| value.unwrap_or_default();
    let mentioned = [json(serde_json::to_value(&view)), json(serde_json::to_value(&timeline))];
    Ok(Detail {
        row: names::row(&firm, &subject)?,
        names: names::mentioned(&firm, &mentioned)?,
        actions: actions(&firm, &subject, &view),
        inherited_recalls: inherited_recalls(&firm, &subject)?,
        source: match &view {
            View::Event(_) => import::source(&firm, heard.first())?,
            _ => None,
        },
        view,
        timeline,
    })
}

/// A public code stands for the subject that claimed it first; two claims are shown by the subject's view.
fn behind_code(firm: &Firm, subject: Subject) -> Result<Subject, UserError> {
    let entry = firm.node.entry(&subject)?;
    Ok(match entry.as_ref().map(|entry| &*entry.state) {
        Some(State::Code(code)) => code.claims.first().map_or(subject, |claim| claim.subject.clone()),
        _ => subject,
    })
}

fn view_of(firm: &Firm, subject: &Subject, entry: &Entry, heard: &[Heard]) -> Result<Option<View>, UserError> {
    let told: Vec<_> = heard.iter().map(Heard::told).collect();
    let lookup =
        |subject: &Subject| -> Option<Arc<State>> { firm.node.entry(subject).ok().flatten().map(|entry| entry.state) };
    Ok(match &*entry.state {
        State::Product(_) => view::product(subject, entry, &told).map(View::Product),
        State::Lot(_) => view::lot(subject, entry, &told).map(View::Lot),
        State::Serial(_) => view::serial(subject, entry, &told, &lookup).map(View::Item),
        State::Shipment(_) => view::shipment(subject, entry, &told).map(View::Shipment),
        State::Party(_) => view::party(subject, entry, &told).map(View::Party),
        State::Partner(_) => view::party(subject, entry, &told).map(View::Partner),
        State::Event(_) => view::event(subject, entry, &told).map(View::Event),
        State::Code(_) | State::Member(_) | State::Validators(_) | State::Validator(_) => None,
    })
}

/// The view of one subject.
pub(crate) fn view(firm: &Firm, subject: &Subject) -> Result<Option<View>, UserError> {
    let Some(entry) = firm.node.entry(subject)? else {
        return Ok(None);
    };
    let heard = timeline::history(firm, subject)?;
    view_of(firm, subject, &entry, &heard)
}

/// A party or partner as the screens show it.
pub(crate) fn party_view(firm: &Firm, subject: &Subject) -> Result<Option<PartyView>, UserError> {
    Ok(match view(firm, subject)? {
        Some(View::Party(view) | View::Partner(view)) => Some(view),
        _ => None,
    })
}

/// Parties and partners for pick lists.
pub(crate) fn parties(app: &App) -> Result<Vec<PartyView>, UserError> {
    let firm = app.firm()?;
    let query = RowQuery {
        types: vec!["party".to_owned(), "partner".to_owned()],
        sort: "name".to_owned(),
        limit: PARTIES,
        ..RowQuery::default()
    };
    let mut views = Vec::new();
    for row in firm.node.rows(&query)?.rows {
        views.extend(party_view(&firm, &names::subject(&row.subject)?)?);
    }
    Ok(views)
}

/// Recalls that stand on anything the subject comes from, its own not among them.
pub(crate) fn inherited_recalls(firm: &Firm, subject: &Subject) -> Result<Vec<(String, RecallView)>, UserError> {
    let mut found = Vec::new();
    for origin in trace::origins(firm, subject)? {
        let recalled = firm.node.entry(&origin)?.is_some_and(|entry| match &*entry.state {
            State::Product(state) => !state.standing.recalls.is_empty(),
            State::Lot(state) => !state.standing.recalls.is_empty(),
            State::Serial(state) => !state.standing.recalls.is_empty(),
            _ => false,
        });
        if recalled {
            let recalls = match view(firm, &origin)? {
                Some(View::Product(view)) => view.recalls,
                Some(View::Lot(view)) => view.recalls,
                Some(View::Item(view)) => view.recalls,
                _ => Vec::new(),
            };
            found.extend(recalls.into_iter().map(|recall| (origin.to_string(), recall)));
        }
    }
    Ok(found)
}

/// What the party we are may do next, as far as the state decides it; the rules have the last word when the form is checked.
fn actions(firm: &Firm, subject: &Subject, view: &View) -> Vec<Action> {
    let us = firm.acting().party;
    let owner = subject.owner() == Some(us);
    let mine = if owner { None } else { Some("shared.not-yours") };
    let list: Vec<(&str, Option<&str>)> = match view {
        View::Product(_) => vec![
            ("supply-chain.lot-made", None),
            ("supply-chain.inspected", None),
            ("supply-chain.recalled", mine),
        ],
        View::Lot(_) => vec![
            ("supply-chain.serial-made", mine),
            ("supply-chain.processed", None),
            ("supply-chain.inspected", None),
            ("supply-chain.corrected", mine),
            ("supply-chain.recalled", mine),
        ],
        View::Item(_) => {
            vec![
                ("supply-chain.inspected", None),
                ("supply-chain.corrected", mine),
                ("supply-chain.recalled", mine),
            ]
        }
        View::Shipment(shipment) => shipment_actions(shipment, us, owner),
        View::Party(_) => vec![
            ("parties.updated", mine),
            ("parties.mandate-granted", mine),
            ("parties.mandate-revoked", mine),
        ],
        View::Event(_) => vec![],
        View::Partner(_) => vec![("parties.partner-linked", mine)],
    };
    let action = |(kind, refused): (&str, Option<&str>)| Action {
        kind: kind.to_owned(),
        refused: refused.map(str::to_owned),
    };
    list.into_iter().map(action).collect()
}

fn shipment_actions(shipment: &ShipmentView, us: Party, owner: bool) -> Vec<(&'static str, Option<&'static str>)> {
    let we = Who::Party(us);
    let holds = shipment.holder == we || (owner && matches!(shipment.holder, Who::Partner(_)));
    let custody = if holds { None } else { Some("logistics.custody") };
    let stage = |allowed: &[Stage]| {
        if allowed.contains(&shipment.stage) {
            None
        } else {
            Some("logistics.stage")
        }
    };
    let closed = shipment.offer.as_ref().map(|_| "logistics.offer-open");
    let moves = |allowed: &[Stage]| custody.or(stage(allowed)).or(closed);
    let resting = [Stage::Packed, Stage::AtPlace];
    let offered = match &shipment.offer {
        None => Some("logistics.offer-gone"),
        Some(offer) if offer.to == we => None,
        Some(_) => Some("logistics.offer-not-to-you"),
    };
    let may_end = if shipment.offer.is_some() && holds {
        None
    } else {
        offered
    };
    let part = [&shipment.holder, &shipment.consignor, &shipment.consignee].contains(&&we) || owner;
    let stranger = if part { None } else { Some("logistics.stranger") };
    let open = if shipment.exceptions.is_empty() {
        Some("logistics.exception-unknown")
    } else {
        stranger
    };
    vec![
        ("logistics.packed", moves(&[Stage::Planned, Stage::Packed])),
        ("logistics.departed", moves(&resting)),
        ("logistics.arrived", moves(&[Stage::UnderWay])),
        ("logistics.handover-offered", moves(&resting)),
        ("logistics.handover-accepted", offered),
        ("logistics.handover-ended", may_end),
        (
            "logistics.custody-stated",
            if owner {
                stage(&resting).or(closed)
            } else {
                Some("logistics.custody-statement")
            },
        ),
        ("logistics.delivered", moves(&[Stage::AtPlace])),
        ("logistics.exception-raised", stranger),
        ("logistics.exception-resolved", open),
        (
            "logistics.corrected",
            if shipment.movements.iter().any(|one| one.author == us.to_string()) {
                None
            } else {
                Some("logistics.correct-not-yours")
            },
        ),
    ]
}
