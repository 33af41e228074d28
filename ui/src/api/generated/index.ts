// Written by `cargo test -p app bindings` from the Rust types; do not edit.

export type About = { 
/**
 * Version.
 */
version: string, 
/**
 * Data folder.
 */
folder: string, 
/**
 * Sizes in bytes by file.
 */
sizes: { [key in string]: number }, 
/**
 * Time of the last backup.
 */
last_backup: string | null, };

export type Action = { 
/**
 * Kind without form: `logistics.departed`.
 */
kind: string, 
/**
 * Why not, a rule code; null when allowed.
 */
refused: string | null, };

export type AmountView = { 
/**
 * The other subject.
 */
subject: string, 
/**
 * How much.
 */
quantity: Quantity, 
/**
 * The record that says so.
 */
record: string, };

export type Arrived = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * How.
 */
mode: Mode, };

export type AsideLine = { 
/**
 * RecordId.
 */
id: string, 
/**
 * What it says.
 */
payload: Payload, 
/**
 * What the first subject it writes is called here.
 */
subject: Row, 
/**
 * The rule that keeps it out.
 */
why: UserError, 
/**
 * Since when.
 */
at: string, 
/**
 * The newest confirmed record about that subject, which may have come before it; null: none.
 */
instead: string | null, };

export type Attached = { 
/**
 * By which a review is told of it.
 */
id: string, 
/**
 * Its name, as it will be kept.
 */
name: string, 
/**
 * What it is: `application/pdf`.
 */
media_type: string, 
/**
 * Bytes of its content.
 */
size: number, };

export type BlockRow = { 
/**
 * Height.
 */
height: number, 
/**
 * BlockId.
 */
id: string, 
/**
 * Witnessed time.
 */
time: string, 
/**
 * Records.
 */
records: number, 
/**
 * The header, canonical text.
 */
header: string, 
/**
 * Who signed it, of how many.
 */
signers: [number, number], };

export type Blocks = { 
/**
 * Newest first.
 */
blocks: Array<BlockRow>, 
/**
 * Height of the newest.
 */
height: number, };

export type Call = { "call": "session", } | { "call": "set-up", 
/**
 * The firm.
 */
profile: Profile, 
/**
 * Protects the key file where the system has no keychain; at least 8 characters. None: keychain wanted.
 */
passphrase: string | null, 
/**
 * Join the network of this invitation file, base64; the firm registers itself there once it is admitted. None: found a
 * ledger of one's own.
 */
invitation?: string, } | { "call": "join-firm", 
/**
 * The network's invitation file, base64.
 */
invitation: string, 
/**
 * did:key of the firm.
 */
party: string, 
/**
 * Protects the key file, as in `set-up`.
 */
passphrase: string | null, } | { "call": "restore", 
/**
 * The backup's folder, an absolute path.
 */
folder: string, } | { "call": "load-sample", } | { "call": "leave-sample", } | { "call": "step-into", 
/**
 * did:key.
 */
party: string, } | { "call": "unlock", 
/**
 * The passphrase.
 */
passphrase: string, } | { "call": "home", } | { "call": "search", 
/**
 * Words, codes, scanned labels (GS1 element strings and Digital Links too).
 */
text: string, 
/**
 * 1–100.
 */
limit: number, } | { "call": "list", 
/**
 * Which table.
 */
table: Table, 
/**
 * Words to filter by; empty for all.
 */
text: string, 
/**
 * Filter chip: `all`, or `recalled` / `single-sourced` for goods, a [`Stage`](systems::logistics::view::Stage) / `late` / `exception` for shipments.
 */
chip: string, 
/**
 * Column to sort by (a field of [`Row`]).
 */
sort: string, 
/**
 * Largest first.
 */
descending: boolean, 
/**
 * First row, from 0.
 */
offset: number, 
/**
 * 1–500.
 */
limit: number, } | { "call": "open", 
/**
 * The subject.
 */
subject: string, } | { "call": "trace", 
/**
 * The subject.
 */
subject: string, } | { "call": "parties", } | { "call": "save-draft", 
/**
 * None: a new one.
 */
id: string | null, 
/**
 * Whatever stands in the form.
 */
form: JsonValue, 
/**
 * Which form.
 */
kind: string, } | { "call": "drafts", } | { "call": "discard-draft", 
/**
 * Which.
 */
id: string, } | { "call": "check", 
/**
 * What would be said.
 */
payload: Payload, } | { "call": "review", 
/**
 * What will be said, in order; 1–1,000.
 */
payloads: Array<Payload>, 
/**
 * Files attached to the one record of two sides that this is about, by their ids; at most 8.
 */
attached?: Array<string>, } | { "call": "sign", 
/**
 * From [`Review`].
 */
review: string, 
/**
 * The draft this came from, discarded when signed.
 */
draft: string | null, } | { "call": "record", 
/**
 * RecordId.
 */
id: string, } | { "call": "blocks", 
/**
 * Below this height; none: from the top.
 */
below: number | null, 
/**
 * 1–200.
 */
limit: number, } | { "call": "records", 
/**
 * RFC 3339, inclusive.
 */
from: string | null, 
/**
 * RFC 3339, exclusive.
 */
to: string | null, 
/**
 * In this block only.
 */
height: number | null, 
/**
 * How many to skip.
 */
offset: number, 
/**
 * 1–500.
 */
limit: number, } | { "call": "verify", 
/**
 * The file, base64.
 */
file: string, 
/**
 * Demand this anchor, base64; none: the networks pinned in this app (our own among them).
 */
anchor: string | null, 
/**
 * Refuse evidence older than this height.
 */
not_before: number | null, } | { "call": "verify-code", 
/**
 * Code or subject.
 */
code: string, } | { "call": "pin-network", 
/**
 * Anchor file, base64.
 */
anchor: string, } | { "call": "unpin-network", 
/**
 * Network, hex.
 */
network: string, } | { "call": "pinned", } | { "call": "export", 
/**
 * What about.
 */
subject: string | null, 
/**
 * Or one record.
 */
record: string | null, 
/**
 * `evidence`, `epcis`, `vc`, `anchor`.
 */
as: string, } | { "call": "import-preview", 
/**
 * File name.
 */
name: string, 
/**
 * The file, base64.
 */
file: string, 
/**
 * `epcis`, `shipments`, `products`; none: guess.
 */
as: string | null, 
/**
 * Column → field; none: remembered or guessed.
 */
mapping: Mapping | null, } | { "call": "import-start", 
/**
 * From [`ImportPreview`].
 */
import: string, 
/**
 * Mapping to use and remember.
 */
mapping: Mapping | null, 
/**
 * Cells mended by hand before signing.
 */
mended: Array<MendedCell>, } | { "call": "import-progress", 
/**
 * Which.
 */
import: string, } | { "call": "import-cancel", 
/**
 * Which.
 */
import: string, } | { "call": "settings", } | { "call": "change-settings", 
/**
 * All of them.
 */
settings: Settings, } | { "call": "backup", } | { "call": "fsck", } | { "call": "confirm-votes-lost", } | { "call": "network", } | { "call": "invite", } | { "call": "trust", 
/**
 * The invitation file, base64.
 */
invitation: string, } | { "call": "desks", } | { "call": "desk-listen", 
/**
 * The port; none: we only ask.
 */
port: number | null, } | { "call": "desk-meet", 
/**
 * Its card, as [`DesksPage`] shows ours.
 */
card: string, } | { "call": "desk-forget", 
/**
 * did:key of its node.
 */
node: string, } | { "call": "desk-choose", 
/**
 * RecordId of theirs.
 */
rival: string, 
/**
 * Theirs stands, and ours is set aside; otherwise ours stays, and the validators decide by what reaches them first.
 */
theirs: boolean, } | { "call": "aside-done", 
/**
 * RecordId.
 */
id: string, } | { "call": "document-attach", 
/**
 * Its file name.
 */
name: string, 
/**
 * What it is: `application/pdf`; empty if that is not known.
 */
media_type: string, 
/**
 * The file, base64; at most 47 MiB.
 */
file: string, } | { "call": "document-detach", 
/**
 * From [`Attached`].
 */
id: string, } | { "call": "documents", } | { "call": "document-save", 
/**
 * RecordId of the record that names it.
 */
record: string, 
/**
 * From [`DocumentLine`].
 */
place: string, 
/**
 * Folder to write to, or the file itself, an absolute path; none: the user's downloads. Nothing is written over.
 */
to: string | null, } | { "call": "keys", } | { "call": "kit-make", 
/**
 * Folder to write to, or the file itself, an absolute path; none: the user's downloads.
 */
to: string | null, 
/**
 * Language of the page: `en`, `zh`, `de`.
 */
language: string, } | { "call": "kit-try", 
/**
 * The 24 words, or the text of the QR code.
 */
words: string, } | { "call": "kit-forget", } | { "call": "next-root", } | { "call": "recover", 
/**
 * The 24 words, or the text of the QR code.
 */
words: string, 
/**
 * Why, 1–200 characters; everybody can read it.
 */
reason: string, 
/**
 * RFC 3339 in the protocol's form: what the old key signed since then is suspect.
 */
suspected_since: string | null, 
/**
 * Protects the new key file, where one is made.
 */
passphrase: string | null, } | { "call": "about", };

