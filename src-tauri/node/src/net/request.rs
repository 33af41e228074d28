//! One request: judged by the table, read within its limits, answered on a thread of its own.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::timeout_at;

use super::outgoing::{Outgoing, Source};
use super::peers::Standing;
use super::rate::Asker;
use super::reply::{Ask, Body, Reply};
use super::server::Connection;
use super::wire::{NETWORK_HEADER, Path, QUERY, Refusal, Role, Row, VERSION, VERSION_HEADER};

/// Bytes of a body of unknown length that are reserved at a time.
const STEP: usize = 64 * 1024;
/// Parts of an answer that wait until the peer takes them.
const DRAWN: usize = 2;

/// A refusal.
struct Refused {
    refusal: Refusal,
    /// How long to wait before the same may pass.
    wait: Option<Duration>,
    /// Some of the request was not read, so nothing more can follow on this connection.
    unread: bool,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            wait: None,
            unread: false,
        }
    }
}

impl Refused {
    fn after(refusal: Refusal, wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            ..refusal.into()
        }
    }

    const fn unread(mut self, unread: bool) -> Self {
        self.unread = unread;
        self
    }
}

/// An answer whose bytes can go.
struct Answered {
    status: u16,
    source: Source,
    fault: Option<(&'static str, u32)>,
}

/// Answers a request; whatever it is, there is an answer.
pub async fn respond(connection: Arc<Connection>, request: Request<Incoming>) -> Response<Outgoing> {
    let start = Instant::now();
    connection.progress.asked();
    connection.place.busy(true);
    let answered = answer(&connection, request, start).await;
    let now = Instant::now();
    let until = (start + connection.shared.limits.longest()).max(now + connection.shared.limits.grace);
    connection.progress.answered(now, until);
    match answered {
        Ok((answered, row)) => {
            match answered.fault {
                Some((code, points)) => connection.shared.book.blame(connection.peer, code, points, now),
                None => connection.shared.book.heard(&connection.peer, now),
            }
            let outgoing = Outgoing::new(&connection, answered.source, row.reply, start + row.within);
            let mut response = Response::new(outgoing);
            *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::OK);
            response
        }
        Err(refused) => refuse(&connection, &refused, now),
    }
}

/// Says no by name.
fn refuse(connection: &Arc<Connection>, refused: &Refused, now: Instant) -> Response<Outgoing> {
    let Refused { refusal, wait, unread } = *refused;
    connection.shared.book.refused_them(connection.peer, refusal, now);
    let said = serde_json::json!({ "refused": refusal.code(), "what": "" }).to_string();
    let within = connection.shared.limits.grace;
    let size = said.len();
    let source = Source::Whole(Some(said.into()), None);
    let mut response = Response::new(Outgoing::new(connection, source, size, now + within));
    *response.status_mut() = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if unread || connection.surplus {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(wait) = wait {
        // Rounded up: after that it is granted.
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    }
    response
}

async fn answer(
    connection: &Arc<Connection>,
    request: Request<Incoming>,
    start: Instant,
) -> Result<(Answered, &Row), Refused> {
    let unread = !request.body().is_end_stream();
    let judged = judge(connection, &request, start);
    let (row, role) = judged.map_err(|refused| refused.unread(unread))?;
    let (parts, body) = request.into_parts();
    let taken = take_in(connection, body, row, start).await;
    let (body, held) = taken.map_err(|refused| refused.unread(true))?;
    let ask = Ask {
        path: row.path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body,
    };
    if row.path == Path::Peers {
        let told = connection.shared.book.tell(start);
        return Ok((whole(200, told), row));
    }
    let until = start + row.within;
    let mut worked = work(connection, ask, role, held, until).await?;
    if let Source::Whole(Some(bytes), held) = &mut worked.source {
        if bytes.len() > row.reply {
            return Err(Refusal::ReplyTooLarge.into());
        }
        *held = Some(room(&connection.shared.replies, bytes.len())?);
    }
    let Source::News(None, mut news) = worked.source else {
        return Ok((worked, row));
    };
    // Until something is to be said nothing is: the asker measures our pace from our first word on.
    let patience = start + row.within * 3 / 4;
    let first = timeout_at(patience.into(), news.recv()).await.ok().flatten();
    let answered = match first {
        Some(_) => Answered {
            source: Source::News(first, news),
            ..worked
        },
        None => whole(204, Bytes::new()),
    };
    Ok((answered, row))
}

const fn whole(status: u16, bytes: Bytes) -> Answered {
    Answered {
        status,
        source: Source::Whole(Some(bytes), None),
        fault: None,
    }
}

/// Everything that can be said before the body is read.
fn judge<'a>(
    connection: &'a Connection,
    request: &Request<Incoming>,
    now: Instant,
) -> Result<(&'a Row, Role), Refused> {
    let shared = &connection.shared;
    if connection.surplus {
        return Err(Refusal::TooManyConnections.into());
    }
    match shared.book.standing(&connection.peer, now) {
        Standing::Heard => {}
        Standing::Slowed(wait) => return Err(Refused::after(Refusal::Slowed, wait)),
        Standing::Dropped(wait) => return Err(Refused::after(Refusal::Dropped, wait)),
    }
    let headers = request.headers();
    if one(headers, NETWORK_HEADER) != Some(shared.network.to_string().as_bytes()) {
        return Err(Refusal::WrongNetwork.into());
    }
    if one(headers, VERSION_HEADER) != Some(VERSION.as_bytes()) {
        return Err(Refusal::WrongVersion.into());
    }
    let row = shared.limits.at(request.uri().path()).ok_or(Refusal::UnknownPath)?;
    if *request.method() != row.method {
        return Err(Refusal::WrongMethod.into());
    }
    if request.uri().query().is_some_and(|query| query.len() > QUERY) {
        return Err(Refusal::QueryTooLong.into());
    }
    let role = shared.answers.role(&connection.peer);
    if role < row.who {
        return Err(Refusal::NotAllowed.into());
    }
    let asker = Asker::of(connection.peer, role, connection.address);
    let mut rates = shared.rates.lock().unwrap_or_else(PoisonError::into_inner);
    rates
        .take(asker, row, now)
        .map_err(|wait| Refused::after(Refusal::Rate, wait))?;
    Ok((row, role))
}

