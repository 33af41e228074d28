//! Home: what needs me, what waits for others, what to watch.

use crate::App;
use crate::call::{Home, HomeEntry, OwnStanding, View};
use crate::error::UserError;
use crate::firm::Firm;
use crate::keys::{self, kit};
use crate::{desks, detail, drafts, names, sample};
use ledger::{Subject, Time};
use node::RowQuery;
use std::collections::BTreeMap;
use systems::parties::state::Mandate;
use systems::shared::goods::{LocalText, Who};
use systems::supply_chain::view::InspectionView;
use systems::view::Row;

/// Rows looked at per table: those that moved last.
const LOOKED: u32 = 200;
/// A certificate is worth a look this long before it ends: 90 days.
const EXPIRING: i64 = 90 * 24 * 60 * 60 * 1000;
/// Drafts shown.
const DRAFTS: usize = 20;

fn entry(code: &str, row: Option<Row>, time: Option<String>, values: &[(&str, String)]) -> HomeEntry {
    HomeEntry {
        code: code.to_owned(),
        subject: row.as_ref().map(|row| row.subject.clone()),
        row,
        draft: None,
        time,
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        names: BTreeMap::new(),
    }
}

/// As [`entry`], about somebody.
fn about(code: &str, row: &Row, time: Option<String>, party: LocalText) -> HomeEntry {
    let mut line = entry(code, Some(row.clone()), time, &[]);
    line.names.insert("party".to_owned(), party);
    line
}

/// The three columns.
pub(crate) fn home(app: &App) -> Result<Home, UserError> {
    let firm = app.firm()?;
    let mut home = Home {
        now: Vec::new(),
        waiting: Vec::new(),
        watch: Vec::new(),
        thread: thread(&firm)?,
    };
    let now = firm.clock.now();
    shipments(&firm, now, &mut home)?;
    goods(&firm, now, &mut home)?;
    key_ends(&firm, now, &mut home)?;
    recovery(&firm, &mut home)?;
    for draft in drafts::all(&firm.desk)?.into_iter().take(DRAFTS) {
        let mut line = entry("draft", None, Some(draft.changed), &[("kind", draft.kind)]);
        line.draft = Some(draft.id);
        home.now.push(line);
    }
    for (code, count) in desks::to_do(&firm)? {
        home.now.push(entry(code, None, None, &[("count", count.to_string())]));
    }
    let unsent = firm.node.outbox()?;
    if let Some(oldest) = unsent.first() {
        let time = Some(oldest.claimed().to_string());
        home.now
            .push(entry("unsent", None, time, &[("count", unsent.len().to_string())]));
    }
    Ok(home)
}

fn newest(firm: &Firm, types: &[&str], chip: &str) -> Result<Vec<Row>, UserError> {
    let query = RowQuery {
        types: types.iter().map(|kind| (*kind).to_owned()).collect(),
        chip: chip.to_owned(),
        sort: "at".to_owned(),
        descending: true,
        limit: LOOKED,
        now: firm.clock.now().to_string(),
        ..RowQuery::default()
    };
    Ok(firm.node.rows(&query)?.rows)
}