export type CertificateReference = { 
/**
 * The standard or scheme: "OEKO-TEX Standard 100", "EN 71-3:2019"; 1–100 code points.
 */
standard: string, 
/**
 * Its number, 1–60 code points.
 */
number: string, 
/**
 * Who issued it, 1–100 code points.
 */
issuer: string, 
/**
 * First day of validity.
 */
valid_from: string, 
/**
 * Last moment of validity.
 */
valid_until: string, 
/**
 * SHA-256 of the document, when we hold it.
 */
document?: string, };

export type Checked = { 
/**
 * Empty when allowed.
 */
problems: Array<UserError>, };

export type ChoiceLine = { 
/**
 * Ours, which waits here.
 */
ours: WaitingLine, 
/**
 * Theirs, which was handed over.
 */
theirs: WaitingLine, };

export type Consequence = { 
/**
 * Code for words.
 */
code: string, 
/**
 * Values for the sentence.
 */
values: { [key in string]: string }, 
/**
 * Values that are names, in the languages there are.
 */
names: { [key in string]: LocalText }, };

export type Content = { 
/**
 * The lot or item.
 */
subject: string, 
/**
 * How much of the lot; for an item one piece.
 */
quantity: Quantity, 
/**
 * For goods of another owner: the shipment that brought them to us; the amount is taken from what arrived with it.
 */
received_in?: string, };

export type CorrectionReason = "incorrect-entry" | "did-not-occur" | "remeasured";

export type CustodyStated = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * Who held it.
 */
from: Who, 
/**
 * Who holds it now.
 */
to: Who, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * How many packages.
 */
packages: number, };

export type CustodyView = { 
/**
 * RecordId (acceptance, statement or founding).
 */
record: string, 
/**
 * From whom; none at the beginning.
 */
from: Who | null, 
/**
 * To whom.
 */
to: Who, 
/**
 * When.
 */
at: When, 
/**
 * How many packages.
 */
packages: number, 
/**
 * Only one side says so.
 */
single_sourced: boolean, 
/**
 * What differed.
 */
remark: string | null, };

export type Delivered = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * How many packages.
 */
packages: number, };

export type Departed = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * From where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * How.
 */
mode: Mode, 
/**
 * Train, wagon, vessel and voyage, plate; 1–60 code points.
 */
conveyance?: string, 
/**
 * Seal numbers, 0–10.
 */
seals?: Array<string>, };

export type DeskLine = { 
/**
 * did:key of its node key.
 */
node: string, 
/**
 * did:key of its firm.
 */
party: string, 
/**
 * Name of its firm, as registered, else as it introduced itself.
 */
name: LocalText, 
/**
 * Where it may be reached; empty: it reaches us.
 */
addresses: Array<string>, 
/**
 * Seconds since it was last heard; null: not since the last start.
 */
heard: number | null, 
/**
 * Why it could not be reached the last time, a code for words (`net.unreachable` …); null: it could.
 */
failed: string | null, 
/**
 * Whether documents can be sealed to it: its card has a reading key.
 */
reads: boolean, };

export type DesksPage = { 
/**
 * Where our desktop listens, `host:port` as others may reach it; null while it only asks.
 */
listening: string | null, 
/**
 * What introduces our desktop to another: a text to copy, or to show as a QR code; null while the ledger is not kept by several.
 */
card: string | null, 
/**
 * Desktops that were introduced, by name.
 */
desks: Array<DeskLine>, 
/**
 * What waits for the validators, ours and theirs, oldest first.
 */
waiting: Array<WaitingLine>, 
/**
 * Theirs that contradict ours: a person chooses.
 */
choices: Array<ChoiceLine>, 
/**
 * Ours that can never be confirmed, or were taken back, until somebody has seen to them.
 */
aside: Array<AsideLine>, 
/**
 * The newest documents that records name, newest first.
 */
documents: Array<DocumentLine>, };

export type Detail = { 
/**
 * The line it has in tables.
 */
row: Row, 
/**
 * What it is.
 */
view: View, 
/**
 * Its records, oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * Names of subjects and parties that the view mentions: subject or did → row.
 */
names: { [key in string]: Row }, 
/**
 * What we (as the party we are) may do next: kinds with the reason when not allowed.
 */
actions: Array<Action>, 
/**
 * Recalls that stand on anything it comes from: subject, and the recall.
 */
inherited_recalls: Array<[string, RecallView]>, 
/**
 * The file a foreign event was taken from, where it was taken from one on this machine.
 */
source: SourceFile | null, };

export type DocumentLine = { 
/**
 * RecordId.
 */
record: string, 
/**
 * The record's private field that names it: `document.1`.
 */
place: string, 
/**
 * Its file name.
 */
name: string, 
/**
 * What it is: `application/pdf`.
 */
media_type: string, 
/**
 * Bytes of its content.
 */
size: number, 
/**
 * Who attached it.
 */
author: LocalText, 
/**
 * We ourselves attached it.
 */
mine: boolean, 
/**
 * Since when we know of it.
 */
at: string, 
/**
 * Who can read it beside us.
 */
readers: Array<LocalText>, 
/**
 * Where it stands.
 */
standing: DocumentStanding, 
/**
 * Bytes of it that are here, as it travels …
 */
have: number, 
/**
 * … and how many there are.
 */
of: number, 
/**
 * Why it did not come when it was last tried; null: it did, or it is here.
 */
failed: UserError | null, 
/**
 * Of ours: whose desktops know of it and have not fetched it yet.
 */
shown_to: Array<LocalText>, 
/**
 * Of ours: whose desktops have fetched it.
 */
fetched_by: Array<LocalText>, 
/**
 * Of ours: why the desktop of another firm does not believe that the record names it.
 */
refused: UserError | null, };

export type DocumentStanding = "here" | "coming" | "awaited";

export type DocumentsPage = { 
/**
 * The newest 200, newest first.
 */
documents: Array<DocumentLine>, };

export type Done = Record<symbol, never>;

export type DoubleVoted = { 
/**
 * Both votes with their signatures.
 */
proof: unknown, };

export type Draft = { 
/**
 * Its id.
 */
id: string, 
/**
 * Which form.
 */
kind: string, 
/**
 * What stands in the form.
 */
form: unknown, 
/**
 * Last change.
 */
changed: string, };

export type EnclosedDocument = { 
/**
 * Its file name.
 */
name: string, 
/**
 * What it is: `application/pdf`.
 */
media_type: string, 
/**
 * Bytes of its content.
 */
size: number, 
/**
 * Who else will be able to read it.
 */
readers: Array<LocalText>, };

export type EventCaptured = { 
/**
 * The event hash, `ni:///sha-256;<64 hex digits>?ver=CBV2.0` (CBV 2.0, section 8.9; RFC 6920).
 */
event_hash: string, 
/**
 * `ObjectEvent`, `AggregationEvent`, `TransactionEvent`, `TransformationEvent` or `AssociationEvent`.
 */
event_type: string, 
/**
 * When it happened.
 */
at: When, 
/**
 * The goods it speaks of, single ones and classes, as canonical GS1 Digital Links where they are GS1 keys; sorted, the
 * first 50, each 1–500 code points.
 */
epcs: Array<string>, 
/**
 * The event as JSON text without white space, at most 30,000 bytes, with the `@context` it needs. Text, because its
 * numbers may be fractions, which no record holds; they keep the digits they came with.
 */
event: string, };

