//! The network page, and invitations.

use super::in_force;
use crate::App;
use crate::call::{FileMade, FollowingLine, Invited, MemberLine, NetworkPage, PeerLine, Quorum, ValidatorLine};
use crate::error::UserError;
use crate::firm::Firm;
use crate::session::small;
use crate::timeline::{self, Heard};
use crate::{names, settings};
use ledger::{Checkpoint, CommitCertificate, Party, Profile, Subject, Validator, ValidatorSet};
use node::net::{PeerView, Standing};
use node::{Clock as _, Following, Invitation, RowQuery, Seat, SystemClock};
use qrcode::render::unicode;
use qrcode::{EcLevel, QrCode};
use std::collections::BTreeMap;
use std::time::Duration;
use systems::State;
use systems::alliance::view;
use systems::shared::goods::LocalText;

/// Members shown; an alliance votes on each by hand.
const MEMBERS: u32 = 500;

/// Who keeps the ledger, how far it is, and who is in reach.
pub(crate) fn network(app: &App) -> Result<NetworkPage, UserError> {
    let firm = app.firm()?;
    let genesis = firm.node.genesis();
    let seats = Invitation::of_folder(&firm.path)?.map_or_else(Vec::new, |papers| papers.seats);
    let set = in_force(&firm.node)?;
    let newest = firm.node.blocks(None, 1)?.pop();
    let time = newest.as_ref().map(|block| block.header.time);
    let now = SystemClock.now();
    let age = time.map(|time| u64::try_from(now.millis().saturating_sub(time.millis()) / 1000).unwrap_or(0));
    let certificate = newest.as_ref().and_then(|block| block.certificate.as_ref());
    // Whoever has just left the set still signed its last certificate.
    let signing = match &newest {
        Some(block) => firm.node.validators_of(block.header.height)?,
        None => set.clone(),
    };
    let party = firm.acting().party;
    let lines = set.validators().iter();
    let lines = lines.map(|validator| line(&firm, &seats, validator, certificate));
    let governed = view::validators(
        &set,
        validators_state(&firm)?.as_ref(),
        &told(&timeline::history(&firm, &Subject::validators())?),
        time.unwrap_or(now),
    );
    let seen = firm.network.as_ref().map(node::Network::view);
    let following = firm.node.following()?;
    let (peers, faults) = seen.map_or_else(Default::default, |view| (view.peers, view.faults));
    Ok(NetworkPage {
        profile: match genesis.profile() {
            Profile::Solo => "solo",
            Profile::Alliance => "alliance",
        }
        .to_owned(),
        name: genesis.name().to_owned(),
        network: firm.node.network().to_string(),
        height: small(newest.as_ref().map_or(0, |block| block.header.height)),
        catching_up: catching_up(&firm)?,
        time: time.map(|time| time.to_string()),
        age: age.map(small),
        node: firm.network.as_ref().map(|network| network.key().to_string()),
        listen: firm
            .network
            .as_ref()
            .and_then(|network| Some(network.address()?.to_string())),
        operator: set.validators().iter().any(|validator| validator.party == party),
        party: party.to_string(),
        validators: lines.collect::<Result<_, _>>()?,
        quorum: quorum(&signing, certificate),
        pending: governed.pending,
        proposals: governed.proposals,
        members: members(&firm)?,
        peers: peers.iter().map(|peer| peer_line(&seats, peer)).collect(),
        faults: faults
            .into_iter()
            .map(|(code, times)| (code.to_owned(), small(times)))
            .collect(),
        unsent: small(firm.node.outbox()?.len() as u64),
        halted: firm
            .node
            .halted()
            .filter(|_| !firm.is_locked())
            .map(|halt| halt.code().to_owned()),
        fork: following.as_ref().and_then(fork),
        following: following.as_ref().map(following_line),
    })
}

/// The height up to which blocks are being fetched.
fn catching_up(firm: &Firm) -> Result<Option<u32>, UserError> {
    let height = firm.node.head().map_or(0, |head| head.height);
    let others = firm.node.others()?.filter(|others| others.highest > height);
    Ok(others.map(|others| small(others.highest)))
}

fn fork(following: &Following) -> Option<String> {
    let fork = following.fork.as_ref()?;
    Some(String::from_utf8_lossy(&fork.to_bytes()).into_owned())
}

fn following_line(following: &Following) -> FollowingLine {
    FollowingLine {
        subjects: small(following.subjects),
        waiting: small(following.waiting),
        good_until: following.good_until.to_string(),
    }
}

fn told(heard: &[Heard]) -> Vec<systems::view::Told<'_>> {
    heard.iter().map(Heard::told).collect()
}

fn validators_state(firm: &Firm) -> Result<Option<systems::alliance::state::ValidatorsState>, UserError> {
    let entry = firm.node.entry(&Subject::validators())?;
    Ok(entry.and_then(|entry| match entry.state.as_ref() {
        State::Validators(state) => Some(state.clone()),
        _ => None,
    }))
}

fn quorum(set: &ValidatorSet, certificate: Option<&CommitCertificate>) -> Quorum {
    let signed = certificate.into_iter().flat_map(|certificate| &certificate.signatures);
    let weight: u64 = signed.filter_map(|one| set.get(&one.key)).map(|one| one.weight).sum();
    Quorum {
        weight: small(weight),
        of: small(set.weight()),
        needed: small(set.weight() * 2 / 3 + 1),
    }
}

