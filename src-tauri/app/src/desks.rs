//! Straight between desktops: introducing them to each other, what was handed over, what was agreed on, and a person's choices.

use crate::App;
use crate::call::{AsideLine, ChoiceLine, DeskLine, DesksPage, Progress, WaitingLine};
use crate::error::UserError;
use crate::firm::Firm;
use crate::session::small;
use crate::{documents, names};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{Hash, Party, PublicKey, Record, Subject};
use node::net::Address;
use node::{Clock as _, Contact, Held, NotKept, RowQuery, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use systems::Payload;
use systems::shared::goods::{LocalText, Who};

/// Where the desk keeps the desktops that were introduced, by node key.
const SPACE: &str = "desks";
/// Where the desk keeps our own settings of this kind.
const OWN: &str = "own-desk";
/// The port we listen on.
const PORT: &str = "port";
/// Before the text of a card.
pub(crate) const CARD: &str = "sealroad-desk:";
/// Most desktops that are introduced.
const DESKS: usize = 200;
/// Shipments that evidence is carried of.
const CARRIED: u32 = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Form {
    #[serde(rename = "sealroad-desk.1")]
    One,
}

/// What introduces a desktop. Whoever takes it believes whoever shows it that this node is that firm's; what the firm says is believed by
/// its signatures alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    addresses: Vec<Address>,
    form: Form,
    name: LocalText,
    network: Hash,
    pub(crate) node: PublicKey,
    pub(crate) party: Party,
    /// The X25519 key to which documents are sealed for it; none where it reads none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reading: Option<Hash>,
}

impl Card {
    pub(crate) fn to_text(&self) -> Result<String, UserError> {
        let json = serde_json::to_vec(self).map_err(|error| UserError::new("bad-reply").with("what", error))?;
        Ok(format!("{CARD}{}", URL_SAFE_NO_PAD.encode(json)))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, UserError> {
        let bad = || UserError::new("desk.bad-card").at("card");
        let coded = text.trim().strip_prefix(CARD).ok_or_else(bad)?;
        let json = URL_SAFE_NO_PAD.decode(coded).map_err(|_| bad())?;
        serde_json::from_slice(&json).map_err(|_| bad())
    }

    fn contact(&self) -> Contact {
        Contact {
            addresses: self.addresses.clone(),
            node: self.node,
            party: self.party,
        }
    }
}

/// The desktops that were introduced.
pub(crate) fn cards(firm: &Firm) -> Result<Vec<Card>, UserError> {
    let kept = firm.desk.list(SPACE)?;
    // What an older build wrote in another form is introduced again.
    Ok(kept
        .into_iter()
        .filter_map(|(_, card, _)| serde_json::from_value(card).ok())
        .collect())
}

/// After the ledger is open: listens where it did, and speaks to whom it knew. What cannot be listened on is tried again by the person.
pub(crate) fn open(firm: &Firm) -> Result<(), UserError> {
    let Some(network) = &firm.network else { return Ok(()) };
    if let Some(shelf) = &firm.shelf {
        network.keep(Arc::clone(shelf));
    }
    network.meet(cards(firm)?.iter().map(Card::contact).collect())?;
    if network.address().is_none()
        && let Some(port) = firm
            .desk
            .get(OWN, PORT)?
            .and_then(|port| u16::try_from(port.as_u64()?).ok())
    {
        // The page shows that it does not listen.
        let _taken = network.listen(Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))));
    }
    Ok(())
}

/// Evidence is carried about what is under way, so that it can be shown and agreed on anywhere.
pub(crate) fn carry(firm: &Firm) -> Result<(), UserError> {
    let query = RowQuery {
        types: vec!["shipment".to_owned()],
        chip: "all".to_owned(),
        sort: "at".to_owned(),
        descending: true,
        limit: CARRIED,
        now: firm.clock.now().to_string(),
        ..RowQuery::default()
    };
    let rows = firm.node.rows(&query)?.rows.into_iter();
    let open = rows.filter(|row| row.status != "delivered");
    firm.node
        .carry(open.filter_map(|row| row.subject.parse().ok()).collect());
    Ok(())
}

