//! A one-way stream of messages to a peer, in order. What waits goes together in one request; when too much waits the oldest go, for
//! consensus repeats what still matters.
//!
//! A message may arrive twice when a reply was lost on the way; receivers know what they have seen.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ledger::PublicKey;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::client::Client;
use super::frames::{self, FrameError};
use super::wire::Path;

/// After a failure nothing is tried again sooner, whatever the book says.
const LEAST_WAIT: Duration = Duration::from_millis(50);

/// What a link has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// Messages that wait.
    pub waiting: usize,
    /// Messages the peer took.
    pub sent: u64,
    /// Requests in which it took them.
    pub requests: u64,
    /// Messages dropped because too many waited.
    pub dropped: u64,
    /// Messages the peer refused for good.
    pub refused: u64,
    /// Requests that failed.
    pub failures: u64,
}

#[derive(Default)]
struct Queue {
    /// Messages and their numbers, ascending.
    messages: VecDeque<(u64, Bytes)>,
    bytes: usize,
    next: u64,
    counts: LinkCounts,
}

impl Queue {
    fn pop(&mut self) -> bool {
        let Some((_, gone)) = self.messages.pop_front() else {
            return false;
        };
        self.bytes -= gone.len();
        true
    }

    /// Removes what is done, up to and with number `last`. What was dropped meanwhile is gone already. → how many.
    fn done(&mut self, last: u64) -> u64 {
        let mut count = 0;
        while self.messages.front().is_some_and(|(number, _)| *number <= last) && self.pop() {
            count += 1;
        }
        count
    }
}

struct Waiting {
    queue: Mutex<Queue>,
    more: Notify,
}

impl Waiting {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A one-way stream to a peer. It ends when this is dropped.
pub struct Link {
    waiting: Arc<Waiting>,
    greatest: usize,
    most: usize,
    most_bytes: usize,
    task: AbortHandle,
}

impl Link {
    pub(super) fn start(client: Arc<Client>, peer: PublicKey, path: Path, threads: &tokio::runtime::Handle) -> Self {
        let waiting = Arc::new(Waiting {
            queue: Mutex::default(),
            more: Notify::new(),
        });
        let greatest = client.limits().row(path).request.saturating_sub(frames::LENGTH);
        let (most, most_bytes) = (client.limits().link_messages.max(1), client.limits().link_bytes);
        let task = threads
            .spawn(run(client, peer, path, Arc::clone(&waiting)))
            .abort_handle();
        Self {
            waiting,
            greatest,
            most,
            most_bytes: most_bytes.max(greatest),
            task,
        }
    }

    /// Puts a message at the end of what waits; never blocks.
    ///
    /// # Errors
    /// It is empty, or larger than one request may be.
    pub fn send(&self, message: Bytes) -> Result<(), FrameError> {
        if message.is_empty() {
            return Err(FrameError::Empty);
        }
        if message.len() > self.greatest {
            return Err(FrameError::TooLarge(message.len()));
        }
        let mut queue = self.waiting.queue();
        while queue.messages.len() >= self.most || queue.bytes + message.len() > self.most_bytes {
            if !queue.pop() {
                break;
            }
            queue.counts.dropped += 1;
        }
        let number = queue.next;
        queue.next += 1;
        queue.bytes += message.len();
        queue.messages.push_back((number, message));
        drop(queue);
        self.waiting.more.notify_one();
        Ok(())
    }

    /// What it has done.
    #[must_use]
    pub fn counts(&self) -> LinkCounts {
        let queue = self.waiting.queue();
        LinkCounts {
            waiting: queue.messages.len(),
            ..queue.counts
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// As many of the oldest messages as fit into one request, joined, and the number of the last; none when none wait.
fn batch(queue: &Queue, greatest: usize) -> Option<(u64, Bytes)> {
    let (mut bytes, mut count) = (0, 0_usize);
    for (_, message) in queue.messages.iter().take(frames::MOST) {
        bytes += frames::LENGTH + message.len();
        if bytes > greatest {
            break;
        }
        count += 1;
    }
    let (last, _) = queue.messages.get(count.checked_sub(1)?)?;
    let body = frames::encode(queue.messages.iter().take(count).map(|(_, message)| message));
    Some((*last, body))
}

/// Sends for ever, one request at a time, so that the order is kept.
async fn run(client: Arc<Client>, peer: PublicKey, path: Path, waiting: Arc<Waiting>) {
    let greatest = client.limits().row(path).request;
    let mut woken = client.book().woken();
    let mut least = Duration::ZERO;
    loop {
        let wait = client.book().wait(&peer, Instant::now()).max(least);
        if !wait.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // The book outlives its links.
                _ = woken.changed() => {}
            }
        }
        least = Duration::ZERO;
        let next = batch(&waiting.queue(), greatest);
        let Some((last, body)) = next else {
            waiting.more.notified().await;
            continue;
        };
        let sent = client.ask(peer, path, "", body).await;
        let mut queue = waiting.queue();
        match sent {
            Ok(_) => {
                queue.counts.requests += 1;
                queue.counts.sent += queue.done(last);
            }
            Err(error) => {
                queue.counts.failures += 1;
                least = LEAST_WAIT;
                if !error.passes() {
                    queue.counts.refused += queue.done(last);
                }
            }
        }
    }
}
