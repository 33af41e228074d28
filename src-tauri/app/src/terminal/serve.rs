//! `sealroad serve`: the user interface on this machine's loopback address, for a browser.
//!
//! Who may ask: whoever has the one-time token that is printed. A page elsewhere that lets its name point to 127.0.0.1
//! (DNS rebinding) is kept out by the `Host` header, and never learns the token.

use super::{Desk, print_json};
use crate::error::UserError;
use crate::terminal::output::aside;
use crate::{App, Options};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_core::Stream;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rust_embed::Embed;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, broadcast};

/// The header that carries the token.
pub(super) const TOKEN: &str = "x-sealroad-token";
/// Largest request: a file of 64 MiB as base64, and something around it.
const LARGEST: usize = 96 * 1024 * 1024;

/// Connections at once; a browser needs about seven.
const CONNECTIONS: usize = 128;
/// A connection whose next request has not begun within this time is closed; a browser opens another.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// A request whose body has not come within this time is given up: 96 MiB from the same machine take a second.
const BODY_WITHIN: Duration = Duration::from_secs(60);
/// How long nothing is accepted after accepting failed.
const BREATH: Duration = Duration::from_millis(100);

/// What the pages may load, as `tauri.conf.json` says it for the window: there calls go over `ipc:`, here to ourselves; and
/// nobody may frame us.
const POLICY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; \
    style-src 'self' 'unsafe-inline'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
/// The stranger's page says its own policy, stricter and with the hash of its script; only what a page cannot say itself is added.
const STRANGERS_POLICY: &str = "frame-ancestors 'none'";
/// The stranger's page.
const STRANGERS_PAGE: &str = "verify.html";
/// What a browser asks for that was told of no icon.
const ICON: &str = "favicon.ico";

/// The built user interface. Empty when it was not built; then the terminal commands work all the same.
#[derive(Embed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Page;

#[derive(Clone)]
struct Served {
    app: Arc<App>,
    token: Arc<str>,
    events: broadcast::Sender<Value>,
}

/// Serves until told to end.
pub(super) fn serve(desk: &Desk, port: u16) -> Result<u8, UserError> {
    super::door::refound(desk)?;
    let app = Arc::new(App::open(Options {
        data: Some(desk.folder()?),
    })?);
    super::door::unlock_if_known(desk, &app)?;
    stay(app, port, |_, url, token| Ok(json!({ "url": url, "token": token })))
}

/// What is printed when an instance can be asked, given its address and token.
type Ready = fn(&App, &str, &str) -> Result<Value, UserError>;

/// Answers on this machine's loopback until told to end.
pub(super) fn stay(app: Arc<App>, port: u16, ready: Ready) -> Result<u8, UserError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| UserError::new("no-thread").with("what", error))?;
    let ended = runtime.block_on(run(Arc::clone(&app), port, ready));
    // Calls under way run to their end; only then is the ledger closed, which waits for threads of its own.
    drop(runtime);
    drop(app);
    ended
}

async fn run(app: Arc<App>, port: u16, ready: Ready) -> Result<u8, UserError> {
    let failed = |error: std::io::Error| UserError::new("no-port").with("port", port).with("what", error);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let token: Arc<str> = hex::encode(node::random::<32>()?).into();
    let (events, _) = broadcast::channel(256);
    let sender = events.clone();
    app.subscribe(Box::new(move |event| {
        // Nobody listens: fine.
        let _unheard = sender.send(event);
    }));
    let url = format!("http://127.0.0.1:{}", address.port());
    let terminated = termination().map_err(failed)?;
    let line = ready(&app, &url, &token)?;
    app.folder().announce(&url, &token)?;
    let served = Served {
        app,
        token: Arc::clone(&token),
        events,
    };
    let router = Router::new()
        .route("/call", post(call))
        .route("/events", get(events_of))
        .fallback(get(page))
        .layer(middleware::from_fn_with_state(address, only_our_name))
        .with_state(served);
    print_json(&line)?;
    aside!("{url}/?token={token}");
    // Calls under way run to their end on threads of their own, which the runtime waits for; event streams just end.
    tokio::select! {
        () = accept(listener, router) => {}
        () = terminated => {}
        // Without a handler the signal would end the process by itself.
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(0)
}

/// Takes connections for ever, each for itself.
async fn accept(listener: tokio::net::TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // It broke off while it waited, or this process has no file handles left: others will end.
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS_WITHIN)
                .serve_connection(TokioIo::new(stream), service);
            // Whoever is too slow or speaks no HTTP is gone.
            let _ended = connection.await;
            drop(place);
        });
    }
}

/// SIGTERM, where there is one. It is waited for from before the address is printed.
#[cfg(unix)]
fn termination() -> std::io::Result<impl Future<Output = ()>> {
    let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        signal.recv().await;
    })
}

#[cfg(not(unix))]
fn termination() -> std::io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}

