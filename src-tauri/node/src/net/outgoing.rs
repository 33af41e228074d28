//! A reply on its way, cut when it grows beyond the table or takes too long.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Sleep;

use super::server::Connection;
use super::wire::Refusal;

/// Where the bytes of a reply come from.
pub enum Source {
    /// They are here, and so much room is taken by them.
    Whole(Option<Bytes>, Option<OwnedSemaphorePermit>),
    /// Drawn on a thread; `None` is the end, and a channel that closes before means that the thread failed.
    Drawn(mpsc::Receiver<Option<Bytes>>),
    /// As they come, the first perhaps here; the end is when nobody can send any more.
    News(Option<Bytes>, mpsc::Receiver<Bytes>),
}

impl Source {
    /// The next part, `None` at the end.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match self {
            Self::Whole(bytes, _) => Poll::Ready(bytes.take().map(Ok)),
            Self::Drawn(parts) => parts.poll_recv(context).map(|part| match part {
                Some(part) => part.map(Ok),
                None => Some(Err(io::Error::other("the answer broke off"))),
            }),
            Self::News(first, news) => match first.take() {
                Some(first) => Poll::Ready(Some(Ok(first))),
                None => news.poll_recv(context).map(|part| part.map(Ok)),
            },
        }
    }
}

/// The body of a reply. While it exists its connection is at work.
pub struct Outgoing {
    source: Source,
    connection: Arc<Connection>,
    left: usize,
    until: Instant,
    late: Option<Pin<Box<Sleep>>>,
}

impl Outgoing {
    /// At most `most` bytes, until `until`.
    pub fn new(connection: &Arc<Connection>, source: Source, most: usize, until: Instant) -> Self {
        Self {
            source,
            connection: Arc::clone(connection),
            left: most,
            until,
            late: None,
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        let part = match this.source.next(context) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(part)) => part?,
            Poll::Pending => {
                let until = this.until;
                let late = this
                    .late
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until.into())));
                return late
                    .as_mut()
                    .poll(context)
                    .map(|()| Some(Err(io::Error::from(io::ErrorKind::TimedOut))));
            }
        };
        let Some(left) = this.left.checked_sub(part.len()) else {
            this.connection.shared.count(Refusal::ReplyTooLarge.code());
            return Poll::Ready(Some(Err(io::Error::other(Refusal::ReplyTooLarge.code()))));
        };
        this.left = left;
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.source, Source::Whole(None, _))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Whole(bytes, _) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Source::Drawn(_) | Source::News(..) => SizeHint::default(),
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.connection.place.busy(false);
    }
}
