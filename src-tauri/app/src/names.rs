//! Names for subjects and parties that screens mention.

use crate::error::UserError;
use crate::firm::Firm;
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
    let (kind, number) = match subject.parts() {
        SubjectParts::Owned { type_name, local, .. } => (type_name, local),
        SubjectParts::Code { code, .. } => ("code", code),
    };
    Ok(Row {
        subject: subject.to_string(),
        r#type: kind.to_owned(),
        number: ledger::ids::decode(number),
        name: LocalText::default(),
        code: None,
        quantity: None,
        status: String::new(),
        place: None,
        at: String::new(),
        due: None,
        owner: String::new(),
    })
}

/// The name of a party; empty if it is not registered here.
pub(crate) fn party(firm: &Firm, party: &Party) -> Result<LocalText, UserError> {
    Ok(row(firm, &Subject::party(party))?.name)
}

/// The name of who is meant in any language, else the identifier.
pub(crate) fn who(firm: &Firm, who: &Who) -> Result<String, UserError> {
    let row = row(firm, &subject_of(who))?;
    let name = any(&row.name);
    Ok(if name.is_empty() { row.number } else { name.to_owned() })
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

/// Rows for every subject and did:key found anywhere in `value`, by the text as it stands there.
pub(crate) fn mentioned(firm: &Firm, values: &[serde_json::Value]) -> Result<BTreeMap<String, Row>, UserError> {
    let mut texts = BTreeSet::new();
    values.iter().for_each(|value| collect(value, &mut texts));
    let mut names = BTreeMap::new();
    for text in texts {
        let subject = match text.parse::<Party>() {
            Ok(party) => Some(Subject::party(&party)),
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
