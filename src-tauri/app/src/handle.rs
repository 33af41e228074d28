//! One exhaustive match: which call is answered where.

use crate::alliance::{self, page};
use crate::call::Call;
use crate::error::UserError;
use crate::keys::recover::Recovery;
use crate::{
    App, desks, detail, documents, drafts, export, home, import, keys, ledger_pages, search, session, settings, sign,
    storage, trace, verify,
};
use serde::Serialize;
use serde_json::Value;

/// Answers a call given as JSON.
pub(crate) fn call(app: &App, request: Value) -> Result<Value, UserError> {
    let call: Call = serde_json::from_value(request).map_err(|error| UserError::new("bad-call").with("what", error))?;
    answer(app, call)
}

fn json(reply: impl Serialize) -> Result<Value, UserError> {
    serde_json::to_value(reply).map_err(|error| UserError::new("bad-reply").with("what", error))
}

#[expect(clippy::too_many_lines, reason = "one exhaustive match, an arm a call")]
fn answer(app: &App, call: Call) -> Result<Value, UserError> {
    match call {
        Call::Session {} => json(session::session(app)?),
        Call::SetUp {
            profile,
            passphrase,
            invitation,
        } => json(session::set_up(app, profile, passphrase, invitation.as_deref())?),
        Call::JoinFirm {
            invitation,
            party,
            passphrase,
        } => json(session::join_firm(app, &invitation, &party, passphrase)?),
        Call::Restore { folder } => json(session::restore(app, &folder)?),
        Call::LoadSample {} => json(session::load_sample(app)?),
        Call::LeaveSample {} => json(session::leave_sample(app)?),
        Call::StepInto { party } => json(session::step_into(app, &party)?),
        Call::Unlock { passphrase } => json(session::unlock(app, passphrase)?),
        Call::Home {} => json(home::home(app)?),
        Call::Search { text, limit } => json(search::search(app, &text, limit)?),
        Call::List {
            table,
            text,
            chip,
            sort,
            descending,
            offset,
            limit,
        } => json(search::list(
            app,
            search::Page {
                table,
                text,
                chip,
                sort,
                descending,
                offset,
                limit,
            },
        )?),
        Call::Open { subject } => json(detail::open(app, &subject)?),
        Call::Trace { subject } => json(trace::trace(app, &subject)?),
        Call::Parties {} => json(detail::parties(app)?),
        Call::SaveDraft { id, form, kind } => json(drafts::save(app, id, kind, form)?),
        Call::Drafts {} => json(drafts::all(&app.firm()?.desk)?),
        Call::DiscardDraft { id } => json(drafts::discard(app, &id)?),
        Call::Check { payload } => json(sign::check(app, payload)?),
        Call::Review { payloads, attached } => json(sign::review(app, payloads, attached.unwrap_or_default())?),
        Call::Sign { review, draft } => json(sign::sign(app, &review, draft.as_deref())?),
        Call::Record { id } => json(ledger_pages::record(app, &id)?),
        Call::Blocks { below, limit } => json(ledger_pages::blocks(app, below, limit)?),
        Call::Records {
            from,
            to,
            height,
            offset,
            limit,
        } => json(ledger_pages::records(
            app,
            ledger_pages::Range {
                from,
                to,
                height,
                offset,
                limit,
            },
        )?),
        Call::Verify {
            file,
            anchor,
            not_before,
        } => json(verify::verify(app, &file, anchor.as_deref(), not_before)?),
        Call::VerifyCode { code } => json(verify::verify_code(app, &code)?),
        Call::PinNetwork { anchor } => json(settings::pin(app, &anchor)?),
        Call::UnpinNetwork { network } => json(settings::unpin(app, &network)?),
        Call::Pinned {} => json(settings::pinned(app)?),
        Call::Export { subject, record, r#as } => json(export::export(app, subject, record, &r#as)?),
        Call::ImportPreview {
            name,
            file,
            r#as,
            mapping,
        } => json(import::preview(app, name, &file, r#as, mapping)?),
        Call::ImportStart {
            import,
            mapping,
            mended,
        } => json(import::start(app, &import, mapping, mended)?),
        Call::ImportProgress { import } => json(import::progress(app, &import)?),
        Call::ImportCancel { import } => json(import::cancel(app, &import)?),
        Call::Settings {} => json(settings::read(&app.desk)?),
        Call::ChangeSettings { settings } => json(settings::change(app, settings)?),
        Call::Backup {} => json(storage::backup(app)?),
        Call::Fsck {} => json(storage::fsck(app)?),
        Call::ConfirmVotesLost {} => json(session::confirm_votes_lost(app)?),
        Call::Network {} => json(page::network(app)?),
        Call::Invite {} => json(page::invite(app)?),
        Call::Trust { invitation } => {
            alliance::trust(app, &settings::decode(&invitation, "invitation")?)?;
            json(page::network(app)?)
        }
        Call::Desks {} => json(desks::page(app)?),
        Call::DeskListen { port } => json(desks::listen(app, port).and_then(|()| desks::page(app))?),
        Call::DeskMeet { card } => json(desks::meet(app, &card).and_then(|()| desks::page(app))?),
        Call::DeskForget { node } => json(desks::forget(app, &node).and_then(|()| desks::page(app))?),
        Call::DeskChoose { rival, theirs } => json(desks::choose(app, &rival, theirs).and_then(|()| desks::page(app))?),
        Call::AsideDone { id } => json(desks::dismiss(app, &id).and_then(|()| desks::page(app))?),
        Call::DocumentAttach { name, media_type, file } => {
            json(documents::attach::attach(app, &name, &media_type, &file)?)
        }
        Call::DocumentDetach { id } => json(documents::attach::detach(app, &id)?),
        Call::Documents {} => json(documents::page(app)?),
        Call::DocumentSave { record, place, to } => json(documents::save(app, &record, &place, to.as_deref())?),
        Call::Keys {} => json(keys::page(app)?),
        Call::KitMake { to, language } => json(keys::kit::make(app, to.as_deref(), settings::language(&language)?)?),
        Call::KitTry { words } => json(keys::kit::attempt(app, &words)?),
        Call::KitForget {} => json(keys::kit::forget(app)?),
        Call::NextRoot {} => json(keys::next(app)?),
        Call::Recover {
            words,
            reason,
            suspected_since,
            passphrase,
        } => json(keys::recover::recover(
            app,
            Recovery {
                words,
                reason,
                suspected_since: suspected_since
                    .map(|text| settings::time(&text, "suspected_since"))
                    .transpose()?,
                passphrase,
            },
        )?),
        Call::About {} => json(storage::about(app)?),
    }
}
