//! `sealroad network`: founding a ledger of several, joining one, and letting others in.

use super::door;
use super::{Desk, care, govern, print_json, read, write};
use crate::alliance::founding::As;
use crate::alliance::{self, founding};
use crate::error::UserError;
use crate::settings;
use crate::terminal::output::answer;
use clap::{Args, Subcommand, ValueEnum};
use node::{DataFolder, Invitation, Seat};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use systems::parties::records::{Profile, Role};

/// Port of the first validator where none is given.
const PORT: u16 = 4747;

/// Where free ports are looked for: what systems give to outgoing connections begins above (Linux 32768, RFC 6335 49152), and one of
/// those would be taken while a validator is stopped.
const LISTENING: RangeInclusive<u16> = 10_000..=32_000;
/// How many are tried at most.
const TRIES: usize = 1_000;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Network {
    /// Print the network's id.
    Id,
    /// Print our own party, which validators admit.
    Party,
    /// Found a network: all validators on this machine, or of seats that firms made with `network seat`.
    New(New),
    /// Make the keys of a validator of ours, where they are missing, and the seat to hand to the founders.
    Seat(Sit),
    /// Join the network of an invitation: as the validator whose keys are in the data folder, else as a member.
    Join(Join),
    /// Note where a validator sits that was voted in, or that moved; it counts from our next start, and in our invitations.
    Know {
        /// Its seat.
        seat: PathBuf,
    },
    /// Who keeps the ledger and who is in reach.
    Status(AsJson),
    /// Write the invitation that others join with, and show it as a QR code.
    Invite {
        /// File to write.
        #[arg(long, value_name = "FILE", default_value = "invitation.json")]
        out: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Trust the checkpoint of a new invitation, after more than 30 days without a validator.
    Trust {
        /// The invitation.
        file: PathBuf,
    },
    /// Vote that a party may speak on this ledger; more than a third of the validators' weight admits it.
    Admit(govern::Member),
    /// Vote that a party shall speak no more; more than two thirds of the validators' weight suspend it.
    Suspend(govern::Member),
    /// Propose another validator set, or vote on a proposal; more than two thirds of the weight decide.
    SetValidators(govern::Change),
}

/// Whether to print JSON.
#[derive(Debug, Args)]
pub(super) struct AsJson {
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// Of a new network.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Its name.
    #[arg(long)]
    name: String,
    /// Found so many validators on this machine, 1 to 40.
    #[arg(long, value_name = "N", conflicts_with = "seat", value_parser = clap::value_parser!(u16).range(1..=40))]
    validators: Option<u16>,
    /// The seat of a founder; to be repeated.
    #[arg(long, value_name = "FILE")]
    seat: Vec<PathBuf>,
    /// Folder to write: invitation.json, and with --validators a folder for each.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Port of the first validator on this machine, the others follow; 0 for any free ones.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Where the validators' operators are seated, ISO 3166-1 alpha-2.
    #[arg(long, value_name = "XX", default_value = "CN")]
    country: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Of a seat.
#[derive(Debug, Args)]
pub(super) struct Sit {
    /// What people call the validator.
    #[arg(long)]
    name: String,
    /// Where other nodes reach it.
    #[arg(long, value_name = "HOST:PORT")]
    address: String,
    /// File to write; without it the seat is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Of one who joins.
#[derive(Debug, Args)]
pub(super) struct Join {
    /// The invitation.
    file: PathBuf,
    /// The firm's name.
    #[arg(long)]
    name: String,
    /// Where it is seated, ISO 3166-1 alpha-2.
    #[arg(long, value_name = "XX")]
    country: String,
    /// What it does in trade.
    #[arg(long, value_enum, default_value_t = Trade::Exporter)]
    role: Trade,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Roles as the terminal names them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Trade {
    Manufacturer,
    Exporter,
    Buyer,
    Carrier,
    Forwarder,
    Warehouse,
    Inspector,
}

impl From<Trade> for Role {
    fn from(trade: Trade) -> Self {
        match trade {
            Trade::Manufacturer => Self::Manufacturer,
            Trade::Exporter => Self::Exporter,
            Trade::Buyer => Self::Buyer,
            Trade::Carrier => Self::Carrier,
            Trade::Forwarder => Self::Forwarder,
            Trade::Warehouse => Self::Warehouse,
            Trade::Inspector => Self::Inspector,
        }
    }
}

/// Carries it out.
pub(super) fn network(desk: &Desk, command: Network) -> Result<u8, UserError> {
    match command {
        Network::Id => care::network_id(desk),
        Network::Party => govern::party(desk),
        Network::New(new) => found(desk, &new),
        Network::Seat(sit) => seat(desk, &sit),
        Network::Join(join) => enter(desk, &join),
        Network::Know { seat } => know(desk, &seat),
        Network::Status(AsJson { json }) => govern::status(desk, json),
        Network::Invite { out, json } => invite(desk, &out, json),
        Network::Trust { file } => trust(desk, &file),
        Network::Admit(member) => govern::vote_on(desk, &member, "admitted"),
        Network::Suspend(member) => govern::vote_on(desk, &member, "suspended"),
        Network::SetValidators(change) => govern::change(desk, &change),
    }
}

fn found(desk: &Desk, new: &New) -> Result<u8, UserError> {
    let file = new.dir.join("invitation.json");
    let told = match new.validators {
        Some(count) => found_here(desk, new, count, &file)?,
        None => {
            let seats = new.seat.iter().map(|path| alliance::parse_seat(&read(path)?));
            let invitation = founding::found(&new.name, seats.collect::<Result<_, _>>()?)?;
            std::fs::create_dir_all(&new.dir).map_err(|error| UserError::file(&new.dir, &error))?;
            write(&file, invitation.to_text().as_bytes())?;
            Vec::new()
        }
    };
    let network = Invitation::parse(&read(&file)?)?.genesis.network().to_string();
    if new.json {
        print_json(&json!({ "network": network, "invitation": file, "validators": told }))?;
    } else {
        let path = file.display().to_string();
        answer!(
            "{}",
            desk.say("terminal.network-founded", &[("network", &network), ("path", &path)])
        );
        for validator in &told {
            let text = |name: &str| validator.get(name).and_then(Value::as_str).unwrap_or_default();
            answer!("  {}  {}  {}", text("folder"), text("address"), text("party"));
        }
    }
    Ok(0)
}

/// One operator for each validator, all on this machine: to try an alliance, or for one firm with several computers to come.
fn found_here(desk: &Desk, new: &New, count: u16, file: &Path) -> Result<Vec<Value>, UserError> {
    let role = Role::Warehouse;
    let mut folders = Vec::new();
    let mut seats: Vec<Seat> = Vec::new();
    for (number, port) in (1..=count).zip(ports(new.port, count)?) {
        let path = new.dir.join(format!("validator-{number}"));
        let folder = DataFolder::open(&path)?;
        if folder.has_ledger() {
            return Err(UserError::new("already-founded"));
        }
        let name = format!("{} {number}", new.name);
        let lock = door::lock(desk, &path)?;
        seats.push(founding::seat(&folder, &lock, &name, &format!("127.0.0.1:{port}"))?);
        folders.push((folder, lock, founding::profile(&name, &new.country, role)));
    }
    let invitation = founding::found(&new.name, seats)?;
    let mut told = Vec::new();
    for ((folder, lock, profile), seat) in folders.iter().zip(&invitation.seats) {
        let kept = node::Desk::open(folder)?;
        let party = founding::join(folder, &kept, lock, &invitation, As::New(profile))?;
        told.push(json!({
            "name": seat.name,
            "folder": folder.path(),
            "address": seat.addresses.first(),
            "party": party.to_string(),
        }));
    }
    write(file, invitation.to_text().as_bytes())?;
    Ok(told)
}

/// Ports for validators on this machine: from `first` on, or such as are free now.
fn ports(first: u16, count: u16) -> Result<Vec<u16>, UserError> {
    let failed = |error: std::io::Error| UserError::new("no-port").with("port", first).with("what", error);
    if first != 0 {
        let last = first.checked_add(count - 1).ok_or_else(|| {
            let what = format!("{first} + {count} > {}", u16::MAX);
            failed(std::io::Error::other(what))
        })?;
        return Ok((first..=last).collect());
    }
    // All are held until all are known, or one would be given twice.
    let mut held: Vec<TcpListener> = Vec::new();
    for _ in 0..TRIES {
        if held.len() >= usize::from(count) {
            break;
        }
        let port = LISTENING.start() + u16::from_be_bytes(node::random()?) % (LISTENING.end() - LISTENING.start());
        // One that is taken is passed over.
        held.extend(TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
    }
    if held.len() < usize::from(count) {
        return Err(failed(std::io::ErrorKind::AddrInUse.into()));
    }
    held.iter()
        .map(|held| Ok(held.local_addr().map_err(failed)?.port()))
        .collect()
}

fn seat(desk: &Desk, sit: &Sit) -> Result<u8, UserError> {
    let folder = DataFolder::open(desk.folder()?)?;
    let lock = door::lock(desk, folder.path())?;
    let seat = founding::seat(&folder, &lock, &sit.name, &sit.address)?;
    let text = founding::paper(&seat)?;
    match &sit.out {
        Some(out) => {
            write(out, text.as_bytes())?;
            answer!(
                "{}",
                desk.say("terminal.written", &[("path", &out.display().to_string())])
            );
        }
        None => answer!("{text}"),
    }
    Ok(0)
}

fn know(desk: &Desk, path: &Path) -> Result<u8, UserError> {
    let seat = alliance::parse_seat(&read(path)?)?;
    let name = seat.name.clone();
    alliance::remember(&desk.folder()?, seat)?;
    answer!("{}", desk.say("terminal.seat-noted", &[("name", &name)]));
    Ok(0)
}

fn enter(desk: &Desk, join: &Join) -> Result<u8, UserError> {
    let invitation = Invitation::parse(&read(&join.file)?)?;
    let profile: Profile = founding::profile(&join.name, &join.country, join.role.into());
    let folder = DataFolder::open(desk.folder()?)?;
    let kept = node::Desk::open(&folder)?;
    let lock = door::lock(desk, folder.path())?;
    let party = founding::join(&folder, &kept, &lock, &invitation, As::New(&profile))?.to_string();
    let network = invitation.genesis.network().to_string();
    if join.json {
        print_json(&json!({ "party": party, "network": network, "folder": folder.path() }))?;
    } else {
        let name = invitation.genesis.name();
        answer!(
            "{}",
            desk.say("terminal.joined", &[("network", name), ("party", &party)])
        );
    }
    Ok(0)
}

fn trust(desk: &Desk, file: &Path) -> Result<u8, UserError> {
    let (way, _copy) = care::door(desk)?;
    way.readable()?;
    let invitation = settings::encode(&read(file)?);
    let page: Value = way.call(json!({ "call": "trust", "invitation": invitation }))?;
    let height = page.get("height").map(Value::to_string).unwrap_or_default();
    answer!("{}", desk.say("terminal.trusted", &[("height", &height)]));
    Ok(0)
}

fn invite(desk: &Desk, out: &Path, json: bool) -> Result<u8, UserError> {
    let (way, _copy) = care::door(desk)?;
    way.readable()?;
    let invited: Value = way.call(json!({ "call": "invite" }))?;
    let content = invited.pointer("/file/content").and_then(Value::as_str);
    let content = content.ok_or_else(|| UserError::new("bad-reply"))?;
    write(out, &settings::decode(content, "invitation")?)?;
    let qr = invited.get("qr").and_then(Value::as_str);
    if json {
        return print_json(&json!({ "path": out, "qr": qr })).map(|()| 0);
    }
    match qr {
        Some(qr) => answer!("{qr}"),
        None => answer!("{}", desk.say("terminal.no-qr", &[])),
    }
    answer!(
        "{}",
        desk.say("terminal.written", &[("path", &out.display().to_string())])
    );
    Ok(0)
}
