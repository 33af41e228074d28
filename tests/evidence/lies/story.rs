//! Files of real networks from which lies are made: the demo goes on with three recalls, and a second demo plays beside it under the
//! same names.

use std::path::Path;

use app::{App, Options};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::demo::Demo;

/// Reasons a recall names.
const REASONS: [&str; 3] = ["Seam opens", "Dye batch", "Yarn count"];

/// The files, as JSON.
pub struct Story {
    pub demo: Demo,
    /// Evidence about the piece after the recalls.
    pub good: Value,
    /// The demo's own evidence, from before the recalls.
    pub older: Value,
    /// Evidence at the same height as the good one, about a shipment that the piece has nothing to do with.
    pub other: Value,
    /// Evidence of another network with the same names and the same story.
    pub alike: Value,
    /// The piece, its lot, and the lot that its lot was sewn from.
    pub recalled: [String; 3],
}

impl Story {
    pub fn tell() -> Self {
        let demo = Demo::play_in("lies", true);
        let app = App::open(Options {
            data: Some(demo.data()),
        })
        .unwrap();
        let older: Value = serde_json::from_slice(&demo.evidence).unwrap();
        let piece = older["about"].as_str().unwrap().to_owned();
        let lot = linked(&older, &piece, "lot:");
        let cloth = linked(&older, &lot, "lot:");
        let shipment = linked(&older, &piece, "shipment:").replace("JL-0117", "JL-0118");
        let recalled = [piece, lot, cloth];
        step_in(&app, &recalled[0]);
        for (about, reason) in recalled.iter().zip(REASONS) {
            recall(&app, about, reason);
        }
        let alike = Demo::play("alike");
        Self {
            good: export(&app, &recalled[0]),
            other: export(&app, &shipment),
            older,
            alike: serde_json::from_slice(&alike.evidence).unwrap(),
            demo,
            recalled,
        }
    }

    /// The anchor of the look-alike is in nobody's hands; ours is in this file.
    pub fn anchor(&self) -> &Path {
        &self.demo.anchor_path
    }
}

/// The first subject of a type that a state names.
fn linked(file: &Value, subject: &str, kind: &str) -> String {
    let shown = file["subjects"].as_array().unwrap();
    let shown = shown.iter().find(|shown| shown["subject"] == subject).unwrap();
    let links = shown["state"]["links"].as_array().unwrap();
    let mut links = links.iter().filter_map(Value::as_str);
    links.find(|link| link.starts_with(kind)).unwrap().to_owned()
}

fn ask(app: &App, request: Value) -> Value {
    app.call(request).unwrap()
}

/// Acts as the firm that made a piece.
fn step_in(app: &App, piece: &str) {
    let party = piece.trim_start_matches("item:").rsplit_once(':').unwrap().0;
    ask(app, json!({"call": "step-into", "party": party}));
}

fn recall(app: &App, about: &str, reason: &str) {
    let words = json!({"en": reason});
    let body = json!({"about": [about], "hazard": "quality", "reason": words, "instruction": words});
    let payload = json!({"kind": "supply-chain.recalled.1", "body": body});
    let review = ask(app, json!({"call": "review", "payloads": [payload]}));
    assert_eq!(review["problems"], json!([]));
    let signed = ask(app, json!({"call": "sign", "review": review["review"], "draft": null}));
    assert_eq!(signed["records"][0][1], "confirmed");
}

fn export(app: &App, subject: &str) -> Value {
    let file = ask(
        app,
        json!({"call": "export", "subject": subject, "record": null, "as": "evidence"}),
    );
    let file = STANDARD.decode(file["content"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&file).unwrap()
}
