//! What the application answers, see [`crate::call`].

use crate::error::UserError;
use serde::{Deserialize, Serialize};
use systems::Payload;
use systems::logistics::view::ShipmentView;
use systems::parties::view::PartyView;
use systems::supply_chain::captured::EventView;
use systems::supply_chain::view::{LotView, ProductView, SerialView};
use systems::view::Row;
use ts_rs::TS;

/// The bottom line and the first-run state.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Session {
    /// `first-run`, `locked`, `ready`. Locked and ready alike answer every call that reads, verifies or searches.
    pub stage: String,
    /// The passphrase has not been given: whatever signs (`check`, `review`, `sign`, imports) is refused with the code `locked`.
    pub locked: bool,
    /// We are in the sample company.
    pub sample: bool,
    /// Who signs: party did:key, null before set-up.
    pub party: Option<String>,
    /// Its name.
    pub party_view: Option<PartyView>,
    /// Label of the key in use; empty for the root key.
    pub key_label: String,
    /// did:key of the key in use.
    pub key: Option<String>,
    /// What it is to the firm; null while locked.
    pub key_standing: Option<crate::keys_reply::OwnStanding>,
    /// In the sample: whose shoes one can step into.
    pub shoes: Vec<PartyView>,
    /// Network name and id.
    pub network: Option<Pinned>,
    /// Height of the newest block.
    pub height: u32,
    /// Its witnessed time; null before the first block.
    pub time: Option<String>,
    /// How many validators confirm, of how many.
    pub validators: (u32, u32),
    /// Records signed and not confirmed.
    pub unsent: u32,
    /// Drafts.
    pub drafts: u32,
    /// The ledger's clock is simulated.
    pub simulated_clock: bool,
    /// Where keys are kept: `keychain`, `file`, `none`.
    pub key_store: String,
    /// Language setting: `en`, `zh`, `de`, or `system`.
    pub language: String,
    /// Why the ledger takes no new records (`halt.votes-missing`, `halt.disk-full`), a code for words; null when all is well.
    pub halted: Option<String>,
}

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// Products.
    Products,
    /// Lots.
    Lots,
    /// Pieces with serial numbers.
    Items,
    /// Shipments.
    Shipments,
    /// Parties and partners.
    Parties,
}

/// A page of rows.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many there are in all with this filter.
    pub total: u32,
    /// How many per chip, with the text filter.
    pub chips: std::collections::BTreeMap<String, u32>,
}

/// What a search found.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Found {
    /// Best first.
    pub rows: Vec<Row>,
    /// What the text was taken for: `gtin`, `sscc`, `container`, `tracking`, `digital-link`, `record`, `words`.
    pub read_as: String,
    /// The one subject an exact code or RecordId names, if any.
    pub exact: Option<String>,
}

/// Everything about a subject.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Detail {
    /// The line it has in tables.
    pub row: Row,
    /// What it is.
    pub view: View,
    /// Its records, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Names of subjects and parties that the view mentions: subject or did → row.
    pub names: std::collections::BTreeMap<String, Row>,
    /// What we (as the party we are) may do next: kinds with the reason when not allowed.
    pub actions: Vec<Action>,
    /// Recalls that stand on anything it comes from: subject, and the recall.
    pub inherited_recalls: Vec<(String, systems::supply_chain::view::RecallView)>,
    /// The file a foreign event was taken from, where it was taken from one on this machine.
    pub source: Option<SourceFile>,
}

/// A file that was imported here.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// When it was imported.
    pub when: String,
}

/// A subject by type.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum View {
    /// Product.
    Product(ProductView),
    /// Lot.
    Lot(LotView),
    /// Piece.
    Item(SerialView),
    /// Event of another system.
    Event(EventView),
    /// Shipment.
    Shipment(ShipmentView),
    /// Party.
    Party(PartyView),
    /// Partner.
    Partner(PartyView),
}

/// Something one may do next.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Action {
    /// Kind without form: `logistics.departed`.
    pub kind: String,
    /// Why not, a rule code; null when allowed.
    pub refused: Option<String>,
}