export type EventGoodsView = { 
/**
 * `parent` (what the others were put into), `seen`, `input`, `output`.
 */
role: string, 
/**
 * Canonical GS1 Digital Link, or another URI.
 */
id: string, 
/**
 * The GS1 key behind it: pairs of application identifier and value; empty for other identifiers.
 */
key: Array<[string, string]>, 
/**
 * How much, as decimal text; none for single pieces and where the event does not say.
 */
amount: string | null, 
/**
 * Unit of UN/ECE Recommendation 20; none: pieces.
 */
unit: string | null, };

export type EventNamedView = { 
/**
 * What it is to the event.
 */
kind: string, 
/**
 * Canonical GS1 Digital Link, or another URI.
 */
id: string, };

export type EventView = { 
/**
 * Subject.
 */
subject: string, 
/**
 * The event hash, `ni:///sha-256;…?ver=CBV2.0`.
 */
event_hash: string, 
/**
 * EPCIS type.
 */
event_type: string, 
/**
 * When.
 */
at: When, 
/**
 * The goods it speaks of, at most 50.
 */
epcs: Array<string>, 
/**
 * The event as JSON text.
 */
event: string, 
/**
 * Who captured it.
 */
owner: string, 
/**
 * The identifier its own system gave it.
 */
event_id: string | null, 
/**
 * `ADD`, `OBSERVE`, `DELETE`; none for transformations.
 */
action: string | null, 
/**
 * Why: the business step, a word of CBV 2.0 (`shipping`) or a URI.
 */
biz_step: string | null, 
/**
 * How the goods stand afterwards, a word of CBV 2.0 (`in_transit`) or a URI.
 */
disposition: string | null, 
/**
 * Where it was seen: canonical GS1 Digital Link, or another URI.
 */
read_point: string | null, 
/**
 * Where the goods are afterwards, likewise.
 */
biz_location: string | null, 
/**
 * What: every thing and class it names.
 */
goods: Array<EventGoodsView>, 
/**
 * Business documents; the kind is a word of CBV 2.0 (`po`) or a URI, empty if none is given.
 */
documents: Array<EventNamedView>, 
/**
 * Whom or where the goods come from; the kind is `owning_party`, `possessing_party`, `location`, or a URI.
 */
sources: Array<EventNamedView>, 
/**
 * Whom or where they go to, likewise.
 */
destinations: Array<EventNamedView>, 
/**
 * It takes back an earlier event.
 */
declares_error: boolean, 
/**
 * Whatever else it says, as a JSON object: extensions, `ilmd`, sensor elements; empty text when there is nothing.
 */
extensions: string, };

export type ExceptionCode = "delay" | "damage" | "shortage" | "seal" | "temperature" | "held" | "other";

export type ExceptionRaised = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * What.
 */
code: ExceptionCode, 
/**
 * Which packages, by mark; empty means all or not known.
 */
packages: Array<string>, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * In words, 1–1,000 code points.
 */
note: string, 
/**
 * New expected arrival (DCSA event classifier EST).
 */
expected?: string, };

export type ExceptionResolved = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * The exception.
 */
exception: string, 
/**
 * How, 1–1,000 code points.
 */
note: string, };

export type ExceptionView = { 
/**
 * RecordId.
 */
record: string, 
/**
 * What.
 */
code: ExceptionCode, 
/**
 * Which packages.
 */
packages: Array<string>, 
/**
 * In words.
 */
note: string, 
/**
 * When.
 */
at: When, 
/**
 * Who says so.
 */
author: string, };

export type Fault = { 
/**
 * `ledger.db`, `views.db`, `votes.db`, `keys`, `documents`.
 */
file: string, 
/**
 * Block.
 */
height: number | null, 
/**
 * RecordId.
 */
record: string | null, 
/**
 * What.
 */
what: string, };

export type FileMade = { 
/**
 * Proposed name.
 */
name: string, 
/**
 * Content, base64; empty when it was written to disk.
 */
content: string, 
/**
 * Where it was written, if it was.
 */
path: string | null, 
/**
 * Size in bytes.
 */
size: number, };

export type FollowingLine = { 
/**
 * Subjects that are followed: their records are here, complete up to the newest certified header that a validator has shown.
 */
subjects: number, 
/**
 * Those of them that wait for their first answer.
 */
waiting: number, 
/**
 * Until when it can go on by itself without hearing from a validator.
 */
good_until: string, };

export type Found = { 
/**
 * Best first.
 */
rows: Array<Row>, 
/**
 * What the text was taken for: `gtin`, `sscc`, `container`, `tracking`, `digital-link`, `record`, `words`.
 */
read_as: string, 
/**
 * The one subject an exact code or RecordId names, if any.
 */
exact: string | null, };

export type Fsck = { 
/**
 * Nothing wrong.
 */
clean: boolean, 
/**
 * Height.
 */
height: number, 
/**
 * BlockId of the head, hex.
 */
root: string, 
/**
 * What is wrong.
 */
faults: Array<Fault>, };

export type GoodsConfirmed = { 
/**
 * The lot or item it is about.
 */
about: string, 
/**
 * The record entered on our behalf.
 */
record: string, 
/**
 * The partner as which we were named, when the record does not name us by our own did:key.
 */
partner?: string, };

export type GoodsCorrected = { 
/**
 * The lot or item it is about.
 */
about: string, 
/**
 * The record that was wrong.
 */
record: string, 
/**
 * Why.
 */
reason: CorrectionReason, 
/**
 * The right quantity made, for a lot.
 */
quantity?: Quantity, 
/**
 * The right place.
 */
place?: Place, 
/**
 * The right time.
 */
at?: When, 
/**
 * What a reader must know, 1–1,000 code points.
 */
note: string, };

export type HandoverAccepted = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * The offer.
 */
offer: string, 
/**
 * When.
 */
at: When, 
/**
 * How many packages were counted; fewer than offered needs a remark.
 */
packages: number, 
/**
 * What differs, 1–500 code points.
 */
remark?: string, };

export type HandoverEnded = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * The offer.
 */
offer: string, 
/**
 * Why, 1–500 code points.
 */
reason: string, };

export type HandoverOffered = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * To whom; must be a party with a key (for a partner without one see [`CustodyStated`]).
 */
to: Who, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * How many packages are handed over.
 */
packages: number, 
/**
 * Condition in words, 1–500 code points.
 */
condition?: string, };

export type Hazard = "serious" | "other" | "quality";

export type Holder = "clerk" | "device" | "kit";

export type Home = { 
/**
 * Needs me now.
 */
now: Array<HomeEntry>, 
/**
 * Waiting for others.
 */
waiting: Array<HomeEntry>, 
/**
 * Watch: late, at risk, expiring.
 */
watch: Array<HomeEntry>, 
/**
 * The sample's thread to follow: the next step, a code for words; null outside the sample or at its end.
 */
thread: HomeEntry | null, };

export type HomeEntry = { 
/**
 * Code for words: `offer-to-accept`, `draft`, `late`, `exception`, `recall`, `unsent`, `offer-unanswered`, `certificate-expiring`, …
 */
code: string, 
/**
 * Subject to open, if any.
 */
subject: string | null, 
/**
 * Its line.
 */
row: Row | null, 
/**
 * Draft, if it is one.
 */
draft: string | null, 
/**
 * Since when or due when.
 */
time: string | null, 
/**
 * Values for the sentence.
 */
values: { [key in string]: string }, 
/**
 * Values that are names, in the languages there are.
 */
names: { [key in string]: LocalText }, };

export type Identifier = { 
/**
 * Which register.
 */
scheme: IdentifierScheme, 
/**
 * The identifier as registered, without spaces.
 */
value: string, };

export type IdentifierScheme = "uscc" | "lei" | "eu-vat" | "gln" | "eori" | "cn-customs";

export type ImportPreview = { 
/**
 * To start with.
 */
import: string, 
/**
 * `epcis`, `shipments`, `products`.
 */
as: string, 
/**
 * Column headers of a sheet; empty for EPCIS.
 */
columns: Array<string>, 
/**
 * Fields a column can be given to, with whether they are required.
 */
fields: Array<[string, boolean]>, 
/**
 * The mapping in use.
 */
mapping: Mapping, 
/**
 * First rows as text.
 */
sample: Array<Array<string>>, 
/**
 * Outcome if imported now.
 */
report: ImportReport, };

