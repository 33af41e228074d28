//! How fast bytes must come and go. A peer may be slow for a while, but not for long: what it holds here belongs to others too.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// A least rate that holds once a grace has passed.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Bytes a second, at least 1.
    pub least: u32,
    /// How long nothing is demanded.
    pub grace: Duration,
}

impl Pace {
    /// When `bytes` are no longer enough for something that began at `start`.
    #[must_use]
    pub fn deadline(self, start: Instant, bytes: u64) -> Instant {
        let millis = bytes.saturating_mul(1000) / u64::from(self.least.max(1));
        // A year is for ever here, and adds without overflow.
        let earned = Duration::from_millis(millis.min(31_536_000_000));
        start + self.grace.max(earned)
    }
}

/// A reply on its way.
#[derive(Clone, Copy, Debug)]
struct Written {
    since: Instant,
    until: Instant,
    bytes: u64,
}

/// What a connection's I/O and the request under way tell each other.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes read since the last reply was done.
    read: AtomicU64,
    /// The reply on its way.
    reply: Mutex<Option<Written>>,
    cut: AtomicBool,
}

impl Progress {
    /// A request has come.
    pub fn asked(&self) {
        self.read.store(0, Ordering::Relaxed);
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The reply begins, to be taken before `until`.
    pub fn answered(&self, now: Instant, until: Instant) {
        let written = Written {
            since: now,
            until,
            bytes: 0,
        };
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
    }

    /// The next request has begun to come.
    pub fn begun(&self) -> bool {
        self.read.load(Ordering::Relaxed) > 0
    }

    /// The connection was cut because the reply was taken too slowly.
    pub fn cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }
}

/// A connection that is cut when a reply is taken too slowly.
pub struct Paced<S> {
    inner: S,
    pace: Pace,
    progress: Arc<Progress>,
    patience: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    /// Watches over `inner`.
    pub fn new(inner: S, pace: Pace, progress: Arc<Progress>) -> Self {
        Self {
            inner,
            pace,
            progress,
            patience: None,
        }
    }

    /// `written` more bytes have left.
    fn went(&mut self, written: usize) {
        self.patience = None;
        let mut reply = self.progress.reply.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reply) = reply.as_mut() {
            reply.bytes = reply.bytes.saturating_add(written as u64);
        }
    }

    /// Nothing can leave now: ready once that has lasted too long.
    fn stuck(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let sleep = match &mut self.patience {
            Some(sleep) => sleep,
            None => {
                let reply = *self.progress.reply.lock().unwrap_or_else(PoisonError::into_inner);
                let until = match reply {
                    Some(reply) => self.pace.deadline(reply.since, reply.bytes).min(reply.until),
                    None => self.pace.deadline(Instant::now(), 0),
                };
                self.patience.insert(Box::pin(tokio::time::sleep_until(until.into())))
            }
        };
        ready!(sleep.as_mut().poll(context));
        self.progress.cut.store(true, Ordering::Relaxed);
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the reply is taken too slowly"))
    }

    fn watch<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match done {
            Poll::Pending => self.stuck(context).map(Err),
            ready => ready,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let read = buffer.filled().len().saturating_sub(before) as u64;
        self.progress.read.fetch_add(read, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = &done {
            self.went(*written);
        }
        self.watch(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        if let Poll::Ready(Ok(written)) = &done {
            self.went(*written);
        }
        self.watch(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.inner).poll_flush(context);
        if matches!(done, Poll::Ready(Ok(()))) {
            self.patience = None;
        }
        self.watch(context, done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.inner).poll_shutdown(context);
        self.watch(context, done)
    }
}