fn line(
    firm: &Firm,
    seats: &[Seat],
    validator: &Validator,
    certificate: Option<&CommitCertificate>,
) -> Result<ValidatorLine, UserError> {
    let subject = Subject::validator(&validator.key);
    let entry = firm.node.entry(&subject)?;
    let offences = entry.and_then(|entry| view::offences(&subject, &entry));
    let signed = |certificate: &CommitCertificate| certificate.signatures.iter().any(|one| one.key == validator.key);
    let seat = seats.iter().find(|seat| seat.vote == validator.key);
    Ok(ValidatorLine {
        name: name(firm, &validator.party, seat.map(|seat| seat.name.as_str()))?,
        party: validator.party.to_string(),
        key: validator.key.to_string(),
        weight: small(validator.weight),
        mine: validator.party == firm.acting().party,
        agreed: certificate.is_some_and(signed),
        offences: offences.map_or_else(Vec::new, |view| view.offences),
    })
}

/// The party's own name as registered, which stands in its state even where no tables are kept; else what its seat says.
fn name(firm: &Firm, party: &Party, seat: Option<&str>) -> Result<LocalText, UserError> {
    let registered = firm.node.entry(&Subject::party(party))?;
    if let Some(State::Party(state)) = registered.as_ref().map(|entry| entry.state.as_ref()) {
        return Ok(state.name.clone());
    }
    Ok(seat.map_or_else(LocalText::default, LocalText::everywhere))
}

fn members(firm: &Firm) -> Result<Vec<MemberLine>, UserError> {
    let rows = firm.node.rows(&RowQuery {
        types: vec!["alliance".to_owned()],
        text: String::new(),
        chip: "all".to_owned(),
        sort: "number".to_owned(),
        descending: false,
        offset: 0,
        limit: MEMBERS,
        now: firm.clock.now().to_string(),
    })?;
    let mut members = Vec::new();
    for row in rows.rows {
        let subject = names::subject(&row.subject)?;
        let Some(entry) = firm.node.entry(&subject)? else {
            continue;
        };
        let history = timeline::history(firm, &subject)?;
        if let Some(member) = view::member(&subject, &entry, &told(&history)) {
            let party = member
                .party
                .parse()
                .map_err(|_| UserError::new("bad-reply").with("what", &member.party))?;
            members.push(MemberLine {
                name: name(firm, &party, None)?,
                party: member.party,
                standing: member.standing,
                votes: member.votes,
            });
        }
    }
    Ok(members)
}

fn peer_line(seats: &[Seat], peer: &PeerView) -> PeerLine {
    let seconds = |time: Duration| small(time.as_secs());
    let (standing, left) = match peer.standing {
        Standing::Heard => ("heard", peer.wait),
        Standing::Slowed(left) => ("slowed", left),
        Standing::Dropped(left) => ("dropped", left),
    };
    let counts = |counts: &BTreeMap<String, u64>| {
        let counts = counts.iter();
        counts.map(|(code, times)| (code.clone(), small(*times))).collect()
    };
    PeerLine {
        key: peer.key.to_string(),
        name: seats
            .iter()
            .find(|seat| seat.node == peer.key)
            .map(|seat| seat.name.clone()),
        addresses: peer.addresses.iter().map(ToString::to_string).collect(),
        seen: peer.seen.map(seconds),
        standing: standing.to_owned(),
        wait: seconds(left),
        points: peer.points,
        refused_by_us: counts(&peer.refused_by_us),
        refused_by_them: counts(&peer.refused_by_them),
    }
}

/// An invitation to our network, as a file and as a QR code.
pub(crate) fn invite(app: &App) -> Result<Invited, UserError> {
    let firm = app.firm()?;
    let mut papers = Invitation::of_folder(&firm.path)?.ok_or_else(|| UserError::new("not-in-an-alliance"))?;
    papers.checkpoint = checkpoint(&firm)?;
    let text = papers.to_text();
    Ok(Invited {
        file: FileMade {
            name: "invitation.json".to_owned(),
            content: settings::encode(text.as_bytes()),
            path: None,
            size: small(text.len() as u64),
        },
        qr: qr(&papers)?,
    })
}

/// A newcomer begins at the newest header, unless that itself changes the validators: then at the one we are given next.
fn checkpoint(firm: &Firm) -> Result<Option<Checkpoint>, UserError> {
    let Some(newest) = firm.node.blocks(None, 1)?.pop() else {
        return Ok(None);
    };
    let header = newest.header;
    let Some(commit) = newest
        .certificate
        .filter(|_| header.next_validators == header.validators)
    else {
        return Ok(None);
    };
    let set = firm.node.validators_of(header.height)?;
    Ok(Some(Checkpoint::of(firm.node.genesis().clone(), header, commit, set)))
}

/// The invitation without line breaks as a QR code (ISO/IEC 18004:2024): up to 2,953 bytes, lowest error correction. Its checkpoint
/// does not fit: whoever scans the code begins at the genesis.
fn qr(papers: &Invitation) -> Result<Option<String>, UserError> {
    let papers = Invitation::new(papers.genesis.clone(), papers.seats.clone());
    let text = serde_json::to_vec(&papers).map_err(|error| UserError::new("bad-reply").with("what", error))?;
    let code = QrCode::with_error_correction_level(&text, EcLevel::L).ok();
    Ok(code.map(|code| code.render::<unicode::Dense1x2>().build()))
}
