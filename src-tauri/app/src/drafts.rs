//! Drafts: what stands in forms, kept while it is typed, on the desk and not on the ledger.

use crate::App;
use crate::call::{Done, Draft};
use crate::documents::attach;
use crate::error::UserError;
use node::Desk;
use serde_json::{Value, json};

const SPACE: &str = "drafts";

/// Keeps a draft under its id, or under a new one.
pub(crate) fn save(app: &App, id: Option<String>, kind: String, form: Value) -> Result<Draft, UserError> {
    let firm = app.firm()?;
    let id = match id {
        Some(id) => id,
        None => hex::encode(node::random::<8>()?),
    };
    let draft = Draft {
        id,
        kind,
        form,
        changed: firm.clock.now().to_string(),
    };
    firm.desk.put(SPACE, &draft.id, &json!(draft))?;
    app.listeners.tell(&json!({ "event": "session" }));
    Ok(draft)
}

/// All drafts, newest first.
pub(crate) fn all(desk: &Desk) -> Result<Vec<Draft>, UserError> {
    let drafts = desk.list(SPACE)?.into_iter();
    Ok(drafts
        .filter_map(|(_, value, _)| serde_json::from_value(value).ok())
        .collect())
}

/// How many there are.
pub(crate) fn count(desk: &Desk) -> Result<usize, UserError> {
    Ok(desk.list(SPACE)?.len())
}

/// Throws a draft away.
pub(crate) fn discard(app: &App, id: &str) -> Result<Done, UserError> {
    let firm = app.firm()?;
    if let Some(draft) = firm.desk.get(SPACE, id)? {
        attach::discarded(&firm, draft.get("form").unwrap_or(&Value::Null))?;
    }
    firm.desk.delete(SPACE, id)?;
    app.listeners.tell(&json!({ "event": "session" }));
    Ok(Done {})
}