export type ImportProgress = { 
/**
 * `running`, `done`, `cancelled`, `failed`.
 */
state: string, 
/**
 * Rows done.
 */
done: number, 
/**
 * Of how many.
 */
of: number, 
/**
 * So far.
 */
report: ImportReport, 
/**
 * Why it failed.
 */
error: UserError | null, };

export type ImportReport = { 
/**
 * Rows or events in the file.
 */
rows: number, 
/**
 * Good ones.
 */
accepted: number, 
/**
 * Bad ones with reasons.
 */
refused: Array<RowProblem>, 
/**
 * Taken, but worth a look.
 */
doubtful: Array<RowProblem>, 
/**
 * This very file was imported before: when.
 */
already_imported: string | null, };

export type Inspected = { 
/**
 * The lot, item or product.
 */
about: string, 
/**
 * Outcome.
 */
outcome: Outcome, 
/**
 * Who inspected, when it was not us.
 */
inspector?: Who, 
/**
 * The certificate.
 */
certificate?: CertificateReference, 
/**
 * Where.
 */
place?: Place, 
/**
 * When.
 */
at: When, 
/**
 * 1–1,000 code points.
 */
note?: string, };

export type InspectionView = { 
/**
 * RecordId.
 */
record: string, 
/**
 * Outcome.
 */
outcome: Outcome, 
/**
 * Who inspected, if not the author.
 */
inspector: Who | null, 
/**
 * Author.
 */
author: string, 
/**
 * Certificate.
 */
certificate: CertificateReference | null, 
/**
 * When.
 */
at: When, 
/**
 * Note.
 */
note: string | null, };

export type Invited = { 
/**
 * The file.
 */
file: FileMade, 
/**
 * The same as a QR code, in half blocks for a screen of dark letters on light ground; null: it is too large for one.
 */
qr: string | null, };

