//! A ledger that several keep, as one installation sees it.

use super::calls::{Folder, ask, firm, product, profile, refused};
use crate::alliance::founding;
use crate::{App, Options};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use node::{DataFolder, KeyLock};
use serde_json::json;

/// The invitation of a network whose validators nobody has started.
fn invitation(folder: &Folder) -> String {
    let lock = KeyLock::Passphrase("correct horse".to_owned());
    let folder = DataFolder::open(&folder.0).unwrap();
    let seat = founding::seat(&folder, &lock, "Elsewhere", "127.0.0.1:1").unwrap();
    let invitation = founding::found("Rail lane", vec![seat]).unwrap();
    STANDARD.encode(invitation.to_text())
}

#[test]
fn a_desktop_joins_on_its_first_run_and_says_what_waits() {
    let (validator, folder) = (Folder::new(), Folder::new());
    let invitation = invitation(&validator);
    let app = folder.open();
    let set_up = |invitation: &str| json!({ "call": "set-up", "profile": profile(), "passphrase": "correct horse", "invitation": invitation });
    assert_eq!(refused(&app, set_up(&STANDARD.encode("{}"))), "node.bad-paper");
    let session = ask(&app, set_up(&invitation));
    assert_eq!(
        (&session["stage"], &session["party_view"]),
        (&json!("ready"), &json!(null))
    );
    assert_eq!(
        (&session["height"], &session["validators"]),
        (&json!(0), &json!([0, 1]))
    );
    let page = ask(&app, json!({ "call": "network" }));
    assert_eq!(
        (&page["profile"], &page["operator"], &page["listen"]),
        (&json!("alliance"), &json!(false), &json!(null))
    );
    assert_eq!(page["validators"][0]["name"]["en"], "Elsewhere");
    assert_eq!(page["party"], session["party"]);
    let checked = ask(&app, json!({ "call": "check", "payload": product("P-1") }));
    assert_eq!(checked["problems"][0]["code"], "alliance.not-a-member");
    let invited = ask(&app, json!({ "call": "invite" }));
    assert_eq!(invited["file"]["content"], json!(invitation));
    assert!(invited["qr"].is_string());
    drop(app);
    // Nobody has the keys yet, and still it is known who we are.
    let app = App::open(Options {
        data: Some(folder.0.clone()),
    })
    .unwrap();
    let locked = ask(&app, json!({ "call": "session" }));
    assert_eq!(
        (&locked["stage"], &locked["party"]),
        (&json!("locked"), &session["party"])
    );
    assert_eq!(ask(&app, json!({ "call": "network" }))["node"], json!(null));
    let open = ask(&app, json!({ "call": "unlock", "passphrase": "correct horse" }));
    assert_eq!(open["stage"], "ready");
    assert_eq!(ask(&app, json!({ "call": "network" }))["node"], page["node"]);
}

#[test]
fn a_ledger_of_ones_own_has_a_network_page_and_invites_nobody() {
    let folder = Folder::new();
    let app = firm(&folder);
    let page = ask(&app, json!({ "call": "network" }));
    assert_eq!((&page["profile"], &page["operator"]), (&json!("solo"), &json!(true)));
    assert_eq!(page["quorum"], json!({ "weight": 1, "of": 1, "needed": 1 }));
    assert_eq!(page["validators"][0]["name"]["en"], "Test firm");
    assert_eq!(
        (&page["validators"][0]["mine"], &page["validators"][0]["agreed"]),
        (&json!(true), &json!(true))
    );
    assert_eq!((&page["peers"], &page["node"]), (&json!([]), &json!(null)));
    assert_eq!(refused(&app, json!({ "call": "invite" })), "not-in-an-alliance");
}

#[test]
fn what_several_decide_is_signed_at_once_and_confirmed_later() {
    let (validator, folder) = (Folder::new(), Folder::new());
    let file = STANDARD.decode(invitation(&validator)).unwrap();
    let invitation = node::Invitation::parse(&file).unwrap();
    let lock = KeyLock::Passphrase("correct horse".to_owned());
    // The one who may speak before the network runs is an operator: its record waits, since the other validator is not there.
    let other = DataFolder::open(&folder.0).unwrap();
    let second = founding::seat(&other, &lock, "Second", "127.0.0.1:2").unwrap();
    drop(other);
    let invitation = founding::found("Pair", vec![invitation.seats[0].clone(), second]).unwrap();
    let own = DataFolder::open(&validator.0).unwrap();
    let desk = node::Desk::open(&own).unwrap();
    let profile = serde_json::from_value(profile()).unwrap();
    founding::join(&own, &desk, &lock, &invitation, founding::As::New(&profile)).unwrap();
    drop((own, desk));
    let part = crate::alliance::Part {
        port: Some(0),
        views: true,
    };
    let app = App::open_as(
        Options {
            data: Some(validator.0.clone()),
        },
        part,
    )
    .unwrap();
    ask(&app, json!({ "call": "unlock", "passphrase": "correct horse" }));
    let firm = app.firm().unwrap();
    let registered = systems::parties::records::Registered { profile };
    let records = crate::sign::signed(&firm, &[systems::Payload::Registered(registered)]).unwrap();
    let receipts = crate::sign::submit_soon(&firm, records.clone()).unwrap();
    assert_eq!(receipts[0].outcome, node::Outcome::Signed);
    // Answered before anybody could decide, and saved all the same.
    assert!(firm.node.outbox().unwrap().contains(&records[0]));
}
