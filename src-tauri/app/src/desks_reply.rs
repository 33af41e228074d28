//! What the application answers about desktops of other firms, see [`crate::call`].

use crate::documents_reply::DocumentLine;
use crate::error::UserError;
use serde::Serialize;
use systems::Payload;
use systems::shared::goods::LocalText;
use systems::view::Row;
use ts_rs::TS;

/// Straight between desktops: who is known, what waits, what they agreed on, and what a person has to choose.
#[derive(Clone, Debug, Serialize, TS)]
pub struct DesksPage {
    /// Where our desktop listens, `host:port` as others may reach it; null while it only asks.
    pub listening: Option<String>,
    /// What introduces our desktop to another: a text to copy, or to show as a QR code; null while the ledger is not kept by several.
    pub card: Option<String>,
    /// Desktops that were introduced, by name.
    pub desks: Vec<DeskLine>,
    /// What waits for the validators, ours and theirs, oldest first.
    pub waiting: Vec<WaitingLine>,
    /// Theirs that contradict ours: a person chooses.
    pub choices: Vec<ChoiceLine>,
    /// Ours that can never be confirmed, or were taken back, until somebody has seen to them.
    pub aside: Vec<AsideLine>,
    /// The newest documents that records name, newest first.
    pub documents: Vec<DocumentLine>,
}

/// A desktop of another firm.
#[derive(Clone, Debug, Serialize, TS)]
pub struct DeskLine {
    /// did:key of its node key.
    pub node: String,
    /// did:key of its firm.
    pub party: String,
    /// Name of its firm, as registered, else as it introduced itself.
    pub name: LocalText,
    /// Where it may be reached; empty: it reaches us.
    pub addresses: Vec<String>,
    /// Seconds since it was last heard; null: not since the last start.
    pub heard: Option<u32>,
    /// Why it could not be reached the last time, a code for words (`net.unreachable` …); null: it could.
    pub failed: Option<String>,
    /// Whether documents can be sealed to it: its card has a reading key.
    pub reads: bool,
}

/// How far a waiting record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Signed; nobody else has it that we know of.
    Signed,
    /// The desktop of another firm that it concerns has it too, and found it good.
    Shared,
    /// Both sides have signed, and each has what the other signed. Not final until it is confirmed.
    Agreed,
}

/// A record that waits for the validators.
#[derive(Clone, Debug, Serialize, TS)]
pub struct WaitingLine {
    /// RecordId.
    pub id: String,
    /// What it says.
    pub payload: Payload,
    /// did:key of who says it.
    pub party: String,
    /// Its name.
    pub name: LocalText,
    /// We ourselves say it.
    pub mine: bool,
    /// The author's clock.
    pub claimed: String,
    /// How far it has come.
    pub progress: Progress,
    /// Who else has it.
    pub held_by: Vec<LocalText>,
    /// It is an offer to us that nobody has answered yet.
    pub to_answer: bool,
    /// What the first subject it writes is called here.
    pub subject: Row,
    /// Why the desktop of another firm does not take it.
    pub not_kept: Option<UserError>,
    /// The documents that it names, as far as they were opened to us.
    pub documents: Vec<DocumentLine>,
}

/// Two records that cannot both stand.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ChoiceLine {
    /// Ours, which waits here.
    pub ours: WaitingLine,
    /// Theirs, which was handed over.
    pub theirs: WaitingLine,
}

/// A record that was signed here and set aside.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AsideLine {
    /// RecordId.
    pub id: String,
    /// What it says.
    pub payload: Payload,
    /// What the first subject it writes is called here.
    pub subject: Row,
    /// The rule that keeps it out.
    pub why: UserError,
    /// Since when.
    pub at: String,
    /// The newest confirmed record about that subject, which may have come before it; null: none.
    pub instead: Option<String>,
}