export type Journey = { 
/**
 * Names of the goods packed, each once, and the lot's or piece's own number.
 */
goods: Array<[LocalText, string]>, 
/**
 * Where it begins and where it is to go.
 */
ends: [Place, Place] | null, 
/**
 * Who sends; null if the file names nobody.
 */
consignor: LocalText | null, 
/**
 * Who receives.
 */
consignee: LocalText | null, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

export type KeyLine = { 
/**
 * did:key.
 */
key: string, 
/**
 * Four groups of four hex digits, for two people to compare.
 */
fingerprint: string, 
/**
 * Clerk or device; null for a root key.
 */
holder: Holder | null, 
/**
 * What people call it; empty for root keys.
 */
label: string, 
/**
 * Kinds it may sign.
 */
kinds: Array<string>, 
/**
 * Block of the record that granted it; it holds from the next one on.
 */
height: number, 
/**
 * Witnessed time of that block.
 */
since: string | null, 
/**
 * Last witnessed time at which it is good; null: until revoked.
 */
until: string | null, 
/**
 * Whether it may speak.
 */
standing: KeyStanding, 
/**
 * Block of the record that ended it; it held up to that one.
 */
revoked_height: number | null, 
/**
 * Witnessed time of that block.
 */
revoked: string | null, 
/**
 * What it signed since then is suspect.
 */
suspected_since: string | null, 
/**
 * It is kept on this machine.
 */
here: boolean, };

export type KeyStanding = "in-force" | "expiring" | "expired" | "revoked";

export type KeysPage = { 
/**
 * did:key of the firm, which never changes.
 */
party: string, 
/**
 * The root key that stands; null while the firm is not registered or not seen here yet.
 */
root: KeyLine | null, 
/**
 * The recovery kit that stands.
 */
kit: KitLine | null, 
/**
 * A kit that was made here and is not named yet.
 */
new_kit: KitLine | null, 
/**
 * Clerks' and devices' keys and former root keys, newest first.
 */
keys: Array<KeyLine>, 
/**
 * The key this installation signs with; null while locked.
 */
ours: OwnKey | null, 
/**
 * What is signed and not confirmed yet.
 */
pending: Array<PendingKey>, 
/**
 * Where a kit is written unless told otherwise.
 */
folder: string, };

export type KitLine = { 
/**
 * did:key.
 */
key: string, 
/**
 * As printed on it.
 */
fingerprint: string, 
/**
 * When it was named on the ledger (witnessed time); null: not named yet.
 */
named: string | null, 
/**
 * When it was made here; null if elsewhere.
 */
made: string | null, 
/**
 * When its words were last typed in here and gave this key; null: never.
 */
tried: string | null, 
/**
 * The printable file, while it still lies where it was written.
 */
file: string | null, };

export type KitMade = { 
/**
 * did:key, to be named by `parties.recovery-named`.
 */
key: string, 
/**
 * As printed on it.
 */
fingerprint: string, 
/**
 * The printable page: written to disk, never passed on.
 */
file: FileMade, };

export type KitTried = { 
/**
 * did:key they give.
 */
key: string, 
/**
 * As printed on the kit.
 */
fingerprint: string, 
/**
 * It stands on the ledger; false: it was made here and is still to be named.
 */
named: boolean, };

export type Leg = { 
/**
 * Where it begins.
 */
from: Place, 
/**
 * Where it ends.
 */
to: Place, 
/**
 * How.
 */
mode: Mode, 
/**
 * Planned departure (DCSA event classifier PLN).
 */
departs?: string, 
/**
 * Planned arrival.
 */
arrives?: string, };

export type LocalText = { 
/**
 * English.
 */
en?: string, 
/**
 * Simplified Chinese.
 */
zh?: string, 
/**
 * German.
 */
de?: string, };

export type LotMade = { 
/**
 * Our own lot number, 1–60 code points.
 */
number: string, 
/**
 * The product it is of.
 */
product: string, 
/**
 * How much.
 */
quantity: Quantity, 
/**
 * Net mass of the whole lot in grams, when the quantity is not a mass; lets the mass balance of processing be checked.
 */
net_grams?: number, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * Country of origin, ISO 3166-1 alpha-2 (not the country of dispatch).
 */
origin: string, 
/**
 * Who made it, when it was not us: then this is entered on its behalf.
 */
maker?: Who, 
/**
 * The lot commits to the serial numbers of its pieces.
 */
serials?: Serials, };

export type LotOutput = { 
/**
 * Its number; the subject is `lot:<us>:<number>`.
 */
number: string, 
/**
 * The product it is of.
 */
product: string, 
/**
 * How much came out.
 */
quantity: Quantity, 
/**
 * Net mass of the whole output in grams, when the quantity is not a mass; without it that of the product counts.
 */
net_grams?: number, };

export type LotUse = { 
/**
 * The lot.
 */
lot: string, 
/**
 * How much of it.
 */
quantity: Quantity, 
/**
 * For goods of another owner: the shipment that brought them to us; the amount is taken from what arrived with it.
 */
received_in?: string, };

export type LotView = { 
/**
 * Subject.
 */
subject: string, 
/**
 * Own lot number.
 */
number: string, 
/**
 * Product subject.
 */
product: string, 
/**
 * How much was made (after corrections).
 */
made: Quantity, 
/**
 * How much is left: made less used, packed and singled out.
 */
left: Quantity, 
/**
 * Where it was made.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * Country of origin, when stated (processing outputs inherit nothing).
 */
origin: string | null, 
/**
 * Who made it.
 */
owner: string, 
/**
 * Who is said to have made it, if not the owner.
 */
maker: Who | null, 
/**
 * Only one party says so (nobody confirmed what was entered on behalf).
 */
single_sourced: boolean, 
/**
 * Lots it was made of, with amounts.
 */
inputs: Array<AmountView>, 
/**
 * Lots made of it, with amounts taken.
 */
outputs: Array<AmountView>, 
/**
 * Shipments it was packed into, with amounts.
 */
shipments: Array<AmountView>, 
/**
 * Items singled out of it.
 */
items: number, 
/**
 * Recalls that stand, its own (those of product and inputs are found through the trace).
 */
recalls: Array<RecallView>, 
/**
 * Inspections and certificates, newest first.
 */
inspections: Array<InspectionView>, 
/**
 * Why the mass out was more than the mass in, when that was explained.
 */
difference: string | null, };

export type MandateGranted = { 
/**
 * The key that gets the mandate.
 */
key: string, 
/**
 * What people call it: "Clerk 2", "Scanner gate 4"; 1–60 code points. No personal names: it stands in clear.
 */
label: string, 
/**
 * Clerk or device.
 */
holder: Holder, 
/**
 * Which kinds: `*`, `logistics.*`, `logistics.departed`; sorted, 1–20.
 */
kinds: Array<string>, 
/**
 * Until when (witnessed time); without it until revoked.
 */
until?: string, };

export type MandateRevoked = { 
/**
 * The key.
 */
key: string, 
/**
 * Why, 1–200 code points.
 */
reason: string, 
/**
 * Records since then are marked, not unmade (protocol: what a key signed while valid stays valid).
 */
suspected_since?: string, };

export type MandateView = { 
/**
 * did:key.
 */
key: string, 
/**
 * What people call it; empty for root keys and recovery kits.
 */
label: string, 
/**
 * Clerk, device or recovery kit; none for a root key.
 */
holder: Holder | null, 
/**
 * Kinds it may sign.
 */
kinds: Array<string>, 
/**
 * Height of the record that granted it.
 */
from: number, 
/**
 * Witnessed time until which it is good.
 */
until: string | null, 
/**
 * Height from which on it is revoked.
 */
revoked: number | null, 
/**
 * Records it signed since then are suspect.
 */
suspected_since: string | null, };

export type Mapping = { 
/**
 * Column header → field.
 */
columns: { [key in string]: string }, 
/**
 * Field → value for every row.
 */
defaults: { [key in string]: string }, };

export type MemberLine = { 
/**
 * did:key.
 */
party: string, 
/**
 * Its name; empty until it registered.
 */
name: LocalText, 
/**
 * Where it stands.
 */
standing: MemberStanding, 
/**
 * Votes that count, for it to stand elsewhere.
 */
votes: Array<MemberVoteView>, };

export type MemberStanding = "proposed" | "admitted" | "suspended";

export type MemberVote = "admitted" | "suspended";

export type MemberVoteView = { 
/**
 * did:key of the operator.
 */
party: string, 
/**
 * Where the member shall stand.
 */
standing: MemberVote, 
/**
 * What it said to that.
 */
reason: string, };

export type MemberVoted = { 
/**
 * The party; it need not have registered, since before it is admitted it cannot.
 */
party: string, 
/**
 * Where it shall stand.
 */
standing: MemberVote, 
/**
 * Why, 1–200 code points.
 */
reason: string, };

export type MendedCell = { 
/**
 * Row of the sheet: 2 is the first below the header.
 */
row: number, 
/**
 * Field.
 */
field: string, 
/**
 * New text.
 */
value: string, };

export type Mode = "vessel" | "rail" | "truck" | "barge" | "air";

export type MovementView = { 
/**
 * RecordId.
 */
record: string, 
/**
 * `packed`, `departed`, `arrived`, `delivered`.
 */
event: string, 
/**
 * Where (after corrections).
 */
place: Place, 
/**
 * When (after corrections).
 */
at: When, 
/**
 * How.
 */
mode: Mode | null, 
/**
 * Train, vessel, plate.
 */
conveyance: string | null, 
/**
 * Who says so.
 */
author: string, 
/**
 * Corrected by a later record.
 */
corrected: boolean, };

export type NetworkPage = { 
/**
 * `solo` or `alliance`: what the network was founded as.
 */
profile: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its id, hex.
 */
network: string, 
/**
 * Height of the newest block here.
 */
height: number, 
/**
 * Height up to which blocks are being fetched, as the others say; missing when there is nothing to fetch.
 */
catching_up?: number, 
/**
 * Its witnessed time; null before the first block.
 */
time: string | null, 
/**
 * How long ago that was, in seconds by this machine's clock.
 */
age: number | null, 
/**
 * Our party, did:key.
 */
party: string, 
/**
 * Our node key, did:key; null while no other node is talked to.
 */
node: string | null, 
/**
 * Where our node listens, `host:port`; null for one that only asks.
 */
listen: string | null, 
/**
 * We run a validator in force: we vote on members and validators.
 */
operator: boolean, 
/**
 * The set in force, sorted by key.
 */
validators: Array<ValidatorLine>, 
/**
 * How much of it signed the newest certificate.
 */
quorum: Quorum, 
/**
 * A set that was decided and is in force two blocks later.
 */
pending: Array<ValidatorView> | null, 
/**
 * Proposals that can be voted on, oldest first.
 */
proposals: Array<ProposalView>, 
/**
 * Parties that were voted on, sorted by party; empty where no tables are kept.
 */
members: Array<MemberLine>, 
/**
 * Nodes that are known, sorted by key.
 */
peers: Array<PeerLine>, 
/**
 * What went wrong with connections before a node was known, by code.
 */
faults: { [key in string]: number }, 
/**
 * Records signed here and not confirmed.
 */
unsent: number, 
/**
 * Why nothing new is confirmed here, a code for words; null when all is well.
 */
halted: string | null, 
/**
 * The fork that was seen, its document; null: none was.
 */
fork: string | null, 
/**
 * What is kept here of the ledger; null: all of it.
 */
following: FollowingLine | null, };

export type NextKey = { 
/**
 * did:key.
 */
key: string, 
/**
 * Four groups of four hex digits.
 */
fingerprint: string, };

export type OffenceKind = "precommit" | "prevote" | "proposal";

export type OffenceView = { 
/**
 * What was signed twice.
 */
kind: OffenceKind, 
/**
 * Height voted on.
 */
height: number, 
/**
 * Round voted in.
 */
round: number, 
/**
 * RecordId of the record that shows it.
 */
record: string, };

export type OfferView = { 
/**
 * RecordId.
 */
record: string, 
/**
 * From whom.
 */
from: Who, 
/**
 * To whom.
 */
to: Who, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * How many packages.
 */
packages: number, };

export type Outcome = "passed" | "failed" | "conditional";

export type OwnKey = { 
/**
 * did:key.
 */
key: string, 
/**
 * Four groups of four hex digits.
 */
fingerprint: string, 
/**
 * What it is to the firm.
 */
standing: OwnStanding, };

export type OwnStanding = "root" | "granted" | "ended" | "waiting";

export type Package = { 
/**
 * Its mark: an SSCC (18 digits) or our own, 1–40 code points; unique in the shipment.
 */
mark: string, 
/**
 * Package type, UN/ECE Recommendation 21 code (`CT` carton, `PX` pallet, `CR` crate, `BX` box, `BG` bag, `RO` roll).
 */
kind: string, 
/**
 * What is in it, 1–30.
 */
contents: Array<Content>, 
/**
 * Gross mass in grams.
 */
gross_grams?: number, };

export type Packed = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * 1–200.
 */
packages: Array<Package>, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, };

export type PartnerLinked = { 
/**
 * The partner we named.
 */
partner: string, 
/**
 * The party it is.
 */
party: string, };

export type PartnerNamed = { 
/**
 * Our own number for it; the subject is `partner:<us>:<number>`.
 */
number: string, 
/**
 * What we know of it.
 */
profile: Profile, };

export type PartyView = { 
/**
 * `party:…:self` or `partner:…`.
 */
subject: string, 
/**
 * The did:key, when it has one (for a partner: once linked).
 */
party: string | null, 
/**
 * Profile.
 */
profile: Profile, 
/**
 * Keys that may speak for it, oldest first; empty for a partner.
 */
mandates: Array<MandateView>, };