/// A record on a time line.
#[derive(Clone, Debug, Serialize, TS)]
pub struct TimelineEntry {
    /// RecordId.
    pub id: String,
    /// What was said.
    pub payload: Payload,
    /// By whom: did:key and name.
    pub party: String,
    /// Its name.
    pub party_name: systems::shared::goods::LocalText,
    /// Author's clock.
    pub claimed: String,
    /// Block time; null while only signed.
    pub witnessed: Option<String>,
    /// Block.
    pub height: Option<u32>,
    /// `signed`, `confirmed`, `refused`.
    pub status: String,
    /// On whose behalf somebody else's side was entered: did:key or partner's subject; null if nobody's.
    pub on_behalf: Option<String>,
    /// Its name.
    pub on_behalf_name: Option<systems::shared::goods::LocalText>,
    /// How many parties state it (1: single-sourced).
    pub sources: u32,
    /// RecordId of the correction, if corrected.
    pub corrected_by: Option<String>,
    /// The key that signed it was reported stolen, as of a time before.
    pub suspected: bool,
}

/// Where goods come from and where they went: a graph.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Trace {
    /// Subjects, the asked one among them.
    pub nodes: Vec<TraceNode>,
    /// From input to output.
    pub edges: Vec<TraceEdge>,
    /// Nodes were left out because there are more than 500.
    pub cut: bool,
}

/// A node.
#[derive(Clone, Debug, Serialize, TS)]
pub struct TraceNode {
    /// Its line.
    pub row: Row,
    /// Steps from the asked subject: negative towards the raw material, positive towards the buyer.
    pub step: i32,
}

/// An edge.
#[derive(Clone, Debug, Serialize, TS)]
pub struct TraceEdge {
    /// Subject.
    pub from: String,
    /// Subject.
    pub to: String,
    /// How much.
    pub quantity: Option<systems::shared::goods::Quantity>,
    /// The record that says so.
    pub record: String,
}

/// A draft.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Which form.
    pub kind: String,
    /// What stands in the form.
    #[ts(type = "unknown")]
    pub form: serde_json::Value,
    /// Last change.
    pub changed: String,
}

/// Would it be allowed?
#[derive(Clone, Debug, Serialize, TS)]
pub struct Checked {
    /// Empty when allowed.
    pub problems: Vec<UserError>,
}

/// What will be signed, made from the very bytes.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Review {
    /// To sign with.
    pub review: String,
    /// One per record.
    pub records: Vec<ReviewRecord>,
    /// Short fingerprint of all of them that a second person can compare: 4 groups of 4 hex digits.
    pub fingerprint: String,
    /// Broken rules, if any; then it cannot be signed.
    pub problems: Vec<UserError>,
}

/// One record of a review.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ReviewRecord {
    /// What it says, parsed back from the bytes.
    pub payload: Payload,
    /// The canonical bytes without the proof, as text.
    pub text: String,
    /// What it writes, with names.
    pub subjects: Vec<Row>,
    /// What follows from it: codes for words with values.
    pub consequences: Vec<Consequence>,
    /// The documents that it names, by commitments; only those who may read them are told what they are.
    pub documents: Vec<crate::call::EnclosedDocument>,
}

/// Something that follows.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Consequence {
    /// Code for words.
    pub code: String,
    /// Values for the sentence.
    pub values: std::collections::BTreeMap<String, String>,
    /// Values that are names, in the languages there are.
    pub names: std::collections::BTreeMap<String, systems::shared::goods::LocalText>,
}

/// What was signed.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Signed {
    /// RecordIds in order with their status (`signed` or `confirmed`).
    pub records: Vec<(String, String)>,
}

/// A record with its proof.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RecordDetail {
    /// Its line.
    pub entry: TimelineEntry,
    /// The record, canonical text.
    pub text: String,
    /// What it writes.
    pub subjects: Vec<Row>,
    /// The proof, step by step: name of the step, what was compared.
    pub proof: Vec<ProofStep>,
    /// The documents that it names, as far as they were opened to us.
    pub documents: Vec<crate::call::DocumentLine>,
}

/// A step of a proof in plain words (code for words, values, and the raw thing).
#[derive(Clone, Debug, Serialize, TS)]
pub struct ProofStep {
    /// `signature`, `mandate`, `inclusion`, `quorum`, `completeness`.
    pub code: String,
    /// Holds.
    pub passed: bool,
    /// Values for the sentence.
    pub values: std::collections::BTreeMap<String, String>,
    /// Values that are names, in the languages there are.
    pub names: std::collections::BTreeMap<String, systems::shared::goods::LocalText>,
    /// The raw values, for those who want them.
    pub detail: String,
}

/// A page of blocks.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Blocks {
    /// Newest first.
    pub blocks: Vec<BlockRow>,
    /// Height of the newest.
    pub height: u32,
}