fn shipments(firm: &Firm, now: Time, home: &mut Home) -> Result<(), UserError> {
    let we = Who::Party(firm.acting().party);
    for row in newest(firm, &["shipment"], "all")? {
        let Some(View::Shipment(view)) = detail::view(firm, &names::subject(&row.subject)?)? else {
            continue;
        };
        if let Some(offer) = &view.offer {
            let time = Some(offer.at.time.to_string());
            if offer.to == we {
                let from = names::who(firm, &offer.from)?;
                home.now.push(about("offer-to-accept", &row, time, from));
            } else if offer.from == we {
                let to = names::who(firm, &offer.to)?;
                home.waiting.push(about("offer-unanswered", &row, time, to));
            }
        }
        let ours = [&view.holder, &view.consignor, &view.consignee].contains(&&we);
        let delivered = row.status == "delivered";
        if !ours || delivered {
            continue;
        }
        for exception in &view.exceptions {
            let code = serde_json::to_value(exception.code).ok();
            let code = code
                .as_ref()
                .and_then(|code| code.as_str())
                .unwrap_or_default()
                .to_owned();
            let values = [("exception", code), ("note", exception.note.clone())];
            home.watch.push(entry(
                "exception",
                Some(row.clone()),
                Some(exception.at.time.to_string()),
                &values,
            ));
        }
        let due = view.due.as_deref().and_then(|due| due.parse::<Time>().ok());
        let expected = view
            .expected
            .as_deref()
            .and_then(|expected| expected.parse::<Time>().ok());
        match due {
            Some(due) if due < now => home.watch.push(entry("late", Some(row.clone()), view.due.clone(), &[])),
            Some(due) if expected.is_some_and(|expected| expected > due) => {
                home.watch.push(entry(
                    "will-be-late",
                    Some(row.clone()),
                    view.expected.clone(),
                    &[("due", due.to_string())],
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn goods(firm: &Firm, now: Time, home: &mut Home) -> Result<(), UserError> {
    for row in newest(firm, &["product", "lot", "item"], "recalled")? {
        home.watch
            .push(entry("recall", Some(row.clone()), Some(row.at.clone()), &[]));
    }
    for row in newest(firm, &["lot"], "all")? {
        let Some(View::Lot(lot)) = detail::view(firm, &names::subject(&row.subject)?)? else {
            continue;
        };
        if let Some(until) = expiring(&lot.inspections, now) {
            home.watch
                .push(entry("certificate-expiring", Some(row), Some(until.to_string()), &[]));
        }
    }
    Ok(())
}

/// The end of the newest certificate, when it comes within 90 days or is past.
fn expiring(inspections: &[InspectionView], now: Time) -> Option<Time> {
    let newest = inspections
        .iter()
        .find_map(|inspection| inspection.certificate.as_ref())?;
    (newest.valid_until <= now.plus_millis(EXPIRING)).then_some(newest.valid_until)
}

/// Keys that soon speak no more, or have just ceased to. It warns and locks nobody out: whoever grants can grant anew.
fn key_ends(firm: &Firm, now: Time, home: &mut Home) -> Result<(), UserError> {
    let Some(state) = keys::state(firm, &firm.acting().party)? else {
        return Ok(());
    };
    let days = i64::from(keys::SOON_DAYS) * 24 * 60 * 60 * 1000;
    let ended = |mandate: &&Mandate| {
        let ended = mandate
            .until
            .is_some_and(|until| until < now && now.plus_millis(-days) <= until);
        let again = |other: &Mandate| other.key == mandate.key && other.stands(now);
        ended && mandate.revoked.is_none() && !state.keys.iter().any(again)
    };
    let ending = state
        .expiring(now, keys::SOON_DAYS)
        .into_iter()
        .map(|mandate| ("key-expiring", mandate));
    let ended = state.keys.iter().filter(ended).map(|mandate| ("key-expired", mandate));
    for (code, mandate) in ending.chain(ended) {
        let values = [("label", mandate.label.clone()), ("key", mandate.key.to_string())];
        let until = mandate.until.map(|until| until.to_string());
        home.watch.push(entry(code, None, until, &values));
    }
    Ok(())
}

/// That the key here cannot speak, and what is left to do about the recovery kit, said to who holds the root key.
fn recovery(firm: &Firm, home: &mut Home) -> Result<(), UserError> {
    let acting = firm.acting();
    if let Some(own) = keys::own(firm)?.filter(|_| !firm.is_sample()) {
        let code = match own.standing {
            OwnStanding::Waiting => Some("key-waiting"),
            OwnStanding::Ended => Some("key-ended"),
            OwnStanding::Root | OwnStanding::Granted => None,
        };
        home.now.extend(code.map(|code| entry(code, None, None, &[])));
    }
    let Some(state) = keys::state(firm, &acting.party)?.filter(|_| !firm.is_sample()) else {
        return Ok(());
    };
    if state.root_key() != firm.public(&acting.key).as_ref() {
        return Ok(());
    }
    let kits = kit::kept(firm)?;
    if kit::lies_about(&state, &kits) {
        home.now.push(entry("kit-file", None, None, &[]));
    }
    match state.kit_key() {
        None => home.watch.push(entry("kit-missing", None, None, &[])),
        Some(key) if !kit::is_tried(&kits, key) => home.watch.push(entry("kit-untried", None, None, &[])),
        Some(_) => {}
    }
    Ok(())
}

fn thread(firm: &Firm) -> Result<Option<HomeEntry>, UserError> {
    let Some(next) = sample::next_step(firm)? else {
        return Ok(None);
    };
    let row = names::row(firm, &next.shipment)?;
    let party = names::row(firm, &Subject::party(&next.party))?;
    let mut line = about(next.code, &row, None, party.name);
    line.values = BTreeMap::from([
        ("shoes".to_owned(), next.party.to_string()),
        ("kind".to_owned(), next.payload.kind().without_form().to_owned()),
        ("body".to_owned(), next.payload.body().to_string()),
    ]);
    Ok(Some(line))
}