/// Lets only requests through that were sent to our loopback address under its own name.
async fn only_our_name(State(address): State<SocketAddr>, request: axum::extract::Request, next: Next) -> Response {
    let names = [
        format!("127.0.0.1:{}", address.port()),
        format!("localhost:{}", address.port()),
    ];
    // Exactly one (RFC 9112, 3.2).
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, second) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next());
    if second.is_some() || !host.is_some_and(|host| names.iter().any(|name| name == host)) {
        return (StatusCode::FORBIDDEN, "wrong host").into_response();
    }
    // A page elsewhere says where it comes from when it writes to us.
    let ours = |origin: &str| names.iter().any(|name| origin.strip_prefix("http://") == Some(name));
    let origin = request.headers().get(header::ORIGIN);
    if origin.is_some_and(|origin| !origin.to_str().is_ok_and(ours)) {
        return (StatusCode::FORBIDDEN, "wrong origin").into_response();
    }
    let stranger = request.uri().path().trim_start_matches('/') == STRANGERS_PAGE;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = if stranger { STRANGERS_POLICY } else { POLICY };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    let ours = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-opener-policy", ours.clone());
    headers.insert("cross-origin-resource-policy", ours);
    // Answers hold a firm's affairs, and a page may be another one after an update.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Compares all of it however early it differs, so that time tells nothing.
fn is_token(served: &Served, given: &str) -> bool {
    let (given, token) = (given.as_bytes(), served.token.as_bytes());
    given.len() == token.len() && given.iter().zip(token).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// The body did not come, or is larger than 96 MiB.
fn too_much(error: &UserError) -> Response {
    (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(json!(error))).into_response()
}

fn forbidden() -> Response {
    (
        StatusCode::UNAUTHORIZED,
        axum::Json(json!(UserError::new("wrong-token"))),
    )
        .into_response()
}

/// Nothing of the body is taken from whoever has not the token.
async fn call(State(served): State<Served>, request: axum::extract::Request) -> Response {
    let given = request.headers().get(TOKEN).and_then(|value| value.to_str().ok());
    if !is_token(&served, given.unwrap_or_default()) {
        return forbidden();
    }
    let body = match tokio::time::timeout(BODY_WITHIN, to_bytes(request.into_body(), LARGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => return too_much(&UserError::new("bad-call").with("what", error)),
        Err(late) => return too_much(&UserError::new("bad-call").with("what", late)),
    };
    let answered = tokio::task::spawn_blocking(move || {
        let request =
            serde_json::from_slice(&body).map_err(|error| json!(UserError::new("bad-call").with("what", error)))?;
        served.app.call(request)
    });
    match answered.await {
        Ok(Ok(reply)) => axum::Json(reply).into_response(),
        Ok(Err(error)) => (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(error)).into_response(),
        Err(stop) => {
            let error = UserError::new("program-fault").with("what", stop);
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(json!(error))).into_response()
        }
    }
}

/// Changes, as server-sent events. A browser cannot set a header here, so the token is in the query.
async fn events_of(State(served): State<Served>, uri: Uri) -> Response {
    let given = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="));
    if !is_token(&served, given.unwrap_or_default()) {
        return forbidden();
    }
    let mut events = served.events.subscribe();
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // It reads afresh whatever it missed.
                Err(broadcast::error::RecvError::Lagged(_)) => json!({ "event": "session" }),
                Err(broadcast::error::RecvError::Closed) => break,
            };
            if sender.send(event).is_err() {
                break;
            }
        }
    });
    Sse::new(Changes(receiver))
        .keep_alive(axum::response::sse::KeepAlive::default())
        .into_response()
}

struct Changes(UnboundedReceiver<Value>);

impl Stream for Changes {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .poll_recv(context)
            .map(|event| event.map(|event| Ok(Event::default().data(event.to_string()))))
    }
}

/// A file of the user interface; paths without one are pages of it.
async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == ICON {
        let icon: &'static [u8] = include_bytes!("../../../../icons/icon.ico");
        return ([(header::CONTENT_TYPE, media_type(path))], icon).into_response();
    }
    let found = Page::get(path).map(|file| (path, file));
    let asks_for_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let found = found.or_else(|| {
        if asks_for_file {
            None
        } else {
            Page::get("index.html").map(|file| ("index.html", file))
        }
    });
    match found {
        Some((name, file)) => ([(header::CONTENT_TYPE, media_type(name))], file.data.into_owned()).into_response(),
        None => (StatusCode::NOT_FOUND, "not built: npm run build in ui").into_response(),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn directives(policy: &str) -> BTreeMap<&str, &str> {
        let parts = policy.split(';').map(str::trim);
        parts.map(|part| part.split_once(' ').unwrap()).collect()
    }

    #[test]
    fn the_browser_may_load_what_the_window_may() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tauri.conf.json")).unwrap();
        let window: Value = serde_json::from_str(&text).unwrap();
        let mut window = directives(window.pointer("/app/security/csp").unwrap().as_str().unwrap());
        let mut ours = directives(POLICY);
        assert!(window.remove("connect-src").unwrap().starts_with("ipc:"));
        assert_eq!(ours.remove("connect-src"), Some("'self'"));
        assert_eq!(ours.remove("frame-ancestors"), Some("'none'"));
        assert_eq!(ours, window);
    }
}