/// The value of a header that stands there exactly once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    first.filter(|_| second.is_none()).map(HeaderValue::as_bytes)
}

/// Room for `bytes` more, of all that may be held for all peers.
fn room(all: &Arc<Semaphore>, bytes: usize) -> Result<OwnedSemaphorePermit, Refused> {
    let kib = u32::try_from(bytes.div_ceil(1024)).map_err(|_| Refusal::TooLarge)?;
    Arc::clone(all)
        .try_acquire_many_owned(kib)
        .map_err(|_| Refusal::Busy.into())
}

/// The body, and the room it takes.
async fn take_in(
    connection: &Connection,
    mut body: Incoming,
    row: &Row,
    start: Instant,
) -> Result<(Bytes, OwnedSemaphorePermit), Refused> {
    let declared = body
        .size_hint()
        .exact()
        .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    if declared.is_some_and(|bytes| bytes > row.request) {
        return Err(Refusal::TooLarge.into());
    }
    let mut reserved = declared.unwrap_or(STEP.min(row.request));
    let mut held = room(&connection.shared.held, reserved)?;
    let mut taken = BytesMut::with_capacity(reserved);
    let pace = connection.shared.pace();
    loop {
        let deadline = pace.deadline(start, taken.len() as u64).min(start + row.within);
        let next = timeout_at(
            deadline.into(),
            poll_fn(|context| Pin::new(&mut body).poll_frame(context)),
        );
        let frame = match next.await.map_err(|_| Refusal::TooSlow)? {
            None => break,
            Some(frame) => frame.map_err(|_| Refusal::BrokenOff)?,
        };
        // Trailers say nothing here.
        let Ok(bytes) = frame.into_data() else { continue };
        let size = taken.len() + bytes.len();
        if size > row.request {
            return Err(Refusal::TooLarge.into());
        }
        if size > reserved {
            let more = STEP.max(size - reserved);
            held.merge(room(&connection.shared.held, more)?);
            reserved += more;
        }
        taken.extend_from_slice(&bytes);
    }
    Ok((taken.freeze(), held))
}

/// A permit of `semaphore` before `until`.
async fn permit(semaphore: Arc<Semaphore>, until: Instant) -> Result<OwnedSemaphorePermit, Refused> {
    match timeout_at(until.into(), semaphore.acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) | Err(_) => Err(Refusal::Busy.into()),
    }
}

/// Has the answer worked out on a thread. Whoever asked may be gone before; the thread comes to its end all the same.
async fn work(
    connection: &Arc<Connection>,
    ask: Ask,
    role: Role,
    held: OwnedSemaphorePermit,
    until: Instant,
) -> Result<Answered, Refused> {
    let mut desk = Vec::new();
    for queue in connection.shared.desks.queues(role) {
        desk.push(permit(queue, until).await?);
    }
    let (said, answered) = oneshot::channel();
    let (answers, peer) = (Arc::clone(&connection.shared.answers), connection.peer);
    // It is not waited for: a fault in it is seen by what it no longer says.
    drop(tokio::task::spawn_blocking(move || {
        let _until_done = (held, desk);
        let Reply { status, body, fault } = answers.answer(peer, ask);
        let mut drawing = None;
        let source = match body {
            Body::Whole(bytes) => Source::Whole(Some(bytes), None),
            Body::Later(news) => Source::News(None, news),
            Body::Parts(parts) => {
                let (sender, receiver) = mpsc::channel(DRAWN);
                drawing = Some((parts, sender));
                Source::Drawn(receiver)
            }
        };
        let answered = Answered { status, source, fault };
        if said.send(answered).is_ok()
            && let Some((parts, sender)) = drawing
        {
            let all = parts.map(Some).chain(std::iter::once(None));
            for part in all {
                if sender.blocking_send(part).is_err() {
                    break;
                }
            }
        }
    }));
    match timeout_at(until.into(), answered).await {
        Ok(Ok(answered)) => Ok(answered),
        Ok(Err(_)) => Err(Refusal::Fault.into()),
        Err(_) => Err(Refusal::Busy.into()),
    }
}
