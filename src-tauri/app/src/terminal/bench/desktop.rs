//! How long a person waits: from *Sign* to *Confirmed* of a lone record, on the desktop of its author, a light one, through the calls
//! that its window makes.

use super::measure::{quantile, rounded};
use super::network::{LONE, Measured, PATIENCE, broken};
use super::solo::scratch;
use super::traffic::Traffic;
use crate::settings::encode;
use crate::{App, Options, UserError};
use ledger::Party;
use node::{Clock, SystemClock};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Nobody tells that something took longer than expected, so now and then it is asked for without.
const LOOK: Duration = Duration::from_millis(250);

/// Four validators, or so many, in processes of their own; this process is the desktop.
pub fn run(validators: usize) -> Result<Value, UserError> {
    let path = scratch("desktop")?;
    let outcome = measure(&path, validators);
    // Removed whether it went well or not; a folder that cannot be removed does not change what was measured.
    let _left = std::fs::remove_dir_all(&path);
    outcome
}

/// The application as a window holds it: it is told of changes, and asks anew.
struct Desktop {
    app: App,
    told: Receiver<()>,
}

impl Desktop {
    fn open(folder: &Path) -> Result<Self, UserError> {
        let app = App::open(Options {
            data: Some(folder.to_path_buf()),
        })?;
        let (sender, told) = channel();
        app.subscribe(Box::new(move |_| {
            // The measurement is over.
            let _unheard = sender.send(());
        }));
        Ok(Self { app, told })
    }

    fn call(&self, call: Value) -> Result<Value, UserError> {
        self.app.call(call).map_err(broken)
    }

    /// Asks at every change until the answer is as awaited.
    fn until(&self, call: &Value, is: impl Fn(&Value) -> bool) -> Result<(), UserError> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if is(&self.call(call.clone())?) {
                return Ok(());
            }
            // Told or not, it looks again.
            let _told = self.told.recv_timeout(LOOK);
        }
        Err(broken(format!("nothing comes of {call}")))
    }

    /// Says something after it was shown; gives the milliseconds from *Sign* to *Confirmed*, and whether *Sign* said so at once.
    fn say(&self, payload: Value) -> Result<(f64, bool), UserError> {
        let review = self.call(json!({ "call": "review", "payloads": [payload] }))?;
        let start = Instant::now();
        let signed = self.call(json!({ "call": "sign", "review": review["review"], "draft": null }))?;
        let at_once = signed["records"][0][1] == "confirmed";
        if !at_once {
            let ask = json!({ "call": "record", "id": signed["records"][0][0] });
            self.until(&ask, |record| record["entry"]["status"] == "confirmed")?;
        }
        Ok((start.elapsed().as_secs_f64() * 1000.0, at_once))
    }
}

/// A firm joins by the invitation, is admitted, and has registered.
fn join(measured: &Measured, path: &Path, validators: usize) -> Result<Desktop, UserError> {
    let mut traffic = Traffic::new(measured.genesis.network(), SystemClock.now(), 1)?;
    let committed = measured.bring_in_turn(&traffic.founding_alliance(validators)?, 0)?;
    let desktop = Desktop::open(&path.join("desktop"))?;
    let profile =
        json!({ "name": { "en": "Rheinbett Trading" }, "country": "DE", "identifiers": [], "roles": ["buyer"] });
    let invitation = encode(measured.invitation().to_text().as_bytes());
    let session = desktop.call(json!({
        "call": "set-up", "profile": profile, "passphrase": "only to measure", "invitation": invitation,
    }))?;
    let party: Party = serde_json::from_value(session["party"].clone()).map_err(broken)?;
    measured.bring_in_turn(&[traffic.admit(validators, &party)?], committed)?;
    desktop.until(&json!({ "call": "session" }), |session| {
        !session["party_view"].is_null() && session["unsent"] == 0
    })?;
    Ok(desktop)
}

fn measure(path: &Path, validators: usize) -> Result<Value, UserError> {
    let measured = Measured::found(path, validators)?;
    let desktop = join(&measured, path, validators)?;
    let mut found = Vec::with_capacity(LONE);
    let mut at_once = 0;
    for number in 0..LONE {
        let name = json!({ "en": format!("Duvet cover {number}") });
        let body = json!({ "number": format!("DUVET-{number}"), "name": name, "unit": "H87" });
        let (ms, now) = desktop.say(json!({ "kind": "supply-chain.product-defined.1", "body": body }))?;
        found.push(ms);
        at_once += usize::from(now);
    }
    found.sort_by(f64::total_cmp);
    Ok(json!({
        "validators": validators,
        "records": found.len(),
        "p50_ms": rounded(quantile(&found, 0.5)),
        "p99_ms": rounded(quantile(&found, 0.99)),
        "most_ms": rounded(quantile(&found, 1.0)),
        "confirmed_by_sign": at_once,
    }))
}