export type Payload = { "kind": "parties.registered.1", "body": Registered } | { "kind": "parties.updated.1", "body": Updated } | { "kind": "parties.mandate-granted.1", "body": MandateGranted } | { "kind": "parties.mandate-revoked.1", "body": MandateRevoked } | { "kind": "parties.root-replaced.1", "body": RootReplaced } | { "kind": "parties.recovery-named.1", "body": RecoveryNamed } | { "kind": "parties.partner-named.1", "body": PartnerNamed } | { "kind": "parties.partner-linked.1", "body": PartnerLinked } | { "kind": "supply-chain.product-defined.1", "body": ProductDefined } | { "kind": "supply-chain.lot-made.1", "body": LotMade } | { "kind": "supply-chain.serial-made.1", "body": SerialMade } | { "kind": "supply-chain.processed.1", "body": Processed } | { "kind": "supply-chain.event-captured.1", "body": EventCaptured } | { "kind": "supply-chain.inspected.1", "body": Inspected } | { "kind": "supply-chain.corrected.1", "body": GoodsCorrected } | { "kind": "supply-chain.recalled.1", "body": Recalled } | { "kind": "supply-chain.recall-ended.1", "body": RecallEnded } | { "kind": "supply-chain.confirmed.1", "body": GoodsConfirmed } | { "kind": "logistics.shipment-planned.1", "body": ShipmentPlanned } | { "kind": "logistics.packed.1", "body": Packed } | { "kind": "logistics.departed.1", "body": Departed } | { "kind": "logistics.arrived.1", "body": Arrived } | { "kind": "logistics.delivered.1", "body": Delivered } | { "kind": "logistics.handover-offered.1", "body": HandoverOffered } | { "kind": "logistics.handover-accepted.1", "body": HandoverAccepted } | { "kind": "logistics.handover-ended.1", "body": HandoverEnded } | { "kind": "logistics.custody-stated.1", "body": CustodyStated } | { "kind": "logistics.exception-raised.1", "body": ExceptionRaised } | { "kind": "logistics.exception-resolved.1", "body": ExceptionResolved } | { "kind": "logistics.corrected.1", "body": ShipmentCorrected } | { "kind": "logistics.confirmed.1", "body": ShipmentConfirmed } | { "kind": "alliance.member-voted.1", "body": MemberVoted } | { "kind": "alliance.validators-proposed.1", "body": ValidatorsProposed } | { "kind": "alliance.validators-voted.1", "body": ValidatorsVoted } | { "kind": "alliance.double-voted.1", "body": DoubleVoted };

export type PeerLine = { 
/**
 * did:key of its node key.
 */
key: string, 
/**
 * Name of its seat; null if it has none.
 */
name: string | null, 
/**
 * Where it is, best first.
 */
addresses: Array<string>, 
/**
 * Seconds since something last came from it; null: never.
 */
seen: number | null, 
/**
 * `heard`, `slowed` or `dropped`.
 */
standing: string, 
/**
 * For how many seconds it is slowed or dropped, or not tried again.
 */
wait: number, 
/**
 * Points against it.
 */
points: number, 
/**
 * What we refused it, by code.
 */
refused_by_us: { [key in string]: number }, 
/**
 * What it refused us, or failed in, by code.
 */
refused_by_them: { [key in string]: number }, };

export type PendingKey = { 
/**
 * RecordId.
 */
record: string, 
/**
 * Kind without form: `parties.mandate-granted`.
 */
kind: string, 
/**
 * The key it is about.
 */
key: string, };

export type Pinned = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its id, hex.
 */
network: string, 
/**
 * It is our own ledger's.
 */
own: boolean, };

export type Place = { 
/**
 * Name as people say it, 1–100 code points.
 */
name: string, 
/**
 * ISO 3166-1 alpha-2.
 */
country?: string, 
/**
 * UN/LOCODE, five characters without space.
 */
locode?: string, 
/**
 * GS1 Global Location Number, 13 digits.
 */
gln?: string, 
/**
 * Where on Earth.
 */
point?: Point, };

export type Point = { 
/**
 * −90,000,000 … 90,000,000, north positive.
 */
lat_e6: number, 
/**
 * −180,000,000 … 180,000,000, east positive.
 */
lon_e6: number, };

export type Processed = { 
/**
 * What went in, 1–30.
 */
inputs: Array<LotUse>, 
/**
 * What came out, 1–30.
 */
outputs: Array<LotOutput>, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * Explains why the mass out is more than the mass in (water taken up, packaging); without it that is refused.
 */
difference?: string, };

export type ProductDefined = { 
/**
 * Our own article number, 1–60 code points.
 */
number: string, 
/**
 * GS1 Global Trade Item Number, 8, 12, 13 or 14 digits.
 */
gtin?: string, 
/**
 * What people call it.
 */
name: LocalText, 
/**
 * Material, use and form, for customs and buyers.
 */
description?: LocalText, 
/**
 * The unit it is counted in.
 */
unit: Unit, 
/**
 * Net mass of one unit in grams, when the unit is not a mass; lets the mass balance of processing be checked.
 */
net_grams?: number, 
/**
 * Harmonized System code, 6 digits (HS 2022).
 */
hs?: string, };

export type ProductView = { 
/**
 * Subject.
 */
subject: string, 
/**
 * Own article number.
 */
number: string, 
/**
 * GTIN-14, if any.
 */
gtin: string | null, 
/**
 * Name.
 */
name: LocalText, 
/**
 * Description.
 */
description: LocalText | null, 
/**
 * Unit.
 */
unit: Unit, 
/**
 * Net mass of one unit in grams.
 */
net_grams: number | null, 
/**
 * HS code, 6 digits.
 */
hs: string | null, 
/**
 * Who defined it.
 */
owner: string, 
/**
 * Recalls that stand.
 */
recalls: Array<RecallView>, 
/**
 * Inspections and certificates, newest first.
 */
inspections: Array<InspectionView>, };

export type Profile = { 
/**
 * The firm's name.
 */
name: LocalText, 
/**
 * Seat, ISO 3166-1 alpha-2.
 */
country: string, 
/**
 * Sorted by scheme and value, no repeats, at most 10.
 */
identifiers: Array<Identifier>, 
/**
 * Sorted, no repeats, at least one.
 */
roles: Array<Role>, };

export type Progress = "signed" | "shared" | "agreed";

export type ProofStep = { 
/**
 * `signature`, `mandate`, `inclusion`, `quorum`, `completeness`.
 */
code: string, 
/**
 * Holds.
 */
passed: boolean, 
/**
 * Values for the sentence.
 */
values: { [key in string]: string }, 
/**
 * Values that are names, in the languages there are.
 */
names: { [key in string]: LocalText }, 
/**
 * The raw values, for those who want them.
 */
detail: string, };

export type ProposalView = { 
/**
 * RecordId.
 */
id: string, 
/**
 * did:key of the operator that made it.
 */
by: string, 
/**
 * Why.
 */
reason: string, 
/**
 * What changes.
 */
changes: Array<ValidatorChange>, 
/**
 * did:keys of the operators for it.
 */
yes: Array<string>, 
/**
 * did:keys of the operators against it.
 */
no: Array<string>, 
/**
 * Weight of those for it; it passes with more than two thirds of `weight`.
 */
yes_weight: number, 
/**
 * Weight of those against it.
 */
no_weight: number, 
/**
 * Weight of the set in force.
 */
weight: number, 
/**
 * Last witnessed time at which it can be voted on.
 */
until: string, };

export type Quantity = { 
/**
 * The digits, without the point.
 */
value: number, 
/**
 * How many of the digits stand behind the point.
 */
scale: number, 
/**
 * Unit of measure.
 */
unit: Unit, };

export type Quorum = { 
/**
 * Of those that signed it.
 */
weight: number, 
/**
 * Of all.
 */
of: number, 
/**
 * That certifies a block: more than two thirds.
 */
needed: number, };

export type RecallEnded = { 
/**
 * The recall.
 */
recall: string, 
/**
 * The goods it no longer stands for; sorted, 1–32.
 */
about: Array<string>, 
/**
 * Why, 1–1,000 code points.
 */
reason: string, };

export type RecallView = { 
/**
 * RecordId.
 */
record: string, 
/**
 * How bad.
 */
hazard: Hazard, 
/**
 * Why.
 */
reason: LocalText, 
/**
 * What to do.
 */
instruction: LocalText, 
/**
 * Witnessed time.
 */
since: string, };

export type Recalled = { 
/**
 * Products, lots and items; sorted, 1–32.
 */
about: Array<string>, 
/**
 * How bad.
 */
hazard: Hazard, 
/**
 * Why, 1–1,000 code points.
 */
reason: LocalText, 
/**
 * What holders must do.
 */
instruction: LocalText, };

export type RecordDetail = { 
/**
 * Its line.
 */
entry: TimelineEntry, 
/**
 * The record, canonical text.
 */
text: string, 
/**
 * What it writes.
 */
subjects: Array<Row>, 
/**
 * The proof, step by step: name of the step, what was compared.
 */
proof: Array<ProofStep>, 
/**
 * The documents that it names, as far as they were opened to us.
 */
documents: Array<DocumentLine>, };

