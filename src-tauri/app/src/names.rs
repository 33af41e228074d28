//! Names for subjects and parties that screens mention.

use crate::error::UserError;
use crate::firm::Firm;
use crate::search;
use ledger::{Party, Subject, SubjectParts};
use std::collections::{BTreeMap, BTreeSet};
use systems::Payload;
use systems::shared::goods::{LocalText, Who};
use systems::view::Row;

/// Any language of a name: English, else Chinese, else German.
pub(crate) fn any(name: &LocalText) -> &str {
    name.en
        .as_deref()
        .or(name.zh.as_deref())
        .or(name.de.as_deref())
        .unwrap_or_default()
}

/// The line of a subject; of one that the ledger does not hold (yet), its number and nothing else.
pub(crate) fn row(firm: &Firm, subject: &Subject) -> Result<Row, UserError> {
    if let Some(row) = firm.node.row(subject)? {
        return Ok(row);
    }
    let mut row = Row::bare(subject);
    if let SubjectParts::Code { .. } = subject.parts() {
        row.r#type = "code".to_owned();
    }
    Ok(row)
}

/// The name of a party; empty if it is not registered here.
pub(crate) fn party(firm: &Firm, party: &Party) -> Result<LocalText, UserError> {
    Ok(row(firm, &Subject::party(party))?.name)
}

/// The name of who is meant in every language there is, else the identifier.
pub(crate) fn who(firm: &Firm, who: &Who) -> Result<LocalText, UserError> {
    let row = row(firm, &subject_of(who))?;
    let named = row.name.texts().next().is_some();
    Ok(if named {
        row.name
    } else {
        LocalText::everywhere(&row.number)
    })
}

/// The did:key or the partner's subject of who is meant.
pub(crate) fn id_of(who: &Who) -> String {
    match who {
        Who::Party(party) => party.to_string(),
        Who::Partner(partner) => partner.to_string(),
    }
}

/// The subject under which who is meant is found.
pub(crate) fn subject_of(who: &Who) -> Subject {
    match who {
        Who::Party(party) => Subject::party(party),
        Who::Partner(partner) => partner.clone(),
    }
}

/// Whose side `author` enters on their behalf by saying `payload`.
pub(crate) fn on_behalf(author: &Party, payload: &Payload) -> Vec<Who> {
    let others: Vec<Who> = match payload {
        Payload::LotMade(made) => made.maker.iter().cloned().collect(),
        Payload::Inspected(inspected) => inspected.inspector.iter().cloned().collect(),
        Payload::CustodyStated(stated) => vec![stated.from.clone(), stated.to.clone()],
        _ => Vec::new(),
    };
    others.into_iter().filter(|who| *who != Who::Party(*author)).collect()
}

/// Rows for every subject, did:key and Digital Link of goods we know found anywhere in `values`, by the text as it stands there.
pub(crate) fn mentioned(firm: &Firm, values: &[serde_json::Value]) -> Result<BTreeMap<String, Row>, UserError> {
    let mut texts = BTreeSet::new();
    values.iter().for_each(|value| collect(value, &mut texts));
    let mut names = BTreeMap::new();
    for text in texts {
        let subject = match text.parse::<Party>() {
            Ok(party) => Some(Subject::party(&party)),
            // What another system names by a link may be goods of ours.
            Err(_) if text.starts_with("http") => search::exact(firm, &text)?,
            Err(_) => text.parse::<Subject>().ok(),
        };
        if let Some(subject) = subject {
            names.insert(text, row(firm, &subject)?);
        }
    }
    Ok(names)
}

fn collect(value: &serde_json::Value, texts: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) if text.contains(':') && !text.contains(' ') => {
            texts.insert(text.clone());
        }
        serde_json::Value::Array(list) => list.iter().for_each(|one| collect(one, texts)),
        serde_json::Value::Object(members) => members.values().for_each(|one| collect(one, texts)),
        _ => {}
    }
}

/// A subject from a call.
pub(crate) fn subject(text: &str) -> Result<Subject, UserError> {
    text.parse()
        .map_err(|_| UserError::new("bad-subject").at("subject").with("value", text))
}