/// A block.
#[derive(Clone, Debug, Serialize, TS)]
pub struct BlockRow {
    /// Height.
    pub height: u32,
    /// BlockId.
    pub id: String,
    /// Witnessed time.
    pub time: String,
    /// Records.
    pub records: u32,
    /// The header, canonical text.
    pub header: String,
    /// Who signed it, of how many.
    pub signers: (u32, u32),
}

/// A page of records.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Records {
    /// Newest first.
    pub records: Vec<TimelineEntry>,
    /// How many in all.
    pub total: u32,
}

/// The outcome of a check of evidence.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Verdict {
    /// As `sealroad verify --json` prints it.
    #[ts(type = "VerifyReport")]
    pub report: serde_json::Value,
    /// What the file is about, when it could be read: its time line, only when accepted or consistent.
    pub about: Option<String>,
    /// Name of what it is about.
    pub name: Option<systems::shared::goods::LocalText>,
    /// Who made it.
    pub maker: Option<systems::shared::goods::LocalText>,
    /// Of a shipment: what goes where, from whom to whom.
    pub journey: Option<Journey>,
    /// The record that the reason of a refusal names, if the file shows it: kind and author's clock. Nothing in it is proved.
    pub named: Option<(String, String)>,
    /// Its records, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Recalls that stand on it or anything it comes from.
    pub recalls: Vec<systems::supply_chain::view::RecallView>,
}

/// What evidence of a shipment is about.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Journey {
    /// Names of the goods packed, each once, and the lot's or piece's own number.
    pub goods: Vec<(systems::shared::goods::LocalText, String)>,
    /// Where it begins and where it is to go.
    pub ends: Option<(systems::shared::goods::Place, systems::shared::goods::Place)>,
    /// Who sends; null if the file names nobody.
    pub consignor: Option<systems::shared::goods::LocalText>,
    /// Who receives.
    pub consignee: Option<systems::shared::goods::LocalText>,
}

/// A network Verify trusts.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Pinned {
    /// Its name.
    pub name: String,
    /// Its id, hex.
    pub network: String,
    /// It is our own ledger's.
    pub own: bool,
}

/// A file for the user.
#[derive(Clone, Debug, Serialize, TS)]
pub struct FileMade {
    /// Proposed name.
    pub name: String,
    /// Content, base64; empty when it was written to disk.
    pub content: String,
    /// Where it was written, if it was.
    pub path: Option<String>,
    /// Size in bytes.
    pub size: u32,
}

/// Settings.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `system`, `en`, `zh`, `de`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub scheme: String,
    /// Sounds when scanning.
    pub sounds: bool,
}

/// What a check of everything stored found.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Fsck {
    /// Nothing wrong.
    pub clean: bool,
    /// Height.
    pub height: u32,
    /// BlockId of the head, hex.
    pub root: String,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Something wrong in storage.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Fault {
    /// `ledger.db`, `views.db`, `votes.db`, `keys`, `documents`.
    pub file: String,
    /// Block.
    pub height: Option<u32>,
    /// RecordId.
    pub record: Option<String>,
    /// What.
    pub what: String,
}

/// For the support desk.
#[derive(Clone, Debug, Serialize, TS)]
pub struct About {
    /// Version.
    pub version: String,
    /// Data folder.
    pub folder: String,
    /// Sizes in bytes by file.
    pub sizes: std::collections::BTreeMap<String, f64>,
    /// Time of the last backup.
    pub last_backup: Option<String>,
}

/// Nothing to say.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Done {}

/// Home: three columns by urgency.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Home {
    /// Needs me now.
    pub now: Vec<HomeEntry>,
    /// Waiting for others.
    pub waiting: Vec<HomeEntry>,
    /// Watch: late, at risk, expiring.
    pub watch: Vec<HomeEntry>,
    /// The sample's thread to follow: the next step, a code for words; null outside the sample or at its end.
    pub thread: Option<HomeEntry>,
}

/// One thing on Home.
#[derive(Clone, Debug, Serialize, TS)]
pub struct HomeEntry {
    /// Code for words: `offer-to-accept`, `draft`, `late`, `exception`, `recall`, `unsent`, `offer-unanswered`, `certificate-expiring`, …
    pub code: String,
    /// Subject to open, if any.
    pub subject: Option<String>,
    /// Its line.
    pub row: Option<Row>,
    /// Draft, if it is one.
    pub draft: Option<String>,
    /// Since when or due when.
    pub time: Option<String>,
    /// Values for the sentence.
    pub values: std::collections::BTreeMap<String, String>,
    /// Values that are names, in the languages there are.
    pub names: std::collections::BTreeMap<String, systems::shared::goods::LocalText>,
}