export type Records = { 
/**
 * Newest first.
 */
records: Array<TimelineEntry>, 
/**
 * How many in all.
 */
total: number, };

export type RecoveryNamed = { 
/**
 * The kit's key; one that this party never used.
 */
key: string, };

export type Registered = { 
/**
 * Who it is.
 */
profile: Profile, };

export type Review = { 
/**
 * To sign with.
 */
review: string, 
/**
 * One per record.
 */
records: Array<ReviewRecord>, 
/**
 * Short fingerprint of all of them that a second person can compare: 4 groups of 4 hex digits.
 */
fingerprint: string, 
/**
 * Broken rules, if any; then it cannot be signed.
 */
problems: Array<UserError>, };

export type ReviewRecord = { 
/**
 * What it says, parsed back from the bytes.
 */
payload: Payload, 
/**
 * The canonical bytes without the proof, as text.
 */
text: string, 
/**
 * What it writes, with names.
 */
subjects: Array<Row>, 
/**
 * What follows from it: codes for words with values.
 */
consequences: Array<Consequence>, 
/**
 * The documents that it names, by commitments; only those who may read them are told what they are.
 */
documents: Array<EnclosedDocument>, };

export type Role = "manufacturer" | "exporter" | "buyer" | "carrier" | "forwarder" | "warehouse" | "inspector";

export type RootReplaced = { 
/**
 * The new root key; one that this party never used.
 */
key: string, 
/**
 * Why, 1–200 code points.
 */
reason: string, 
/**
 * The old key was stolen: records it signed since then are marked, not unmade.
 */
suspected_since?: string, };

export type Row = { 
/**
 * Subject.
 */
subject: string, 
/**
 * `product`, `lot`, `item`, `event`, `shipment`, `party`, `partner`, `code`, `alliance`.
 */
type: string, 
/**
 * Own number; of a party, member or validator its did:key.
 */
number: string, 
/**
 * Name in the languages we have (of the product, the firm, from–to for a shipment, the type of an event).
 */
name: LocalText, 
/**
 * Public code (GTIN, container, tracking), if any.
 */
code: string | null, 
/**
 * Quantity left (lots) or packages (shipments), as the cell shows it; of a product none, in the unit that it is counted in.
 */
quantity: Quantity | null, 
/**
 * Stage of a shipment; `recalled`, `single-sourced` or `ok` of goods; `claimed-twice` or `ok` of a code;
 * `proposed`, `admitted` or `suspended` of a member; `double-voted` of a validator caught; `ok` of others.
 */
status: string, 
/**
 * Where it is, or of goods that have not left it where they were made: by its UN/LOCODE's names where we know them, else as
 * it was said. Of goods that travelled it is filled in when the row is read: their shipment moves, and they are not written.
 */
place: LocalText | null, 
/**
 * Seat of a party or partner, ISO 3166-1 alpha-2.
 */
country: string | null, 
/**
 * When it last changed: claimed time of the newest record.
 */
at: string, 
/**
 * Promised, for shipments.
 */
due: string | null, 
/**
 * Latest expected arrival that anybody gave, for shipments, until they are there.
 */
expected: string | null, 
/**
 * Exceptions that stand open, for shipments until they are delivered.
 */
exceptions: number, 
/**
 * Goods: entered on behalf of somebody who has not confirmed it.
 */
single_sourced: boolean, 
/**
 * A recall of it stands; of a shipment, of goods that were packed in it (filled in when the row is read).
 */
recalled: boolean, 
/**
 * Goods: the shipment that all of it went with, the latest.
 */
shipment: string | null, 
/**
 * Who founded it: name.
 */
owner: LocalText, };

export type RowProblem = { 
/**
 * Row of the sheet (2 is the first below the header) or number of the event (from 1).
 */
row: number, 
/**
 * Its own id, as far as it could be read.
 */
id: string, 
/**
 * Field.
 */
field: string, 
/**
 * What stood there.
 */
value: string, 
/**
 * Code for words.
 */
code: string, 
/**
 * In words, in the language asked for.
 */
reason: string, };

export type Rows = { 
/**
 * The rows.
 */
rows: Array<Row>, 
/**
 * How many there are in all with this filter.
 */
total: number, 
/**
 * How many per chip, with the text filter.
 */
chips: { [key in string]: number }, };

export type SerialMade = { 
/**
 * Serial number, 1–20 characters of GS1 set 82 when the product has a GTIN.
 */
serial: string, 
/**
 * The product it is.
 */
product: string, 
/**
 * The GTIN of that product, repeated so that the public code can be derived; must equal the product's.
 */
gtin?: string, 
/**
 * The lot it comes from; one unit of the lot becomes this piece.
 */
lot: string, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, };

export type SerialView = { 
/**
 * Subject.
 */
subject: string, 
/**
 * Serial number.
 */
serial: string, 
/**
 * Product subject.
 */
product: string, 
/**
 * Lot subject.
 */
lot: string, 
/**
 * Public code, if any: `gs1:01/…/21/…`.
 */
code: string | null, 
/**
 * Who made it.
 */
owner: string, 
/**
 * Where.
 */
place: Place, 
/**
 * When.
 */
at: When, 
/**
 * Shipment it is packed in, the latest.
 */
shipment: string | null, 
/**
 * Recalls that stand, its own.
 */
recalls: Array<RecallView>, 
/**
 * Inspections, newest first.
 */
inspections: Array<InspectionView>, 
/**
 * How many parties claim the same public code (more than one: a copied label).
 */
claims: number, };

export type Serials = { 
/**
 * How many, 1–1,000,000.
 */
count: number, 
/**
 * The root.
 */
root: string, };

export type Session = { 
/**
 * `first-run`, `locked`, `ready`. Locked and ready alike answer every call that reads, verifies or searches.
 */
stage: string, 
/**
 * The passphrase has not been given: whatever signs (`check`, `review`, `sign`, imports) is refused with the code `locked`.
 */
locked: boolean, 
/**
 * We are in the sample company.
 */
sample: boolean, 
/**
 * Who signs: party did:key, null before set-up.
 */
party: string | null, 
/**
 * Its name.
 */
party_view: PartyView | null, 
/**
 * Label of the key in use; empty for the root key.
 */
key_label: string, 
/**
 * did:key of the key in use.
 */
key: string | null, 
/**
 * What it is to the firm; null while locked.
 */
key_standing: OwnStanding | null, 
/**
 * In the sample: whose shoes one can step into.
 */
shoes: Array<PartyView>, 
/**
 * Network name and id.
 */
network: Pinned | null, 
/**
 * Height of the newest block.
 */
height: number, 
/**
 * Its witnessed time; null before the first block.
 */
time: string | null, 
/**
 * How many validators confirm, of how many.
 */
validators: [number, number], 
/**
 * Records signed and not confirmed.
 */
unsent: number, 
/**
 * Drafts.
 */
drafts: number, 
/**
 * The ledger's clock is simulated.
 */
simulated_clock: boolean, 
/**
 * Where keys are kept: `keychain`, `file`, `none`.
 */
key_store: string, 
/**
 * Language setting: `en`, `zh`, `de`, or `system`.
 */
language: string, 
/**
 * Why the ledger takes no new records (`halt.votes-missing`, `halt.disk-full`), a code for words; null when all is well.
 */
halted: string | null, };

export type Settings = { 
/**
 * `system`, `en`, `zh`, `de`.
 */
language: string, 
/**
 * `system`, `light`, `dark`.
 */
scheme: string, 
/**
 * Sounds when scanning.
 */
sounds: boolean, };

export type ShipmentConfirmed = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * The record entered on our behalf.
 */
record: string, 
/**
 * The partner as which we were named, when the record does not name us by our own did:key.
 */
partner?: string, };

export type ShipmentCorrected = { 
/**
 * The shipment.
 */
shipment: string, 
/**
 * The record that was wrong.
 */
record: string, 
/**
 * Why.
 */
reason: CorrectionReason, 
/**
 * The right place.
 */
place?: Place, 
/**
 * The right time.
 */
at?: When, 
/**
 * What a reader must know, 1–1,000 code points.
 */
note: string, };

