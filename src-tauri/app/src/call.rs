//! The whole surface of the application: what a window, a browser or a terminal may ask, and what it gets.
//! One request, one answer, both JSON; files travel as base64. The UI knows nothing else of us.

pub use crate::desks_reply::*;
pub use crate::documents_reply::*;
use crate::error::UserError;
pub use crate::import_reply::*;
pub use crate::keys_reply::*;
pub use crate::network_reply::*;
pub use crate::reply::*;
use serde::Deserialize;
use systems::Payload;
use ts_rs::TS;

/// What can be asked.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "call", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Call {
    /// Who we are, how old our knowledge is, what is unsent: the bottom line. → [`Session`]
    Session {},
    /// First run: found a solo ledger for my firm, or join one that several keep. → [`Session`]
    SetUp {
        /// The firm.
        profile: systems::parties::records::Profile,
        /// Protects the key file where the system has no keychain; at least 8 characters. None: keychain wanted.
        passphrase: Option<String>,
        /// Join the network of this invitation file, base64; the firm registers itself there once it is admitted. None: found a
        /// ledger of one's own.
        #[serde(default)]
        #[ts(optional)]
        invitation: Option<String>,
    },
    /// First run: work for a firm that is on a network already, from this machine: its key is made here and gets its mandate by the
    /// firm's root key ([`KeysPage`]) or by its recovery kit (`recover`). → [`Session`]
    JoinFirm {
        /// The network's invitation file, base64.
        invitation: String,
        /// did:key of the firm.
        party: String,
        /// Protects the key file, as in `set-up`.
        passphrase: Option<String>,
    },
    /// First run: bring back a backup of a ledger. Its keys stay locked until the passphrase is given, or the recovery kit makes new
    /// ones. → [`Session`]
    Restore {
        /// The backup's folder, an absolute path.
        folder: String,
    },
    /// First run: load the sample company. → [`Session`]
    LoadSample {},
    /// Leave the sample company and go back to the first-run choice (the sample ledger is deleted). → [`Session`]
    LeaveSample {},
    /// In the sample only: act as another of its parties. → [`Session`]
    StepInto {
        /// did:key.
        party: String,
    },
    /// Give the passphrase of a locked ledger; from then on it can sign. → [`Session`]
    Unlock {
        /// The passphrase.
        passphrase: String,
    },
    /// Home. → [`Home`]
    Home {},
    /// Find anything. → [`Found`]
    Search {
        /// Words, codes, scanned labels (GS1 element strings and Digital Links too).
        text: String,
        /// 1–100.
        limit: u32,
    },
    /// One page of a table. → [`Rows`]
    List {
        /// Which table.
        table: Table,
        /// Words to filter by; empty for all.
        text: String,
        /// Filter chip: `all`, or `recalled` / `single-sourced` for goods, a [`Stage`](systems::logistics::view::Stage) / `late` / `exception` for shipments.
        chip: String,
        /// Column to sort by (a field of [`Row`]).
        sort: String,
        /// Largest first.
        descending: bool,
        /// First row, from 0.
        offset: u32,
        /// 1–500.
        limit: u32,
    },
    /// Everything about a subject. → [`Detail`]
    Open {
        /// The subject.
        subject: String,
    },
    /// Where a lot or item comes from and where it went. → [`Trace`]
    Trace {
        /// The subject.
        subject: String,
    },
    /// Parties and partners for pick lists. → `PartyView[]`
    Parties {},
    /// Keep a draft (also while typing). → [`Draft`]
    SaveDraft {
        /// None: a new one.
        id: Option<String>,
        /// Whatever stands in the form.
        form: serde_json::Value,
        /// Which form.
        kind: String,
    },
    /// All drafts, newest first. → `Draft[]`
    Drafts {},
    /// Throw a draft away. → [`Done`]
    DiscardDraft {
        /// Which.
        id: String,
    },
    /// Would this be allowed? → [`Checked`]
    Check {
        /// What would be said.
        payload: Payload,
    },
    /// Make the bytes that will be signed and show them. → [`Review`]
    Review {
        /// What will be said, in order; 1–1,000.
        payloads: Vec<Payload>,
        /// Files attached to the one record of two sides that this is about, by their ids; at most 8.
        #[serde(default)]
        #[ts(optional)]
        attached: Option<Vec<String>>,
    },
    /// Sign what was reviewed. → [`Signed`]
    Sign {
        /// From [`Review`].
        review: String,
        /// The draft this came from, discarded when signed.
        draft: Option<String>,
    },
    /// A record with its proof in plain words. → [`RecordDetail`]
    Record {
        /// RecordId.
        id: String,
    },
    /// Blocks, newest first. → [`Blocks`]
    Blocks {
        /// Below this height; none: from the top.
        below: Option<u32>,
        /// 1–200.
        limit: u32,
    },
    /// Records by witnessed time, newest first. → [`Records`]
    Records {
        /// RFC 3339, inclusive.
        from: Option<String>,
        /// RFC 3339, exclusive.
        to: Option<String>,
        /// In this block only.
        height: Option<u32>,
        /// How many to skip.
        offset: u32,
        /// 1–500.
        limit: u32,
    },
    /// Check evidence. → [`Verdict`]
    Verify {
        /// The file, base64.
        file: String,
        /// Demand this anchor, base64; none: the networks pinned in this app (our own among them).
        anchor: Option<String>,
        /// Refuse evidence older than this height.
        not_before: Option<u32>,
    },
    /// What our own ledger can prove about a scanned or pasted code. → [`Verdict`]
    VerifyCode {
        /// Code or subject.
        code: String,
    },
    /// Pin a network for Verify. → `Pinned[]`
    PinNetwork {
        /// Anchor file, base64.
        anchor: String,
    },
    /// Unpin. → `Pinned[]`
    UnpinNetwork {
        /// Network, hex.
        network: String,
    },
    /// Pinned networks. → `Pinned[]`
    Pinned {},
    /// Make a file to hand to somebody. → [`FileMade`]
    Export {
        /// What about.
        subject: Option<String>,
        /// Or one record.
        record: Option<String>,
        /// `evidence`, `epcis`, `vc`, `anchor`.
        r#as: String,
    },
    /// Look at a file: what is it, which columns, was it imported before. → [`ImportPreview`]
    ImportPreview {
        /// File name.
        name: String,
        /// The file, base64.
        file: String,
        /// `epcis`, `shipments`, `products`; none: guess.
        r#as: Option<String>,
        /// Column → field; none: remembered or guessed.
        mapping: Option<Mapping>,
    },
    /// Import what was looked at; goes on in the background. → [`ImportProgress`]
    ImportStart {
        /// From [`ImportPreview`].
        import: String,
        /// Mapping to use and remember.
        mapping: Option<Mapping>,
        /// Cells mended by hand before signing.
        mended: Vec<MendedCell>,
    },
    /// How far. → [`ImportProgress`]
    ImportProgress {
        /// Which.
        import: String,
    },
    /// Stop; nothing half done is left. → [`ImportProgress`]
    ImportCancel {
        /// Which.
        import: String,
    },
    /// Language, scheme and such. → [`Settings`]
    Settings {},
    /// Change settings. → [`Settings`]
    ChangeSettings {
        /// All of them.
        settings: Settings,
    },
    /// Write a backup into the data folder's `backups`, check it by reading it back. → [`FileMade`] without content
    Backup {},
    /// Check everything stored. → [`Fsck`]
    Fsck {},
    /// The person's word that no later blocks were signed with our validator's key elsewhere; needed once after a backup was
    /// restored (`halted` is `halt.votes-missing`). → [`Session`]
    ConfirmVotesLost {},
    /// Who keeps the ledger, how far it is, and who is in reach. → [`NetworkPage`]
    Network {},
    /// An invitation to our network for a newcomer. → [`Invited`]
    Invite {},
    /// Trust the checkpoint of a new invitation to our network, after more than the trusting period without a validator. → [`NetworkPage`]
    Trust {
        /// The invitation file, base64.
        invitation: String,
    },
    /// Desktops of other firms, what passes straight between us, and what is to be chosen. → [`DesksPage`]
    Desks {},
    /// Lets other desktops reach ours on this port (0: any that is free), or no longer. → [`DesksPage`]
    DeskListen {
        /// The port; none: we only ask.
        port: Option<u16>,
    },
    /// Knows the desktop of another firm from now on. → [`DesksPage`]
    DeskMeet {
        /// Its card, as [`DesksPage`] shows ours.
        card: String,
    },
    /// Knows it no longer. → [`DesksPage`]
    DeskForget {
        /// did:key of its node.
        node: String,
    },
    /// Chooses between a record of ours and one of theirs that contradicts it. → [`DesksPage`]
    DeskChoose {
        /// RecordId of theirs.
        rival: String,
        /// Theirs stands, and ours is set aside; otherwise ours stays, and the validators decide by what reaches them first.
        theirs: bool,
    },
    /// Has seen to a record that was set aside: it is not shown any more. → [`DesksPage`]
    AsideDone {
        /// RecordId.
        id: String,
    },
    /// Attach a file to a record that is being written; only we can read it yet. → [`Attached`]
    DocumentAttach {
        /// Its file name.
        name: String,
        /// What it is: `application/pdf`; empty if that is not known.
        media_type: String,
        /// The file, base64; at most 47 MiB.
        file: String,
    },
    /// Let a file go that was attached to a form. → [`Done`]
    DocumentDetach {
        /// From [`Attached`].
        id: String,
    },
    /// The documents that records name, ours and those opened to us. → [`DocumentsPage`]
    Documents {},
    /// Open a document and write it as a file; its key never leaves this process. → [`FileMade`] without content
    DocumentSave {
        /// RecordId of the record that names it.
        record: String,
        /// From [`DocumentLine`].
        place: String,
        /// Folder to write to, or the file itself, an absolute path; none: the user's downloads. Nothing is written over.
        to: Option<String>,
    },
    /// The keys of our firm. → [`KeysPage`]
    Keys {},
    /// Make a recovery kit and write its printable page; its secret stands there and nowhere else. → [`KitMade`]
    KitMake {
        /// Folder to write to, or the file itself, an absolute path; none: the user's downloads.
        to: Option<String>,
        /// Language of the page: `en`, `zh`, `de`.
        language: String,
    },
    /// Do these words give our kit? Only a kit that was tried counts as good. → [`KitTried`]
    KitTry {
        /// The 24 words, or the text of the QR code.
        words: String,
    },
    /// Delete the printable pages of kits where they were written. → [`KeysPage`]
    KitForget {},
    /// A key of ours to replace the root key with, in a record to review and sign. → [`NextKey`]
    NextRoot {},
    /// Come back with the printed kit: a fresh root key of ours, named by the kit's key in a record to be signed. Where the keys here
    /// cannot be opened any more, new ones are made. → [`Review`]
    Recover {
        /// The 24 words, or the text of the QR code.
        words: String,
        /// Why, 1–200 characters; everybody can read it.
        reason: String,
        /// RFC 3339 in the protocol's form: what the old key signed since then is suspect.
        suspected_since: Option<String>,
        /// Protects the new key file, where one is made.
        passphrase: Option<String>,
    },
    /// Words for the support desk: versions, folder, sizes. → [`About`]
    About {},
}

/// An answer, or what went wrong, as the UI gets it.
pub type Reply = Result<serde_json::Value, UserError>;