/// Listens on a port, 0 for any, or no longer.
pub(crate) fn listen(app: &App, port: Option<u16>) -> Result<(), UserError> {
    let firm = app.firm()?;
    let network = firm
        .network
        .as_ref()
        .ok_or_else(|| UserError::new("not-in-an-alliance"))?;
    let at = port.map(|port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
    network.listen(at).map_err(|error| {
        let what = error.to_string();
        let value = port.map_or_else(String::new, |port| port.to_string());
        UserError::new("desk.cannot-listen")
            .at("port")
            .with("value", value)
            .with("what", what)
    })?;
    match network.address().filter(|_| port.is_some()) {
        Some(address) => firm.desk.put(OWN, PORT, &json!(address.port()))?,
        None => firm.desk.delete(OWN, PORT)?,
    }
    Ok(())
}

/// Knows a desktop from now on by its card.
pub(crate) fn meet(app: &App, card: &str) -> Result<(), UserError> {
    let firm = app.firm()?;
    let network = firm
        .network
        .as_ref()
        .ok_or_else(|| UserError::new("not-in-an-alliance"))?;
    let card = Card::parse(card)?;
    if card.network != firm.node.network() {
        return Err(UserError::new("desk.other-network")
            .at("card")
            .with("expected", firm.node.genesis().name()));
    }
    if card.party == firm.acting().party || card.node == *network.key() {
        return Err(UserError::new("desk.own-card").at("card"));
    }
    let known = cards(&firm)?;
    if known.len() >= DESKS && known.iter().all(|one| one.node != card.node) {
        return Err(UserError::new("desk.too-many").with("expected", DESKS));
    }
    let value = serde_json::to_value(&card).map_err(|error| UserError::new("bad-reply").with("what", error))?;
    firm.desk.put(SPACE, &card.node.to_string(), &value)?;
    open(&firm)
}

/// Knows a desktop no longer.
pub(crate) fn forget(app: &App, node: &str) -> Result<(), UserError> {
    let firm = app.firm()?;
    firm.desk.delete(SPACE, node)?;
    open(&firm)
}

/// Chooses between ours and theirs.
pub(crate) fn choose(app: &App, rival: &str, theirs: bool) -> Result<(), UserError> {
    let firm = app.firm()?;
    match firm.node.choose(hash(rival)?, theirs)? {
        true => {
            if let Some(network) = &firm.network {
                network.nudge();
            }
            Ok(())
        }
        false => Err(UserError::new("desk.settled")),
    }
}

/// Has seen to a record that was set aside.
pub(crate) fn dismiss(app: &App, id: &str) -> Result<(), UserError> {
    match app.firm()?.node.forget_aside(hash(id)?)? {
        true => Ok(()),
        false => Err(UserError::new("desk.settled")),
    }
}

fn hash(text: &str) -> Result<Hash, UserError> {
    text.parse()
        .map_err(|_| UserError::new("bad-record").at("id").with("value", text))
}

/// What all lines of the page are made from.
struct Desk<'a> {
    firm: &'a Firm,
    us: Party,
    cards: Vec<Card>,
    held: Vec<Held>,
    outbox: Vec<Record>,
    not_kept: BTreeMap<Hash, NotKept>,
}

