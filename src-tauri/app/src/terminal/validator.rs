//! `sealroad validator`: a validator that runs until it is told to end.

use super::{Desk, door, serve};
use crate::alliance::{Part, page};
use crate::error::UserError;
use crate::{App, Options};
use serde_json::json;
use std::sync::Arc;

/// Runs it. Terminal commands with the same folder reach it as they reach `sealroad serve`.
pub(super) fn validator(desk: &Desk, port: Option<u16>, views: bool) -> Result<u8, UserError> {
    let folder = desk.folder()?;
    door::refound(desk)?;
    if !folder.join("ledger.db").exists() {
        return Err(UserError::new("node.no-ledger").with("folder", folder.display()));
    }
    let app = App::open_as(Options { data: Some(folder) }, Part { port, views })?;
    door::unlock_if_known(desk, &app)?;
    if app.firm()?.is_locked() {
        return Err(UserError::new("locked"));
    }
    if !app.firm()?.shared {
        return Err(UserError::new("not-in-an-alliance"));
    }
    serve::stay(Arc::new(app), 0, |app, url, _| {
        let page = page::network(app)?;
        Ok(json!({
            "url": url,
            "party": page.party,
            "node": page.node,
            "listen": page.listen,
            "height": page.height,
        }))
    })
}