export type ShipmentPlanned = { 
/**
 * Our own shipment number, 1–60 code points.
 */
number: string, 
/**
 * Who sends.
 */
consignor: Who, 
/**
 * Who receives.
 */
consignee: Who, 
/**
 * The route, 1–12 legs, each beginning where the one before ends.
 */
legs: Array<Leg>, 
/**
 * Container number, ISO 6346.
 */
container?: string, 
/**
 * Postal or carrier tracking number (UPU S10 when it has that form).
 */
tracking?: string, 
/**
 * Promised at the consignee's.
 */
due?: string, };

export type ShipmentView = { 
/**
 * Subject.
 */
subject: string, 
/**
 * Own number.
 */
number: string, 
/**
 * Who founded it.
 */
owner: string, 
/**
 * Who sends.
 */
consignor: Who, 
/**
 * Who receives.
 */
consignee: Who, 
/**
 * Who holds it now.
 */
holder: Who, 
/**
 * Where it stands.
 */
stage: Stage, 
/**
 * Route.
 */
legs: Array<Leg>, 
/**
 * Container.
 */
container: string | null, 
/**
 * Tracking number.
 */
tracking: string | null, 
/**
 * Promised at the consignee's.
 */
due: string | null, 
/**
 * Latest expected arrival that anybody gave, until it is there.
 */
expected: string | null, 
/**
 * What happened, oldest first.
 */
movements: Array<MovementView>, 
/**
 * Who held it, oldest first.
 */
custody: Array<CustodyView>, 
/**
 * An offer of custody that nobody has answered.
 */
offer: OfferView | null, 
/**
 * Packages.
 */
packages: Array<Package>, 
/**
 * What went wrong and stands open.
 */
exceptions: Array<ExceptionView>, };

export type Signed = { 
/**
 * RecordIds in order with their status (`signed` or `confirmed`).
 */
records: Array<[string, string]>, };

export type SourceFile = { 
/**
 * Its name.
 */
name: string, 
/**
 * SHA-256 of its bytes, hex.
 */
hash: string, 
/**
 * When it was imported.
 */
when: string, };

export type Stage = "planned" | "packed" | "under-way" | "at-place" | "delivered";

export type Table = "products" | "lots" | "items" | "shipments" | "parties";

export type TimelineEntry = { 
/**
 * RecordId.
 */
id: string, 
/**
 * What was said.
 */
payload: Payload, 
/**
 * By whom: did:key and name.
 */
party: string, 
/**
 * Its name.
 */
party_name: LocalText, 
/**
 * Author's clock.
 */
claimed: string, 
/**
 * Block time; null while only signed.
 */
witnessed: string | null, 
/**
 * Block.
 */
height: number | null, 
/**
 * `signed`, `confirmed`, `refused`.
 */
status: string, 
/**
 * On whose behalf somebody else's side was entered: did:key or partner's subject; null if nobody's.
 */
on_behalf: string | null, 
/**
 * Its name.
 */
on_behalf_name: LocalText | null, 
/**
 * How many parties state it (1: single-sourced).
 */
sources: number, 
/**
 * RecordId of the correction, if corrected.
 */
corrected_by: string | null, 
/**
 * The key that signed it was reported stolen, as of a time before.
 */
suspected: boolean, };

export type Trace = { 
/**
 * Subjects, the asked one among them.
 */
nodes: Array<TraceNode>, 
/**
 * From input to output.
 */
edges: Array<TraceEdge>, 
/**
 * Nodes were left out because there are more than 500.
 */
cut: boolean, };

export type TraceEdge = { 
/**
 * Subject.
 */
from: string, 
/**
 * Subject.
 */
to: string, 
/**
 * How much.
 */
quantity: Quantity | null, 
/**
 * The record that says so.
 */
record: string, };

export type TraceNode = { 
/**
 * Its line.
 */
row: Row, 
/**
 * Steps from the asked subject: negative towards the raw material, positive towards the buyer.
 */
step: number, };

export type Unit = "KGM" | "GRM" | "TNE" | "H87" | "MTR" | "MTK" | "MTQ" | "LTR" | "PR" | "SET";

export type Updated = { 
/**
 * The whole new profile.
 */
profile: Profile, };

export type UserError = { 
/**
 * Code for words: `logistics.not-holder`, `import.row-refused`, `disk-full`.
 */
code: string, 
/**
 * The field it is about, as a path in the form: `packages.0.mark`.
 */
field: string | null, 
/**
 * Values for the sentence: what stood there (`value`), what was expected (`expected`), and others by name.
 */
values: { [key in string]: string }, 
/**
 * Trying again may help without changing anything.
 */
retry: boolean, };

export type ValidatorChange = { 
/**
 * The vote key.
 */
key: string, 
/**
 * The party that runs it; of a key in the set the one it has there.
 */
party: string, 
/**
 * Its weight, 1–1,000,000; 0 takes it out of the set.
 */
weight: number, };

export type ValidatorLine = { 
/**
 * Name of its party, or of its seat until that has registered; empty where neither is known.
 */
name: LocalText, 
/**
 * did:key of its party.
 */
party: string, 
/**
 * did:key of its vote key.
 */
key: string, 
/**
 * Its weight.
 */
weight: number, 
/**
 * It is ours.
 */
mine: boolean, 
/**
 * It signed the newest certificate.
 */
agreed: boolean, 
/**
 * Its double votes on record.
 */
offences: Array<OffenceView>, };

export type ValidatorView = { 
/**
 * did:key of its vote key.
 */
key: string, 
/**
 * did:key of the party that runs it.
 */
party: string, 
/**
 * Weight.
 */
weight: number, };

export type ValidatorsProposed = { 
/**
 * What changes; sorted by key, no key twice, 1–8.
 */
changes: Array<ValidatorChange>, 
/**
 * Why, 1–200 code points.
 */
reason: string, };

export type ValidatorsVoted = { 
/**
 * The record that proposed.
 */
proposal: string, 
/**
 * Yes or no. The no of its proposer withdraws it.
 */
approve: boolean, };

export type Verdict = { 
/**
 * As `sealroad verify --json` prints it.
 */
report: VerifyReport, 
/**
 * What the file is about, when it could be read: its time line, only when accepted or consistent.
 */
about: string | null, 
/**
 * Name of what it is about.
 */
name: LocalText | null, 
/**
 * Who made it.
 */
maker: LocalText | null, 
/**
 * Of a shipment: what goes where, from whom to whom.
 */
journey: Journey | null, 
/**
 * The record that the reason of a refusal names, if the file shows it: kind and author's clock. Nothing in it is proved.
 */
named: [string, string] | null, 
/**
 * Its records, oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * Recalls that stand on it or anything it comes from.
 */
recalls: Array<RecallView>, };

export type VerifyCheck = { name: string, passed: boolean, reason: string | null, };

export type VerifyReport = { verdict: "accepted" | "consistent" | "refused" | "unreadable", network: string | null, as_of: { height: number, time: string } | null, first_failed: string | null, checks: Array<VerifyCheck>, not_proved: Array<string>, };

export type View = { "type": "product" } & ProductView | { "type": "lot" } & LotView | { "type": "item" } & SerialView | { "type": "event" } & EventView | { "type": "shipment" } & ShipmentView | { "type": "party" } & PartyView | { "type": "partner" } & PartyView;

export type WaitingLine = { 
/**
 * RecordId.
 */
id: string, 
/**
 * What it says.
 */
payload: Payload, 
/**
 * did:key of who says it.
 */
party: string, 
/**
 * Its name.
 */
name: LocalText, 
/**
 * We ourselves say it.
 */
mine: boolean, 
/**
 * The author's clock.
 */
claimed: string, 
/**
 * How far it has come.
 */
progress: Progress, 
/**
 * Who else has it.
 */
held_by: Array<LocalText>, 
/**
 * It is an offer to us that nobody has answered yet.
 */
to_answer: boolean, 
/**
 * What the first subject it writes is called here.
 */
subject: Row, 
/**
 * Why the desktop of another firm does not take it.
 */
not_kept: UserError | null, 
/**
 * The documents that it names, as far as they were opened to us.
 */
documents: Array<DocumentLine>, };

export type When = { 
/**
 * UTC.
 */
time: string, 
/**
 * Offset from UTC, `±hh:mm` between −12:00 and +14:00 (EPCIS 2.0 `eventTimeZoneOffset`).
 */
zone: string, };

export type Who = { "party": string } | { "partner": string };