/// What a person has to do here, as counts by the codes of the home page: offers that were handed over, choices, records set aside.
pub(crate) fn to_do(firm: &Firm) -> Result<Vec<(&'static str, usize)>, UserError> {
    let desk = Desk::of(firm)?;
    let mut offers = 0;
    for record in &desk.outbox {
        offers += usize::from(desk.waiting(record)?.to_answer);
    }
    let counts = [
        ("desk-offers", offers),
        ("desk-choices", desk.choices()?.len()),
        ("aside", firm.node.aside()?.len()),
    ];
    Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

/// The page.
pub(crate) fn page(app: &App) -> Result<DesksPage, UserError> {
    let firm = app.firm()?;
    let talks = firm.network.as_ref().map(node::Network::talks).unwrap_or_default();
    let desk = Desk::of(&firm)?;
    let now = SystemClock.now();
    let mut desks = Vec::new();
    for card in &desk.cards {
        let talk = talks.get(&card.node);
        let heard = talk.and_then(|talk| talk.heard);
        let ago = |time: ledger::Time| u64::try_from(now.millis().saturating_sub(time.millis()) / 1000).unwrap_or(0);
        desks.push(DeskLine {
            node: card.node.to_string(),
            party: card.party.to_string(),
            name: desk.name(&card.party)?,
            addresses: card.addresses.iter().map(ToString::to_string).collect(),
            heard: heard.map(|time| small(ago(time))),
            failed: talk.and_then(|talk| talk.failed.clone()),
            reads: card.reading.is_some(),
        });
    }
    desks.sort_by(|one, other| {
        names::any(&one.name)
            .cmp(names::any(&other.name))
            .then(one.node.cmp(&other.node))
    });
    let waiting = desk.outbox.iter().map(|record| desk.waiting(record));
    let card = our_card(&firm)?.map(|card| card.to_text()).transpose()?;
    Ok(DesksPage {
        listening: listening(&firm).map(|address| address.to_string()),
        card,
        desks,
        waiting: waiting.collect::<Result<_, _>>()?,
        choices: desk.choices()?,
        aside: desk.aside()?,
        documents: documents::newest(&firm)?,
    })
}

/// A firm's name as registered, else as it introduced itself.
pub(crate) fn name(firm: &Firm, cards: &[Card], party: &Party) -> Result<LocalText, UserError> {
    let registered = names::party(firm, party)?;
    if registered.texts().next().is_some() {
        return Ok(registered);
    }
    let card = cards.iter().find(|card| card.party == *party);
    Ok(card.map_or_else(|| LocalText::everywhere(&party.to_string()), |card| card.name.clone()))
}

/// Where others reach our desktop.
fn listening(firm: &Firm) -> Option<SocketAddr> {
    let address = firm.network.as_ref()?.address()?;
    Some(match address.ip().is_unspecified() {
        true => SocketAddr::new(node::net::own_address(), address.port()),
        false => address,
    })
}

fn our_card(firm: &Firm) -> Result<Option<Card>, UserError> {
    let Some(network) = &firm.network else { return Ok(None) };
    let party = firm.acting().party;
    Ok(Some(Card {
        addresses: listening(firm).map(Address::from).into_iter().collect(),
        form: Form::One,
        name: names::party(firm, &party)?,
        network: firm.node.network(),
        node: *network.key(),
        party,
        reading: documents::public(firm),
    }))
}

/// Whether a record accepts, or confirms, what another said.
fn accepts(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::HandoverAccepted(_) | Payload::ShipmentConfirmed(_) | Payload::GoodsConfirmed(_)
    )
}

impl<'a> Desk<'a> {
    fn of(firm: &'a Firm) -> Result<Self, UserError> {
        let talks = firm.network.as_ref().map(node::Network::talks).unwrap_or_default();
        let refused = talks.into_values().flat_map(|talk| talk.not_kept);
        Ok(Self {
            us: firm.acting().party,
            cards: cards(firm)?,
            held: firm.node.held()?,
            outbox: firm.node.outbox()?,
            not_kept: refused.map(|one| (one.id, one)).collect(),
            firm,
        })
    }

    fn name(&self, party: &Party) -> Result<LocalText, UserError> {
        name(self.firm, &self.cards, party)
    }

    /// Firms whose desktops have a record too.
    fn holders(&self, id: &Hash) -> BTreeSet<Party> {
        let nodes = self.held.iter().filter(|held| held.id == *id);
        let cards = nodes.filter_map(|held| self.cards.iter().find(|card| card.node == held.node));
        cards.map(|card| card.party).collect()
    }

    /// Both sides have both records.
    fn is_agreed(&self, answer: &Record, payload: &Payload) -> bool {
        if !accepts(payload) {
            return false;
        }
        if *answer.party() != self.us {
            return true;
        }
        // What a third firm says of it makes nothing agreed.
        let mut others = answer.refers().iter().filter_map(|id| self.author(id));
        let holders = self.holders(&answer.id());
        others.any(|author| holders.contains(&author))
    }

    /// Who signed a record that waits, or that was confirmed.
    fn author(&self, id: &Hash) -> Option<Party> {
        let waits = self.outbox.iter().find(|record| record.id() == *id);
        waits.map(|record| *record.party()).or_else(|| {
            let confirmed = self.firm.node.record(id).ok().flatten()?;
            Some(*confirmed.record.party())
        })
    }

    fn progress(&self, record: &Record, payload: &Payload) -> Progress {
        let answers = self
            .outbox
            .iter()
            .filter(|answer| answer.refers().contains(&record.id()));
        let mut answers = answers.filter_map(|answer| Some((answer, read(answer)?)));
        if self.is_agreed(record, payload) || answers.any(|(answer, said)| self.is_agreed(answer, &said)) {
            Progress::Agreed
        } else if *record.party() != self.us || !self.holders(&record.id()).is_empty() {
            Progress::Shared
        } else {
            Progress::Signed
        }
    }

    fn waiting(&self, record: &Record) -> Result<WaitingLine, UserError> {
        let payload = Payload::parse(record.kind(), record.body_json())?;
        let id = record.id();
        let answered = self.outbox.iter().any(|answer| answer.refers().contains(&id));
        let to_us = matches!(&payload, Payload::HandoverOffered(offer) if offer.to == Who::Party(self.us));
        let not_kept = self.not_kept.get(&id);
        let not_kept = not_kept.map(|why| refusal(why.rule.clone(), why.field.clone(), why.values.clone()));
        let holders = self.holders(&id);
        Ok(WaitingLine {
            id: id.to_string(),
            party: record.party().to_string(),
            name: self.name(record.party())?,
            mine: *record.party() == self.us,
            claimed: record.claimed().to_string(),
            progress: self.progress(record, &payload),
            held_by: holders.iter().map(|party| self.name(party)).collect::<Result<_, _>>()?,
            to_answer: to_us && !answered,
            subject: self.subject(record)?,
            not_kept,
            payload,
            documents: documents::of_record(self.firm, &id)?,
        })
    }

    fn subject(&self, record: &Record) -> Result<systems::view::Row, UserError> {
        let own = |subject: &&Subject| subject.owner().is_some();
        let subject = record.subjects().iter().find(own).or_else(|| record.subjects().first());
        let subject = subject.ok_or_else(|| UserError::new("bad-record"))?;
        names::row(self.firm, subject)
    }

    fn choices(&self) -> Result<Vec<ChoiceLine>, UserError> {
        let mut choices = Vec::new();
        for rival in self.firm.node.rivals()?.into_iter().filter(|rival| !rival.kept) {
            if let Some(ours) = self.outbox.iter().find(|record| record.id() == rival.against) {
                choices.push(ChoiceLine {
                    ours: self.waiting(ours)?,
                    theirs: self.waiting(&rival.record)?,
                });
            }
        }
        Ok(choices)
    }

    fn aside(&self) -> Result<Vec<AsideLine>, UserError> {
        let mut lines = Vec::new();
        for one in self.firm.node.aside()? {
            let subject = self.subject(&one.record)?;
            let history = subject
                .subject
                .parse()
                .ok()
                .map(|subject: Subject| newest(self.firm, &subject));
            lines.push(AsideLine {
                id: one.record.id().to_string(),
                payload: Payload::parse(one.record.kind(), one.record.body_json())?,
                subject,
                why: why(&one.why),
                at: one.at.to_string(),
                instead: history.transpose()?.flatten().map(|id| id.to_string()),
            });
        }
        Ok(lines)
    }
}

/// The newest confirmed record about a subject.
fn newest(firm: &Firm, subject: &Subject) -> Result<Option<Hash>, UserError> {
    let count = firm.node.entry(subject)?.map_or(0, |entry| entry.count);
    let last = firm.node.history(subject, count.saturating_sub(1), 1)?.pop();
    Ok(last.map(|stored| stored.record.id()))
}

fn read(record: &Record) -> Option<Payload> {
    Payload::parse(record.kind(), record.body_json()).ok()
}

/// A rule that a record breaks, or broke elsewhere.
fn refusal(rule: String, field: String, values: BTreeMap<String, String>) -> UserError {
    UserError {
        code: rule,
        field: (!field.is_empty()).then_some(field),
        values,
        retry: false,
    }
}

/// The rule that keeps a record out, as it was kept beside it.
fn why(kept: &[u8]) -> UserError {
    #[derive(Deserialize)]
    struct Kept {
        field: String,
        rule: String,
        values: BTreeMap<String, String>,
    }
    match serde_json::from_slice::<Kept>(kept) {
        Ok(kept) => refusal(kept.rule, kept.field, kept.values),
        Err(_) => UserError::new("bad-reply"),
    }
}
